"""Turned sliders of a model of written digits."""

from __future__ import annotations

import torch
from small_models import flow_model, prior_of

from vae_core.data.digits import Digits
from vae_core.explore import slider_axes, sliders, traits


def test_axes_are_chosen_for_a_model(test_digits: Digits):
    flow = flow_model()
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
