"""Which way the sliders lie in a flow's base space: one along each trait, and none of them still.

The base noise is N(0, I), which looks the same from every side: turned axes change neither the
prior nor any likelihood, so they are free to mean something. They are chosen after training, over
training digits, and kept beside the weights in `axes.safetensors`.

A trait is followed within the classes: an 8 is wider than a 1, and a slider found across classes
would turn one into the other. The class means are taken out of codes and traits, and where the
prior is given no label the directions that tell the classes apart are projected out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core import checkpoint, files, runtime
from vae_core.data.digits import Digits
from vae_core.explore import sliders, traits
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.probability import protocols
from vae_core.probability.shapes import Float

Floats = NDArray[np.float64]
Assignment = Callable[..., tuple[NDArray[np.int64], NDArray[np.int64]]]

LEAST = 0.12
"""The least share of the strongest slider's movement that `lifted` leaves to any other."""

TURN = np.radians(5)
"""A weak slider turns so far at a time; nine such turns make it the strong one's equal."""


def can_rotate(model: Model) -> bool:
    """Whether the sliders of `model` may lie along any axes: where the rate has no dimensions."""
    return protocols.can_rotate(model.prior)


def rotate(model: Model, axes: Float[Tensor, "d d"]) -> None:
    """Lay the sliders of `model` along the columns of `axes` (d, d).

    Raises:
        ValueError: its prior has fixed axes, or these are not orthonormal.
    """
    if not protocols.can_rotate(model.prior):
        raise ValueError(f"the sliders of {model.config.name} have fixed axes.")
    model.prior.rotate(axes)


def choose(
    model: Model, digits: Digits, device: torch.device | str = "cpu"
) -> Float[Tensor, "d d"]:
    """Axes (d, d) for the sliders of `model`, which is left with those it was trained with.

    Args:
        model: in evaluation mode, on `device`, with a prior that can `turn`.
        digits: training digits: the test digits then tell how well the axes are named.
        device: where to compute.

    Returns:
        Orthonormal columns, the directions of the sliders in the base space: one a trait in
        the order of `traits.NAMED`, then the learned axes, turned as little as they must.
    """
    dim = model.latent_dim
    rotate(model, torch.eye(dim))
    means = posterior_means(model, digits, torch.device(device))
    label = digits.labels.to(device).long() if model.config.labelled_prior else None
    with runtime.eval_mode(model):
        u = model.to_sliders(means.to(device), label).double().cpu().numpy()
        noise = torch.randn(sliders.DRAWS, dim, generator=runtime.generator("cpu", 1, 6))

        def movement(axes: Floats) -> Floats:
            rotate(model, runtime.from_array(axes))
            return sliders.movement(model, noise.to(device)).double().numpy()

        directions = within_classes(digits, u)
        span = class_directions(u, digits.labels.numpy())
        if label is None and dim >= span.shape[1] + len(directions):  # there is room beside them
            directions = without(directions, span)
        named = along_traits(directions)
        axes = lifted(completed(named), movement, kept=named.shape[1])
    rotate(model, torch.eye(dim))
    return runtime.from_array(axes).float()


def within_classes(digits: Digits, u: Floats) -> Floats:
    """Correlations (k, d) of the traits NAMED with sliders at u (n, d), within the classes."""
    labels = digits.labels.numpy()
    measured = traits.measure(digits.images[:, 0].numpy())
    measured = measured[:, : len(traits.NAMED)]
    return traits.correlations(
        traits.within_class(measured, labels), traits.within_class(u, labels)
    )


def class_directions(u: Floats, labels: NDArray[np.int64]) -> Floats:
    """Orthonormal (d, classes - 1): the span of linear discriminants of u (n, d) (Fisher, 1936).

    Whoever moves at right angles to them leaves every linear reading of the class as it is.
    """
    inside = traits.within_class(u, labels)
    means = np.stack([u[labels == label].mean(0) for label in np.unique(labels)])
    between = (means - means.mean(0)).T
    discriminants = cast(Floats, np.linalg.solve(np.cov(inside.T), between))
    return np.linalg.svd(discriminants, full_matrices=False)[0][:, : len(means) - 1]


def without(directions: Floats, span: Floats) -> Floats:
    """The rows of `directions` (k, d) less what lies in the columns of `span` (d, m)."""
    return directions - directions @ span @ span.T


def along_traits(r: Floats) -> Floats:
    """Orthonormal (d, k): nearest to the directions of the correlations r (k, d) of k traits.

    Each is the direction along which its trait correlates most with noise of equal spread; the
    polar factor parts those of traits that go together, favouring none (Lowdin, 1950). A trait
    that nothing follows has no direction, and there are never more than d.
    """
    lengths = np.linalg.norm(r, axis=1)
    directions = (r[lengths > 0] / lengths[lengths > 0, None]).T
    return _orthonormal(directions[:, : r.shape[1]])


def completed(few: Floats) -> Floats:
    """All d axes (d, d): the `few` (d, k) given, then the learned ones that are least like them.

    The learned axes keep their order; each is turned as little as makes it orthogonal to the few.
    """
    # Imported here, since that takes half a second; scipy ships no types.
    from scipy.optimize import (  # pyright: ignore[reportMissingTypeStubs]
        linear_sum_assignment,  # pyright: ignore[reportUnknownVariableType]
    )

    assign = cast(Assignment, linear_sum_assignment)
    replaced, _ = assign(few**2, maximize=True)
    learned = np.delete(np.eye(len(few)), replaced, axis=1)
    return np.hstack((few, _orthonormal(learned - few @ (few.T @ learned))))


def lifted(axes: Floats, movement: Callable[[Floats], Floats], kept: int) -> Floats:
    """The same axes (d, d), where each moves the picture by `LEAST` of what the strongest does.

    While one moves it less, it is turned towards the strongest but the first `kept`.

    Args:
        axes: orthonormal columns.
        movement: how far the slider of each axis moves the picture, (d,).
        kept: how many axes stay as they are.
    """
    axes = axes.copy()
    for _ in range(len(axes) * 10):
        moved = movement(axes)
        weakest, strongest = kept + moved[kept:].argmin(), kept + moved[kept:].argmax()
        if moved[weakest] >= LEAST * moved.max() or weakest == strongest:
            break
        weak, strong = axes[:, weakest].copy(), axes[:, strongest].copy()
        axes[:, weakest] = np.cos(TURN) * weak + np.sin(TURN) * strong
        axes[:, strongest] = np.cos(TURN) * strong - np.sin(TURN) * weak
    return axes


def write(folder: Path, axes: Float[Tensor, "d d"]) -> None:
    """Writes axes.safetensors for the weights beside it; ValueError when it cannot be written."""
    weights = files.fingerprint(folder / checkpoint.WEIGHTS)
    files.write_tensors(folder / checkpoint.AXES, {"axes": axes}, {"weights_sha256": weights})


def _orthonormal(columns: Floats) -> Floats:
    """The orthonormal columns nearest to the given ones: the factor U V^T of U S V^T."""
    u, _, vt = np.linalg.svd(columns, full_matrices=False)
    return u @ vt
