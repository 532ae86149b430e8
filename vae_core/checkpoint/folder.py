"""The checkpoint folder: strict to read, atomic to write, safetensors only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor, nn

from vae_core import files
from vae_core.checkpoint import companions, hub
from vae_core.checkpoint.metrics import METRICS, Metrics, read_metrics
from vae_core.config import Config
from vae_core.models import Model, build
from vae_core.probability.protocols import can_rotate

CONFIG, WEIGHTS = "config.json", "model.safetensors"
AXES = "axes.safetensors"
DTYPES = {torch.float32: "F32", torch.int64: "I64", torch.bool: "BOOL"}
"""Types of a model's tensors as safetensors calls them."""


class Facts(TypedDict):
    """What is known of a checkpoint from its files alone.

    `config` is `Config.to_dict()`; `metrics` None where there are none of these weights; `outdated`
    names what was measured on other weights.
    """

    recipe: str
    title: str
    config: dict[str, object]
    parameters: int
    file_bytes: int
    metrics: Metrics | None
    outdated: list[str]


def shipped_root() -> Path:
    """Where shipped checkpoints lie: VAE_CHECKPOINTS, or `checkpoints` beside app.py."""
    chosen = os.environ.get("VAE_CHECKPOINTS")
    return Path(chosen) if chosen else files.PACKAGE.parent / "checkpoints"


def shipped(root: str | Path | None = None) -> list[Path]:
    """The folders under `root` that hold an autoencoder of this package, by name."""
    folder = Path(root) if root is not None else shipped_root()
    found = sorted(path.parent for path in folder.glob(f"*/{CONFIG}"))
    return [path for path in found if _holds_autoencoder(path)]


def _holds_autoencoder(folder: Path) -> bool:
    """Whether the config is one of an autoencoder; a damaged one must not hide the others."""
    try:
        return "latent_dim" in files.read_json(folder / CONFIG)
    except ValueError:
        return False


def resolve(
    name: str | Path, root: str | Path | None = None, access: hub.Access | None = None
) -> Path:
    """The folder of CHECKPOINT: an existing folder, a shipped name, or `hf:user/name`.

    Raises:
        ValueError: there is no such checkpoint, or `access` goes with one that is on no hub.
    """
    text = str(name)
    if text.startswith(hub.PREFIX):
        return hub.fetch(text.removeprefix(hub.PREFIX), access)
    if access is not None and access != hub.Access():
        raise ValueError(f"revision, token and cache_dir go with hf:user/name, not with {text!r}.")
    if Path(text).is_dir():
        return Path(text)
    folder = Path(root) if root is not None else shipped_root()
    if text in [path.parent.name for path in folder.glob(f"*/{CONFIG}")]:
        return folder / text  # a damaged one too: reading it says what is wrong
    names = ", ".join(path.name for path in shipped(folder))
    raise ValueError(f"there is no checkpoint {text!r}; there are: {names or _none_in(folder)}.")


def _none_in(folder: Path) -> str:
    """Why there are none: a wheel, unlike a clone, brings no checkpoints."""
    why = "" if folder.is_dir() else ", which does not exist"
    return f"none in {folder}{why} (VAE_CHECKPOINTS names another folder of checkpoints)"


def load(
    name: str | Path,
    device: torch.device | str = "cpu",
    root: str | Path | None = None,
    *,
    revision: str | None = None,
    token: str | None = None,
    cache_dir: str | Path | None = None,
) -> Model:
    """A model in evaluation mode with frozen weights, read strictly.

    Args:
        name: a folder, the name of a shipped checkpoint, or `hf:user/name`.
        device: where it is put.
        root: where shipped ones lie.
        revision, token, cache_dir: of a repository of the hub; see `hub.Access`.

    Raises:
        ValueError: a file is missing, damaged, a pickle, or does not fit the config.
    """
    folder = resolve(name, root, hub.Access(revision, token, cache_dir))
    config = read_config(folder)
    with torch.device("meta"):  # a config may ask for more memory than there is
        check_fit(build(config).state_dict(), folder / WEIGHTS)
    model = build(config)
    load_weights(model, folder / WEIGHTS)
    if (folder / AXES).is_file():
        _turn_sliders(model, folder)
    return model.eval().requires_grad_(False).to(device)


