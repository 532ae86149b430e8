"""Reduction: what a picture loses in a few numbers, by PCA and by a model's code.

PCA is the best linear map by the squared error of the pictures that it is fitted to (Pearson,
1901). Its reconstruction is kept in [0, 1] here, as a model's is, so that both are judged as
pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import Digits
from vae_core.evaluation import family
from vae_core.evaluation.elbo import squared_error
from vae_core.models import Model
from vae_core.probability.shapes import Float

PIXELS = 784
COMPONENTS = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200),
    *(256, 320, 400, 512, 784),
)
"""Numbers of components at which the error is taken: those of the shipped codes among them."""
BATCH = 1000


@dataclass(frozen=True)
class Components:
    """All principal components of pictures: mean (784,), axes (784, 784), the strongest first."""

    mean: Float[Tensor, "pixels=784"]
    axes: Float[Tensor, "pixels=784 pixels=784"]

    def codes(self, x: Float[Tensor, "b 1 28 28"], count: int = PIXELS) -> Float[Tensor, "b k"]:
        """Coordinates of x along the first `count` components, (b, count)."""
        return (x.flatten(1) - self.mean) @ self.axes[:count].T

    def back(self, codes: Float[Tensor, "b k"]) -> Float[Tensor, "b 1 28 28"]:
        """Pictures of coordinates (b, k) along the first k components, kept in [0, 1]."""
        flat = codes @ self.axes[: codes.shape[1]] + self.mean
        return flat.clamp(0, 1).view(-1, 1, 28, 28)


def fit(digits: Digits) -> Components:
    """scikit-learn's PCA of the pixels of digits, of which there are more than 784."""
    from sklearn.decomposition import PCA

    pixels = digits.floats().flatten(1).double().numpy()
    found = PCA(PIXELS, svd_solver="covariance_eigh").fit(pixels)
    mean, axes = (runtime.from_array(each).float() for each in (found.mean_, found.components_))
    return Components(mean, axes)


def kept(
    components: Components, x: Float[Tensor, "1 1 28 28"], counts: Sequence[int] = COMPONENTS
) -> tuple[Float[Tensor, "k 1 28 28"], Float[Tensor, " k"]]:
    """One picture by so many components each, (k, 1, 28, 28), and their squared errors, (k,)."""
    codes = components.codes(x)
    made = torch.cat([components.back(codes[:, :count]) for count in counts])
    return made, squared_error(made, x.expand_as(made))


def errors(components: Components, digits: Digits, count: int) -> Float[Tensor, " n"]:
    """The squared error of each digit, mean over its pixels, by `count` components, (n,)."""
    found: list[Tensor] = []
    for start in range(0, len(digits), BATCH):
        x = digits.floats(slice(start, start + BATCH))
        found.append(squared_error(components.back(components.codes(x, count)), x))
    return torch.cat(found)


def errors_of_model(model: Model, digits: Digits) -> Float[Tensor, " n"]:
    """The squared error of each digit, mean over its pixels, at the posterior mean, (n,)."""
    device, found = next(model.parameters()).device, list[Tensor]()
    with runtime.eval_mode(model):
        for start in range(0, len(digits), BATCH):
            x = digits.floats(slice(start, start + BATCH)).to(device)
            found.append(squared_error(family.reconstruct(model, x), x).cpu())
    return torch.cat(found)
