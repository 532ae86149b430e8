"""Named directions in the latent space, for models whose sliders have axes of their own.

A code moves along one as codes of real digits do when that trait grows and the other traits and
the digit stay: the coefficients of a linear regression of codes on traits, within the classes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from vae_core import runtime
from vae_core.data.digits import Digits
from vae_core.explore import traits
from vae_core.explore.posterior_means import posterior_means
from vae_core.explore.slider_axes import can_rotate, class_directions, without
from vae_core.explore.traits import NAMED, Floats
from vae_core.models import Model

FEWEST = 3
"""Latents from which directions say more than the sliders do."""


def has_directions(model: Model) -> bool:
    """Whether directions mean something: a VAE of enough latents whose sliders lie as they lie."""
    config = model.config
    return config.is_variational and config.latent_dim >= FEWEST and not can_rotate(model)


def along_named_traits(
    model: Model, digits: Digits, device: torch.device | str = "cpu"
) -> tuple[Floats, Floats]:
    """How a code moves while one trait grows by a standard deviation within a class.

    Args:
        model: in evaluation mode, on `device`.
        digits: training digits, labelled.
        device: where to compute.

    Returns:
        Rows (len(NAMED), latent_dim) in units of the sliders, in the order of `traits.NAMED`; and
        the same without what lies along the directions that tell the classes apart, which keeps
        the digit better and moves the trait less. Both are one where there is no room for that.
    """
    labels = digits.labels.numpy()
    means = posterior_means(model, digits, torch.device(device)).to(device)
    with runtime.eval_mode(model):
        u = model.to_sliders(means).double().cpu().numpy()
    measured = traits.measure(digits.images[:, 0].cpu().numpy())[:, : len(NAMED)]
    rows = regression(traits.within_class(measured, labels), traits.within_class(u, labels))
    span = class_directions(u, labels)
    has_room = u.shape[1] >= span.shape[1] + len(NAMED)
    return rows, without(rows, span) if has_room else rows


def regression(measured: Floats, u: Floats) -> Floats:
    """Coefficients (k, d) of codes u (n, d) on traits (n, k) in their standard deviations."""
    spread = measured.std(0)
    scaled = np.divide(measured, spread, out=np.zeros_like(measured), where=spread > 0)
    return np.asarray(np.linalg.lstsq(scaled, u, rcond=None)[0], dtype=np.float64)


def blend(rows: Floats, pure: Floats, share: float) -> Floats:
    """`share` of the way, 0 to 1, from `rows` to those without the classes' directions."""
    return rows + share * (pure - rows)


def as_list(direction: Sequence[float] | Floats) -> list[float]:
    """A direction (d,) to four decimals, for a file."""
    return [round(float(value), 4) for value in direction]
