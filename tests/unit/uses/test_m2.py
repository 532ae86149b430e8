"""M2's bounds against sums and integrals over all of its latents, and clouds that labels belie."""

from __future__ import annotations

import math

import pytest
import torch
from sklearn.svm import SVC
from torch import Tensor

from vae_core.uses import m2_training
from vae_core.uses.m2 import LEAST_LOGVAR, M2, marginal
from vae_core.uses.m2_training import Plan

GRID = torch.linspace(-9, 9, 2401, dtype=torch.float64)
STEP = float(GRID[1] - GRID[0])


def small(binary: bool) -> M2:
    torch.manual_seed(2)
    return M2(4, binary=binary, latents=1, hidden=6, classes=3).double()


def inputs(binary: bool) -> Tensor:
    x = torch.randn(5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return (x > 0).double() if binary else x


def joint(model: M2, x: Tensor) -> Tensor:
    """log p(x, y, z), (b, classes, grid), written out by torch's own distributions."""
    classes = torch.eye(3, dtype=torch.float64)[:, None]
    first, second = model.decode(GRID[:, None], classes)
    if model.binary:
        p = torch.distributions.Bernoulli(logits=first)
    else:
        p = torch.distributions.Normal(first, (second / 2).exp())
    of_z = torch.distributions.Normal(0.0, 1.0).log_prob(GRID)
    return p.log_prob(x[:, None, None]).sum(-1) + of_z + math.log(1 / 3)


def posterior(model: M2, x: Tensor) -> tuple[Tensor, Tensor]:
    """log q(z|x, y) on the grid, (b, classes, grid), and log q(y|x), (b, classes)."""
    mean, logvar = model.encoder(x[:, None], torch.eye(3, dtype=torch.float64)).chunk(2, -1)
    q = torch.distributions.Normal(mean, (logvar / 2).exp())
    return q.log_prob(GRID), model.log_classes(x)


@pytest.mark.parametrize("binary", [True, False])
def test_the_bounds_are_those_of_the_paper_and_bound(binary: bool) -> None:
    """L and U as integrals over z and sums over y of log q - log p, without the code's formulas."""
    model, x = small(binary), inputs(binary)
    noise = torch.randn(6000 * 5, 3, 1, generator=torch.Generator().manual_seed(1)).double()
    with torch.no_grad():
        log_p, (log_z, log_y) = joint(model, x), posterior(model, x)
        known = (log_z.exp() * (log_z - log_p)).sum(-1) * STEP
        spread = log_z + log_y[..., None]
        unknown = (spread.exp() * (spread - log_p)).sum((-1, -2)) * STEP
        found = model.costs(x.repeat(6000, 1), noise).view(6000, 5, 3).mean(0)
        evidence = -(log_p.exp().sum((-1, -2)) * STEP).log()
        of_class = -(log_p.exp().sum(-1) * STEP).log()
    assert torch.allclose(found, known, atol=0.1)
    assert torch.allclose(marginal(known, log_y), unknown, atol=1e-6)
    assert (unknown >= evidence).all()
    assert (known >= of_class).all()


@pytest.mark.parametrize("binary", [True, False])
def test_a_known_class_costs_what_it_costs_among_all(binary: bool) -> None:
    model, x = small(binary), inputs(binary)
    noise, y = torch.randn(5, 3, 1).double(), torch.tensor([0, 2, 1, 1, 0])
    one = model.cost(x, y, noise[torch.arange(5), y])
    assert torch.allclose(one, model.costs(x, noise)[torch.arange(5), y])


def test_the_gradient_of_the_classes_pulls_towards_the_cheaper_ones() -> None:
    """dU/dlogit_k = q_k (f_k - sum_y q_y f_y) with f = L + log q; at rest q is softmax(-L)."""
    noise = torch.Generator().manual_seed(0)
    costs, logits = (torch.randn(7, 3, generator=noise, dtype=torch.float64) for _ in range(2))
    logits.requires_grad_()
    log_q = logits.log_softmax(-1)
    (found,) = torch.autograd.grad(marginal(costs, log_q).sum(), logits)
    q, f = log_q.exp().detach(), (costs + log_q).detach()
    assert torch.allclose(found, q * (f - (q * f).sum(-1, keepdim=True)))
    best = marginal(costs, (-costs).log_softmax(-1))
    assert torch.allclose(best, -torch.logsumexp(-costs, -1))
    assert (best <= marginal(costs, log_q.detach())).all()


def test_variances_of_codes_have_a_floor() -> None:
    model = small(binary=False)
    with torch.no_grad():
        model.decoder.out.bias[4:] = -50
        assert model.decode(GRID[:, None], torch.eye(3, dtype=torch.float64)[:1])[1].min() == (
            LEAST_LOGVAR
        )


def askew() -> tuple[Tensor, Tensor, Tensor]:
    """Three long flat clouds one above the other, (600, 2), and two labelled points of each.

    Those of the first lie to its left, those of the last to its right.
    """
    noise, y = torch.Generator().manual_seed(0), torch.arange(600) % 3
    x = torch.randn(600, 2, generator=noise) * torch.tensor([3.0, 0.4])
    x[:, 1] += 2.5 * (y - 1)
    far = [(x[:, 0] - at).abs().where(y == k, math.inf) for k, at in enumerate((-1.5, 0, 1.5))]
    return x, y, torch.cat([each.topk(2, largest=False).indices for each in far])


def test_the_others_say_where_the_classes_lie() -> None:
    """By the labels alone the clouds seem to lie side by side."""
    x, y, rows = askew()
    torch.manual_seed(0)
    model = M2(2, binary=False, latents=1, hidden=50, classes=3)
    plan = Plan(steps=400, batch=100, learning_rate=1e-2, weight=1.0)
    m2_training.fit(model, x, rows, y[rows], plan)
    assert (m2_training.named(model, x) == y).double().mean() > 0.98
    alone = SVC(C=10.0, kernel="linear", gamma="scale").fit(x[rows].numpy(), y[rows].numpy())
    assert (alone.predict(x.numpy()) == y.numpy()).mean() < 0.75


def test_training_follows_its_seed() -> None:
    x, rows, labels = inputs(True).float(), torch.tensor([0, 1]), torch.tensor([0, 2])
    plan = Plan(steps=3, batch=4, learning_rate=1e-3, weight=1.0)
    found = [m2_training.fit(small(True).float(), x, rows, labels, plan, s) for s in (0, 0, 1)]
    first, same, other = (each.decoder.out.weight for each in found)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
