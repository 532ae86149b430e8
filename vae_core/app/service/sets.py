"""What the models of other sets than MNIST bring: examples, a reader, the frame of an upload."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import torch

from vae_core import checkpoint, files
from vae_core.app.service.cards import SetCard
from vae_core.app.service.replies import Reading
from vae_core.app.wire import Grey
from vae_core.checkpoint import examples
from vae_core.checkpoint.companions import READER
from vae_core.checkpoint.examples import Examples
from vae_core.classifier import set_reader
from vae_core.classifier.set_reader import SetReader
from vae_core.data.digits import Digits
from vae_core.data.sets import DataSet, known
from vae_core.runtime import from_array, numbers


class ModelSet:
    """The set of one model: what it is, its example pictures, who reads them.

    Args:
        folder: of the checkpoint.
        dataset: as its config names it.

    Raises:
        ValueError: the examples are damaged.
    """

    def __init__(self, folder: Path, dataset: str) -> None:
        self.folder = folder
        self.examples: Examples | None = None if dataset == "mnist" else examples.read(folder)
        same = self.examples is not None and self.examples.about.name == dataset
        self.about: DataSet = self.examples.about if same and self.examples else known(dataset)
        self._lock = threading.Lock()
        self._reader: SetReader | None = None
        self._is_read = False

    def card(self) -> SetCard | None:
        """What the page knows of it; None for MNIST."""
        if self.about.name == "mnist":
            return None
        return {
            "name": self.about.name,
            "title": self.about.title,
            "classes": [*self.about.classes],
            "digits": self.about.digits,
            "examples": [] if self.examples is None else [*self.examples.labels],
            "reader": (self.folder / READER).is_file(),
        }

    def pictures(self) -> Digits:
        """The examples as a split.

        Raises:
            ValueError: there are none.
        """
        if self.examples is None:
            raise ValueError(
                "No pictures of its set lie beside this model: train it again to have them."
            )
        labels = torch.tensor(self.examples.labels)
        images = from_array(self.examples.pictures.copy())[:, None]
        return Digits(images, labels, torch.tensor(self.examples.places))

    def read(self, pictures: Grey, device: torch.device) -> list[Reading] | None:
        """What its own reader sees in (k, 28, 28); None where there is none, or a damaged one."""
        reader = self._get(device)
        if reader is None:
            return None
        x = from_array(np.ascontiguousarray(pictures)).to(device).float().div(255.0)[:, None]
        best = reader.net.probabilities(x).max(1)
        pairs = zip(numbers(best.indices), numbers(best.values), strict=True)
        return [{"digit": int(label), "sure": sure} for label, sure in pairs]

    def _get(self, device: torch.device) -> SetReader | None:
        with self._lock:
            if not self._is_read:
                self._is_read = True
                try:
                    self._reader = set_reader.read(self.folder, device)
                except ValueError:
                    self._reader = None
            return self._reader


def of_folder(folder: Path) -> ModelSet:
    """The set of the model in a folder; ValueError where its files cannot be used."""
    dataset = files.read_json(folder / checkpoint.CONFIG).get("dataset", "mnist")
    return ModelSet(folder, str(dataset))
