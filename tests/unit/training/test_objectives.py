import dataclasses

import torch
from torch.nn import functional as F

from vae_core import VAE, Config, NetConfig
from vae_core.config import CodeConfig, SparsityConfig
from vae_core.models import Autoencoder
from vae_core.training.objectives import elbo_terms, reconstruction_terms
from vae_core.training.penalties import contraction, sparsity


def test_the_terms_are_those_of_the_textbook(model: VAE):
    x = torch.rand(4, 1, 28, 28)
    eps = torch.randn(4, 3)
    terms = elbo_terms(model, x, eps)
    mean, logvar = model.encoder(x).chunk(2, dim=-1)
    z = mean + torch.exp(logvar / 2) * eps
    bce = F.binary_cross_entropy_with_logits(model.decoder(z), x, reduction="none")
    torch.testing.assert_close(terms.distortion, bce.sum((1, 2, 3)))
    kl = -0.5 * (1 + logvar - mean**2 - logvar.exp()).sum(-1)
    torch.testing.assert_close(terms.rate, kl)


def test_beta_weighs_the_rate(model: VAE):
    terms = elbo_terms(model, torch.rand(4, 1, 28, 28), torch.randn(4, 3), beta=4.0)
    torch.testing.assert_close(terms.loss, terms.distortion + 4 * terms.rate)


def test_the_elbo_bounds_the_evidence_from_below(model: VAE):
    """log p(x) by brute force over the prior: 2 latents, a million draws would do; 3 here."""
    from vae_core.data.digits import Digits
    from vae_core.evaluation.importance import log_evidence

    x = (torch.rand(6, 1, 28, 28) < 0.2).to(torch.uint8) * 255
    digits = Digits(x, torch.zeros(6, dtype=torch.int64), torch.arange(6))
    *_, evidence = log_evidence(model, digits, 4000)
    eps = torch.randn(2000, 6, 3)
    draws = torch.stack(
        [t.distortion + t.rate for t in (elbo_terms(model, digits.floats(), e) for e in eps[:200])]
    )
    assert (-draws.mean(0) <= evidence + 0.05).all()


def test_free_bits_charge_each_latent_no_less_than_its_allowance(model: VAE):
    config = dataclasses.replace(model.config, free_bits=1.5)
    free, x, eps = VAE(config), torch.rand(4, 1, 28, 28), torch.randn(4, 3)
    free.load_state_dict(model.state_dict())
    terms = elbo_terms(free, x, eps)
    charged = free.encode(x).kl().mean(0).clamp(min=1.5).sum()
    torch.testing.assert_close(terms.loss.mean(), terms.distortion.mean() + charged)
    torch.testing.assert_close(terms.rate, elbo_terms(model, x, eps).rate)


def test_reconstruction_terms_are_distortion_and_penalties():
    torch.manual_seed(0)
    config = Config(
        name="t",
        latent_dim=6,
        objective="reconstruction",
        likelihood="squared-error",
        prior="fitted",
        net=NetConfig(hidden_dims=()),
        code=CodeConfig(activation="sigmoid"),
        sparsity=SparsityConfig(kind="l2", weight=3.0),
        contraction=0.2,
    )
    model, x, seen = Autoencoder(config), torch.rand(4, 1, 28, 28), torch.rand(4, 1, 28, 28)
    noise = torch.randn(4, 6)
    found = reconstruction_terms(model, x, seen, noise)
    distortion = 0.5 * ((model.reconstruct(seen) - x) ** 2).sum((1, 2, 3))
    torch.testing.assert_close(found.distortion, distortion)
    extra = sparsity(config.sparsity, model.activations(seen)) + 0.2 * contraction(  # type: ignore
        model, seen, noise
    )
    torch.testing.assert_close(found.loss, distortion + extra)
    assert not found.rate.any()
