"""log p(x) and its bound: exact where the posterior is, and the same as `importance` elsewhere."""

from __future__ import annotations

import math

import pytest
import torch

import vae_core
from vae_core import Config
from vae_core.data.examples import examples
from vae_core.evaluation import importance
from vae_core.evaluation.evidence import evidence, log_mean, mean
from vae_core.evaluation.forward_pass import shown
from vae_core.models import VAE, build


def grey() -> torch.Tensor:
    return torch.from_numpy(examples()[0][3:4].copy()).float()[:, None] / 255


def vae(name: str) -> VAE:
    model = vae_core.load(name)
    assert isinstance(model, VAE)
    return model


@torch.inference_mode()
def test_where_the_code_says_nothing_the_bound_is_tight() -> None:
    """A decoder that ignores z and q = p: log p(x) is log p(x|z) at any z, and nothing varies."""
    model = build(Config(name="deaf", latent_dim=3))
    assert isinstance(model, VAE)
    for weight in model.parameters():
        weight.zero_()
    x = shown(model, grey())
    found = evidence(model, x, 50)
    for each in (found.naive, found.log_p, found.elbo):
        assert each.value == pytest.approx(-784 * math.log(2), rel=1e-5)
        assert each.error < 1e-4
    assert found.rate.value == 0
    assert abs(found.gap.value) < 1e-4
    assert found.effective == pytest.approx(50, rel=1e-3)


@pytest.mark.parametrize("name", ["vae-2d", "vae-400", "vae-flow-digits", "vae-conditional"])
@torch.inference_mode()
def test_the_terms_belong_together(name: str) -> None:
    model = vae(name)
    y = torch.tensor([examples()[1][3]])
    found = evidence(model, shown(model, grey()), 400, y=y)
    assert found.gap.value == pytest.approx(found.log_p.value - found.elbo.value, abs=1e-6)
    assert found.gap.value > 0  # Jensen, for any draws
    halves = -(found.distortion.value + found.rate.value)
    slack = 4 * math.hypot(found.distortion.error, found.rate.error, found.elbo.error)
    assert halves == pytest.approx(found.elbo.value, abs=slack)
    assert found.naive.value < found.log_p.value + 3 * found.naive.error
    assert 1 <= found.effective <= 400


@torch.inference_mode()
def test_log_p_is_that_of_the_evaluation() -> None:
    model = vae("vae-2d")
    x = shown(model, grey())
    noise = torch.Generator().manual_seed(3)
    byte = (255 * x[0]).to(torch.uint8)  # black and white stay as they are when drawn
    expected = importance.estimate(model, byte, 4000, noise)
    found = evidence(model, x, 4000)
    assert found.log_p.value == pytest.approx(expected, abs=5 * found.log_p.error + 0.02)


def test_errors_shrink_with_the_root_of_the_draws() -> None:
    logs = torch.randn(20000, generator=torch.Generator().manual_seed(0)).double()
    found = log_mean(logs)
    assert found.value == pytest.approx(0.5, abs=4 * found.error)  # the mean of exp(N(0, 1))
    assert found.error == pytest.approx(math.sqrt((math.e - 1) / 20000), rel=0.2)
    assert mean(logs).error == pytest.approx(20000**-0.5, rel=0.05)


def test_one_draw_has_no_error() -> None:
    with pytest.raises(ValueError, match="draws is 1; it must be 2 or more"):
        evidence(vae("vae-2d"), grey(), 1)
