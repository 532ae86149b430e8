"""How the shipped models were trained: their histories, epoch by epoch, as points of a curve."""

from __future__ import annotations

import functools
import json
import math
from pathlib import Path
from typing import TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from vae_core.checkpoint.archive import HISTORY
from vae_core.training import snapshots

MOST_BYTES, MOST_EPOCHS = 2**20, 1000
NONE = "No history of its training ships with this model."
DAMAGED = "The history of this model's training cannot be read."

Digits = NDArray[np.uint8]


class Epoch(TypedDict):
    """One epoch: costs in nats a digit, null where there is none.

    `held_distortion` and `held_rate` are of digits that were not trained on: the test digits, or
    training digits that were held out.
    """

    epoch: int
    seconds: float | None
    beta: float | None
    distortion: float | None
    rate: float | None
    held_distortion: float | None
    held_rate: float | None


class Pictures(TypedDict):
    """What the model made after one epoch: digits (10, 28, 28), none where it has no prior."""

    rebuilt: Digits
    draws: Digits


class History(TypedDict):
    """All epochs of one model, and whether the digits held out were test digits.

    `pictured` is the number of epochs whose pictures ship too.
    """

    epochs: list[Epoch]
    on_test: bool
    pictured: int


def read(folder: Path, is_variational: bool) -> History:
    """The history beside the weights in `folder`.

    Raises:
        ValueError: there is none, or it is damaged.
    """
    try:
        with (folder / HISTORY).open(encoding="utf-8") as file:
            lines = file.read(MOST_BYTES).splitlines()
        records = [cast("dict[str, object]", json.loads(line)) for line in lines[:MOST_EPOCHS]]
        epochs = [_epoch(record, is_variational) for record in records]
    except FileNotFoundError as error:
        raise ValueError(NONE) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(DAMAGED) from error
    if not epochs:
        raise ValueError(NONE)
    rows = _rows(folder)
    pictured = 0 if rows is None else len(rows)
    return {"epochs": epochs, "on_test": "test_distortion" in records[0], "pictured": pictured}


def pictures(folder: Path, epoch: int) -> Pictures:
    """What the model in `folder` made after an epoch, 1 being the first.

    Raises:
        ValueError: no pictures of it ship.
    """
    rows = _rows(folder)
    if rows is None or not 1 <= epoch <= len(rows):
        raise ValueError("No pictures of this epoch ship with this model.")
    rebuilt, draws = rows[epoch - 1, : snapshots.COUNT], rows[epoch - 1, snapshots.COUNT :]
    return {"rebuilt": rebuilt, "draws": draws}


def _rows(folder: Path) -> snapshots.Rows | None:
    try:
        changed = (folder / snapshots.FILE).stat().st_mtime_ns
    except OSError:
        return None
    return _unpacked(folder, changed)


@functools.lru_cache(maxsize=8)
def _unpacked(folder: Path, changed: int) -> snapshots.Rows | None:
    """The rows of a file that was last changed then: a scrubber asks for one after the other."""
    return snapshots.read(folder)


def _epoch(record: dict[str, object], is_variational: bool) -> Epoch:
    def of(*names: str) -> float | None:
        found = next((record[name] for name in names if name in record), None)
        if not isinstance(found, int | float) or not math.isfinite(found):
            return None
        return float(found)

    return {
        "epoch": int(cast(int, record["epoch"])),
        "seconds": of("seconds"),
        "beta": of("beta"),
        "distortion": of("distortion"),
        "rate": of("rate") if is_variational else None,
        "held_distortion": of("test_distortion", "held_out_distortion"),
        "held_rate": of("test_rate", "held_out_rate") if is_variational else None,
    }
