"""Samplers of codes, against distributions whose draws are known in closed form."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vae_core.probability.samplers import DiffusionSampler, MixtureSampler


class PerfectlyDenoised(DiffusionSampler):
    """Codes N(0, 1) in each dimension under label 0, N(3, 0.25) under label 1: D in closed form."""

    def denoise(self, z: Tensor, sigma: Tensor, y: Tensor | None = None) -> Tensor:
        ones = torch.zeros(len(z), 1) if y is None else (y[:, None] == 1).float()
        mean, variance = 3 * ones, 1 - 0.75 * ones
        return (variance * z + sigma**2 * mean) / (variance + sigma**2)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_a_perfect_denoiser_draws_the_distribution_that_it_knows():
    sampler = PerfectlyDenoised(2, classes=2)
    y = torch.tensor([0, 1]).repeat_interleave(4000)
    z = sampler.sample(8000, generator=generator(), y=y)
    for label, mean, std in ((0, 0.0, 1.0), (1, 3.0, 0.5)):
        part = z[y == label]
        assert part.mean(0).tolist() == pytest.approx([mean] * 2, abs=0.06)
        assert part.std(0).tolist() == pytest.approx([std] * 2, abs=0.05)


def test_every_step_of_a_draw_can_be_watched():
    sampler = PerfectlyDenoised(2, classes=2)
    steps = list(sampler.steps(3, generator=generator(), count=12))
    assert len(steps) == 13
    levels = [step.sigma for step in steps]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] == 0
    torch.testing.assert_close(steps[-1].noisy, steps[-1].denoised)
    torch.testing.assert_close(steps[-1].noisy, sampler.sample(3, generator=generator(), count=12))


def test_guidance_leans_towards_the_label():
    sampler = PerfectlyDenoised(1, classes=2)
    y = torch.ones(2000, dtype=torch.long)
    plain = sampler.sample(2000, generator=generator(), y=y)
    leaning = sampler.sample(2000, generator=generator(), y=y, guidance=1.5)
    assert leaning.mean() > plain.mean() + 0.1


def test_codes_come_in_their_own_units():
    sampler = PerfectlyDenoised(2, classes=2)
    sampler.fit_scale(torch.randn(5000, 2, generator=generator()) * 7 + 40)
    z = sampler.sample(4000, generator=generator())
    assert z.mean().item() == pytest.approx(40, abs=0.5)
    assert z.std().item() == pytest.approx(7, abs=0.3)


def test_training_lowers_the_loss_of_a_new_one():
    torch.manual_seed(0)
    sampler = DiffusionSampler(2, classes=2, width=32, blocks=1)
    y = torch.randint(2, (2048,), generator=generator())
    codes = torch.randn(2048, 2, generator=generator()) * 0.1 + y[:, None] * 2.0
    sampler.fit_scale(codes)
    optimizer = torch.optim.Adam(sampler.parameters(), 3e-3)
    noise = generator()
    losses = []
    for _ in range(300):
        loss = sampler.loss(codes, y, noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert sum(losses[-50:]) / 50 < 0.6 * sum(losses[:5]) / 5
    z = sampler.eval().sample(400, generator=generator(), y=torch.ones(400, dtype=torch.long))
    assert z.mean().item() == pytest.approx(2, abs=0.15)


def test_a_mixture_draws_its_components_and_knows_their_density():
    sampler = MixtureSampler(2, 2)
    sampler.weights.copy_(torch.tensor([0.25, 0.75]))
    sampler.means.copy_(torch.tensor([[-9.0, 0], [9, 1]]))
    sampler.factors.copy_(torch.tensor([[[1.0, 0], [0, 1]], [[2, 0], [1, 0.5]]]))
    z = sampler.sample(40_000, generator=generator())
    right = z[z[:, 0] > 0]
    assert len(right) / len(z) == pytest.approx(0.75, abs=0.02)
    assert right.mean(0).tolist() == pytest.approx([9, 1], abs=0.1)
    cov = sampler.factors[1] @ sampler.factors[1].T
    assert right.T.cov().flatten().tolist() == pytest.approx(cov.flatten().tolist(), abs=0.15)
    far = torch.tensor([[-9.0, 0.0]])
    assert sampler.log_prob(far).item() == pytest.approx(
        torch.tensor(0.25 / (2 * torch.pi)).log().item(), abs=1e-3
    )
