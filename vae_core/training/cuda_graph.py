"""Many training steps as one CUDA graph: one launch for dozens of steps of several kernels each.

Small nets leave a GPU waiting for the next launch. Here the gathering of the digits, the noise,
forward, backward, clipping, Adam and the weights' average are recorded once for a group of steps
and replayed with other rows and other numbers in the same places: the processor has nothing to do
within a group, and nothing is read back.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import torch
from torch import Tensor

from vae_core.models import Autoencoder
from vae_core.training import distributed, schedules
from vae_core.training.run_state import RunState

WARM_UP = 3
"""Steps taken as they are before one is recorded: they make the optimiser's state, compile what is
to be compiled, and let cuDNN choose."""

GROUP = 39
"""Steps of one graph: 468, 234 and 117, an epoch at batches of 128, 256 and 512, are multiples."""

AHEAD = 1024
"""Steps whose scheduled numbers are worked out and sent to the device at a time."""

WIDE = 4
"""Floats between two numbers: compiled code asks for addresses that are multiples of 16 bytes."""


def is_supported(run: RunState) -> bool:
    """Whether steps of this run can be recorded: a GPU, and one process."""
    return run.device.type == "cuda" and distributed.size() == 1


Take = Callable[[], Tensor]
"""Takes steps on what lies in fixed places; gives their means, (steps, 3)."""


def aside(take: Take) -> Tensor:
    """Takes plain steps on a stream of its own, as what is recorded later asks for."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        means = take()
    torch.cuda.current_stream().wait_stream(stream)
    return means


def record(take: Take, noise: torch.Generator) -> Take:
    """Records the steps, which changes nothing yet; each call of what comes back replays them.

    Args:
        take: steps that read nothing back, and whose tensors keep their places.
        noise: what they draw from; each replay goes on with its stream, as plain steps would.
    """
    graph = torch.cuda.CUDAGraph()
    graph.register_generator_state(noise)  # pyright: ignore[reportUnknownMemberType]  untyped
    with torch.cuda.graph(graph):
        means = take()

    def replay() -> Tensor:
        graph.replay()
        return means.clone()

    return replay


class GraphedSteps:
    """Takes groups of steps, each group by one launch; the first few steps are plain.

    Args:
        run: the run, whose noise and optimiser the graphs use where they lie.
        step: one step of the optimiser on the digits at these rows (batch,); gives its means, (3,).
        total_steps: what the schedules are stretched over.
    """

    def __init__(
        self, run: RunState, step: Callable[[Tensor], Tensor], batch_size: int, total_steps: int
    ) -> None:
        self.run, self.step, self.total_steps = run, step, total_steps
        self.rows = torch.zeros(GROUP, batch_size, dtype=torch.int64, device=run.device)
        self.numbers = torch.zeros(GROUP, 3, WIDE, device=run.device)
        self.graphs: dict[tuple[int, int | None], Take] = {}
        self.first, self.table = 0, self.numbers[:0]
        self.warm, self.records = 0, True
        # The shapes stay: worth a few tries of every convolution's algorithms.
        torch.backends.cudnn.benchmark = True

    def __call__(self, rows: Tensor) -> Tensor:
        """Take as many of the next steps as one graph does, with the digits at `rows`.

        Args:
            rows: (steps, batch), int64: those of the steps to come, one or more.

        Returns:
            The mean distortion, rate and loss of each step that was taken, (taken, 3).
        """
        count, topk = self._count(len(rows))
        self.rows[:count].copy_(rows[:count])
        self.numbers[:count].copy_(self._scheduled(count))
        if isinstance(self.run.model, Autoencoder):
            self.run.model.topk = topk
        take = functools.partial(self._steps, count)
        if self.warm < WARM_UP or not self.records:
            self.warm += 1
            return aside(take)
        if (count, topk) not in self.graphs:
            try:
                self.graphs[count, topk] = record(take, self.run.noise)
            except RuntimeError as error:  # It should cost time, not the run.
                what = "the steps cannot be recorded, going on without"
                warnings.warn(f"{what}: {error}", stacklevel=2)
                self.records = False
                return aside(functools.partial(self._steps, 1))
        return self.graphs[count, topk]()

    def _count(self, most: int) -> tuple[int, int | None]:
        """How many steps to take at once, and their k of a sparse code, which a graph fixes."""
        code, now = self.run.config.code, self.run.step
        topk = schedules.topk(code, now, self.total_steps)
        last = schedules.topk(code, now + GROUP - 1, self.total_steps)
        whole = self.records and self.warm >= WARM_UP
        return GROUP if whole and most >= GROUP and topk == last else 1, topk

    def _scheduled(self, count: int) -> Tensor:
        """Beta, the average's share and the learning rate of the next steps, (count, 3, WIDE)."""
        start = self.run.step - self.first
        if start < 0 or start + count > len(self.table):
            self.first, start = self.run.step, 0
            steps = range(self.first, self.first + AHEAD)
            rows = torch.tensor([self._row(step) for step in steps])
            self.table = rows.unsqueeze(-1).expand(-1, -1, WIDE).to(self.run.device)
        return self.table[start : start + count]

    def _row(self, step: int) -> tuple[float, float, float]:
        train = self.run.config.train
        return (
            schedules.beta(train.beta, step, self.total_steps),
            schedules.average_share(train, step),
            schedules.learning_rate(train, step, self.total_steps),
        )

    def _steps(self, count: int) -> Tensor:
        """Steps whose scheduled numbers are read from where each has its own place."""
        run, adam = self.run, self.run.optimizer
        before = run.beta, run.share, adam.rate
        means: list[Tensor] = []
        try:
            for i in range(count):
                run.beta, run.share, adam.rate = (self.numbers[i, j, 0] for j in range(3))
                means.append(self.step(self.rows[i]))
        finally:
            run.beta, run.share, adam.rate = before
        return torch.stack(means)
