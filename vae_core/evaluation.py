"""What a model is worth: ELBO, importance-weighted NLL, and the use of its codes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data import Digits, binarise
from vae_core.models import VAE
from vae_core.objectives import elbo_terms

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Elbo:
    """Means over the digits in nats an image, and the rate's share of each dimension."""

    distortion: float
    rate: float
    kl_per_dim: list[float]
    mean_variance: list[float]
    mse: float


def elbo(model: VAE, digits: Digits, *, device: torch.device | str = "cpu", seed: int = 0) -> Elbo:
    """-ELBO at one posterior draw, on pixels as the recipe trained on them.

    Args:
        model: in evaluation mode, on `device`.
        digits: what to measure on.
        device: where to compute.
        seed: of the binarisation and of the draws.

    Returns:
        Distortion and rate, KL for each dimension, the variance over the digits of each
        posterior mean (active above 0.01), and the mean squared error of the reconstruction
        from the posterior mean, a mean over the pixels.
    """
    device = torch.device(device)
    noise = runtime.generator("cpu", seed, 3)
    sums: dict[str, Tensor] = {}
    means: list[Tensor] = []
    with runtime.eval_mode(model):
        for start in range(0, len(digits), BATCH):
            grey = digits.floats(slice(start, start + BATCH))
            x = binarise(grey, noise) if _is_binary(model) else grey
            eps = torch.randn(len(x), model.latent_dim, generator=noise).to(device)
            batch = _elbo_batch(model, x.to(device), eps)
            means.append(batch.pop("mean"))
            for key, value in batch.items():
                sums[key] = sums.get(key, 0) + value.double().sum(0).cpu()
    per_image = {key: value / len(digits) for key, value in sums.items()}
    return Elbo(
        distortion=float(per_image["distortion"]),
        rate=float(per_image["rate"]),
        kl_per_dim=per_image["kl"].tolist(),
        mean_variance=torch.cat(means).var(0).tolist(),
        mse=float(per_image["mse"]),
    )


def _elbo_batch(model: VAE, x: Tensor, eps: Tensor) -> dict[str, Tensor]:
    terms = elbo_terms(model, x, eps)
    q = model.encode(x)
    squared = (model.decode(q.mean).mean - x) ** 2
    return {
        "distortion": terms.distortion,
        "rate": terms.rate,
        "kl": q.kl(),
        "mean": q.mean,
        "mse": squared.mean((1, 2, 3)),
    }


def _is_binary(model: VAE) -> bool:
    return model.config.train.binarisation == "dynamic"


def codes(model: VAE, digits: Digits, device: torch.device | str = "cpu") -> Tensor:
    """Posterior means (n, latent_dim) of grey digits, on the CPU."""
    device = torch.device(device)
    with runtime.eval_mode(model):
        means = [
            model.encode(digits.floats(slice(start, start + BATCH)).to(device)).mean.cpu()
            for start in range(0, len(digits), BATCH)
        ]
    return torch.cat(means)


def knn_error(train: Tensor, train_labels: Tensor, test: Tensor, test_labels: Tensor) -> float:
    """The fraction of test codes that their 5 nearest training codes (Euclidean) misread."""
    from sklearn.neighbors import KNeighborsClassifier

    judge = KNeighborsClassifier(5, algorithm="brute").fit(train.numpy(), train_labels.numpy())
    return 1 - float(judge.score(test.numpy(), test_labels.numpy()))


def probe_error(train: Tensor, train_labels: Tensor, test: Tensor, test_labels: Tensor) -> float:
    """The fraction of test codes that a logistic regression on the training codes misreads."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    probe.fit(train.numpy(), train_labels.numpy())
    return 1 - float(probe.score(test.numpy(), test_labels.numpy()))


def active_units(mean_variance: list[float]) -> int:
    """The number of dimensions with Var_x E[z|x] > 0.01 (Burda et al., 2015)."""
    return sum(variance > 0.01 for variance in mean_variance)
