"""Ways through the latent space: tensors in, tensors out."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.models import CLASSES, Coder
from vae_core.probability.latents import one_hot
from vae_core.probability.shapes import Float

PATHS = ("linear", "spherical")


def point(
    a: Float[Tensor, " d"], b: Float[Tensor, " d"], t: float | Tensor, kind: str = "linear"
) -> Float[Tensor, "*n d"]:
    """The point at t in [0, 1] on the way from a to b.

    Args:
        a, b: (d,).
        t: a number, or (n, 1) for n points at once.
        kind: `linear`, or `spherical`: the angle and the length change evenly (Shoemake, 1985;
            White, 2016), so that the way does not cut through the untypical middle.

    Returns:
        (d,), or (n, d).

    Raises:
        ValueError: `kind` is unknown.
    """
    if kind not in PATHS:
        raise ValueError(f"path is {kind!r}; it must be one of {', '.join(PATHS)}.")
    if kind == "linear":
        return a + (b - a) * t
    return _spherical(a, b, torch.as_tensor(t, dtype=a.dtype, device=a.device))


def path(
    a: Float[Tensor, " d"], b: Float[Tensor, " d"], steps: int, kind: str = "linear"
) -> Float[Tensor, "{steps} d"]:
    """`steps` points (steps, d) from a to b, both included; see `point`.

    Raises:
        ValueError: fewer than 2 steps, or an unknown kind.
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}; it must be 2 or more.")
    t = torch.linspace(0, 1, steps, dtype=a.dtype, device=a.device)[:, None]
    return point(a, b, t, kind)


def shares(a: int | None, b: int | None, t: float | Tensor) -> Float[Tensor, "*n 10"]:
    """Shares of the ten classes on the way from label a to label b, for a conditional decoder.

    Args:
        a, b: 0 to 9, or None for an unknown one, which has no share in any class.
        t: as for `point`.

    Returns:
        (10,), or (n, 10): one class at each end, both of them between.
    """
    labels = torch.tensor([-1 if label is None else label for label in (a, b)])
    first, last = one_hot(labels, CLASSES, torch.zeros(2, CLASSES))
    return point(first, last, t)


def traverse(
    model: Coder,
    u: Float[Tensor, " d"],
    dim: int,
    values: Float[Tensor, " n"],
    label: int | None = None,
) -> Float[Tensor, "n 1 28 28"]:
    """Pictures (n, 1, 28, 28) along one slider: u (d,) with u[dim] set to each of values (n,).

    `label`, 0 to 9, is given to a model that takes labels.

    Raises:
        ValueError: there is no such dimension.
    """
    if not 0 <= dim < model.latent_dim:
        raise ValueError(f"dim is {dim}; it must be between 0 and {model.latent_dim - 1}.")
    points = u.repeat(len(values), 1)
    points[:, dim] = values
    y = None if label is None else torch.full((len(values),), label, device=u.device)
    return model.decode(model.from_sliders(points, y), y).mean


def manifold_grid(
    model: Coder, side: int = 20, first: int = 0, second: int = 1
) -> Float[Tensor, "{side*side} 1 28 28"]:
    """Pictures (side * side, 1, 28, 28) over the plane of two sliders, rows from the top.

    The positions are evenly spaced quantiles of the prior, so each picture stands for the same
    probability (Kingma and Welling, 2013, figure 4); the other sliders rest at 0.
    """
    quantiles = (torch.arange(side) + 0.5) / side
    ticks = runtime.normal_quantiles(quantiles)
    grid = torch.zeros(side, side, model.latent_dim)
    grid[:, :, second] = ticks.flip(0)[:, None]
    grid[:, :, first] = ticks[None, :]
    device = next(model.parameters()).device
    return model.decode(model.from_sliders(grid.flatten(0, 1).to(device))).mean


def _spherical(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    length_a, length_b = runtime.length(a), runtime.length(b)
    cosine = (a @ b / (length_a * length_b).clamp_min(1e-12)).clamp(-1, 1)
    angle = torch.arccos(cosine)
    # Parallel, opposite or empty vectors have no single great circle: go straight.
    if angle.sin() < 1e-4 or min(length_a, length_b) < 1e-6:
        return a + (b - a) * t
    weight_a = torch.sin((1 - t) * angle) / angle.sin()
    weight_b = torch.sin(t * angle) / angle.sin()
    direction = weight_a * a / length_a + weight_b * b / length_b
    return direction * (length_a + (length_b - length_a) * t)
