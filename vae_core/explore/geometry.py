"""The space of the sliders as its pictures measure it: Jacobian, metric, tangents, lengths.

A decoder maps the sliders' positions u to pictures, its mean images; the distance between two
pictures, the square root of the summed squares of their pixels' differences, pulled back to u, is
a Riemannian metric there, G = J^T J (Arvanitidis, Hansen and Hauberg, 2018; Shao, Kumar and
Fletcher, 2018). Everything here works in u, for any model: `decode(from_sliders(u))`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias, cast

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.explore.paths import shares
from vae_core.models import Coder

Decoder: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""Positions u (n, d) and their places t (n,) on a path, 0 to 1 -> pictures (n, pixels).

Row by row: no picture depends on another row.
"""

ROWS = 256
"""Decoded at a time: more fall out of a CPU's caches, fewer cost calls."""


@dataclass(frozen=True)
class Tangents:
    """The directions in which a picture changes most, k of them, the strongest first.

    Attributes:
        directions: (k, d), orthonormal.
        pictures: how the picture changes along each, (k, pixels) a unit of u.
        shares: of all change, the squared singular values over their sum, (k,).
    """

    directions: Tensor
    pictures: Tensor
    shares: Tensor


def decoder(model: Coder, labels: Sequence[int | None] = (None, None)) -> Decoder:
    """The pictures of a model, whose `labels` at t = 0 and t = 1 mix in shares between.

    The labels count for a model that takes some; None stands for unknown.
    """
    device = next(model.parameters()).device

    def decode(u: Tensor, t: Tensor) -> Tensor:
        y = None
        if model.config.takes_labels:
            y = shares(labels[0], labels[1], t.cpu()[:, None]).to(device)
        return model.decode(model.from_sliders(u, y), y).mean.flatten(1)

    return decode


def pictures(decode: Decoder, u: Tensor, t: Tensor | None = None) -> Tensor:
    """The pictures (n, pixels) of positions u (n, d), at places t (n,) or along a whole path."""
    parts = zip(runtime.pieces(u, ROWS), runtime.pieces(_places(u, t), ROWS), strict=True)
    return torch.cat([decode(*part) for part in parts])


def jacobian(decode: Decoder, u: Tensor, t: Tensor | None = None) -> Tensor:
    """How each pixel changes with each slider, (n, pixels, d), at u (n, d).

    By forward differentiation, a row for each slider of each position: rows are independent, so
    that one batch holds them all.
    """
    n, d = u.shape
    rows = u.repeat_interleave(d, 0)
    places = _places(u, t).repeat_interleave(d, 0)
    basis = torch.eye(d, dtype=u.dtype, device=u.device).repeat(n, 1)
    parts = zip(*(runtime.pieces(each, ROWS) for each in (rows, places, basis)), strict=True)
    with torch.no_grad():
        found = [_pushed(decode, *part) for part in parts]
    return torch.cat(found).view(n, d, -1).transpose(1, 2)


def _pushed(decode: Decoder, u: Tensor, t: Tensor, along: Tensor) -> Tensor:
    """The change of each picture along its own direction, (n, pixels)."""

    def at(v: Tensor) -> Tensor:
        return decode(v, t)

    return _jvp()(at, (u,), (along,))[1]


@cache
def _jvp() -> Callable[..., tuple[Tensor, Tensor]]:
    """`torch.func.jvp`, once it has warned of torch's own old compiler, which it begins with."""
    push = cast("Callable[..., tuple[Tensor, Tensor]]", torch.func.jvp)
    nothing = torch.zeros(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        push(torch.sin, (nothing,), (nothing,))
    return push


def metric(decode: Decoder, u: Tensor, t: Tensor | None = None) -> Tensor:
    """The pulled-back metric G = J^T J at u (n, d), (n, d, d)."""
    j = jacobian(decode, u, t)
    return j.transpose(1, 2) @ j


def tangents(decode: Decoder, u: Tensor, count: int, t: Tensor | None = None) -> Tangents:
    """The `count` leading singular directions of the Jacobian at one position u (d,)."""
    j = jacobian(decode, u[None], t)[0]
    # d x d instead of pixels x d: as exact as pictures need, and a fraction of the time.
    values, vectors = runtime.eigh((j.T @ j).double())
    strengths = values.flip(0).clamp_min(0)
    directions = vectors.flip(1)[:, :count].T.to(u.dtype)
    changes = directions @ j.T
    # A singular vector has no sign of its own: pulled forwards, it shall add ink.
    sign = torch.where(changes.sum(1, keepdim=True) < 0, -1, 1)
    share = strengths[:count] / strengths.sum().clamp_min(1e-30)
    return Tangents(sign * directions, sign * changes, share.to(u.dtype))


def curve_length(decode: Decoder, curve: Tensor, refine: int = 1) -> float:
    """The length of a curve through positions (n, d), straight between neighbours.

    Args:
        decode: of the pictures.
        curve: its positions, evenly spread over t from 0 to 1.
        refine: chords that each piece is measured by; their sum grows towards the true length.
    """
    return runtime.lengths(pictures(decode, subdivided(curve, refine)).diff(dim=0)).sum().item()


def subdivided(curve: Tensor, refine: int) -> Tensor:
    """A curve (n, d) with `refine` - 1 more positions on each straight piece."""
    if refine == 1:
        return curve
    steps = torch.arange(refine, dtype=curve.dtype, device=curve.device) / refine
    inner = curve[:-1, None] + steps[:, None] * curve.diff(dim=0)[:, None]
    return torch.cat((inner.flatten(0, 1), curve[-1:]))


def _places(u: Tensor, t: Tensor | None) -> Tensor:
    return torch.linspace(0, 1, len(u), dtype=u.dtype, device=u.device) if t is None else t
