"""What Compare asks of the models: one picture through a part of the family at a time.

Every call takes the digit itself, 784 grey bytes as base64, so that nothing of a visitor is kept;
a model that is not shipped is left out of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor

from vae_core import evaluation, pictures
from vae_core.app import checks, wire
from vae_core.app.service import family_replies as answers
from vae_core.app.service import groups
from vae_core.app.service.family import described
from vae_core.app.service.studio import Studio
from vae_core.checkpoint import samplers
from vae_core.config import CorruptionConfig
from vae_core.evaluation import family
from vae_core.models import Model
from vae_core.runtime import numbers

REPAIRERS = ("dae-gaussian", "dae-masking", "dae-salt-pepper", "ae", "vae-400", "vae-conv")
DRAWN_FROM = ("ae", "vae-400", "vae-conv", "vae-flow-digits")
BETAS = ("vae-beta-half", "vae-beta-1", "beta-vae")
COPIERS = ("ae-overcomplete", "ae")
LINEAR = "ae-linear"
KINDS: tuple[Literal["gaussian", "masking", "salt-pepper"], ...] = (
    "gaussian",
    "masking",
    "salt-pepper",
)
MAX_DRAWS = 64
AXES = 8
"""Directions of the linear models that are shown."""

FILM_DIMS, FILM_STEPS, FILM_SPAN = 3, 7, 3.0
SMALLEST = 1e-6
"""Level that stands for none at all, which a corruption cannot have."""

ROSTERS = {
    "repairers": REPAIRERS,
    "drawn_from": DRAWN_FROM,
    "betas": BETAS,
    "copiers": COPIERS,
    "collapse": groups.GROUPS["Posterior collapse and its cures"],
}
"""Who takes part in what, for the page."""


class Comparison:
    """Comparisons over the models of a studio.

    Args:
        studio: the shipped models; its queue for heavy work is shared.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def through(self, digit: object, group: object) -> answers.Family:
        """A digit through every model of one group."""
        return self.studio.family({"digit": digit}, group=group, costs=False)

    def repair(
        self, digit: object, kind: object, level: object, seed: object = 0
    ) -> answers.Repaired:
        """A digit damaged, and what each of `REPAIRERS` makes of it.

        Args:
            digit: base64 of 784 grey bytes.
            kind: "gaussian", "masking" or "salt-pepper".
            level: 0 to 1; see `CorruptionConfig`.
            seed: of the damage.

        Returns:
            The error of each model is to the clean digit.
        """
        kind = checks.choice("kind", kind, KINDS)
        level = checks.number("level", level, 0.0, 1.0)
        seed = checks.whole("seed", seed, 0, checks.SEED_LIMIT)
        corruption = CorruptionConfig(kind=kind, level=max(level, SMALLEST))
        x = self._picture(digit).cpu()  # noise from the CPU: a seed means the same everywhere
        noise = torch.Generator()
        models: list[answers.Member] = []
        repair = None
        for name in self._shipped(REPAIRERS):
            model = self.studio.registry.get(name)
            noise.manual_seed(seed)  # the same damage for each of them
            with self.studio.at_work(), torch.inference_mode():
                repair = family.denoise(_OnDevice(model, self.studio), x, corruption, noise)
            models.append(described(name, repair.repaired, x))
        if repair is None:
            return {"damaged": None, "mse": None, "models": []}
        damaged = pictures.to_uint8(repair.damaged)[0]
        return {"damaged": damaged, "mse": repair.before.item(), "models": models}

    def draws(self, n: object = 10, seed: object = 0) -> answers.AllDraws:
        """Pictures decoded from random codes of `DRAWN_FROM`, by the prior and what was fitted."""
        n = checks.whole("n", n, 1, MAX_DRAWS)
        models: list[answers.Draws] = []
        for name in self._shipped(DRAWN_FROM):
            for kind in (samplers.PRIOR, *self.studio.card(name)["samplers"]):
                pixels = self.studio.sample(name, n, seed, sampler=kind)["pixels"]
                readings = self.studio.read(name, pixels)
                drawn: answers.Draws = {
                    "name": name,
                    "sampler": kind,
                    "pixels": pixels,
                    "readings": readings,
                }
                models.append(drawn)
        return {"models": models}

    def pca(self, digit: object) -> answers.Projections:
        """A digit through the linear autoencoder and through PCA of the same size."""
        if not self._shipped((LINEAR,)):
            return {"models": []}
        pca = family.read_pca(self.studio.registry.root / LINEAR)
        if pca is None:
            return {"models": []}
        x = self._picture(digit)
        model = self.studio.registry.get(LINEAR)
        with self.studio.at_work(), torch.inference_mode():
            made = {LINEAR: family.reconstruct(model, x), "PCA": pca.reconstruct(x).clamp(0, 1)}
            axes = {LINEAR: family.decoder_span(model).T, "PCA": pca.components}
        return {
            "models": [
                {**described(name, made[name], x), "axes": _signed(axes[name][:AXES])}
                for name in made
            ],
            "size": len(pca.components),
            "angle": pca.angles.max().item(),
            "test": {LINEAR: pca.linear_mse, "PCA": pca.mse},
        }

    def betas(self, digit: object) -> answers.Betas:
        """A digit through the models of `BETAS`, and what their strongest latents do to it."""
        values = torch.linspace(-FILM_SPAN, FILM_SPAN, FILM_STEPS, device=self.studio.device)
        x = self._picture(digit)
        models: list[answers.Moved] = []
        for name in self._shipped(BETAS):
            model = self.studio.registry.get(name)
            dims = self.studio.card(name)["order"][:FILM_DIMS]
            with self.studio.at_work(), torch.inference_mode():
                films = family.around(model, x, dims, values)
                made = family.reconstruct(model, x)
            frames = pictures.to_uint8(films.flatten(0, 1))
            models.append({**described(name, made, x), "dims": dims, "films": frames})
        return {"models": models, "values": numbers(values)}

    def non_digits(self, digit: object, seed: object = 0) -> answers.NonDigits:
        """Pictures that are no digits through `COPIERS`."""
        seed = checks.whole("seed", seed, 0, checks.SEED_LIMIT)
        noise = torch.Generator().manual_seed(seed)
        x = family.non_digits(self._picture(digit)[0].cpu(), noise).to(self.studio.device)
        models: list[answers.Copies] = []
        for name in self._shipped(COPIERS):
            model = self.studio.registry.get(name)
            with self.studio.at_work(), torch.inference_mode():
                made = family.reconstruct(model, x)
            error = numbers(evaluation.squared_error(made, x))
            models.append({"name": name, "pixels": pictures.to_uint8(made), "mse": error})
        kinds: list[str] = [*family.NON_DIGITS]
        return {"kinds": kinds, "inputs": pictures.to_uint8(x), "models": models}

    def _shipped(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name in self.studio.registry.cards]

    def _picture(self, digit: object) -> Tensor:
        return self.studio.picture(wire.digit_of("digit", digit))


class _OnDevice:
    """A model that takes and gives pictures on the CPU, wherever it lives."""

    def __init__(self, model: Model, studio: Studio) -> None:
        self.model, self.device = model, studio.device

    def reconstruct(self, x: Tensor) -> Tensor:
        return self.model.reconstruct(x.to(self.device)).cpu()


def _signed(rows: Tensor) -> wire.Grey:
    """Directions (k, 784) as pictures: 0 is mid-grey, and each one's largest entry is full."""
    scaled = 0.5 + 0.5 * rows / rows.abs().amax(1, keepdim=True).clamp(min=1e-6)
    return pictures.to_uint8(scaled.view(-1, 1, wire.SIDE, wire.SIDE))
