"""What Inside asks of a model: every part of one picture's way through it, as numbers.

Every call takes the digit itself, 784 grey bytes as base64, and carries all it needs, so that
nothing of a visitor is kept.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor

from vae_core import pictures
from vae_core.app import checks, wire
from vae_core.app.service import inside_replies as answers
from vae_core.app.service import source_lines
from vae_core.app.service.models import milliseconds
from vae_core.app.service.recent import Recent
from vae_core.app.service.studio import Studio
from vae_core.app.wire import Grey
from vae_core.evaluation import family, forward_pass
from vae_core.evaluation.activations import Layer
from vae_core.evaluation.elbo import is_binary
from vae_core.evaluation.evidence import evidence
from vae_core.evaluation.forward_pass import ForwardPass
from vae_core.models import VAE, Model
from vae_core.runtime import numbers
from vae_core.training.objectives import Batch
from vae_core.training.slow_motion import OPTIMISERS, Step, made_of, one_step

DRAWS, SLOW_DRAWS = 1000, 200
"""Importance samples behind log p(x); fewer of a model whose likelihood is a net of its own."""

SHARES = (0.001, 0.5)
"""By which share of its size a step may let the loss fall, to first order."""

PLACES = 6
MOST_SAMPLES = 50


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One picture before one model: pixels as it trains on them, noise and label."""

    model: Model
    grey: Grey
    x: Tensor
    eps: Tensor
    label: int | None
    y: Tensor | None
    seed: int


class Inside:
    """The parts of one picture's way through one model of a studio.

    Args:
        studio: the shipped models; its queue for heavy work is shared.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self._sources: Recent[None, answers.Sources] = Recent(_sources, 1)

    def sources(self) -> answers.Sources:
        """The lines of this project's code that compute each part."""
        return self._sources.get(None)

    def inside(
        self, checkpoint: object, digit: object, seed: object = 0, label: object = "read"
    ) -> answers.Inside:
        """The way of a digit, at the draw of `seed`.

        Args:
            checkpoint: its name.
            digit: base64 of 784 grey bytes.
            seed: of eps alone; pixels that are drawn black or white stay as they are.
            label: 0 to 9, null, or "read" for what the classifier reads, for a model that takes
                the label.
        """
        case = self._case(checkpoint, digit, seed, label)
        with self.studio.at_work(), torch.inference_mode():
            start = time.perf_counter()
            way = forward_pass.forward_pass(case.model, case.x, case.eps, case.y)
            spent = milliseconds(start)
        return _reply(case, way, spent)

    def evidence(
        self, checkpoint: object, digit: object, seed: object = 0, label: object = "read"
    ) -> answers.Evidence:
        """log p(x) of a digit, the bound below it and the gap.

        Raises:
            ValueError: the model is deterministic.
        """
        case = self._case(checkpoint, digit, seed, label)
        if not isinstance(case.model, VAE):
            raise ValueError(
                "Its encoder chooses one code: -ELBO is what that and the pixels cost."
                if case.model.config.has_rate
                else "A plain autoencoder has no p(x): there is no bound to derive."
            )
        draws = SLOW_DRAWS if self.studio.card(checkpoint)["slow"] else DRAWS
        with self.studio.at_work(), torch.inference_mode():
            start = time.perf_counter()
            found = evidence(case.model, case.x, draws, seed=case.seed, y=case.y)
            spent = milliseconds(start)
        return cast(answers.Evidence, asdict(found) | {"milliseconds": spent})

    def step(
        self,
        checkpoint: object,
        digit: object,
        seed: object = 0,
        label: object = "read",
        optimiser: object = "sgd",
        share: object = 0.01,
    ) -> answers.Step:
        """One training step on a digit, taken by a copy of the model that is thrown away.

        Args:
            checkpoint, digit, seed, label: as for `inside`.
            optimiser: "sgd" or "adam".
            share: see `slow_motion.one_step`.
        """
        kind = checks.choice("optimiser", optimiser, OPTIMISERS)
        share = checks.number("share", share, *SHARES)
        case = self._case(checkpoint, digit, seed, label)
        eps = _more_noise(case) if case.model.config.objective == "iwae" else case.eps
        with self.studio.at_work():
            start = time.perf_counter()
            batch = Batch(case.x, case.x, case.y, eps)
            made = one_step(case.model, batch, optimiser=kind, share=share)
            with torch.inference_mode():
                was = made_of(case.model, batch)
            spent = milliseconds(start)
        return _step(case.model, made, len(eps) if eps.dim() == 3 else 1, was, spent)

    def _case(self, checkpoint: object, digit: object, seed: object, label: object) -> _Case:
        grey = wire.digit_of("digit", digit)
        asked = checks.whole("seed", seed, 0, checks.SEED_LIMIT)
        model = self.studio.registry.get(checkpoint)
        known = self._label(checkpoint, model, grey, label)
        picture = self.studio.picture(grey)
        return _Case(
            model=model,
            grey=grey,
            x=forward_pass.shown(model, picture),
            eps=forward_pass.noise_of(model, picture, asked),
            label=known,
            y=None if known is None else torch.tensor([known], device=picture.device),
            seed=asked,
        )

    def _label(self, checkpoint: object, model: Model, grey: Grey, label: object) -> int | None:
        if not model.config.conditional:
            return None
        if label != "read":
            return checks.label("label", label)
        readings = self.studio.read(checkpoint, grey[None])
        return readings[0]["digit"] if readings else None


