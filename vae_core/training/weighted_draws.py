"""The gradient of the importance-weighted bound, passed back by the draws that weigh something.

Of k draws of z most explain the picture so much worse than the best that their normalised weights
are next to nothing, and so is what they add to the gradient; yet the way back takes twice the time
of the way there. So all draws are weighed, without gradients, and a light one is passed back by
lot, with a chance in proportion to its weight, and its gradient divided by that chance. The
gradient's mean (before it is clipped) is that of `objectives.iwae_terms`. Burda et al. (2015)
propose to pass back a single draw, chosen by its weight; here the heavy ones, of which nearly all
of the gradient is made, are left to no chance.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import to_floats
from vae_core.models import VAE
from vae_core.probability.latents import DiagonalGaussian
from vae_core.training.objectives import Batch
from vae_core.training.run_state import RunState

LIGHT = 1 / 16
"""Draws of at least this normalised weight are always passed back."""
MANY = 24
"""From so many draws on it is never slower. At most 1 / LIGHT are passed back, and to weigh all
takes a third of what they take there and back: 24 of equal weight, 16 of which are passed back,
cost the same."""
AT_A_TIME = 512
"""Draws that go through the decoder together: enough to fill its products, and no gigabytes."""


def is_supported(run: RunState) -> bool:
    """Whether a step is faster so: many draws of a convolutional net, on a CPU in fp32 or bf16."""
    config = run.config
    if config.objective != "iwae" or config.samples < MANY or config.net.kind == "mlp":
        return False
    single = all(weight.dtype == torch.float32 for weight in run.optimizer.weights)
    return single and run.device.type == "cpu"


class Gradients:
    """Leaves the gradients of a batch's mean loss at the weights, and gives the means to report.

    Args:
        run: its weights and precision are read at each call.
        compiles: whether the ways through the nets are compiled, at the first call.
    """

    def __init__(self, run: RunState, *, compiles: bool) -> None:
        self.run, self.compiles = run, compiles
        self.posterior, self.likelihood, self.loss = _posterior, _log_likelihood, _loss
        if compiles:
            self.posterior = runtime.compile_if_possible(_posterior)
            self.likelihood = runtime.compile_if_possible(_log_likelihood)
            self.loss = runtime.compile_if_possible(_loss)

    def __call__(self, batch: Batch) -> Tensor:
        """Mean distortion, rate and loss, (3,), of pixels that may still be bytes."""
        run, model = self.run, self.run.model
        assert isinstance(model, VAE)
        assert batch.offset is not None
        x = to_floats(batch.x) if batch.x.dtype == torch.uint8 else batch.x
        run.optimizer.forget_gradients()
        with self._precision():
            mean, logvar = self.posterior(model, x, batch.y)
        z = DiagonalGaussian(mean, logvar).at(batch.eps)
        draws = _Draws(z, mean, logvar, x, batch.y)
        distortion, rate = self._weigh(model, draws)
        log_weights = -distortion - rate
        weights = torch.softmax(log_weights, 0)
        share = passed_back(weights, batch.offset)
        gradient = self._pass_back(model, draws, share / len(x))
        # By its weight once more: the doubly reparameterised gradient of the encoder.
        torch.autograd.backward(z, gradient.view_as(z) * weights.unsqueeze(-1))
        bound = torch.logsumexp(log_weights, 0) - math.log(len(batch.eps))
        return torch.stack((distortion.mean(), rate.mean(), -bound.mean()))

    def _precision(self) -> contextlib.AbstractContextManager[object]:
        """Entered anew for each way: what was cast without gradients serves none that has them."""
        return runtime.autocast(self.run.device, self.run.config.train.precision)

    @torch.no_grad()
    def _weigh(self, model: VAE, draws: _Draws) -> tuple[Tensor, Tensor]:
        """Distortion and rate of every draw, (k, b) each."""
        z, every = draws.z, torch.arange(len(draws))
        even = math.ceil(len(draws) / math.ceil(len(draws) / AT_A_TIME))
        parts = self._parts(every, even)
        with self._precision():
            found = [self.likelihood(model, *draws.at(rows))[:count] for rows, count in parts]
        labels = None if draws.y is None else draws.y.expand(z.shape[:-1])
        rate = _rate(model, z, labels, draws.mean, draws.logvar)
        return -torch.cat(found).view_as(rate), rate

    def _pass_back(self, model: VAE, draws: _Draws, share: Tensor) -> Tensor:
        """Sums the gradients at the decoder's weights; returns those at z, (k * b, latent_dim)."""
        flat, gradient = share.flatten(), torch.zeros_like(draws.z).flatten(0, -2)
        for rows, count in self._parts(flat.nonzero().flatten(), min(AT_A_TIME, len(draws))):
            z, x, y = draws.at(rows)
            z.requires_grad_()
            part = flat[rows]
            part[count:] = 0
            with self._precision():
                loss = self.loss(model, z, x, y, *draws.posterior_at(rows), part)
            torch.autograd.backward(loss)
            assert z.grad is not None
            gradient[rows[:count]] = z.grad[:count]
        return gradient

    def _parts(self, rows: Tensor, size: int) -> Iterator[tuple[Tensor, int]]:
        """The rows in parts, and how many of each count: one graph takes parts of one size."""
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            lacking = size - len(part) if self.compiles else 0
            yield torch.cat((part, part[:1].expand(lacking))), len(part)