def load_weights(model: nn.Module, path: Path) -> None:
    """Fills `model` from one safetensors file whose tensors must match name by name.

    Raises:
        ValueError: as for `load`.
    """
    check_fit(model.state_dict(), path)
    fill(model, files.read_tensors(path), path)


def fill(model: nn.Module, tensors: Mapping[str, Tensor], path: Path | str) -> None:
    """Fills `model` with tensors from `path` that fit it.

    Raises:
        ValueError: one of them holds NaN or infinity.
    """
    for key, tensor in tensors.items():
        if not torch.isfinite(tensor.float()).all():
            raise ValueError(f"{path} is damaged: the tensor {key!r} holds NaN or infinity.")
    model.load_state_dict(tensors, strict=True)


def check_fit(expected: Mapping[str, Tensor], path: Path) -> None:
    """Compares names, shapes and types of a safetensors file, from its header, with `expected`.

    Raises:
        ValueError: as for `load`.
    """
    with files.opened(path) as file:
        slices = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118
        found = {key: (tuple(s.get_shape()), s.get_dtype()) for key, s in slices.items()}
    check_slices(expected, found, path)


def check_slices(
    expected: Mapping[str, Tensor],
    found: Mapping[str, tuple[tuple[int, ...], str]],
    path: Path | str,
) -> None:
    """As `check_fit`, of shapes and types that were `found` in `path`."""
    foreign = sorted(set(found) ^ set(expected))
    if foreign:
        side = "unknown to" if foreign[0] in found else "missing for"
        raise ValueError(f"{path} does not fit: the tensor {foreign[0]!r} is {side} this model.")
    for key, (shape, dtype) in found.items():
        if shape != tuple(expected[key].shape):
            shapes = f"{shape}, not {tuple(expected[key].shape)}"
            raise ValueError(f"{path} does not fit: the tensor {key!r} has the shape {shapes}.")
        if dtype != DTYPES.get(expected[key].dtype, dtype):
            raise ValueError(f"{path} does not fit: the tensor {key!r} is of the type {dtype}.")


def _turn_sliders(model: Model, folder: Path) -> None:
    """Lays the sliders along the axes that were chosen for these weights; others are left alone."""
    path = folder / AXES
    weights = companions.fingerprint(folder / WEIGHTS)
    if files.safetensors_metadata(path).get("weights_sha256") != weights:
        return
    tensors = files.read_tensors(path)
    if set(tensors) != {"axes"} or not can_rotate(model.prior):
        raise ValueError(f"{path} does not fit: it must hold the axes of a flow prior.")
    try:
        model.prior.rotate(tensors["axes"])
    except ValueError as error:
        raise ValueError(f"{path} does not fit: {error}") from error


def save(model: Model, folder: str | Path) -> Path:
    """Writes config.json and model.safetensors, each whole or not at all.

    Raises:
        ValueError: the disk is full or the folder cannot be written; what was there stays.
    """
    folder = Path(folder)
    files.write_tensors(folder / WEIGHTS, model.state_dict())
    files.write_json(folder / CONFIG, model.config.to_dict())
    return folder


def inspect(name: str | Path, root: str | Path | None = None) -> Facts:
    """Config, parameters, size and metrics of a checkpoint, which is not loaded.

    Raises:
        ValueError: the folder is not a whole checkpoint.
    """
    folder = resolve(name, root)
    config, outdated = read_config(folder), companions.outdated(folder)
    return {
        "recipe": config.name,
        "title": config.title,
        "config": config.to_dict(),
        "parameters": count_parameters(folder / WEIGHTS),
        "file_bytes": (folder / WEIGHTS).stat().st_size,
        "metrics": None if METRICS in outdated else read_metrics(folder),
        "outdated": outdated,
    }


def read_config(folder: Path) -> Config:
    """The strict config of a checkpoint folder.

    Raises:
        ValueError: config.json is missing, not JSON, or not a config.
    """
    try:
        return Config.from_dict(files.read_json(folder / CONFIG))
    except ValueError as error:
        raise ValueError(f"{folder} is not a checkpoint of this package: {error}") from error


def count_parameters(path: Path) -> int:
    """The number of values in a safetensors file, from its header.

    Raises:
        ValueError: as for `read_tensors`.
    """
    with files.opened(path) as file:
        shapes = [file.get_slice(key).get_shape() for key in file.keys()]  # noqa: SIM118
    return sum(torch.Size(shape).numel() for shape in shapes)
