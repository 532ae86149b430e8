"""How the shipped models were trained: their histories, epoch by epoch, as points of a curve."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TypedDict, cast

from vae_core.checkpoint.archive import HISTORY

MOST_BYTES, MOST_EPOCHS = 2**20, 1000
NONE = "No history of its training ships with this model."
DAMAGED = "The history of this model's training cannot be read."


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


class History(TypedDict):
    """All epochs of one model, and whether the digits held out were test digits."""

    epochs: list[Epoch]
    on_test: bool


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
    return {"epochs": epochs, "on_test": "test_distortion" in records[0]}


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
