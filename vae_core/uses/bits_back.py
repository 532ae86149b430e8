"""Bits-back coding (Townsend et al., 2019): pictures in as many bits as -ELBO says, without loss.

To send x, pop a code z from the stack under q(z|x), push x under p(x|z), push z under p(z): the
bits that chose z come back, and what is left is -log p(x|z) - log p(z) + log q(z|x). Codes lie on a
grid. The bits that choose the code of a picture are those that the code before was pushed with, so
noise is as normal as the codes of all pictures together: where these follow the prior, the mean is
-ELBO. A flow prior is followed coupling by coupling by local bits-back coding (Ho et al., 2019):
between two couplings a little noise is popped and pushed again, which hides the grid.

Reading needs the very numbers of writing: nets run on one thread of the CPU, in the same batches.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor

from vae_core import runtime
from vae_core.models import VAE, Model
from vae_core.probability import likelihoods
from vae_core.probability.latents import StandardNormal
from vae_core.runtime import from_array
from vae_core.uses import pixel_codes
from vae_core.uses.ans import Real, Stack, Whole, Words
from vae_core.uses.pixel_codes import PixelCode, Pixels

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

Watch = Callable[[Pixels, Tensor], None]
"""Looks at pictures (b, 784) as they are written, and the codes z (b, d) that were popped."""


def check(model: Model) -> VAE:
    """The model, if its pictures can be coded so.

    Raises:
        ValueError: it is deterministic, or its likelihood or prior is of another kind.
    """
    name = model.config.name
    if not isinstance(model, VAE):
        raise ValueError(f"{name} is deterministic: it has no posterior to take bits back from.")
    if pixel_codes.of(model) is None or model.config.conditional:
        raise ValueError(f"{name} does not say how likely each level of a pixel is, given z alone.")
    if likelihoods.get(model.config.likelihood).is_slow:
        raise ValueError(f"{name} paints pixel by pixel, which would take hours.")
    if model.config.labelled_prior:
        raise ValueError(
            f"The prior of {name} is a mixture of flows; no exact scheme here writes bits with it."
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


def encode(model: VAE, pictures: Pixels, watch: Watch | None = None) -> Words:
    """Pictures (n, 784) as words of 32 bits."""
    stack, start, pixels = Stack(first_words(model), is_sealed=False), 0, pixels_of(model)
    with _exactly(model):
        for size in sizes(len(pictures)):
            batch = pictures[start : start + size]
            mean, std = _posterior(model, batch)
            code = stack.pop_gaussian(mean, std)
            z = _units(code).view(-1, model.latent_dim)
            if watch is not None:
                watch(batch, z)
            pixels.push(stack, batch, model.decode(z))
            _push_code(stack, model, code)
            start += size
    return stack.words


def decode(model: VAE, words: Words, count: int) -> Pixels:
    """The `count` pictures (n, 784) that became `words`.

    Raises:
        ValueError: the words are of another model, or the nets gave other numbers than in writing.
    """
    stack, found, pixels = Stack(words), list[Pixels](), pixels_of(model)
    with _exactly(model):
        for size in reversed(sizes(count)):
            code = _pop_code(stack, model, size)
            batch = pixels.pop(stack, model.decode(_units(code).view(-1, model.latent_dim)))
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


def pixels_of(model: VAE) -> PixelCode:
    """How the pixels of a model that passed `check` are written."""
    found = pixel_codes.of(model)
    assert found is not None
    return found


def _posterior(model: VAE, batch: Pixels) -> tuple[Real, Real]:
    """Means and standard deviations of q(z|x) in steps of the grid, (b * d,) each."""
    q = model.encode(pixels_of(model).inputs(batch))
    return _steps(q.mean), _steps((q.logvar / 2).exp())


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
