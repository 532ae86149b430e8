"""Samplers fitted after training, each a file beside the weights whose codes it was fitted to."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from torch import Tensor

from vae_core import files
from vae_core.checkpoint.companions import WEIGHTS, fingerprint
from vae_core.probability.samplers import DiffusionSampler, MixtureSampler

Sampler = DiffusionSampler | MixtureSampler

FILES = {"diffusion": "diffusion.safetensors", "mixture": "mixture.safetensors"}
KINDS: Mapping[str, type[DiffusionSampler] | type[MixtureSampler]] = {
    "diffusion": DiffusionSampler,
    "mixture": MixtureSampler,
}
PRIOR, DEFAULT = "prior", "default"
"""Instead of a kind: the model's own prior, and what is best of the ways that there are."""

GUIDANCE = 1.1
"""By default. So guided, draws of `vae-flow-digits` are read by the frozen net of FID as surely as
training digits (`draws --choose-guidance`); more leans further and repeats itself."""

LARGEST = 4096
"""No setting of a sampler may be larger, so that a file cannot ask for more than memory."""


def kinds(folder: Path) -> list[str]:
    """The samplers that a checkpoint folder holds for the weights that lie in it."""
    marks = {kind: mark for kind, name in FILES.items() if (mark := _mark(folder / name))}
    if not marks or not (folder / WEIGHTS).is_file():
        return []  # most folders: their weights need not be read through
    weights = fingerprint(folder / WEIGHTS)
    return [kind for kind, mark in marks.items() if mark == weights]


def default(kinds: Collection[str]) -> str:
    """What draws unless another is asked for: a mixture shows only what a better prior does."""
    return "diffusion" if "diffusion" in kinds else PRIOR


def write(folder: Path, sampler: Sampler) -> Path:
    """Keeps a sampler beside the weights of `folder`; ValueError when it cannot be written."""
    kind = next(kind for kind, each in KINDS.items() if isinstance(sampler, each))
    about = {
        "weights_sha256": fingerprint(folder / WEIGHTS),
        "settings": json.dumps(sampler.settings()),
    }
    path = folder / FILES[kind]
    files.write_tensors(path, dict(sampler.state_dict()), about)
    return path


def read(folder: Path, kind: str, device: torch.device | str = "cpu") -> Sampler:
    """A sampler of the checkpoint in `folder`, in evaluation mode and frozen.

    Raises:
        ValueError: there is no such kind or no such file, it is damaged, or it was fitted to
            other weights.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no sampler {kind!r}; there are: {', '.join(KINDS)}.")
    path = folder / FILES[kind]
    if not path.is_file():
        raise ValueError(f"{folder.name} has no sampler {kind!r}: fit one with fit-sampler.")
    if _mark(path) != fingerprint(folder / WEIGHTS):
        raise ValueError(f"{path} was fitted to other weights: run fit-sampler again.")
    sampler = _build(path, kind)
    return sampler.to(device).eval().requires_grad_(False)


def draw(
    sampler: Sampler,
    n: int,
    generator: torch.Generator,
    y: Tensor | None = None,
    guidance: float = GUIDANCE,
) -> Tensor:
    """`n` codes (n, d): of labels y (n,) and with guidance where the sampler knows of either."""
    if isinstance(sampler, DiffusionSampler):
        return sampler.sample(n, generator=generator, y=y, guidance=guidance)
    return sampler.sample(n, generator=generator)


def _build(path: Path, kind: str) -> Sampler:
    damaged = f"{path} is damaged: it does not hold a sampler {kind!r}."
    tensors = files.read_tensors(path)
    try:
        settings = json.loads(files.safetensors_metadata(path).get("settings", ""))
        fine = all(type(value) is int and 0 <= value <= LARGEST for value in settings.values())
        with torch.device("meta"):  # sizes are compared before anything is allocated
            expected = KINDS[kind](**settings).state_dict() if fine else {}
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(damaged) from error
    shapes = {name: (value.shape, value.dtype) for name, value in expected.items()}
    if not fine or shapes != {name: (value.shape, value.dtype) for name, value in tensors.items()}:
        raise ValueError(damaged)
    sampler = KINDS[kind](**settings)
    sampler.load_state_dict(tensors, strict=True)
    return sampler


def _mark(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        return files.safetensors_metadata(path).get("weights_sha256")
    except ValueError:
        return None
