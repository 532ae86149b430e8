"""The family side by side: the same pictures, the same damage, the same axes, another model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeGuard

import torch
from torch import Tensor, nn

from vae_core import checkpoint, explore, files, runtime
from vae_core.config import Config, CorruptionConfig
from vae_core.data.digits import Digits, corrupt
from vae_core.evaluation.elbo import squared_error
from vae_core.models import Autoencoder, Model
from vae_core.probability import likelihoods
from vae_core.probability.likelihoods.registry import Quantity
from vae_core.probability.shapes import Float

PCA_FILE = "pca.safetensors"
BATCH = 1000
SIDE = 28
NON_DIGITS = ("noise", "shoe", "shuffled")
"""What `non_digits` makes, in this order."""


# ---------------------------------------------------------------- reconstruction and repair
class Reconstructs(Protocol):
    """A model, as far as pictures (b, 1, 28, 28) pass through it."""

    def reconstruct(self, x: Tensor) -> Tensor: ...


def reconstruct(model: Reconstructs, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 1 28 28"]:
    """What a model gives back for x (b, 1, 28, 28), kept in [0, 1].

    It is the decoder's mean at the code, or at the posterior mean; a likelihood of unbounded
    pixels may overshoot the range that a picture has.
    """
    return model.reconstruct(x).float().clamp(0, 1)


@dataclass(frozen=True)
class Repair:
    """Damaged pictures and what a model made of them, (b, 1, 28, 28) in [0, 1].

    `before` and `after` (b,) are their mean squared errors to the clean pictures.
    """

    damaged: Float[Tensor, "b 1 28 28"]
    repaired: Float[Tensor, "b 1 28 28"]
    before: Float[Tensor, " b"]
    after: Float[Tensor, " b"]


def denoise(
    model: Reconstructs,
    x: Float[Tensor, "b 1 28 28"],
    corruption: CorruptionConfig,
    generator: torch.Generator | None = None,
) -> Repair:
    """Damages clean pictures and asks a model for them (Vincent et al., 2010).

    Args:
        model: in evaluation mode; a denoising autoencoder was trained for this, any other
            reconstructs what it takes the damaged picture for.
        x: (b, 1, 28, 28) in [0, 1], clean.
        corruption: kind and level of the damage; the model's own kind need not be the same.
        generator: of the noise, on x's device.
    """
    damaged = corrupt(x, corruption, generator)
    repaired = reconstruct(model, damaged)
    return Repair(damaged, repaired, squared_error(damaged, x), squared_error(repaired, x))


def non_digits(
    x: Float[Tensor, "1 28 28"], generator: torch.Generator | None = None
) -> Float[Tensor, "3 1 28 28"]:
    """Pictures that are no digits, (3, 1, 28, 28): see `NON_DIGITS`.

    Even noise, an outline of a shoe, and the pixels of the digit x (1, 28, 28) in another order.
    """
    noise = torch.rand(1, SIDE, SIDE, generator=generator, device=x.device, dtype=x.dtype)
    order = torch.randperm(SIDE * SIDE, generator=generator, device=x.device)
    shuffled = x.flatten()[order].view_as(x)
    return torch.stack((noise, _shoe().to(x), shuffled))


def _shoe() -> Tensor:
    """A filled sneaker seen from the side, (1, 28, 28)."""
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    long = (columns >= 3) & (columns < 26)
    sole = (rows >= 19) & (rows < 22) & long
    shaft = (rows >= 8) & (columns < 12)
    slope = (rows >= 8 + (columns - 12) * 0.62) & (columns >= 12)
    body = (rows < 19) & long & (shaft | slope)
    laces = body & (columns >= 12) & (columns < 20) & (columns % 3 == 0)
    picture = 0.55 * body + 1.0 * sole
    return torch.where(laces, 1.0, picture.float())[None]


# ---------------------------------------------------------------- codes
def around(
    model: Model, x: Float[Tensor, "1 1 28 28"], dims: list[int], values: Float[Tensor, " n"]
) -> Float[Tensor, "dims n 1 28 28"]:
    """Pictures (len(dims), n, 1, 28, 28) along sliders through the code of one picture x.

    Args:
        model: in evaluation mode.
        x: (1, 1, 28, 28) in [0, 1].
        dims: which sliders.
        values: (n,), where each of them is set, the others staying at the code.
    """
    u = model.to_sliders(model.encode(x).mean)[0]
    return torch.stack([explore.traverse(model, u, dim, values).float() for dim in dims])


# ---------------------------------------------------------------- rate and distortion
def quantity(config: Config) -> Quantity:
    """What the distortion of a model counts; see `Likelihood.quantity_of`."""
    return likelihoods.get(config.likelihood).quantity_of(config.train.binarisation)


# ---------------------------------------------------------------- PCA beside the linear model
@dataclass(frozen=True)
class Pca:
    """Principal components of pictures as rows of 784 pixels: mean (784,), components (k, 784).

    `angles` (k,) are those between its subspace and the linear decoder's, in degrees, falling;
    `mse` and `linear_mse` the mean squared errors a pixel of both on the test digits.
    """

    mean: Float[Tensor, "pixels=784"]
    components: Float[Tensor, "k 784"]
    angles: Float[Tensor, " k"]
    mse: float
    linear_mse: float

    def reconstruct(self, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 1 28 28"]:
        """The projection of x (b, 1, 28, 28) onto the mean and the components, not clipped."""
        centred = x.flatten(1) - self.mean.to(x)
        axes = self.components.to(x)
        return (centred @ axes.T @ axes + self.mean.to(x)).view_as(x)


def is_linear(model: Model) -> TypeGuard[Autoencoder]:
    """Whether a model is an autoencoder without any non-linearity, scored by squared error."""
    if not isinstance(model, Autoencoder):
        return False
    config = model.config
    plain = config.code.activation == "identity" and config.code.topk is None
    return (
        plain
        and config.link == "identity"
        and config.net.kind == "mlp"
        and not config.net.hidden_dims
        and not config.net.decoder_dims
    )


def has_pca(model: Model) -> TypeGuard[Autoencoder]:
    """Whether PCA of the same size would say something: linear, and smaller than the picture."""
    return is_linear(model) and model.latent_dim < SIDE * SIDE


def principal_angles(a: Float[Tensor, "n k"], b: Float[Tensor, "n k"]) -> Float[Tensor, " k"]:
    """Angles in degrees, falling, between the spans of the columns of a and b, (n, k) each."""
    bases = [runtime.qr(matrix.double())[0] for matrix in (a, b)]
    cosines = runtime.singular_values(bases[0].T @ bases[1])
    return torch.rad2deg(torch.arccos(cosines.clamp(max=1))).flip(0)


def decoder_span(model: Model) -> Float[Tensor, "784 d"]:
    """The columns (784, latent_dim) that a linear decoder combines.

    Raises:
        ValueError: the model has a non-linearity.
    """
    if not is_linear(model):
        raise ValueError(f"{model.config.name} is not linear; its decoder spans no subspace.")
    layers = [layer for layer in model.decoder.modules() if isinstance(layer, nn.Linear)]
    return layers[0].weight.detach()


def fit_pca(model: Autoencoder, train: Digits, test: Digits) -> Pca:
    """scikit-learn's PCA of the training digits, as large as the linear model, beside it.

    Raises:
        ValueError: the model is not linear.
    """
    from sklearn.decomposition import PCA

    span = decoder_span(model).cpu()
    pixels = train.floats().flatten(1).double().numpy()
    found = PCA(model.latent_dim, svd_solver="covariance_eigh").fit(pixels)
    components = torch.tensor(found.components_)
    pca = Pca(
        mean=torch.tensor(found.mean_).float(),
        components=components.float(),
        angles=principal_angles(components.T, span),
        mse=0.0,
        linear_mse=_test_error(lambda x: model.reconstruct(x), model, test),
    )
    mse = _test_error(pca.reconstruct, model, test)
    return Pca(pca.mean, pca.components, pca.angles, mse, pca.linear_mse)


def _test_error(back: Callable[[Tensor], Tensor], model: Autoencoder, test: Digits) -> float:
    device, total = next(model.parameters()).device, 0.0
    with runtime.eval_mode(model):
        for start in range(0, len(test), BATCH):
            x = test.floats(slice(start, start + BATCH)).to(device)
            total += float(squared_error(back(x), x).double().sum())
    return total / len(test)


def write_pca(folder: Path, pca: Pca) -> None:
    """Saves pca.safetensors beside the weights; ValueError when it cannot be written."""
    errors = torch.tensor([pca.mse, pca.linear_mse], dtype=torch.float64)
    tensors = {
        "mean": pca.mean,
        "components": pca.components,
        "angles": pca.angles.float(),
        "errors": errors,
    }
    files.write_tensors(
        folder / PCA_FILE, tensors, {"errors": "test mse of PCA, of the model", **_mark(folder)}
    )


def _mark(folder: Path) -> dict[str, str]:
    """Which weights the angles and the error belong to."""
    weights = folder / checkpoint.WEIGHTS
    return {"weights_sha256": files.fingerprint(weights)} if weights.is_file() else {}


def read_pca(folder: Path) -> Pca | None:
    """What pca.safetensors holds; None where there is none for these weights.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / PCA_FILE
    if not path.is_file():
        return None
    given = files.safetensors_metadata(path).get("weights_sha256")
    if given is not None and {"weights_sha256": given} != _mark(folder):
        return None
    held = files.read_tensors(path)
    mse, linear = runtime.numbers(held["errors"])
    return Pca(held["mean"], held["components"], held["angles"], mse, linear)
