"""The importance-weighted bound and its doubly reparameterised gradient, against the formulas."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from vae_core import VAE, Config, NetConfig
from vae_core.training.objectives import elbo_terms, iwae_terms


def trainable() -> VAE:
    torch.manual_seed(0)
    config = Config(
        name="t", latent_dim=2, net=NetConfig(hidden_dims=(8,)), objective="iwae", samples=4
    )
    return VAE(config)


def plain_log_weights(model: VAE, x: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
    """log p(x, z) - log q(z|x), (k, b), with every gradient, and z."""
    q = model.encode(x)
    z = q.at(eps)
    return model.decode(z).log_prob(x) + model.prior.log_prob(z) - q.log_prob(z), z


def gradient(loss: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, parameters)])


def test_the_loss_is_minus_the_bound():
    model, x, eps = trainable(), torch.rand(3, 1, 28, 28).round(), torch.randn(4, 3, 2)
    log_weights, _ = plain_log_weights(model, x, eps)
    expected = log_weights.exp().mean(0).log() if log_weights.max() > -80 else None
    bound = torch.logsumexp(log_weights, 0) - math.log(4)
    torch.testing.assert_close(-iwae_terms(model, x, eps).loss, bound)
    assert expected is None or torch.allclose(expected, bound)


def test_one_sample_is_the_elbo():
    model, x, eps = trainable(), torch.rand(3, 1, 28, 28).round(), torch.randn(1, 3, 2)
    terms = iwae_terms(model, x, eps)
    torch.testing.assert_close(terms.loss, terms.distortion + terms.rate)
    torch.testing.assert_close(terms.distortion, elbo_terms(model, x, eps[0]).distortion)


def test_more_samples_tighten_the_bound():
    model, x = trainable(), torch.rand(5, 1, 28, 28).round()
    eps = torch.randn(64, 5, 2)
    losses = [iwae_terms(model, x, eps[:k]).loss for k in (1, 8, 64)]
    halves = torch.stack([iwae_terms(model, x, e).loss for e in eps.split(1)]).mean(0)
    assert (losses[2] <= halves).all()


def test_the_decoder_gets_the_gradient_of_the_bound():
    model, x, eps = trainable(), torch.rand(3, 1, 28, 28).round(), torch.randn(4, 3, 2)
    weights = list(model.decoder.parameters())
    log_weights, _ = plain_log_weights(model, x, eps)
    expected = gradient(-torch.logsumexp(log_weights, 0).mean(), weights)
    # Log-weights of some -500 nats leave single precision five digits.
    found = gradient(iwae_terms(model, x, eps).loss.mean(), weights)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=3e-4)


def test_the_encoder_gets_the_doubly_reparameterised_gradient():
    """sum_k w_k^2 (d log w_k / d z_k) (d z_k / d phi), each factor by itself."""
    model, x, eps = trainable(), torch.rand(3, 1, 28, 28).round(), torch.randn(4, 3, 2)
    weights = list(model.encoder.parameters())
    q = model.encode(x)
    z = q.at(eps)
    leaf = z.detach().requires_grad_()
    log_q = torch.distributions.Normal(q.mean.detach(), (q.logvar.detach() / 2).exp())
    score = (
        model.decode(leaf).log_prob(x) + model.prior.log_prob(leaf) - log_q.log_prob(leaf).sum(-1)
    )
    (slope,) = torch.autograd.grad(score.sum(), leaf)
    squared = torch.softmax(score.detach(), 0) ** 2
    expected = gradient(-(squared.unsqueeze(-1) * slope * z).sum() / 3, weights)
    # Log-weights of some -500 nats leave single precision five digits.
    found = gradient(iwae_terms(model, x, eps).loss.mean(), weights)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=3e-4)


def test_its_mean_is_the_gradient_of_the_bound():
    """Unbiased: the mean over many draws of both gradients agrees within their errors."""
    model, x = trainable(), torch.rand(1, 1, 28, 28).round()
    weights = list(model.encoder.parameters())[-1:]
    noise = torch.Generator().manual_seed(0)
    ours, plain = [], []
    for _ in range(1500):
        eps = torch.randn(4, 1, 2, generator=noise)
        ours.append(gradient(iwae_terms(model, x, eps).loss.mean(), weights))
        log_weights, _ = plain_log_weights(model, x, eps)
        plain.append(gradient(-torch.logsumexp(log_weights, 0).mean(), weights))
    mine, theirs = torch.stack(ours), torch.stack(plain)
    error = ((mine.var(0) + theirs.var(0)) / len(mine)).sqrt()
    assert ((mine.mean(0) - theirs.mean(0)).abs() < 4.5 * error).all()
    assert mine.var(0).sum() < theirs.var(0).sum()
