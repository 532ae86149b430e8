import torch
from torch.nn import functional as F

from vae_core import VAE
from vae_core.objectives import elbo_terms


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
    from vae_core.data import Digits
    from vae_core.importance import log_evidence

    x = (torch.rand(6, 1, 28, 28) < 0.2).to(torch.uint8) * 255
    digits = Digits(x, torch.zeros(6, dtype=torch.int64), torch.arange(6))
    *_, evidence = log_evidence(model, digits, 4000)
    eps = torch.randn(2000, 6, 3)
    draws = torch.stack(
        [t.distortion + t.rate for t in (elbo_terms(model, digits.floats(), e) for e in eps[:200])]
    )
    assert (-draws.mean(0) <= evidence + 0.05).all()
