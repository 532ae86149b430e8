"""Planes through the space of the sliders: flat maps on which every point decodes exactly.

A plane is u(s, t) = origin + s * across + t * up with orthonormal across and up, so that distances
on it are distances in u. A code off the plane is shown where it projects to.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime

RIDGE = 1e-4
"""Added to the scatter within classes, as a share of its mean: dead numbers have none."""
LONG = 256
"""Codes longer than that find their principal axes by a randomised method."""


@dataclass(frozen=True)
class Plane:
    """origin (d,), and two orthonormal directions across and up (d,)."""

    origin: Tensor
    across: Tensor
    up: Tensor

    def coordinates(self, u: Tensor) -> Tensor:
        """Where codes u (n, d) project to, (n, 2)."""
        return (u - self.origin) @ torch.stack((self.across, self.up), 1)

    def at(self, places: Tensor) -> Tensor:
        """The codes (n, d) at places (n, 2) on the plane."""
        return self.origin + places @ torch.stack((self.across, self.up))


def whole(d: int) -> Plane:
    """The space itself where it has two dimensions; of more, its first two with the others at 0.

    Raises:
        ValueError: there is only one.
    """
    if d < 2:
        raise ValueError(f"a code of {d} number has no plane.")
    basis = torch.eye(d)
    return Plane(torch.zeros(d), basis[0], basis[1])


def principal(u: Tensor) -> Plane:
    """The plane through the mean of codes u (n, d) along which they vary most (Pearson, 1901)."""
    mean = u.mean(0)
    centred = u - mean
    if u.shape[1] > LONG:
        with runtime.seeded(0):
            axes = torch.pca_lowrank(centred, q=min(8, u.shape[1]))[2]
    else:
        axes = runtime.eigh((centred.T @ centred).double())[1].flip(1)
    return _plane(mean, axes[:, 0].to(u.dtype), axes[:, 1].to(u.dtype))


def discriminant(u: Tensor, labels: Tensor) -> Plane:
    """The plane on which the classes of u (n, d), labels (n,), part most (Fisher, 1936; Rao, 1948).

    It is spanned by the two leading linear discriminants, through the mean of the codes. Up is at
    right angles to the first, which changes where a code lies by a shear and parts it no less.
    """
    data, mean = u.double(), u.double().mean(0)
    inside, spread = data.clone(), torch.empty(0, u.shape[1]).to(data)
    for label in sorted(set(runtime.whole_numbers(labels))):
        chosen = labels == label
        centre = data[chosen].mean(0)
        inside[chosen] -= centre
        weight = (len(data[chosen]) / len(data)) ** 0.5
        spread = torch.cat((spread, weight * (centre - mean)[None]))
    # Where the scatter within classes is made a ball, the classes' means vary most along their
    # own principal axes.
    values, vectors = runtime.eigh(inside.T @ inside / len(data))
    values = values.clamp_min(0)
    to_ball = vectors / (values + RIDGE * values.mean().clamp_min(1e-12)).sqrt()
    balled = spread @ to_ball
    leading = runtime.eigh(balled.T @ balled)[1].flip(1)[:, :2]
    axes = (to_ball @ leading).to(u.dtype)
    return _plane(u.mean(0), axes[:, 0], axes[:, 1])


def through(a: Tensor, b: Tensor, c: Tensor) -> Plane:
    """The plane through three codes (d,): a to b goes across, c lies above.

    Raises:
        ValueError: they lie on one line.
    """
    across, other = b - a, c - a
    size = runtime.length(across)
    if size > 0:
        across = across / size
        rest = other - (other @ across) * across
        if runtime.length(rest) > 1e-4 * (size + runtime.length(other)):
            return Plane(a, across, rest / runtime.length(rest))
    raise ValueError("three codes on one line have no plane; move one of them.")


def off_plane(plane: Plane, u: Tensor) -> Tensor:
    """How far codes u (n, d) lie from the plane, (n,)."""
    return runtime.lengths(u - plane.at(plane.coordinates(u)))


def share_of_variance(plane: Plane, u: Tensor) -> float:
    """Which part of the variance of codes u (n, d) lies in the plane, 0 to 1."""
    total = u.var(0, correction=0).sum()
    return (plane.coordinates(u).var(0, correction=0).sum() / total.clamp_min(1e-30)).item()


def _plane(origin: Tensor, across: Tensor, other: Tensor) -> Plane:
    """Orthonormal directions that span the same; each points to where its largest number is > 0."""
    across = _signed(across / runtime.length(across))
    up = other - (other @ across) * across
    return Plane(origin, across, _signed(up / runtime.length(up)))


def _signed(x: Tensor) -> Tensor:
    return torch.where(x[x.abs().argmax()] < 0, -x, x)
