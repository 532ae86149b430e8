"""The models that visitors share, and what every operation on them needs."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vae_core import explore, runtime
from vae_core.app import wire
from vae_core.app.service.limiter import Gate
from vae_core.app.service.reader import Reader
from vae_core.app.service.registry import Registry


class Models:
    """The checkpoints of a folder, their reader, and the queue for heavy work.

    Args:
        checkpoints_dir: folder of checkpoint folders; None takes the shipped ones.
        device: name of a torch device; None chooses CUDA, then MPS, then CPU.
        capacity: how many loaded models are kept in memory.
    """

    def __init__(
        self,
        checkpoints_dir: str | Path | None = None,
        device: str | None = None,
        capacity: int = 48,
    ) -> None:
        self.device = runtime.choose_device(device)
        if self.device.type == "cpu":
            # One z is too small to split, and threads that spin would stall other visitors.
            torch.set_num_threads(1)
        root = Path(checkpoints_dir) if checkpoints_dir else None
        self.registry = Registry(root, self.device, capacity)
        self.reader = Reader(self.registry.root, self.device)
        self._heavy = Gate()

    @property
    def device_label(self) -> str:
        """Words for the header: "CPU", "CUDA: NVIDIA H100"."""
        return runtime.device_label(self.device)

    @property
    def at_work(self) -> Gate:
        """The bounded queue that heavy work waits in, so that it stalls nobody's drag."""
        return self._heavy

    def checkpoints(self) -> list[dict[str, Any]]:
        """The models' cards, in the order of the folder; see `registry.card`."""
        return list(self.registry.cards.values())

    def card(self, name: Any) -> dict[str, Any]:
        """The card of one model."""
        return self.registry.cards[self.registry.check(name)]

    def is_quick(self, name: Any) -> bool:
        """Whether a decode of `name` takes but milliseconds: the model is loaded and not slow.

        True of what is no checkpoint, which is refused as quickly.
        """
        if not isinstance(name, str) or name not in self.registry.cards:
            return True
        return self.registry.is_loaded(name) and not self.registry.cards[name]["slow"]

    def _turn(self, name: Any) -> AbstractContextManager[Any]:
        """Nothing to wait for, but before a slow model, which waits with the heavy work."""
        return self._heavy() if self.card(name)["slow"] else nullcontext()

    def _labels(self, model: Any, label: int | None, count: int) -> Tensor | None:
        """What a model that takes labels is told of `count` digits; None for any other."""
        if label is None or not model.config.takes_labels:
            return None
        return torch.full((count,), label, device=self.device)

    def _shares(self, model: Any, labels: list[int | None], t: Any) -> Tensor | None:
        """What a model that takes labels is told at t between two; None for any other."""
        if not model.config.takes_labels:
            return None
        return explore.shares(labels[0], labels[1], t).to(self.device)

    def _timed(self, model: Any, u: Tensor, label: int | Tensor | None = None) -> dict[str, Any]:
        start = time.perf_counter()
        y = label if isinstance(label, Tensor) else self._labels(model, label, len(u))
        pixels = model.decode(model.from_sliders(u, y), y).mean.float().cpu().numpy()
        spent = milliseconds(start)
        return {"pixels": wire.pack(wire.to_bytes(pixels)), "milliseconds": spent}

    def _tensor(self, values: Any) -> Tensor:
        return torch.tensor(values, dtype=torch.float32, device=self.device)

    def _picture(self, grey: Any) -> Tensor:
        return torch.from_numpy(grey.copy()).to(self.device).float().div(255.0)[None, None]


def milliseconds(start: float) -> float:
    """Time since `start` of `time.perf_counter`."""
    return round((time.perf_counter() - start) * 1e3, 3)
