"""Training on written digits."""

import dataclasses
from pathlib import Path

import pytest
from small_models import tiny_config, trained

from vae_core import NetConfig, recipes
from vae_core.data.digits import Digits, load_mnist
from vae_core.evaluation.elbo import elbo
from vae_core.training.run import TrainingRun


@pytest.mark.slow
def test_epoch_one_is_measured_as_it_trains(mnist_dir: Path):
    """The test figure of a recipe's averaged weights lies by its training figure."""
    settings = recipes.get("vae-collapsed")
    short = dataclasses.replace(settings.train, epochs=1)
    run = TrainingRun(dataclasses.replace(settings, train=short))
    last = trained(run, load_mnist("train", mnist_dir))[-1]
    measured = elbo(run.result(), load_mnist("test", mnist_dir), with_mse=False)
    assert measured.elbo is not None
    assert -measured.elbo == pytest.approx(last.distortion + last.rate, rel=0.05)


def test_one_batch_can_be_overfitted(test_digits: Digits):
    few = Digits(
        *(part[:16] for part in (test_digits.images, test_digits.labels, test_digits.places))
    )
    settings = tiny_config(epochs=400, batch_size=16, ema=0.0, decay="none", learning_rate=3e-3)
    wide = dataclasses.replace(settings, net=NetConfig(hidden_dims=(128,)), latent_dim=16)
    records = trained(TrainingRun(wide), few)
    assert records[0].distortion > 500
    # The entropy of the grey pixels themselves is a floor of some 50 to 70 nats.
    assert records[-1].distortion < 90
