"""A draw on its way: what a diffusion sampler's code decodes to while its noise is taken away."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor

from vae_core import pictures
from vae_core.app import checks, wire
from vae_core.app.service import draws, replies
from vae_core.app.service.draws import Draw, draw_asked
from vae_core.app.service.models import milliseconds
from vae_core.app.service.studio import Studio
from vae_core.checkpoint import samplers
from vae_core.models import Model
from vae_core.probability.samplers import DiffusionSampler
from vae_core.probability.samplers.diffusion import Step
from vae_core.runtime import numbers

KIND = "diffusion"


class Watching:
    """Draws of a studio's diffusion samplers, step by step.

    Args:
        studio: the shipped models; its queue for heavy work is shared.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def watch(
        self,
        checkpoint: object,
        n: object = 16,
        seed: object = 0,
        label: object = None,
        index: object = 0,
    ) -> replies.Watched:
        """How number `index` of `n` draws by `seed` came about; see `Studio.sample`.

        All `n` are drawn again, since a batch of another size rounds otherwise: the last step is
        the draw, bit for bit.

        Raises:
            ValueError: the model has no diffusion sampler, or an argument is none.
        """
        asked = draw_asked(n, seed, label)
        index = checks.whole("index", index, 0, asked.n - 1)
        model = self.studio.registry.get(checkpoint)
        sampler = self.studio.registry.sampler(checkpoint, KIND)
        assert isinstance(sampler, DiffusionSampler)
        with self.studio.at_work(), torch.inference_mode():
            start = time.perf_counter()
            way, y = self._way(model, sampler, asked)
            own = None if y is None else y[index]
            noisy, denoised = _decoded(model, way[:-1], own, index)
            denoised[-1] = noisy[-1] = _grey(model, way[-1].noisy, y)[index]
            u = _sliders(model, way[-1].noisy[index], own)
            spent = milliseconds(start)
            readings = self.studio.read(checkpoint, denoised)
        return {
            "sigmas": [step.sigma for step in way],
            "noisy": noisy,
            "denoised": denoised,
            "readings": readings,
            "z": u,
            "guidance": samplers.GUIDANCE,
            "label": None if own is None or not model.config.takes_labels else int(own),
            "milliseconds": spent,
        }

    def _way(
        self, model: Model, sampler: DiffusionSampler, asked: Draw
    ) -> tuple[list[Step], Tensor | None]:
        """All steps of all draws, and their labels, from the noise that `Studio.sample` takes."""
        noise = torch.Generator().manual_seed(asked.seed)
        y = draws.labels(model, asked, noise, sampler)
        steps = sampler.steps(asked.n, generator=noise, y=y, guidance=samplers.GUIDANCE)
        return list(steps), y


def _decoded(
    model: Model, way: list[Step], y: Tensor | None, index: int
) -> tuple[wire.Grey, wire.Grey]:
    """One draw at every step, from the noisy codes and from those that they are taken for.

    Both (steps + 1, 28, 28); the last is left to be filled in.
    """
    codes = torch.stack(
        [step.noisy[index] for step in way] + [step.denoised[index] for step in way]
    )
    grey = _grey(model, codes, None if y is None else y.expand(len(codes)))
    place = np.zeros((1, *grey.shape[1:]), np.uint8)
    return (
        np.concatenate((grey[: len(way)], place)),
        np.concatenate((grey[len(way) :], place)),
    )


def _grey(model: Model, z: Tensor, y: Tensor | None) -> wire.Grey:
    means = model.decode(z, y if model.config.conditional else None).mean
    return pictures.to_uint8(means.float().clamp(0, 1))


def _sliders(model: Model, z: Tensor, y: Tensor | None) -> list[float]:
    """Where the sliders stand for one code (d,)."""
    label = y[None] if y is not None and model.config.labelled_prior else None
    return numbers(model.to_sliders(z[None], label)[0])
