"""VampPrior: the mean posterior of pictures that are learned with the nets."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from vae_core import runtime
from vae_core.probability.latents import LOG_TWO_PI
from vae_core.probability.shapes import Float
from vae_core.probability.whitening import Whitening, check_orthonormal

PALEST, DARKEST = 0.02, 0.98
"""What a pseudo-input's pixel may begin as: at 0 and 1 themselves its logit would be infinite."""


class VampPrior(nn.Module):
    """p(z) = 1/K sum_k q(z|u_k) of K pseudo-inputs u_k (Tomczak and Welling, 2018).

    The best prior for given nets is the mean posterior of all the digits; K learned pictures stand
    for them. No change of variables makes such a mixture standard normal and keeps straight ways
    straight, so that the sliders count standard deviations of it along its principal directions, or
    along any axes of these (`rotate`): the density of z stays exact, and draws are the mixture's.

    While it trains, the components are what the encoder makes of the pseudo-inputs; in evaluation
    mode they rest as they were at the change.

    Args:
        encoder: from (n, 1, 28, 28) to mean and log-variance, (n, 2 dim); it stays the model's.
        dim: the number of latent dimensions.
        pseudo_inputs: K.
    """

    factorises = False
    axes: Tensor
    means: Tensor
    logvars: Tensor

    def __init__(self, encoder: nn.Module, dim: int, pseudo_inputs: int) -> None:
        super().__init__()
        self.encoder = (encoder,)  # in a tuple, so that its weights stay the model's alone
        self.dim, self.count = dim, pseudo_inputs
        pale = torch.randn(pseudo_inputs, 1, 28, 28) - 3
        self.logits = nn.Parameter(pale)
        self.whitening = Whitening(dim, persistent=False)
        self.register_buffer("axes", torch.eye(dim), persistent=False)
        self.register_buffer("means", torch.zeros(pseudo_inputs, dim), persistent=False)
        self.register_buffer("logvars", torch.zeros(pseudo_inputs, dim), persistent=False)

    @property
    def pseudo_inputs(self) -> Float[Tensor, "k 1 28 28"]:
        """The learned pictures, in (0, 1)."""
        return torch.sigmoid(self.logits)

    @torch.no_grad()
    def begin(self, x: Float[Tensor, "n 1 28 28"]) -> None:
        """Has the pseudo-inputs begin as the pictures x in [0, 1], again from the first of few."""
        some = x[torch.arange(self.count, device=x.device) % len(x)]
        self.logits.copy_(torch.logit(some.clamp(PALEST, DARKEST)))

    def train(self, mode: bool = True) -> VampPrior:
        """Changes the mode; the components of evaluation are computed on the way to it."""
        if self.training and not mode:
            self._settle()
        return super().train(mode)

    @torch.no_grad()
    def _settle(self) -> None:
        means, logvars = self._encoded()
        self.means.copy_(means)
        self.logvars.copy_(logvars)
        centre = means.mean(0)
        around = means - centre
        covariance = around.T @ around / self.count + torch.diag(logvars.exp().mean(0))
        self.whitening.fit(centre, covariance)

    def _encoded(self) -> tuple[Tensor, Tensor]:
        """Means and log-variances (k, d) of the pseudo-inputs' posteriors."""
        mean, logvar = runtime.single(self.encoder[0](self.pseudo_inputs)).chunk(2, dim=-1)
        return mean, logvar

    def components(self) -> tuple[Float[Tensor, "k d"], Float[Tensor, "k d"]]:
        """Means and log-variances of the K Gaussians, all of the same weight."""
        return self._encoded() if self.training else (self.means, self.logvars)

    def log_prob(
        self, z: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b"]:
        """Log-density of z (..., d) in nats, (...); labels y mean nothing here."""
        means, logvars = self.components()
        if self.training:
            standard = (z.unsqueeze(-2) - means) * torch.exp(-0.5 * logvars)
            squares = (standard**2).sum(-1)
        else:
            squares = _squares(z, means, logvars)
        parts = -0.5 * (squares + (logvars + LOG_TWO_PI).sum(-1))
        return parts.logsumexp(-1) - math.log(self.count)

    def draw(
        self, n: int, *, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "{n} {self.dim}"]:
        """Exact draws of the mixture (n, d), the noise around a component scaled."""
        where = generator.device
        which = torch.randint(self.count, (n,), generator=generator, device=where)
        eps = torch.randn(n, self.dim, generator=generator, device=where)
        means, logvars = self.components()
        which = which.to(means.device)
        spread = torch.exp(0.5 * logvars[which]) * eps.to(means.device)
        return means[which] + temperature * spread

    def rotate(self, axes: Float[Tensor, "d d"]) -> None:
        """Lays the sliders along the columns of `axes` (d, d), directions of the whitened codes.

        Raises:
            ValueError: they are not orthonormal, so that the sliders' covariance would not be I.
        """
        check_orthonormal(axes, self.dim)
        self.axes.copy_(axes)

    def to_sliders(
        self, z: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.dim}"]:
        """Standard deviations of the mixture from its mean, (..., d), along the sliders' axes."""
        return self.whitening.forth(z) @ self.axes

    def from_sliders(
        self, u: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.dim}"]:
        """The latent z (..., d) that the sliders' position u stands for."""
        return self.whitening.back(u @ self.axes.T)


def _squares(z: Tensor, means: Tensor, logvars: Tensor) -> Tensor:
    """sum_d (z - mean)^2 / variance of z (..., d) under each of k Gaussians, (..., k).

    Two products of matrices instead of k d differences a code: ten times as fast. What cancels
    between them is lost in single precision, so they are double where the device has that.
    """
    kind = torch.float32 if z.device.type == "mps" else torch.float64
    weights, centre = torch.exp(-logvars).to(kind), means.mean(0)
    z, means = (z - centre).to(kind), (means - centre).to(kind)
    crossed = z @ (means * weights).T
    found = z.square() @ weights.T - 2 * crossed + (means.square() * weights).sum(-1)
    return found.clamp(min=0).to(logvars.dtype)
