"""Turned sliders of a model of written digits."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from vae_core import VAE, Config, NetConfig
from vae_core.data.digits import Digits
from vae_core.explore import slider_axes, sliders, traits
from vae_core.models import Model
from vae_core.probability.flow import FlowPrior


def prior_of(model: Model) -> FlowPrior:
    assert isinstance(model.prior, FlowPrior)
    return model.prior


@pytest.fixture
def flow() -> VAE:
    torch.manual_seed(0)
    flow = VAE(Config(name="flow", latent_dim=6, prior="flow", net=NetConfig(hidden_dims=(16,))))
    for parameter in prior_of(flow).parameters():
        nn.init.normal_(parameter, std=0.1)
    return flow.eval().requires_grad_(False)


def test_axes_are_chosen_for_a_model(flow: VAE, test_digits: Digits):
    digits = test_digits.every(500)
    chosen = slider_axes.choose(flow, digits)
    assert torch.equal(prior_of(flow).axes, torch.eye(6))
    plain = sliders.describe(flow, digits)
    prior_of(flow).rotate(chosen)
    turned = sliders.describe(flow, digits)
    for place, trait in enumerate(traits.NAMED):
        r = turned["latents"][place]["correlations"][trait]
        assert r > 0
        assert r > max(abs(each["correlations"][trait]) for each in plain["latents"]) - 0.05
