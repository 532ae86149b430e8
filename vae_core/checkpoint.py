"""The checkpoint folder: strict to read, atomic to write, safetensors only."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from vae_core.config import Config
from vae_core.models import VAE, Autoencoder, build

CONFIG, WEIGHTS, METRICS = "config.json", "model.safetensors", "metrics.json"
AXES = "axes.safetensors"
PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".pkl")


def shipped_root() -> Path:
    """Where shipped checkpoints lie: VAE_CHECKPOINTS, or `checkpoints` beside app.py."""
    chosen = os.environ.get("VAE_CHECKPOINTS")
    return Path(chosen) if chosen else Path(__file__).parent.parent / "checkpoints"


def shipped(root: str | Path | None = None) -> list[Path]:
    """The folders under `root` that hold an autoencoder of this package, by name."""
    folder = Path(root) if root is not None else shipped_root()
    found = sorted(path.parent for path in folder.glob(f"*/{CONFIG}"))
    return [path for path in found if "latent_dim" in read_json(path / CONFIG)]


def resolve(name: str | Path, root: str | Path | None = None) -> Path:
    """The folder of CHECKPOINT: an existing folder, a shipped name, or `hf:user/name`.

    Raises:
        ValueError: there is no such checkpoint.
    """
    text = str(name)
    if text.startswith("hf:"):
        return _from_hub(text.removeprefix("hf:"))
    if Path(text).is_dir():
        return Path(text)
    folder = Path(root) if root is not None else shipped_root()
    names = [path.name for path in shipped(folder)]
    if text in names:
        return folder / text
    raise ValueError(f"there is no checkpoint {text!r}; there are: {', '.join(names) or 'none'}.")


def load(
    name: str | Path, device: torch.device | str = "cpu", root: str | Path | None = None
) -> VAE | Autoencoder:
    """A model in evaluation mode with frozen weights, read strictly.

    Raises:
        ValueError: a file is missing, damaged, a pickle, or does not fit the config.
    """
    folder = resolve(name, root)
    model = build(read_config(folder))
    load_weights(model, folder / WEIGHTS)
    if (folder / AXES).is_file():
        _turn_sliders(model, folder)
    return model.eval().requires_grad_(False).to(device)


def load_weights(model: nn.Module, path: Path) -> None:
    """Fills `model` from one safetensors file whose tensors must match name by name.

    Raises:
        ValueError: as for `load`.
    """
    tensors = read_tensors(path)
    expected = model.state_dict()
    foreign = sorted(set(tensors) ^ set(expected))
    if foreign:
        side = "unknown to" if foreign[0] in tensors else "missing for"
        raise ValueError(f"{path} does not fit: the tensor {foreign[0]!r} is {side} this model.")
    for key, tensor in tensors.items():
        if tensor.shape != expected[key].shape:
            shapes = f"{tuple(tensor.shape)}, not {tuple(expected[key].shape)}"
            raise ValueError(f"{path} does not fit: the tensor {key!r} has the shape {shapes}.")
        if not torch.isfinite(tensor.float()).all():
            raise ValueError(f"{path} is damaged: the tensor {key!r} holds NaN or infinity.")
    model.load_state_dict(tensors, strict=True)


def _turn_sliders(model: VAE | Autoencoder, folder: Path) -> None:
    """Lays the sliders along the axes that were chosen for these weights; others are left alone."""
    path = folder / AXES
    if safetensors_metadata(path).get("weights_sha256") != fingerprint(folder / WEIGHTS):
        return
    tensors = read_tensors(path)
    if set(tensors) != {"axes"} or not hasattr(model.prior, "turn"):
        raise ValueError(f"{path} does not fit: it must hold the axes of a flow prior.")
    try:
        model.prior.turn(tensors["axes"])
    except ValueError as error:
        raise ValueError(f"{path} does not fit: {error}") from error


def save(model: VAE | Autoencoder, folder: str | Path) -> Path:
    """Writes config.json and model.safetensors, each whole or not at all.

    Raises:
        ValueError: the disk is full or the folder cannot be written; what was there stays.
    """
    folder = Path(folder)
    write_tensors(folder / WEIGHTS, model.state_dict())
    write_json(folder / CONFIG, model.config.to_dict())
    return folder


def inspect(name: str | Path, root: str | Path | None = None) -> dict[str, Any]:
    """Config, parameters, size and metrics, from headers only: no weight is read.

    Raises:
        ValueError: the folder is not a whole checkpoint.
    """
    folder = resolve(name, root)
    config = read_config(folder)
    metrics = folder / METRICS
    return {
        "recipe": config.name,
        "title": config.title,
        "config": config.to_dict(),
        "parameters": count_parameters(folder / WEIGHTS),
        "file_bytes": (folder / WEIGHTS).stat().st_size,
        "metrics": read_json(metrics) if metrics.is_file() else None,
    }


def read_config(folder: Path) -> Config:
    """The strict config of a checkpoint folder.

    Raises:
        ValueError: config.json is missing, not JSON, or not a config.
    """
    try:
        return Config.from_dict(read_json(folder / CONFIG))
    except ValueError as error:
        raise ValueError(f"{folder} is not a checkpoint of this package: {error}") from error


def count_parameters(path: Path) -> int:
    """The number of values in a safetensors file, from its header.

    Raises:
        ValueError: as for `read_tensors`.
    """
    with _opened(path) as file:
        shapes = [file.get_slice(key).get_shape() for key in file.keys()]  # noqa: SIM118
    return sum(torch.Size(shape).numel() for shape in shapes)


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file, which tells whether figures belong to these weights."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def safetensors_metadata(path: Path) -> dict[str, str]:
    """The texts in the header of a safetensors file.

    Raises:
        ValueError: as for `read_tensors`.
    """
    with _opened(path) as file:
        return file.metadata() or {}


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file, on the CPU.

    Raises:
        ValueError: the file is missing, damaged or cut short, or a pickle.
    """
    _refuse_pickle(path)
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is damaged or cut short: {error}.") from error


