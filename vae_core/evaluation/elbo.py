"""What a model is worth: ELBO, error of its reconstructions, and the use of its codes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.config import Config, CorruptionConfig
from vae_core.data.digits import Digits, binarise, corrupt
from vae_core.models import VAE, Autoencoder
from vae_core.nets import PIXELS
from vae_core.probability import likelihoods
from vae_core.probability.shapes import Float, Int

Model = VAE | Autoencoder

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Elbo:
    """Means over the digits in nats an image, and the rate's share of each dimension.

    `rate` is None for a deterministic model, `kl_per_dim` where the prior does not factorise;
    `sem` is the standard error over the digits of distortion + rate.
    """

    distortion: float
    rate: float | None
    sem: float | None
    kl_per_dim: list[float] | None
    mean_variance: list[float]
    mse: float

    @property
    def elbo(self) -> float | None:
        """-(distortion + rate), None for a deterministic model."""
        return None if self.rate is None else -(self.distortion + self.rate)


def elbo(
    model: Model,
    digits: Digits,
    *,
    device: torch.device | str = "cpu",
    seed: int = 0,
    with_mse: bool = True,
) -> Elbo:
    """-ELBO at one posterior draw, on pixels as the recipe trained on them.

    Args:
        model: in evaluation mode, on `device`.
        digits: what to measure on; a conditional model takes their labels.
        device: where to compute.
        seed: of the binarisation and of the draws.
        with_mse: whether to reconstruct, which takes long where pixels are drawn one by one;
            `mse` is NaN without.

    Returns:
        Distortion and rate, KL for each dimension, the variance over the digits of each
        posterior mean (active above 0.01), and the mean squared error of the reconstruction
        from the posterior mean, a mean over the pixels.
    """
    means: list[Tensor] = []
    costs: list[Tensor] = []
    sums: dict[str, Tensor] = {}
    for batch in _measured(model, digits, torch.device(device), seed, with_mse):
        means.append(batch.pop("mean"))
        costs.append((batch["distortion"] + batch.get("rate", 0)).double().cpu())
        for key, value in batch.items():
            sums[key] = sums.get(key, 0) + value.double().sum(0).cpu()
    per_image = {key: value / len(digits) for key, value in sums.items()}
    return Elbo(
        distortion=float(per_image["distortion"]),
        rate=float(per_image["rate"]) if "rate" in per_image else None,
        sem=standard_error(torch.cat(costs)),
        kl_per_dim=runtime.numbers(per_image["kl"]) if "kl" in per_image else None,
        mean_variance=runtime.numbers(torch.cat(means).var(0)),
        mse=float(per_image.get("mse", math.nan)),
    )


def _measured(
    model: Model, digits: Digits, device: torch.device, seed: int, with_mse: bool
) -> Iterator[dict[str, Tensor]]:
    """`measure` of each batch of digits, at noise from the CPU: the same on every device."""
    noise = runtime.generator("cpu", seed, 3)
    with runtime.eval_mode(model):
        for x, y in _batches(digits):
            x = binarise(x, noise) if is_binary(model) else x
            eps = torch.randn(len(x), model.latent_dim, generator=noise).to(device)
            yield measure(model, x.to(device), eps, y.to(device), with_mse=with_mse)


def measure(
    model: Model,
    x: Float[Tensor, "b 1 28 28"],
    eps: Float[Tensor, "b d"],
    y: Int[Tensor, " b"] | None = None,
    *,
    with_mse: bool = True,
) -> dict[str, Tensor]:
    """What pictures cost, each at one posterior draw.

    Args:
        model: in evaluation mode.
        x: (b, 1, 28, 28) in [0, 1].
        eps: (b, latent_dim), standard normal noise of the draws.
        y: labels (b,), for a conditional model.
        with_mse: whether to reconstruct from the mean.

    Returns:
        distortion (b,) in nats, mean (b, latent_dim), mse (b,) of the mean's reconstruction;
        for a VAE rate (b,) in nats, and kl (b, latent_dim) where the prior factorises.
    """
    if isinstance(model, Autoencoder):
        code = model.encode(x).mean
        p = model.decode(code)
        found = {"distortion": -p.log_prob(x), "mean": code, "mse": squared_error(p.mean, x)}
        rate = model.rate(code)
        return found if rate is None else found | {"rate": rate}
    labels = y if model.config.conditional else None
    q = model.encode(x, labels)
    z = q.at(eps)
    found = {"distortion": -model.decode(z, labels).log_prob(x), "mean": q.mean}
    if with_mse:
        found["mse"] = squared_error(model.decode(q.mean, labels).mean, x)
    if model.prior.factorises:
        kl = q.kl()
        return found | {"kl": kl, "rate": kl.sum(-1)}
    # A labelled prior without a label is the exact mixture, so that the sum bounds log p(x).
    return found | {"rate": q.log_prob(z) - model.log_prior(z, labels)}


def standard_error(values: Float[Tensor, " n"]) -> float | None:
    """That of the mean of values (n,), one for each digit; None for a single one."""
    return float(values.std()) / len(values) ** 0.5 if len(values) > 1 else None


def squared_error(
    back: Float[Tensor, "b 1 28 28"], x: Float[Tensor, "b 1 28 28"]
) -> Float[Tensor, " b"]:
    """The mean over the pixels of the squared difference, (b,)."""
    return ((back - x) ** 2).mean((1, 2, 3))


def _batches(digits: Digits) -> Iterator[tuple[Tensor, Tensor]]:
    """x and labels, in order, so many at a time that the memory stays small."""
    for start in range(0, len(digits), BATCH):
        part = slice(start, start + BATCH)
        yield digits.floats(part), digits.labels[part]


def is_binary(model: Model) -> bool:
    """Whether the model trains on pixels drawn black or white."""
    return model.config.train.binarisation == "dynamic"


def bits_per_dim(model: Model, value: float | None) -> float | None:
    """-ELBO as bits a pixel, for a likelihood of the 256 grey levels; None for any other."""
    if value is None or likelihoods.get(model.config.likelihood).quantity != "levels":
        return None
    return -value / (PIXELS * math.log(2))


def bounds(config: Config) -> str | None:
    """What minus the ELBO is a bound on minus of; None where it is no likelihood's.

    A model that takes the label bounds log p(x|y), which leaves out what the label says, up to
    log 10 nats: it compares with no bound on log p(x).
    """
    normalised = likelihoods.get(config.likelihood).is_normalised
    grey = not normalised and config.train.binarisation == "none"
    if not config.has_rate or grey:
        return None
    return "log p(x|y)" if config.conditional else "log p(x)"


def repair_error(
    model: Model,
    digits: Digits,
    corruption: CorruptionConfig,
    *,
    device: torch.device | str = "cpu",
    seed: int = 0,
) -> float:
    """Mean squared error over the pixels of clean digits against what is made of damaged ones."""
    noise = runtime.generator("cpu", seed, 5)
    total = 0.0
    with runtime.eval_mode(model):
        for x, _ in _batches(digits):
            back = model.reconstruct(corrupt(x, corruption, noise).to(device)).cpu()
            total += float(squared_error(back, x).double().sum())
    return total / len(digits)


def jacobian_norm(model: Autoencoder, digits: Digits, device: torch.device | str = "cpu") -> float:
    """Mean over the digits of the Frobenius norm of dz/dx at them (Rifai et al., 2011)."""

    def code(x: Tensor) -> Tensor:
        return model.encode(x[None]).mean[0]

    jacobian = torch.func.vmap(torch.func.jacrev(code))
    # A row of 784 for each code unit: keep few at once.
    norms = [
        runtime.lengths(jacobian(x.to(device)).flatten(1)).cpu()
        for x in runtime.pieces(digits.floats(), 10)
    ]
    return float(torch.cat(norms).detach().double().mean())


def knn_error(
    train: Float[Tensor, "n d"],
    train_labels: Int[Tensor, " n"],
    test: Float[Tensor, "m d"],
    test_labels: Int[Tensor, " m"],
) -> float:
    """The fraction of test codes that their 5 nearest training codes (Euclidean) misread."""
    from sklearn.neighbors import KNeighborsClassifier

    judge = KNeighborsClassifier(5, algorithm="brute").fit(train.numpy(), train_labels.numpy())
    return 1 - float(judge.score(test.numpy(), test_labels.numpy()))


def probe_error(
    train: Float[Tensor, "n d"],
    train_labels: Int[Tensor, " n"],
    test: Float[Tensor, "m d"],
    test_labels: Int[Tensor, " m"],
    *,
    sparse: bool = False,
) -> float:
    """The fraction of test codes that a logistic regression on the training codes misreads.

    Units are standardised one by one, but for sparse codes all together: the units that seldom
    speak would drown out the others. Those codes are many, so their weights are held down more.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    spread = float(train.std(0).mean())
    scaler = FunctionTransformer(lambda codes: codes / spread) if sparse else StandardScaler()
    solver = LogisticRegression(C=0.03, tol=1e-3) if sparse else LogisticRegression()
    probe = make_pipeline(scaler, solver.set_params(max_iter=1000))
    probe.fit(train.numpy(), train_labels.numpy())
    return 1 - float(probe.score(test.numpy(), test_labels.numpy()))


def active_units(mean_variance: list[float]) -> int:
    """The number of dimensions with Var_x E[z|x] > 0.01 (Burda et al., 2015)."""
    return sum(variance > 0.01 for variance in mean_variance)
