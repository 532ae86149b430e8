"""Every kind of model, trained on a few written digits."""

import dataclasses

import pytest
import torch
from small_models import sparse

from vae_core import Config, NetConfig, TrainConfig
from vae_core.config import CodeConfig, CorruptionConfig
from vae_core.data.digits import Digits
from vae_core.training.run import TrainingRun, fit


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": "iwae", "samples": 3},
        {"free_bits": 0.5},
        {"conditional": True},
        {"likelihood": "laplace"},
        {"likelihood": "gaussian-learned"},
        {"likelihood": "discretized-logistic"},
    ],
)
def test_every_variational_part_trains(changes: dict, test_digits: Digits):
    few = Digits(test_digits.images[:60], test_digits.labels[:60], test_digits.places[:60])
    train = TrainConfig(epochs=6, batch_size=20)
    config = Config(
        name="t", latent_dim=3, net=NetConfig(hidden_dims=(32,)), train=train, **changes
    )
    records = list(fit(TrainingRun(config), few, every=1))
    assert records[-1].loss < records[0].loss


def test_a_denoising_run_is_shown_the_damage_and_asked_for_the_digit(test_digits: Digits):
    few = Digits(test_digits.images[:40], test_digits.labels[:40], test_digits.places[:40])
    noise = CorruptionConfig(kind="masking", level=1.0)
    config = dataclasses.replace(
        sparse(12).config,
        code=CodeConfig(),
        corruption=noise,
        train=TrainConfig(epochs=60, batch_size=40, learning_rate=0.05),
    )
    run = TrainingRun(config)
    *_, _ = fit(run, few)
    # Everything is blanked, so the best answer is the mean digit, whatever is asked.
    back = run.result().reconstruct(torch.zeros(1, 1, 28, 28))
    expected = few.floats().mean(0)
    assert (back[0] - expected).abs().mean() < 0.03
