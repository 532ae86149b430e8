"""A diffusion model of codes: from noise to a code in thirty steps (Karras et al., 2022).

It is fitted to posterior draws of the training digits after the autoencoder's own training, and
draws codes that lie where those of digits do. It is not the prior under which a likelihood is
reported, and with guidance it has no density at all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core.probability.latents import one_hot
from vae_core.probability.shapes import Float, Int

SIGMA_MIN, SIGMA_MAX, RHO = 0.002, 80.0, 7.0
"""Noise levels, in standard deviations of the codes, and how they crowd towards the small end."""

LOG_SIGMA_MEAN, LOG_SIGMA_STD = -1.2, 1.2
"""Of the noise levels that it is trained on, log-normal as in the paper."""

STEPS = 30
FREQUENCIES = 16


class Step(NamedTuple):
    """One moment of a draw: noise level, noisy code and the code that it is taken for, (n, d)."""

    sigma: float
    noisy: Tensor
    denoised: Tensor


class DiffusionSampler(nn.Module):
    """D(z, sigma, y): the mean of the code behind a noisy one, by an MLP with residual blocks.

    Args:
        dim: of the codes.
        classes: labels that it may be given; 0 for none.
        width, blocks: of the MLP.
    """

    mean: Tensor
    std: Tensor
    frequencies: Tensor

    def __init__(self, dim: int, *, classes: int = 10, width: int = 320, blocks: int = 4) -> None:
        super().__init__()
        self.dim, self.classes, self.width = dim, classes, width
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("std", torch.ones(dim))
        self.register_buffer("frequencies", torch.arange(1, FREQUENCIES + 1) * (math.pi / 4))
        self.condition = nn.Linear(2 * FREQUENCIES + classes, width)
        self.first = nn.Linear(dim, width)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(blocks))
        self.last = nn.Linear(width, dim)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    @property
    def takes_labels(self) -> bool:
        """Whether draws may be asked for by label."""
        return self.classes > 0

    def settings(self) -> dict[str, int]:
        """What the constructor needs to build it again."""
        about = {"dim": self.dim, "classes": self.classes, "width": self.width}
        return {**about, "blocks": len(self.blocks)}

    def fit_scale(self, codes: Float[Tensor, "n {self.dim}"]) -> None:
        """Takes mean and spread of each dimension from codes (n, d); noise counts that spread."""
        self.mean.copy_(codes.mean(0))
        self.std.copy_(codes.std(0).clamp_min(1e-6))

    def denoise(
        self,
        z: Float[Tensor, "n {self.dim}"],
        sigma: Float[Tensor, "n 1"],
        y: Int[Tensor, " n"] | None = None,
    ) -> Float[Tensor, "n {self.dim}"]:
        """The mean of the codes behind z (n, d), both in units of the spread.

        Args:
            z: noisy codes.
            sigma: their noise (n, 1), above 0.
            y: labels (n,), -1 or None where unknown.
        """
        total = (sigma**2 + 1).sqrt()
        waves = sigma.log() / 4 * self.frequencies
        inputs = [waves.sin(), waves.cos()]
        if self.classes:
            inputs.append(one_hot(y, self.classes, z))
        condition = F.silu(self.condition(torch.cat(inputs, -1)))
        h = self.first(z / total)
        for block in self.blocks:
            h = block(h, condition)
        return z / total**2 + sigma / total * self.last(h)

    def loss(
        self,
        codes: Float[Tensor, "n {self.dim}"],
        y: Int[Tensor, " n"] | None,
        noise: torch.Generator,
    ) -> Float[Tensor, ""]:
        """The weighted squared error of denoising codes (n, d), the same at every noise level."""
        z = (codes - self.mean) / self.std
        spread = torch.randn(len(z), 1, generator=noise, device=z.device)
        sigma = (spread * LOG_SIGMA_STD + LOG_SIGMA_MEAN).exp()
        noisy = z + sigma * torch.randn(z.shape, generator=noise, device=z.device)
        error = (self.denoise(noisy, sigma, y) - z) ** 2
        return (error * (sigma**2 + 1) / sigma**2).mean()

    def steps(
        self,
        n: int,
        *,
        generator: torch.Generator,
        y: Tensor | None = None,
        guidance: float = 1.0,
        count: int = STEPS,
    ) -> Iterator[Step]:
        """Every moment of `n` draws by Heun's method, codes in the model's own units.

        Args:
            n: how many codes.
            generator: of the noise that they begin with, on the CPU.
            y: labels (n,); None for digits of any class.
            guidance: 1 draws from what was learnt; above 1 each step leans further from what
                fits any label towards what fits this one: more like the class, less various.
            count: steps, 2 or more.
        """
        device = self.mean.device
        rungs = torch.linspace(1, 0, count, dtype=torch.float64)
        low, high = SIGMA_MIN ** (1 / RHO), SIGMA_MAX ** (1 / RHO)
        levels = [*((low + rungs * (high - low)) ** RHO).tolist(), 0.0]
        z = (torch.randn(n, self.dim, generator=generator) * levels[0]).to(device)
        for sigma, lower in itertools.pairwise(levels):
            best = self._guided(z, sigma, y, guidance)
            yield Step(sigma, self._codes(z), self._codes(best))
            slope = (z - best) / sigma
            after = z + (lower - sigma) * slope
            if lower > 0:  # Heun: the mean of the slopes at both ends
                far = (after - self._guided(after, lower, y, guidance)) / lower
                after = z + (lower - sigma) * (slope + far) / 2
            z = after
        yield Step(0.0, self._codes(z), self._codes(z))

    def sample(
        self,
        n: int,
        *,
        generator: torch.Generator,
        y: Tensor | None = None,
        guidance: float = 1.0,
        count: int = STEPS,
    ) -> Float[Tensor, "{n} {self.dim}"]:
        """Codes (n, d); arguments as for `steps`."""
        *_, last = self.steps(n, generator=generator, y=y, guidance=guidance, count=count)
        return last.noisy

    def _guided(self, z: Tensor, sigma: float, y: Tensor | None, guidance: float) -> Tensor:
        level = z.new_full((len(z), 1), sigma)
        with torch.inference_mode():
            if y is None or guidance == 1:
                return self.denoise(z, level, y)
            anyone = torch.full_like(y, -1)
            both = self.denoise(z.repeat(2, 1), level.repeat(2, 1), torch.cat((y, anyone)))
            asked, free = both.chunk(2)
            return free + guidance * (asked - free)

    def _codes(self, z: Tensor) -> Tensor:
        return self.mean + self.std * z


class _Block(nn.Module):
    """h + MLP(norm(h)), scaled and shifted by the noise level and the label."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Linear(width, 2 * width)
        self.inner, self.outer = nn.Linear(width, width), nn.Linear(width, width)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, h: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.modulation(condition).chunk(2, -1)
        inside = F.silu(self.inner(self.norm(h) * (1 + scale) + shift))
        return h + self.outer(inside)
