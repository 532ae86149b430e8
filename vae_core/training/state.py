"""What resuming a run needs, in one safetensors file: read back whole, or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, cast

import torch
from torch import Tensor

from vae_core.config import Config
from vae_core.files import read_tensors, safetensors_metadata, write_tensors
from vae_core.training.run_state import RunState

Tensors = dict[str, Tensor]
PLACE = ("epoch", "batch", "step", "seconds", "seed")


class Place(TypedDict):
    """Where a run stands: whole epochs, batches of this one, steps in all, seconds, its seed."""

    epoch: int
    batch: int
    step: int
    seconds: float
    seed: int


def write(run: RunState, path: Path, history: str = "", held: int | None = None) -> None:
    """Saves `run`, the lines of its history so far, and how many training digits it leaves out.

    Raises:
        ValueError: it cannot be written.
    """
    tensors = {name: tensor.detach().cpu() for name, tensor in _tensors(run).items()}
    place = {key: getattr(run, key) for key in PLACE}
    about = {
        "config": json.dumps(run.config.to_dict()),
        "place": json.dumps(place),
        "history": history,
        "held_out": json.dumps(held),
        "compiles": json.dumps(run.compiles),
    }
    write_tensors(path, tensors, about | {"sha256": _digest(tensors, about)})


def read(run: RunState, path: Path) -> str:
    """Brings `run` to where `write` was called; nothing of it is changed before all is checked.

    Returns:
        The lines of the history until then.

    Raises:
        ValueError: the file is damaged, or belongs to another configuration.
    """
    about, tensors = safetensors_metadata(path), read_tensors(path)
    saved = _config(path, about)
    # The length may change: the schedules are stretched over what is asked for now.
    length = dataclasses.replace(saved.train, epochs=run.config.train.epochs)
    if dataclasses.replace(saved, train=length) != run.config:
        raise ValueError(f"{path} was made with other settings; resume with those, or leave it.")
    place = _place(path, about)
    _check(path, tensors, _expected(run, place["step"]))
    given = about.get("sha256")  # a state of an earlier version has none
    if given is not None and given != _digest(tensors, about):
        raise _damaged(path, "its checksum differs")
    compiles = _compiles(path, about)
    _apply(run, tensors, place)
    run.compiles = compiles
    return about.get("history", "")


def read_held_out(path: Path, otherwise: int | None) -> int | None:
    """How many training digits the saved run leaves out; None where it trains on all.

    `otherwise` is the answer for a state of an earlier version, which does not hold it.

    Raises:
        ValueError: the file is damaged.
    """
    text = safetensors_metadata(path).get("held_out")
    if text is None or text == "null":
        return otherwise if text is None else None
    if not text.isdecimal() or len(text) > 9:
        raise _damaged(path, "it does not tell how many digits were held out")
    return int(text)


def _tensors(run: RunState) -> Tensors:
    tensors = {f"model.{k}": v for k, v in run.model.state_dict().items()}
    if run.average is not None:
        tensors |= {f"average.{k}": v for k, v in run.average.state_dict().items()}
    if run.step:
        tensors |= {f"optimizer.{k}": v for k, v in run.optimizer.state().items()}
    return tensors | {"noise": run.noise.get_state()}


def _expected(run: RunState, step: int) -> Tensors:
    """Tensors of the names, shapes and types that a state of `run` after `step` steps has."""
    expected = {k: v for k, v in _tensors(run).items() if not k.startswith("optimizer.")}
    kept = run.optimizer.state() if step else {}
    return expected | {f"optimizer.{k}": v for k, v in kept.items()}


def _check(path: Path, tensors: Tensors, expected: Tensors) -> None:
    foreign = sorted(set(tensors) ^ set(expected))
    if foreign:
        side = "unknown" if foreign[0] in tensors else "missing"
        raise _damaged(path, f"the tensor {foreign[0]!r} is {side}")
    for name, tensor in tensors.items():
        if (tensor.shape, tensor.dtype) != (expected[name].shape, expected[name].dtype):
            kind = f"{tensor.dtype} {tuple(tensor.shape)}".removeprefix("torch.")
            raise _damaged(path, f"the tensor {name!r} is {kind}")
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise _damaged(path, f"the tensor {name!r} holds NaN or infinity")


def _config(path: Path, about: Mapping[str, str]) -> Config:
    try:
        return Config.from_dict(json.loads(about["config"]))
    except (KeyError, ValueError, RecursionError) as error:
        raise _damaged(path, "it does not tell which settings it belongs to") from error


def _place(path: Path, about: Mapping[str, str]) -> Place:
    """Where the run stood: whole numbers that are not negative, and seconds."""
    try:
        place = json.loads(about["place"])
        whole = all(type(place[key]) is int for key in PLACE if key != "seconds")
        seconds = float(place["seconds"])
        fine = whole and len(place) == len(PLACE) and math.isfinite(seconds) and seconds >= 0
        if fine and min(place["epoch"], place["batch"], place["step"]) >= 0:
            return cast(Place, place)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _damaged(path, "it does not tell where the run stood") from error
    raise _damaged(path, "it does not tell where the run stood")


def _compiles(path: Path, about: Mapping[str, str]) -> bool | None:
    """Whether the run's step was compiled; a state of an earlier version did where it could."""
    known = {"true": True, "false": False, "null": None}
    text = about.get("compiles", "true")
    if text not in known:
        raise _damaged(path, "it does not tell whether its step was compiled")
    return known[text]


def _apply(run: RunState, tensors: Tensors, place: Place) -> None:
    try:
        run.noise.set_state(tensors["noise"])
    except RuntimeError as error:
        raise ValueError(f"the noise of the state does not fit {run.device}: {error}") from error
    run.model.load_state_dict(_strip(tensors, "model."))
    if run.average is not None:
        run.average.load_state_dict(_strip(tensors, "average."))
    if kept := _strip(tensors, "optimizer."):
        run.optimizer.load(kept)
    for key, value in place.items():
        setattr(run, key, value)


def _digest(tensors: Tensors, about: Mapping[str, str]) -> str:
    """SHA-256 of all that the file tells, which a flipped bit changes."""
    digest = hashlib.sha256()
    for key in ("config", "place", "history", "held_out", "compiles"):
        digest.update(about.get(key, "").encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _damaged(path: Path, why: str) -> ValueError:
    return ValueError(f"{path} is damaged: {why}; train again without --resume.")


def _strip(tensors: Tensors, prefix: str) -> Tensors:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
