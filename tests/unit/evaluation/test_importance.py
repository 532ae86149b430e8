"""The estimator against a model whose evidence is known exactly."""

import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import MultivariateNormal

from vae_core import VAE, Config, DiagonalGaussian, NetConfig, StandardNormal, TrainConfig, files
from vae_core.data.digits import Digits, binarise
from vae_core.evaluation.importance import log_evidence
from vae_core.runtime import generator


class GaussianPixels:
    """Independent N(mean, noise) over 784 pixels."""

    def __init__(self, mean: Tensor, noise: float) -> None:
        self.mean, self.noise = mean, noise

    def log_prob(self, x: Tensor) -> Tensor:
        squared = (x.flatten(1) - self.mean) ** 2 / self.noise
        return -0.5 * (squared + math.log(2 * math.pi * self.noise)).sum(-1)


class LinearGaussian(nn.Module):
    """x = W z + noise with orthogonal columns, so that p(z|x) is diagonal and p(x) is known.

    `wrong` widens q(z|x) away from the posterior, in units of its standard deviation.
    """

    def __init__(self, wrong: float = 0.0) -> None:
        super().__init__()
        columns = torch.linalg.qr(torch.randn(784, 3, generator=generator("cpu", 5)))[0]
        self.register_buffer("w", columns * torch.tensor([3.0, 2.0, 1.0]))
        self.noise, self.wrong = 0.5, wrong
        self.latent_dim = 3
        self.prior = StandardNormal(3)
        self.config = SimpleNamespace(train=TrainConfig(), conditional=False)

    def encode(self, x: Tensor) -> DiagonalGaussian:
        w = cast(Tensor, self.w)
        precision = (w**2).sum(0) / self.noise + 1
        mean = (x.flatten(1) @ w) / self.noise / precision
        logvar = -precision.log().expand_as(mean)
        return DiagonalGaussian(mean + self.wrong * torch.exp(0.5 * logvar), logvar)

    def decode(self, z: Tensor, y: Tensor | None = None) -> GaussianPixels:
        return GaussianPixels(z @ cast(Tensor, self.w).T, self.noise)

    def log_prior(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.prior.log_prob(z)

    def exact(self, x: Tensor) -> Tensor:
        w = cast(Tensor, self.w).double()
        covariance = w @ w.T + self.noise * torch.eye(784, dtype=torch.double)
        return MultivariateNormal(torch.zeros(784).double(), covariance).log_prob(
            x.flatten(1).double()
        )


def random_digits(count: int) -> Digits:
    images = torch.randint(0, 256, (count, 1, 28, 28), generator=generator("cpu", 1))
    labels = torch.zeros(count, dtype=torch.int64)
    return Digits(images.to(torch.uint8), labels, torch.arange(count))


@pytest.fixture
def digits() -> Digits:
    return random_digits(6)


def drawn(digits: Digits, seed: int = 0) -> Tensor:
    """The binarisation that the estimator draws for each digit."""
    return torch.cat(
        [
            binarise(digits.floats(slice(i, i + 1)), generator("cpu", seed, i, 4))
            for i in digits.places.tolist()
        ]
    )


def last(model: Any, digits: Digits, samples: int, **options: Any) -> Tensor:
    *_, values = log_evidence(model, digits, samples, **options)
    return values.clone()


@pytest.mark.parametrize("samples", [1, 7, 1000])
def test_with_the_true_posterior_every_number_of_samples_is_exact(digits: Digits, samples: int):
    model = LinearGaussian()
    torch.testing.assert_close(
        last(model, digits, samples), model.exact(drawn(digits)), atol=2e-3, rtol=0
    )


def test_with_a_wrong_posterior_the_bound_rises_to_the_evidence():
    model, digits = LinearGaussian(wrong=0.7), random_digits(60)
    exact = model.exact(drawn(digits))
    gaps = [float((exact - last(model, digits, k)).mean()) for k in (1, 20, 5000)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert abs(gaps[2]) < 0.05


WITH_WORKERS = """
import torch
from vae_core import VAE, Config, NetConfig
from vae_core.data import Digits
from vae_core.evaluation.importance import log_evidence

torch.manual_seed(0)
model = VAE(Config(name="tiny", latent_dim=2, net=NetConfig(hidden_dims=(8,)))).eval()
images = torch.randint(0, 256, (20, 1, 28, 28), dtype=torch.uint8)
digits = Digits(images, torch.zeros(20, dtype=torch.int64), torch.arange(20))
*_, alone = log_evidence(model, digits, 50)
for values in log_evidence(model, digits, 50, workers=2):
    if not values.isnan().any():
        print("same" if torch.equal(values, alone) else (values, alone), flush=True)
        input()
"""


@pytest.mark.long
def test_workers_change_no_figure_and_end_with_a_killed_estimate():
    with subprocess.Popen(
        [sys.executable, "-c", WITH_WORKERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"same"
        process.kill()
        # The workers hold the same pipe: it ends with the last of them.
        process.communicate(timeout=30)


def test_a_slice_gives_each_digit_its_figure(digits: Digits):
    model = LinearGaussian(wrong=0.5)
    assert torch.equal(last(model, digits, 50)[::2], last(model, digits.every(3), 50))


def tiny() -> VAE:
    config = Config(name="tiny", latent_dim=2, net=NetConfig(hidden_dims=(8,)))
    return VAE(config).eval().requires_grad_(False)


def test_an_interrupted_estimate_goes_on(digits: Digits, tmp_path: Path):
    model, partial = tiny(), tmp_path / "part.safetensors"
    whole = last(model, digits, 20, partial=partial)

    key = files.safetensors_metadata(partial)
    half = files.read_tensors(partial)["log_evidence"]
    half[3:] = torch.nan
    half[0] = -1.0  # a mark: what is known is not computed again
    files.write_tensors(partial, {"log_evidence": half}, key)
    resumed = last(model, digits, 20, partial=partial)
    assert resumed[0] == -1.0
    assert torch.equal(resumed[1:], whole[1:])


def test_another_model_does_not_take_over_the_figures(digits: Digits, tmp_path: Path):
    partial = tmp_path / "part.safetensors"
    torch.manual_seed(0)
    first = last(tiny(), digits, 5, partial=partial)
    assert not torch.equal(first, last(tiny(), digits, 5, partial=partial))


def test_no_samples_is_refused(digits: Digits):
    with pytest.raises(ValueError, match="importance_samples is 0"):
        last(tiny(), digits, 0)
