"""Bits-back coding (Townsend et al., 2019): pictures in as many bits as -ELBO says, without loss.

To send x, pop a code z from the stack under q(z|x), push x under p(x|z), push z under p(z): the
bits that chose z come back, and what is left is -log p(x|z) - log p(z) + log q(z|x). Codes lie on a
grid. A flow prior is followed coupling by coupling by local bits-back coding (Ho et al., 2019):
between two couplings a little noise is popped and pushed again, which hides the grid.

Reading needs the very numbers of writing: nets run on one thread of the CPU, in the same batches.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core import runtime
from vae_core.models import VAE, Model
from vae_core.probability import likelihoods
from vae_core.probability.latents import StandardNormal
from vae_core.runtime import from_array
from vae_core.uses.ans import Real, Stack, Whole, Words

if TYPE_CHECKING:
    from vae_core.probability.flow import FlowPrior

STEPS = 256
"""Of the grid in a unit of z: the narrowest posteriors are some fifteen steps wide."""
REACH = 32
"""Codes lie within +-32 units at the least: 14 bits a latent."""
NOISE = 1 / 32
"""Standard deviation of what is popped between couplings, in units of z."""

MOST, GROWTH = 16, 16
"""Pictures a batch, and how many have gone before for each of a batch: the bits that choose their
codes must lie on the stack."""

Binary = NDArray[np.bool_]


def check(model: Model) -> VAE:
    """The model, if its pictures can be coded so.

    Raises:
        ValueError: it is deterministic, or its likelihood or prior is of another kind.
    """
    name = model.config.name
    if not isinstance(model, VAE):
        raise ValueError(f"{name} is deterministic: it has no posterior to take bits back from.")
    if not likelihoods.get(model.config.likelihood).takes_binary or model.config.conditional:
        raise ValueError(
            f"{name} does not say of each pixel how likely it is to be white, given z."
        )
    if likelihoods.get(model.config.likelihood).is_slow:
        raise ValueError(f"{name} paints pixel by pixel, which would take hours.")
    if model.config.labelled_prior:
        raise ValueError(
            f"the prior of {name} is a mixture of flows, which no exact scheme here codes."
        )
    return model


def scheme(model: Model) -> str:
    """How codes are pushed under the prior."""
    is_normal = isinstance(model.prior, StandardNormal)
    return "bits-back" if is_normal else "local bits-back through the flow"


def first_words(model: Model, seed: int = 0) -> Words:
    """Random bits that the first code is chosen by: 16 for each latent."""
    count = (model.latent_dim + 1) // 2 + 2
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)


def encode(model: VAE, pictures: Binary) -> Words:
    """Binary pictures (n, 784) as words of 32 bits."""
    stack, start = Stack(first_words(model), is_sealed=False), 0
    with _exactly(model):
        for size in sizes(len(pictures)):
            batch = pictures[start : start + size]
            mean, std = _posterior(model, batch)
            code = stack.pop_gaussian(mean, std)
            stack.push_binary(batch.astype(np.int32).ravel(), _pixels(model, code))
            _push_code(stack, model, code)
            start += size
    return stack.words


def decode(model: VAE, words: Words, count: int) -> Binary:
    """The `count` binary pictures (n, 784) that became `words`.

    Raises:
        ValueError: the words are of another model, or the nets gave other numbers than in writing.
    """
    stack, found = Stack(words), list[Binary]()
    with _exactly(model):
        for size in reversed(sizes(count)):
            code = _pop_code(stack, model, size)
            values = stack.pop_binary(_pixels(model, code))
            batch = values.astype(np.bool_).reshape(size, -1)
            stack.push_gaussian(code, *_posterior(model, batch))
            found.append(batch)
    if not np.array_equal(stack.rest(), first_words(model)):
        raise ValueError("the bits do not come out even.")
    return np.concatenate(found[::-1])


def sizes(count: int) -> list[int]:
    """Pictures of each batch, growing while the stack does."""
    found, done = list[int](), 0
    while done < count:
        found.append(min(count - done, max(1, min(MOST, done // GROWTH))))
        done += found[-1]
    return found


@contextlib.contextmanager
def _exactly(model: Model) -> Generator[None]:
    """One thread, no gradients: the same batch gives the same numbers."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with runtime.eval_mode(model):
            yield
    finally:
        torch.set_num_threads(threads)


