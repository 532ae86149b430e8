"""What an independent classifier reads in digits; the page does without where none is shipped."""

from __future__ import annotations

import threading
from pathlib import Path

import torch

from vae_core.app.service.replies import Reading
from vae_core.app.wire import Grey
from vae_core.classifier.model import Classifier, find, load_classifier
from vae_core.runtime import from_array, numbers


class Reader:
    """The shipped digit classifier, loaded when first asked.

    Args:
        root: the folder of checkpoints; see `classifier.model.find`. Without a classifier, or
            with a broken one, there are no readings, and `problem` says why.
        device: where it runs.
    """

    def __init__(self, root: Path, device: torch.device) -> None:
        self.root = root
        self.device = device
        self._lock = threading.Lock()
        self._loaded = False
        self._classifier: Classifier | None = None
        self._problem: str | None = None

    def read(self, digits: Grey) -> list[Reading] | None:
        """Read (k, 28, 28) grey digits.

        Returns:
            k readings: digit (0 to 9, or null for "not a digit") and sure (0 to 1); None
            without a classifier.
        """
        classifier = self._get()
        if classifier is None:
            return None
        x = from_array(digits).to(self.device).float().div(255.0)[:, None]
        with torch.inference_mode():
            probs, none = classifier.read(x)
        best = probs.max(dim=1)
        columns = (numbers(each) for each in (best.indices, best.values, none))
        return [_reading(int(digit), *sure) for digit, *sure in zip(*columns, strict=True)]

    def problem(self) -> str | None:
        """Why there are no readings, in a sentence; None where there are."""
        self._get()
        return self._problem

    def _get(self) -> Classifier | None:
        with self._lock:
            if not self._loaded:
                self._loaded = True
                try:
                    self._classifier = load_classifier(find(self.root), str(self.device))
                except ValueError as error:
                    self._problem = str(error)
            return self._classifier


def _reading(digit: int, sure: float, not_a_digit: float) -> Reading:
    if not_a_digit > 0.5:
        return {"digit": None, "sure": round(not_a_digit, 4)}
    return {"digit": digit, "sure": round(sure * (1 - not_a_digit), 4)}
