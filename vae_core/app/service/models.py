"""The models that visitors share, and what every operation on them needs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import torch
from torch import Tensor

from vae_core import explore, pictures, runtime
from vae_core.app.service import zero_gpu
from vae_core.app.service.batches import Batches, Decoding
from vae_core.app.service.cards import Card
from vae_core.app.service.limiter import Limiter
from vae_core.app.service.reader import Reader
from vae_core.app.service.registry import Registry
from vae_core.app.service.replies import Decoded, Reading
from vae_core.app.service.trainings.trainings import Trainings
from vae_core.app.tally import Tally
from vae_core.app.wire import Grey
from vae_core.data.digits import Digits
from vae_core.data.sets import DataSet
from vae_core.data.shipped import shipped
from vae_core.models import Model


class Models:
    """The checkpoints of a folder, their reader, and the queue for heavy work.

    Args:
        checkpoints_dir: folder of checkpoint folders; None takes the shipped ones.
        device: name of a torch device; None chooses CUDA, then MPS, then CPU.
        capacity: how many loaded models are kept in memory.
        data: the folder of MNIST, where it is at hand: search then knows all training digits.

    Attributes:
        decoded: digits decoded at slider values, on paths and as draws, by recipe.
        batches: decodes of what follows a hand, of all visitors together.
        trainings: runs and models of visitors.
    """

    def __init__(
        self,
        checkpoints_dir: str | Path | None = None,
        device: str | None = None,
        capacity: int = 48,
        data: str | Path | None = None,
    ) -> None:
        self.data = Path(data) if data else None
        self.device = runtime.choose_device(zero_gpu.device(device))
        if self.device.type == "cpu":
            # One z is too small to split, and threads that spin would stall other visitors.
            torch.set_num_threads(1)
        root = Path(checkpoints_dir) if checkpoints_dir else None
        self.trainings = Trainings()
        self.registry = Registry(root, self.device, capacity, self.trainings.models)
        self.reader = Reader(self.registry.root, self.device)
        self._heavy = Limiter()
        self.decoded = Tally()
        self.batches = Batches(self.now)

    @property
    def device_label(self) -> str:
        """Words for the header: "CPU", "CUDA: NVIDIA H100"."""
        return runtime.device_label(self.device)

    @property
    def at_work(self) -> Limiter:
        """The bounded queue that heavy work waits in, so that it stalls nobody's drag."""
        return self._heavy

    def checkpoints(self) -> list[Card]:
        """The models' cards, in the order of the folder; see `registry.card`."""
        return list(self.registry.cards.values())

    def card(self, checkpoint: object) -> Card:
        """The card of one model."""
        return self.registry.card(checkpoint)

    def is_quick(self, checkpoint: object) -> bool:
        """Whether a decode takes but milliseconds: the model is loaded and not slow.

        True of what is no checkpoint, which is refused as quickly.
        """
        if not isinstance(checkpoint, str) or not self.registry.knows(checkpoint):
            return True
        return self.registry.is_loaded(checkpoint) and not self.card(checkpoint)["slow"]

    def read(self, checkpoint: object, pixels: Grey) -> list[Reading] | None:
        """What is read in (k, 28, 28) pictures by whoever knows the model's set; None by nobody."""
        its = self.registry.set_of(checkpoint)
        if its is None or its.about.digits:
            return self.reader.read(pixels)
        return its.read(pixels, self.device)

    def test_pictures(self, checkpoint: object) -> Digits:
        """Test pictures of the model's set, which need no data: MNIST's 10,000, or its examples."""
        its = self.registry.set_of(checkpoint)
        return shipped("test") if its is None else its.pictures()

    def must_be_of_mnist(self, checkpoint: object, what: str) -> None:
        """ValueError where `what` knows MNIST's digits alone and the model is of another set."""
        if (its := self.registry.set_of(checkpoint)) is not None:
            raise ValueError(f"{what} is for MNIST's digits; this model is of {its.about.title}.")

    def about(self, checkpoint: object) -> DataSet | None:
        """The set of a model whose pictures are no handwritten digits; None of any other."""
        its = self.registry.set_of(checkpoint)
        return None if its is None or its.about.digits else its.about

    def picture(self, grey: Grey) -> Tensor:
        """A digit (28, 28) as x (1, 1, 28, 28) in [0, 1], where the models are."""
        return runtime.from_array(grey).to(self.device).float().div(255.0)[None, None]

    def _place(self, checkpoint: object) -> AbstractContextManager[None]:
        """Nothing to wait for, but before a slow model, which waits with the heavy work."""
        return self._heavy() if self.card(checkpoint)["slow"] else nullcontext()

    def _labels(self, model: Model, label: int | None, count: int) -> Tensor | None:
        """The label of `count` digits, for a model that takes labels; None for any other."""
        y = labels_of(model, label, count)
        return None if y is None else y.to(self.device)

    def _shares(
        self, model: Model, labels: Sequence[int | None], t: float | Tensor
    ) -> Tensor | None:
        """The labels' shares at t between two, for a model that takes labels; else None."""
        if not model.config.takes_labels:
            return None
        return explore.shares(labels[0], labels[1], t).to(self.device)

    def _timed(self, model: Model, u: Tensor, y: Tensor | None = None) -> Decoded:
        """The digits (k, 28, 28) at slider values u (k, d)."""
        start = time.perf_counter()
        pixels = model.decode(model.from_sliders(u, y), y).mean.float().cpu()
        spent = milliseconds(start)
        self.count(model, len(pixels))
        return {"pixels": pictures.to_uint8(pixels), "milliseconds": spent}

    def now(self, plan: Decoding) -> Decoded:
        """The digits of a plan, decoded in this thread."""
        with torch.inference_mode():
            y = None if plan.y is None else plan.y.to(self.device)
            return self._timed(plan.model, plan.u.to(self.device), y)

    def count(self, model: Model, digits: int) -> None:
        """Add to `decoded`; a visitor's model may come with any recipe's name."""
        name = model.config.name
        self.decoded.add(name if name in self.registry.recipes else "own", digits)

    def _tensor(self, values: Sequence[float]) -> Tensor:
        return torch.tensor(values, dtype=torch.float32, device=self.device)


def labels_of(model: Model, label: int | None, count: int) -> Tensor | None:
    """The label of `count` digits in main memory, for a model that takes labels; else None."""
    if label is None or not model.config.takes_labels:
        return None
    return torch.full((count,), label)


def milliseconds(start: float) -> float:
    """Time since `start` of `time.perf_counter`."""
    return round((time.perf_counter() - start) * 1e3, 3)