def _posterior(model: VAE, batch: Binary) -> tuple[Real, Real]:
    """Means and standard deviations of q(z|x) in steps of the grid, (b * d,) each."""
    q = model.encode(from_array(batch).float().view(-1, 1, 28, 28))
    return _steps(q.mean), _steps((q.logvar / 2).exp())


def _pixels(model: VAE, code: Whole) -> Real:
    """How likely each pixel is to be white, (b * 784,)."""
    z = _units(code).view(-1, model.latent_dim)
    return _numbers(model.decode(z).mean)


def _push_code(stack: Stack, model: VAE, code: Whole) -> None:
    if isinstance(model.prior, StandardNormal):
        return stack.push_gaussian(code, *_standard(code.size))
    prior, halves = cast("FlowPrior", model.prior), _halves(code, model.latent_dim)
    for i in range(len(prior.nets)):
        kept, moved = i % 2, 1 - i % 2
        forth, back = _coupling(prior, i, halves[kept])
        before = halves[moved]
        halves[moved] = stack.pop_gaussian(*forth(before))
        stack.push_gaussian(before, *back(halves[moved]))
    for half in halves:
        stack.push_gaussian(half, *_standard(half.size))
    return None


def _pop_code(stack: Stack, model: VAE, size: int) -> Whole:
    """Codes (size * d,) on the grid."""
    if isinstance(model.prior, StandardNormal):
        return stack.pop_gaussian(*_standard(size * model.latent_dim))
    prior, dim = cast("FlowPrior", model.prior), model.latent_dim
    odd, even = (stack.pop_gaussian(*_standard(size * n)) for n in (dim // 2, dim - dim // 2))
    halves = [even, odd]
    for i in reversed(range(len(prior.nets))):
        kept, moved = i % 2, 1 - i % 2
        forth, back = _coupling(prior, i, halves[kept])
        after = halves[moved]
        halves[moved] = stack.pop_gaussian(*back(after))
        stack.push_gaussian(after, *forth(halves[moved]))
    joined = np.empty((size, dim), np.int32)
    joined[:, 0::2], joined[:, 1::2] = (half.reshape(size, -1) for half in halves)
    return joined.ravel()


Around = Callable[[Whole], tuple[Real, Real, int]]


def _coupling(prior: FlowPrior, i: int, kept: Whole) -> tuple[Around, Around]:
    """Around what one coupling moves values to, and around where it moves them from.

    Two functions from whole numbers (b * m,) to means, standard deviations and the range at least:
    what is pushed back was popped from a Gaussian of another width, and rounded.
    """
    dim = prior.dim
    width = dim - dim // 2 if i % 2 == 0 else dim // 2
    shift, log_scale = prior.coupling(i, _units(kept).view(-1, width))
    shift, scale = _numbers(shift) * STEPS, np.exp(_numbers(log_scale))
    noise = NOISE * STEPS

    def forth(before: Whole) -> tuple[Real, Real, int]:
        return scale * before + shift, scale * noise, 0

    def back(after: Whole) -> tuple[Real, Real, int]:
        return (after - shift) / scale, np.full(after.size, noise), 2 * STEPS - 1

    return forth, back


def _halves(code: Whole, dim: int) -> list[Whole]:
    parts = code.reshape(-1, dim)
    return [parts[:, 0::2].ravel(), parts[:, 1::2].ravel()]


def _standard(count: int) -> tuple[Real, Real, int]:
    """N(0, 1) in steps of the grid, wide enough for unusual codes."""
    return np.zeros(count), np.full(count, float(STEPS)), REACH * STEPS - 1


def _units(code: Whole) -> Tensor:
    return from_array(code.astype(np.float32) / STEPS)


def _steps(x: Tensor) -> Real:
    return _numbers(x) * STEPS


def _numbers(x: Tensor) -> Real:
    return x.double().flatten().numpy()