def _sources(_: None) -> answers.Sources:
    return {"parts": source_lines.fixed(), "likelihoods": source_lines.of_likelihoods()}


def _step(model: Model, made: Step, samples: int, was: Tensor, spent: float) -> answers.Step:
    return {
        "objective": model.config.objective,
        "optimiser": made.optimiser,
        "learning_rate": made.learning_rate,
        "samples": samples,
        "beta": made.beta,
        "before": cast(answers.Loss, asdict(made.before)),
        "after": cast(answers.Loss, asdict(made.after)),
        "out": _activations(Layer("gradient", made.out)),
        "mean": _rounded(made.mean),
        "logvar": _optional(made.logvar),
        "layers": [cast(answers.Change, asdict(each)) for each in made.layers],
        "foretold": made.foretold,
        "was": pictures.to_uint8(was[None].float())[0],
        "picture": pictures.to_uint8(made.picture[None].float())[0],
        "milliseconds": spent,
    }


def _more_noise(case: _Case) -> Tensor:
    """The draws (k, 1, d) of an importance-weighted step; the first is the one on show."""
    count = min(case.model.config.samples, MOST_SAMPLES)
    generator = torch.Generator().manual_seed(case.seed)
    more = torch.randn(count - 1, 1, case.model.latent_dim, generator=generator)
    return torch.cat((case.eps[None], more.to(case.eps.device)))


def _reply(case: _Case, way: ForwardPass, spent: float) -> answers.Inside:
    config = case.model.config
    rate = way.rate
    return {
        "grey": case.grey,
        "x": _rounded(way.x),
        "binary": is_binary(case.model),
        "label": case.label,
        "seed": case.seed,
        "encoder": [_activations(layer) for layer in way.encoder],
        "mean": _rounded(way.mean),
        "logvar": _optional(way.logvar),
        "eps": _optional(way.eps),
        "z": _rounded(way.z),
        "base": _optional(way.base),
        "decoder": [_activations(layer) for layer in way.decoder],
        "channels": [_activations(Layer("", each[None])) for each in way.out],
        "pixels": _rounded(way.pixels),
        "formula": way.formula,
        "parameters": {name: _rounded(value) for name, value in way.parameters.items()},
        "shares": _rounded(-way.log_probs),
        "distortion": way.distortion,
        "rate": None if rate is None else _rate(rate),
        "elbo": None if rate is None else -(way.distortion + rate.total),
        "likelihood": config.likelihood,
        "quantity": family.quantity(config),
        "parts": source_lines.parts(case.model),
        "milliseconds": spent,
    }


def _rate(rate: forward_pass.Rate) -> answers.Rate:
    return {
        "kl": _optional(rate.kl),
        "log_q": rate.log_q,
        "log_prior": rate.log_prior,
        "total": rate.total,
    }


def _activations(layer: Layer) -> answers.Activations:
    values = layer.values.float()
    scale = max(values.abs().max().item(), 1e-12)
    signed = (values * (127 / scale)).round().cpu().numpy().astype(np.int8)
    return {
        "name": layer.name,
        "shape": list(values.shape),
        "scale": scale,
        "values": signed,
    }


def _optional(values: Tensor | None) -> list[float] | None:
    return None if values is None else _rounded(values)


def _rounded(values: Tensor) -> list[float]:
    return [round(value, PLACES) for value in numbers(values.double().flatten())]
