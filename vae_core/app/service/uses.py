"""What a code is good for, on one picture: search, and pictures that do not belong."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae_core import pictures, runtime
from vae_core.app import checks, wire
from vae_core.app.service import use_replies as answers
from vae_core.app.service.map_replies import Waiting
from vae_core.app.service.models import milliseconds
from vae_core.app.service.recent import Recent
from vae_core.app.service.studio import Studio
from vae_core.app.service.training_codes import Shelf, TrainingCodes
from vae_core.app.wire import Grey
from vae_core.data.digits import Digits
from vae_core.files import Json, JsonObject
from vae_core.uses import anomaly_scores, detectors, figures
from vae_core.uses.anomaly import MODES, Mode
from vae_core.uses.detectors import Curve, Kept
from vae_core.uses.search import NEIGHBOURS, Nearest

POINTS = 101
"""Of an ROC curve."""

COMMAND = "python -m vae_core search {} --evaluate --save --data DIR"


class Uses:
    """The uses of the models of a studio.

    Args:
        studio: the shipped models; its queue for heavy work is shared.
        data: the folder of MNIST, where it is at hand.

    Raises:
        ValueError: `data` holds no training digits.
    """

    def __init__(self, studio: Studio, data: Path | None = None) -> None:
        self.studio, self.training = studio, TrainingCodes(studio, data)
        self._detectors: Recent[tuple[Mode, int], Kept] = Recent(self._detector, 20)

    def search(self, checkpoint: object, digit: object) -> answers.Searched | Waiting:
        """The training digits most like a picture; while they are encoded, how far that is.

        Args:
            checkpoint: its name.
            digit: base64 of 784 grey bytes.
        """
        self.studio.must_be_of_mnist(checkpoint, "Search")
        grey = wire.digit_of("digit", digit)
        share = self.training.advance(checkpoint)
        if share < 1:
            return {"progress": share}
        index, shelf = self.training.whole(checkpoint)
        model, x = self.studio.registry.get(checkpoint), self.studio.picture(grey)
        with self.studio.at_work(), torch.inference_mode():
            start = time.perf_counter()
            z = model.encode(x).mean.float().cpu()
            encoding, start = milliseconds(start), time.perf_counter()
            by_code = index.nearest(z, NEIGHBOURS)
            spent = milliseconds(start)
            by_pixels = self.training.pixels.nearest(x.cpu().flatten(1), NEIGHBOURS)
        digits, found = self.training.digits, self._figures(checkpoint)
        queries = found.get("digits")
        return {
            "progress": 1.0,
            "code": self._by_code(checkpoint, by_code, shelf),
            "pixels": {
                **_near(by_pixels, digits.places, digits.labels),
                "digits": _grey(digits, by_pixels.rows[0]),
                "decoded": [False] * NEIGHBOURS,
                "searched": len(digits),
            },
            "encoding": encoding,
            "milliseconds": spent,
            "measured": _measured(found),
            "command": COMMAND.format(checkpoint),
            "queries": queries if isinstance(queries, int) else None,
        }

    def anomaly(self, digit: object, mode: object, known: object) -> answers.Scored:
        """How odd a picture is to a model that knows one digit, or all but one.

        Args:
            digit: base64 of 784 grey bytes.
            mode: "one" or "held-out".
            known: the digit that it knows, or does not, 0 to 9.
        """
        grey = wire.digit_of("digit", digit)
        key = checks.choice("mode", mode, MODES), checks.whole("known", known, 0, 9)
        kept = self._detectors.get(key)
        one = Digits(runtime.from_array(grey)[None, None], *torch.zeros(2, 1, dtype=torch.int64))
        with self.studio.at_work(), torch.inference_mode():
            start = time.perf_counter()
            found = anomaly_scores.scores(kept.detector, one)
            spent = milliseconds(start)
            model, x = kept.detector.model, self.studio.picture(grey)
            made = model.decode(model.encode(x).mean).mean
        recipe = model.config.name
        return {
            "scores": [
                _score(name, float(found[name]), curve) for name, curve in kept.curves.items()
            ],
            "normal": kept.normal,
            "odd": kept.odd,
            "reconstruction": pictures.to_uint8(made)[0],
            "recipe": recipe,
            "command": f"python -m vae_core anomaly {recipe} --save --data DIR",
            "milliseconds": spent,
        }

    def _by_code(self, checkpoint: object, nearest: Nearest, shelf: Shelf) -> answers.Neighbours:
        near = _near(nearest, shelf.places, shelf.codes.labels)
        rows = [self.training.rows.get(place) for place in near["indices"]]
        missing = nearest.rows[0][[row is None for row in rows]]
        drawn = iter(self._decoded(checkpoint, shelf, missing))
        digits = [next(drawn) if row is None else self._at_hand(row) for row in rows]
        return {
            **near,
            "digits": np.stack(digits),
            "decoded": [row is None for row in rows],
            "searched": len(shelf.places),
        }

    def _at_hand(self, row: int) -> Grey:
        return self.training.digits.images[row, 0].numpy()

    def _decoded(self, checkpoint: object, shelf: Shelf, rows: Tensor) -> Grey:
        """Digits (k, 28, 28) as the model gives them back from their kept codes."""
        if not len(rows):
            return wire.NO_DIGITS
        model, device = self.studio.registry.get(checkpoint), self.studio.device
        chosen = shelf.codes.at(rows)
        y = chosen.labels.to(device) if model.config.conditional else None
        with self.studio.at_work(), torch.inference_mode():
            return pictures.to_uint8(model.decode(chosen.means.to(device), y).mean.float().cpu())

    def _figures(self, checkpoint: object) -> JsonObject:
        """What `search --evaluate --save` kept of a model; empty where it did not."""
        name = self.studio.registry.check(checkpoint)
        if self.studio.registry.is_own(name):
            return {}
        return figures.read(self.studio.registry.folder(name), "search") or {}

    def _detector(self, key: tuple[Mode, int]) -> Kept:
        for path in sorted(self.studio.registry.root.glob(f"*/{detectors.FILE}")):
            return detectors.read(path.parent, *key, self.studio.device)
        raise ValueError(
            "There are no small models here: python -m vae_core anomaly vae-128 --save --data DIR "
            "trains them."
        )


def _near(nearest: Nearest, places: Tensor, labels: Tensor) -> answers.Near:
    rows = nearest.rows[0]
    return {
        "indices": runtime.whole_numbers(places[rows]),
        "labels": runtime.whole_numbers(labels[rows]),
        "distances": runtime.numbers(nearest.distances[0]),
        "digits": wire.NO_DIGITS,
    }


def _grey(digits: Digits, rows: Tensor) -> Grey:
    return digits.images[rows, 0].numpy()


def _measured(found: JsonObject) -> list[answers.Precise]:
    """The kept precisions, of all training digits and of those that ship."""
    rows: list[answers.Precise] = []
    for part in (found, found.get("shipped")):
        if not isinstance(part, dict):
            continue
        searched, code, pixels = part.get("searched"), _figure(part), _figure(part.get("pixels"))
        if isinstance(searched, int) and code and pixels:
            rows.append({"searched": searched, "code": code, "pixels": pixels})
    return rows


def _figure(part: Json) -> answers.Figure | None:
    if not isinstance(part, dict):
        return None
    value, sem = part.get("precision_at_10"), part.get("precision_at_10_sem")
    if not isinstance(value, float) or not isinstance(sem, float):
        return None
    return {"value": value, "sem": sem}


def _score(name: str, value: float, curve: Curve) -> answers.Score:
    steps = torch.linspace(0, len(curve.normal) - 1, POINTS).round().long()
    points = [curve.rates(float(score)) for score in curve.normal[steps]]
    normal, odd = curve.rates(value)
    return {
        "name": name,
        "score": value,
        "normal": normal,
        "odd": odd,
        "area": {"value": curve.area.value, "sem": curve.area.sem},
        "curve_normal": [round(a, 4) for a, _ in points],
        "curve_odd": [round(b, 4) for _, b in points],
    }
