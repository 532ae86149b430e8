"""Snapshots and finished models as messages, and as replies to a page."""

from __future__ import annotations

from typing import TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from vae_core.app.service.trainings import frames
from vae_core.app.service.trainings.frames import Array, Frame
from vae_core.app.wire import Grey
from vae_core.checkpoint import archive
from vae_core.checkpoint.archive import Packed
from vae_core.files import JsonObject
from vae_core.training.live import LiveRun, Snapshot


class Point(TypedDict):
    """One point of the curves: costs in nats an image, null where there is none."""

    epoch: int
    step: int
    seconds: float
    beta: float
    learning_rate: float
    distortion: float | None
    rate: float | None
    negative_elbo: float | None
    loss: float | None
    held_distortion: float
    held_rate: float | None
    held_negative_elbo: float | None


class View(TypedDict):
    """What the model shows now; see `Snapshot`. Codes are pairs of numbers."""

    kl: list[float] | None
    samples: Grey
    own: Grey | None
    codes: list[list[float]]


def pack(snapshot: Snapshot) -> Frame:
    """A snapshot as a message."""
    point: Point = {
        "epoch": snapshot.epoch,
        "step": snapshot.step,
        "seconds": snapshot.seconds,
        "beta": snapshot.beta,
        "learning_rate": snapshot.learning_rate,
        "distortion": snapshot.distortion,
        "rate": snapshot.rate,
        "negative_elbo": snapshot.negative_elbo,
        "loss": snapshot.loss,
        "held_distortion": snapshot.held_distortion,
        "held_rate": snapshot.held_rate,
        "held_negative_elbo": snapshot.held_negative_elbo,
    }
    arrays: dict[str, Array] = {"samples": snapshot.samples, "codes": snapshot.codes}
    if snapshot.own is not None:
        arrays["own"] = snapshot.own
    if snapshot.kl is not None:
        arrays["kl"] = snapshot.kl
    return Frame("snapshot", cast(JsonObject, point), arrays)


def pack_model(live: LiveRun) -> Frame:
    """The model of a run that ended, as a message."""
    packed = archive.pack(live.result(), live.history)
    arrays: dict[str, Array] = {
        "config": frames.blob(packed.config),
        "weights": frames.blob(packed.weights),
        "history": frames.blob(packed.history),
    }
    return Frame("model", {"ending": live.ending}, arrays)


def point_of(frame: Frame) -> Point:
    """The point of a snapshot's message."""
    return cast(Point, cast(object, frame.values))


def view_of(frame: Frame) -> View:
    """The pictures of a snapshot's message."""
    kl, own = frame.arrays.get("kl"), frame.arrays.get("own")
    return {
        "kl": None if kl is None else cast("list[float]", kl.round(4).tolist()),
        "samples": cast(Grey, frame.arrays["samples"]),
        "own": None if own is None else cast(Grey, own),
        "codes": cast("list[list[float]]", _rounded(frame.arrays["codes"]).tolist()),
    }


def model_of(frame: Frame) -> Packed:
    """The model of a message."""
    parts = (frame.arrays[name].tobytes() for name in ("config", "weights", "history"))
    return Packed(*parts)


def _rounded(codes: Array) -> NDArray[np.float64]:
    return codes.astype(np.float64).round(3)
