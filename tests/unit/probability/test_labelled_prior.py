"""A prior that takes labels: the nets' label counts where they have one, the mixture elsewhere."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from vae_core import VAE, Config, NetConfig, evaluation
from vae_core.evaluation import percentiles
from vae_core.evaluation.importance import log_weights
from vae_core.training.objectives import elbo_terms


def labelled(*, conditional: bool) -> VAE:
    """A small VAE whose flow prior differs from label to label."""
    torch.manual_seed(0)
    config = Config(
        name="tiny",
        latent_dim=3,
        net=NetConfig(hidden_dims=(16,)),
        prior="flow",
        labelled_prior=True,
        conditional=conditional,
    )
    model = VAE(config).eval().requires_grad_(False)
    assert isinstance(model.prior, nn.Module)
    for parameter in model.prior.parameters():
        parameter.copy_(0.1 * torch.randn_like(parameter))
    return model


X = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(1))
EPS = torch.randn(4, 3, generator=torch.Generator().manual_seed(2))
Y = torch.tensor([7, 2, 0, 7])


def test_nets_without_a_label_are_charged_the_mixture_over_labels():
    model = labelled(conditional=False)
    q = model.encode(X)
    z = q.at(EPS)
    each = torch.stack([model.log_prior(z, torch.full((4,), y)) for y in range(10)])
    expected = q.log_prob(z) - (each.logsumexp(0) - math.log(10))
    answer = evaluation.measure(model, X, EPS, Y, with_mse=False)
    torch.testing.assert_close(answer["rate"], expected)
    torch.testing.assert_close(percentiles.rate(model, q, z[None]), expected)


@pytest.mark.parametrize("conditional", [False, True])
def test_the_rate_and_the_weights_are_those_of_the_objective(conditional: bool):
    model = labelled(conditional=conditional)
    y = Y if conditional else None
    terms = elbo_terms(model, X, EPS, y)
    measured = evaluation.measure(model, X, EPS, Y, with_mse=False)
    torch.testing.assert_close(measured["rate"], terms.rate)
    for i in range(len(X)):
        row, label = slice(i, i + 1), None if y is None else y[i : i + 1]
        q = model.encode(X[row], label)
        weight = log_weights(model, X[row], q.mean, q.logvar, EPS[row], label)
        torch.testing.assert_close(weight, -(terms.distortion + terms.rate)[row])
