"""A whole training step as one CUDA graph: one launch a step instead of several hundred.

Small nets leave a GPU waiting for the next launch. Here forward, backward, clipping, Adam and the
weights' average are recorded once and replayed with new digits and new numbers in the same places.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from vae_core.training import distributed
from vae_core.training.objectives import Batch
from vae_core.training.run_state import RunState

WARM_UP = 3
"""Steps taken as they are before one is recorded: they make the optimiser's state, compile what is
to be compiled, and let cuDNN choose."""


def is_supported(run: RunState) -> bool:
    """Whether a step of this run can be one graph: a GPU, one process, a k that stays."""
    alone = run.device.type == "cuda" and distributed.size() == 1
    return alone and run.config.code.topk_start is None


class GraphedStep:
    """One step of the optimiser a call; the first few are plain, the others one graph.

    All that changes from step to step must lie in tensors: the run's, which `prepare` fills, and
    the batch's, which is copied to where the graph reads it. All batches must be shaped alike.

    Args:
        prepare: fills in the step's beta, learning rate and share.
        step: one step of the optimiser with a batch; gives its means, (3,).
    """

    def __init__(self, prepare: Callable[[], None], step: Callable[[Batch], Tensor]) -> None:
        self.prepare, self.step = prepare, step
        self.taken = 0
        # The shapes stay: worth a few tries of every convolution's algorithms.
        torch.backends.cudnn.benchmark = True
        self.graph: torch.cuda.CUDAGraph | None = None

    def __call__(self, batch: Batch) -> Tensor:
        """The batch's mean distortion, rate and loss, (3,)."""
        self.prepare()
        if self.taken < WARM_UP:
            self.taken += 1
            return self._aside(batch)
        if self.graph is None:
            self._record(batch)
        for place, tensor in zip(_fields(self.places), _fields(batch), strict=True):
            place.copy_(tensor)
        assert self.graph is not None
        self.graph.replay()
        return self.means.clone()

    def _aside(self, batch: Batch) -> Tensor:
        """A plain step on a stream of its own, as what is recorded later asks for."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            means = self.step(batch)
        torch.cuda.current_stream().wait_stream(stream)
        return means

    def _record(self, batch: Batch) -> None:
        """Records a step, which changes nothing yet."""
        x = batch.x.clone()
        seen = x if batch.seen is batch.x else batch.seen.clone()
        y = None if batch.y is None else batch.y.clone()
        self.places = Batch(x, seen, y, batch.eps.clone())
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.means = self.step(self.places)


def _fields(batch: Batch) -> list[Tensor]:
    """The tensors that the batch holds; what is seen twice comes twice, which does no harm."""
    return [t for t in (batch.x, batch.seen, batch.y, batch.eps) if t is not None]