def read_json(path: Path) -> dict[str, Any]:
    """One JSON object.

    Raises:
        ValueError: the file is missing or does not hold one.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ValueError(f"{path} is missing.") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is damaged: {error}.") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path} must hold a JSON object.")
    return value


def write_json(path: Path, value: dict[str, Any]) -> None:
    """One JSON object, atomically; ValueError when it cannot be written."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """A text file, atomically; ValueError when it cannot be written."""
    _replace(path, lambda target: target.write_text(text, "utf-8"))


def write_tensors(
    path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None
) -> None:
    """A safetensors file, atomically; ValueError when it cannot be written."""
    plain = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    _replace(path, lambda target: save_file(plain, target, metadata))


def _replace(path: Path, write: Any) -> None:
    """Writes beside `path`, flushes to the disk and renames: a kill leaves the old file whole."""
    target = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(target)
        target.chmod(0o644)  # safetensors makes files that only their owner can read
        with target.open("rb") as file:
            os.fsync(file.fileno())
        target.replace(path)
    except (OSError, SafetensorError) as error:
        raise ValueError(
            f"{path} could not be written ({error}); what was there is kept."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    _refuse_pickle(path)
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is damaged or cut short: {error}.") from error


def _refuse_pickle(path: Path) -> None:
    """A sentence for a missing file that knows why: often a pickle lies there instead."""
    pickles = [p.name for p in path.parent.glob("*") if p.suffix in PICKLES]
    head = b""
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(4)
    is_pickle = (
        head[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05") or head == b"PK\x03\x04"
    )
    if is_pickle or (not path.is_file() and pickles):
        shown = path.name if is_pickle else pickles[0]
        raise ValueError(
            f"{path.parent / shown} is a pickle, which can run any code when it is opened; "
            "only safetensors files are read."
        )
    if not path.is_file():
        raise ValueError(f"{path} is missing.")


def _from_hub(repository: str) -> Path:
    """A checkpoint folder of the Hugging Face hub, downloaded into its cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    patterns = ["*.json", "*.safetensors", "*.jsonl", "README.md"]
    try:
        return Path(snapshot_download(repository, allow_patterns=patterns))
    except (HFValidationError, HfHubHTTPError, OSError, ValueError) as error:
        raise ValueError(f"hf:{repository} could not be fetched: {error}.") from error
