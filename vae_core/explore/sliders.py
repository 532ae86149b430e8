"""What each slider does, measured once over training digits and kept beside the weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NotRequired, TypedDict, TypeGuard, cast

import numpy as np
import torch
from torch import Tensor

from vae_core import checkpoint, files, runtime
from vae_core.checkpoint.companions import fingerprint
from vae_core.data.digits import Digits
from vae_core.explore import traits
from vae_core.explore.paths import PATHS
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.probability.shapes import Float

LATENTS = "latents.json"
REACH = 2.0
"""A slider's movement is measured between -REACH and REACH, which 95 % of the prior lies within."""

DRAWS = 32
"""Settings of the other sliders, drawn from the prior, that its movement is averaged over."""


class Latent(TypedDict):
    """One slider: its name, what it correlates with and how far it moves the picture.

    `correlations` is Pearson's r with each trait within the classes; `moved_at_zero` and
    `moved_at_draws` the mean squared pixel change from -2 to 2 with the other sliders at 0, and at
    draws from the prior; the other two are the same, relative to the latent that moves most.
    """

    name: traits.Name | None
    correlations: dict[str, float]
    moved_at_zero: float
    moved_at_draws: float
    relative_at_zero: float
    relative_at_draws: float


class Direction(TypedDict):
    """A named direction: what the sliders move by while the trait grows by a standard deviation.

    `kept` is the share of the digits that stay what they are over [-1.5, 1.5] of it, `moved` how
    far the trait goes, in standard deviations within a class.
    """

    trait: str
    direction: list[float]
    kept: float
    moved: float


class Latents(TypedDict):
    """What `latents.json` holds."""

    recipe: str
    digits: int
    traits: list[str]
    order: list[int]
    order_by: Literal["kl", "movement"]
    draws: int
    latents: list[Latent]
    paths: NotRequired[Mapping[str, object]]
    directions: NotRequired[list[Direction]]


def first_path(about: Latents | None) -> str | None:
    """The path to offer first, as `path_table.offered` found; None where nobody looked."""
    found = None if about is None else about.get("paths")
    named = found.get("first") if isinstance(found, Mapping) else None
    return named if isinstance(named, str) and named in PATHS else None


def directions(about: Latents | None) -> list[Direction]:
    """The named directions that hold, for a model whose sliders have axes of their own."""
    return [] if about is None else about.get("directions", [])


def describe(
    model: Model,
    digits: Digits,
    *,
    kl_per_dim: list[float] | None = None,
    device: torch.device | str = "cpu",
    seed: int = 0,
) -> Latents:
    """Name, correlations and movement of every slider, and the order to show them in.

    Args:
        model: in evaluation mode, on `device`; its sliders stand at `model.to_sliders(mean)`.
        digits: what the traits and the correlations are measured over.
        kl_per_dim: the order is by falling KL in nats; without it (the prior does not
            factorise) by how much each slider moves the picture.
        device: where to compute.
        seed: of the draws from the prior.
    """
    device = torch.device(device)
    means, labels = posterior_means(model, digits, device), digits.labels.long()
    given = labels.to(device) if model.config.labelled_prior else None
    with runtime.eval_mode(model):
        u = model.to_sliders(means.to(device), given).double().cpu().numpy()
        noise = torch.randn(DRAWS, u.shape[1], generator=runtime.generator("cpu", seed, 6))
        at_zero = movement(model, torch.zeros(1, u.shape[1], device=device))
        at_draws = movement(model, noise.to(device))
    measured = traits.within_class(
        traits.measure(digits.images[:, 0].cpu().numpy()), labels.numpy()
    )
    u = traits.within_class(u, labels.numpy())
    ranking = torch.tensor(kl_per_dim) if kl_per_dim else at_draws
    return {
        "recipe": model.config.name,
        "digits": len(digits),
        "traits": list(traits.TRAITS),
        "order": [int(dim) for dim in ranking.argsort(descending=True, stable=True)],
        "order_by": "kl" if kl_per_dim else "movement",
        "draws": DRAWS,
        "latents": _latents(traits.correlations(measured, u), at_zero, at_draws),
    }


def unnamed(
    model: Model,
    *,
    kl_per_dim: list[float] | None = None,
    device: torch.device | str = "cpu",
    seed: int = 0,
) -> Latents:
    """As `describe`, of pictures whose traits nobody measures: order and movement, no names."""
    device, dim = torch.device(device), model.latent_dim
    with runtime.eval_mode(model):
        noise = torch.randn(DRAWS, dim, generator=runtime.generator("cpu", seed, 6))
        at_zero = movement(model, torch.zeros(1, dim, device=device))
        at_draws = movement(model, noise.to(device))
    ranking = torch.tensor(kl_per_dim) if kl_per_dim else at_draws
    return {
        "recipe": model.config.name,
        "digits": 0,
        "traits": [],
        "order": [int(each) for each in ranking.argsort(descending=True, stable=True)],
        "order_by": "kl" if kl_per_dim else "movement",
        "draws": DRAWS,
        "latents": _latents(np.zeros((0, dim)), at_zero, at_draws),
    }