def passed_back(weights: Tensor, offset: Tensor) -> Tensor:
    """How much each draw counts on the way back: its weight on average, and zero for most.

    Lots are drawn systematically (Madow, 1949): the chances of a picture's draws are laid end to
    end, and a draw is taken where its stretch holds a whole number, so that the count of those
    taken differs by one at most. A weight that is not a number stays one.

    Args:
        weights: (k, b), normalised over k.
        offset: (b,), uniform in [0, 1), where the first stretch begins.
    """
    chances = (weights.double() / LIGHT).clamp(max=1)
    ends = (chances.cumsum(0) + offset).floor()
    left_out = ends.diff(dim=0, prepend=torch.zeros_like(ends[:1])) <= 0
    return weights.clamp(min=LIGHT).masked_fill(left_out, 0)


class _Draws:
    """k draws z (k, b, d) from posteriors (b, d) of the pictures x (b, 1, 28, 28), cut from all
    that they come from."""

    def __init__(
        self, z: Tensor, mean: Tensor, logvar: Tensor, x: Tensor, y: Tensor | None
    ) -> None:
        self.z, self.mean, self.logvar = z.detach(), mean.detach(), logvar.detach()
        self.x, self.y = x, y

    def __len__(self) -> int:
        return self.z.numel() // self.z.shape[-1]

    def at(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """z, x and y of the draws at `rows` of k * b."""
        pictures = rows % len(self.x)
        labels = None if self.y is None else self.y[pictures]
        return self.z.flatten(0, -2)[rows], self.x[pictures], labels

    def posterior_at(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of what they were drawn from."""
        pictures = rows % len(self.x)
        return self.mean[pictures], self.logvar[pictures]


def _posterior(model: VAE, x: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
    q = model.encode(x, y)
    return q.mean, q.logvar


def _log_likelihood(model: VAE, z: Tensor, x: Tensor, y: Tensor | None) -> Tensor:
    return model.decode(z, y).log_prob(x)


def _rate(model: VAE, z: Tensor, y: Tensor | None, mean: Tensor, logvar: Tensor) -> Tensor:
    """log q(z|x) - log p(z) at the draws themselves."""
    return DiagonalGaussian(mean, logvar).log_prob(z) - model.log_prior(z, y)


def _loss(
    model: VAE,
    z: Tensor,
    x: Tensor,
    y: Tensor | None,
    mean: Tensor,
    logvar: Tensor,
    share: Tensor,
) -> Tensor:
    """Minus the log weights, each times its share, which is held constant."""
    rate = _rate(model, z, y, mean, logvar)
    return (share * (rate - model.decode(z, y).log_prob(x))).sum()
