"""Training as a generator of progress records, over a run that can be saved at any step."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import Digits, batch_rows, batches
from vae_core.models import Autoencoder
from vae_core.probability.protocols import can_begin
from vae_core.training import cuda_graph, distributed, schedules, state, waiting
from vae_core.training.batch import draw_batch
from vae_core.training.run_state import Model, RunState
from vae_core.training.step import Updater, recorded


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What happened since the last record; means over its images, in nats an image.

    `loss` is what was minimised: distortion + beta * rate, penalties, or minus a tighter bound.
    """

    epoch: int
    step: int
    total_steps: int
    distortion: float
    rate: float
    loss: float
    beta: float
    learning_rate: float
    seconds: float
    epoch_done: bool


class TrainingRun(RunState):
    """A run that can start from other weights, be saved, go on, and give its model."""

    def start_from(self, model: Model) -> None:
        """Begins a new run with those weights of `model` that fit by name and shape.

        The others stay fresh: a learned prior that `model` has not, say, or the two layers around
        a code of another length.

        Raises:
            ValueError: less than half of them fit.
        """
        mine, given = self.model.state_dict(), model.state_dict()
        fitting = {name: t for name, t in given.items() if _fits(t, mine.get(name))}
        if _count(fitting) < _count(given) / 2:
            names = f"{model.config.name!r}, whose nets do not fit {self.config.name!r}"
            raise ValueError(f"the checkpoint to start from holds {names}.")
        self.model.load_state_dict({**mine, **fitting})
        self.average = self._new_average()

    def begin(self, digits: Digits) -> None:
        """Has a prior that learns pictures or codes begin with the first of the digits."""
        if self.step == 0 and can_begin(self.model.prior):
            self.model.prior.begin(digits.floats(slice(self.config.pseudo_inputs)))
            self.average = self._new_average()

    def result(self) -> Model:
        """A copy of the model as it would ship now: the averaged weights where there are any."""
        source = self.model if self.average is None else self.average
        result = copy.deepcopy(source).eval().requires_grad_(False)
        if isinstance(result, Autoencoder):
            result.topk = self.config.code.topk
        return result

    def save(self, path: Path, history: str = "", held: int | None = None) -> None:
        """All that `resume` needs, in one safetensors file, written atomically.

        With it go the lines of the history, and how many digits `held` are kept out of training.
        """
        state.write(self, path, history, held)

    def resume(self, path: Path) -> str:
        """Goes back to where `save` was called; from there on bit for bit the same run.

        Returns:
            The history that was saved with it.

        Raises:
            ValueError: the file is damaged, or belongs to another configuration.
        """
        return state.read(self, path)


def fit(
    run: TrainingRun, digits: Digits, *, epochs: int | None = None, every: int | None = 50
) -> Iterator[Progress]:
    """Trains `run` from where it stands, yielding a record each `every` steps and epoch's end.

    Between two records the run is whole: it can be saved, measured or dropped.

    Args:
        run: the run, changed in place.
        digits: the training split; it is held on the run's device.
        epochs: the run's length; the schedules are stretched over it.
        every: steps between two records; None: one an epoch, and nothing is read back before.
    """
    train = run.config.train
    digits = digits.to(run.device)
    size = min(train.batch_size, len(digits))
    distributed.check_batch(size)
    per_epoch = len(digits) // size
    total_steps = per_epoch * (epochs or train.epochs)
    run.begin(digits)
    every = every or per_epoch
    steps = _recorded if cuda_graph.is_supported(run) else _single
    epoch = steps(run, digits, size, total_steps, every)
    meter = _Meter(run, total_steps)
    with waiting.found(run.device) as threads:
        while run.step < total_steps:
            # The order depends on seed and epoch alone, so a resumed epoch finds its place.
            for means in epoch(runtime.generator(run.device, run.seed, run.epoch, 2)):
                meter.add(means)
                run.batch += len(means)
                run.step += len(means)
                if run.batch == per_epoch:
                    run.epoch, run.batch = run.epoch + 1, 0
                threads.step()
                if run.batch % every == 0:
                    yield meter.record()
                    meter.restart()  # What is done with a record is no time of training.
                    threads.restart()


Epoch = Callable[[torch.Generator], Iterator[Tensor]]
"""The rest of an epoch in the generator's order: the means of one step or more, (steps, 3)."""


def _single(run: TrainingRun, digits: Digits, size: int, total_steps: int, every: int) -> Epoch:
    """A step at a time, whatever it is made of."""
    update = Updater(run, total_steps)

    def epoch(order: torch.Generator) -> Iterator[Tensor]:
        for images, labels in batches(digits, size, order, start=run.batch):
            yield update(draw_batch(run, images, labels)).unsqueeze(0)

    return epoch


def _recorded(run: TrainingRun, digits: Digits, size: int, total_steps: int, every: int) -> Epoch:
    """Many steps by one launch, up to the next record at most."""
    take = recorded(run, digits, size, total_steps)

    def epoch(order: torch.Generator) -> Iterator[Tensor]:
        rows = batch_rows(len(digits), size, order)
        place = run.batch
        while place < len(rows):
            means = take(rows[place : (place // every + 1) * every])
            place += len(means)
            yield means

    return epoch


class _Meter:
    """Means since the last record, kept on the device so that no step waits for them."""

    def __init__(self, run: TrainingRun, total_steps: int) -> None:
        self.run, self.total_steps = run, total_steps
        self.restart()

    def restart(self) -> None:
        self.means: list[Tensor] = []
        self.since = time.perf_counter()

    def add(self, means: Tensor) -> None:
        """Those of some more steps, (steps, 3)."""
        self.means.append(means)

    def record(self) -> Progress:
        run, train = self.run, self.run.config.train
        distortion, rate, loss = runtime.numbers(torch.cat(self.means).mean(0))
        run.seconds += time.perf_counter() - self.since
        return Progress(
            epoch=run.epoch,
            step=run.step,
            total_steps=self.total_steps,
            distortion=distortion,
            rate=rate,
            loss=loss,
            beta=schedules.beta(train.beta, run.step, self.total_steps),
            learning_rate=schedules.learning_rate(train, run.step - 1, self.total_steps),
            seconds=run.seconds,
            epoch_done=run.batch == 0,
        )


def _fits(given: Tensor, place: Tensor | None) -> bool:
    return place is not None and given.shape == place.shape


def _count(tensors: dict[str, Tensor]) -> int:
    return sum(tensor.numel() for tensor in tensors.values())