def _latents(correlations: traits.Floats, at_zero: Tensor, at_draws: Tensor) -> list[Latent]:
    """One entry a slider, from its correlations (traits, d) and its two movements (d,)."""
    names = traits.named(correlations) if len(correlations) else [None] * len(at_zero)
    return [
        {
            "name": name,
            "correlations": dict(zip(traits.TRAITS, _rounded(correlations[:, i]), strict=False)),
            "moved_at_zero": _significant(at_zero[i]),
            "moved_at_draws": _significant(at_draws[i]),
            "relative_at_zero": _share(at_zero, i),
            "relative_at_draws": _share(at_draws, i),
        }
        for i, name in enumerate(names)
    ]


def movement(model: Model, base: Float[Tensor, "n d"]) -> Float[Tensor, " d"]:
    """How far each slider moves the picture: mean squared pixel change from -REACH to REACH.

    Args:
        model: decodes slider positions.
        base: (n, d), where the other sliders stand; the change is averaged over the n.

    Returns:
        (d,).
    """
    changes: list[Tensor] = []
    for dim in range(base.shape[1]):
        ends = base.repeat(2, 1)
        ends[: len(base), dim], ends[len(base) :, dim] = -REACH, REACH
        low, high = model.decode(model.from_sliders(ends)).mean.float().chunk(2)
        changes.append(((high - low) ** 2).mean())
    return torch.stack(changes).cpu()


def add(folder: Path, key: str, value: object) -> dict[str, object]:
    """Puts one more entry into latents.json, and returns the whole.

    Raises:
        ValueError: there is none of these weights, or it is damaged or cannot be written.
    """
    path = folder / LATENTS
    about = files.read_json(path)
    if about.get("weights_sha256") != fingerprint(folder / checkpoint.WEIGHTS):
        raise ValueError(f"{path} is of other weights; evaluate them first.")
    write(folder, {**about, key: value})
    return {**files.read_json(path)}


def write(folder: Path, about: Mapping[str, object]) -> None:
    """Writes latents.json, whole or not at all; ValueError when it cannot be written."""
    weights = folder / checkpoint.WEIGHTS
    mark = {"weights_sha256": files.fingerprint(weights)} if weights.is_file() else {}
    files.write_json(folder / LATENTS, {**about, **mark})


def read(folder: Path, latent_dim: int) -> Latents | None:
    """What latents.json says; None where there is none, or it is of another model.

    A file of an earlier version does not say which weights it was measured for, and is taken.

    Raises:
        ValueError: it is damaged.
    """
    path = folder / LATENTS
    if not path.exists():
        return None
    about = files.read_json(path)
    latents, order = about.get("latents", []), about.get("order", [])
    are_sliders = _is_order(order) and isinstance(latents, list) and all(map(_is_latent, latents))
    if not (are_sliders and _are_ways(about.get("directions", []), latent_dim)):
        raise ValueError(f"{path} is damaged: it does not tell of sliders.")
    given = about.get("weights_sha256")
    if given is not None and given != fingerprint(folder / checkpoint.WEIGHTS):
        return None
    found = cast(Latents, about)
    fits = sorted(found["order"]) == [*range(latent_dim)] and len(found["latents"]) == latent_dim
    return found if fits else None


def _is_order(values: object) -> TypeGuard[list[int]]:
    return isinstance(values, list) and all(
        type(value) is int for value in cast(list[object], values)
    )


def _is_latent(latent: object) -> bool:
    """Whether a latent's name and movement are what the page shows of them."""
    if not isinstance(latent, dict):
        return False
    values = cast(dict[str, object], latent)
    name, moved = values.get("name"), values.get("relative_at_draws")
    return (name is None or _is_name(name)) and (moved is None or _is_number(moved))


def _are_ways(ways: object, latent_dim: int) -> bool:
    return isinstance(ways, list) and all(
        _is_way(way, latent_dim) for way in cast(list[object], ways)
    )


def _is_way(way: object, latent_dim: int) -> bool:
    """Whether a named direction is one of this model."""
    if not isinstance(way, dict):
        return False
    values = cast(dict[str, object], way)
    steps = values.get("direction")
    if not isinstance(steps, list) or not isinstance(values.get("trait"), str):
        return False
    numbers = [*cast(list[object], steps), values.get("kept"), values.get("moved")]
    return len(numbers) == latent_dim + 2 and all(map(_is_number, numbers))


def _is_name(name: object) -> bool:
    if not isinstance(name, dict):
        return False
    values = cast(dict[str, object], name)
    further = [values[key] for key in ("kept", "moved") if key in values]
    return isinstance(values.get("trait"), str) and all(
        _is_number(number) for number in (values.get("r"), *further)
    )


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def order(count: int, kl: list[float] | None, about: Latents | None) -> list[int]:
    """The order of `count` sliders: as latents.json has it, else by falling KL, else their own."""
    if about is not None:
        return about["order"]
    return list(range(count)) if kl is None else sorted(range(count), key=lambda i: -kl[i])


def _rounded(values: traits.Floats) -> list[float]:
    return [round(float(value), 3) for value in values]


def _significant(value: Tensor) -> float:
    return float(f"{float(value):.4g}")


def _share(values: Tensor, i: int) -> float:
    most = float(values.max())
    return round(float(values[i]) / most, 4) if most > 0 else 0.0
