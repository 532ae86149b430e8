"""What Compare asks of the models: one picture through a part of the family at a time.

Every call takes the digit itself, 784 grey bytes as base64, so that nothing of a visitor is kept;
a model that is not shipped is left out of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core import evaluation
from vae_core.app import checks, wire
from vae_core.app.service import groups, prepare
from vae_core.app.service.studio import Studio
from vae_core.config import CorruptionConfig
from vae_core.evaluation import family

REPAIRERS = ("dae-gaussian", "dae-masking", "dae-salt-pepper", "ae", "vae-400", "vae-conv")
SAMPLERS = ("ae", "vae-400", "vae-flow")
BETAS = ("vae-beta-half", "vae-beta-1", "beta-vae")
COPIERS = ("ae-overcomplete", "ae")
LINEAR = "ae-linear"
KINDS = ("gaussian", "masking", "salt-pepper")
MAX_DRAWS = 64
AXES = 8
"""Directions of the linear models that are shown."""

FILM_DIMS, FILM_STEPS, FILM_SPAN = 3, 7, 3.0
SMALLEST = 1e-6
"""Level that stands for none at all, which a corruption cannot have."""

ROSTERS = {
    "repairers": REPAIRERS,
    "samplers": SAMPLERS,
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

    def arrive(self, picture: Any, options: Any = None) -> dict[str, Any]:
        """A picture as a digit; see `prepare.describe`."""
        with self.studio.at_work():
            return prepare.describe(prepare.digit(picture, options))

    def through(self, digit: Any, group: Any) -> dict[str, Any]:
        """A digit through every model of one group.

        Returns:
            models: name, reconstruction (base64), mse.
        """
        title = checks.choice("group", group, tuple(groups.GROUPS))
        cards = self.studio.registry.cards.values()
        # Nobody waits here for a picture that is drawn pixel by pixel.
        names = [
            card["name"]
            for card in sorted(cards, key=groups.place)
            if card["group"] == title and not card["slow"]
        ]
        x = self._picture(digit)
        made = []
        for name in names:
            model = self.studio.registry.get(name)
            with self.studio.at_work(), torch.inference_mode():
                made.append(family.reconstruct(model, x))
        return {"models": [_member(*pair, x) for pair in zip(names, made, strict=True)]}

    def repair(self, digit: Any, kind: Any, level: Any, seed: Any = 0) -> dict[str, Any]:
        """A digit damaged, and what each of `REPAIRERS` makes of it.

        Args:
            digit: base64 of 784 grey bytes.
            kind: "gaussian", "masking" or "salt-pepper".
            level: 0 to 1; see `CorruptionConfig`.
            seed: of the damage.

        Returns:
            damaged (base64), mse; models: name, reconstruction, mse to the clean digit.
        """
        kind = checks.choice("kind", kind, KINDS)
        level = checks.number("level", level, 0.0, 1.0)
        seed = checks.whole("seed", seed, 0, checks.SEED_LIMIT)
        corruption = CorruptionConfig(kind=kind, level=max(level, SMALLEST))  # type: ignore[arg-type]
        x = self._picture(digit).cpu()  # noise from the CPU: a seed means the same everywhere
        noise = torch.Generator().manual_seed(seed)
        models, repair = [], None
        for name in self._shipped(REPAIRERS):
            model = self.studio.registry.get(name)
            with self.studio.at_work(), torch.inference_mode():
                repair = family.denoise(_OnDevice(model, self.studio), x, corruption, noise)
            noise.manual_seed(seed)  # the same damage for each of them
            models.append(_member(name, repair.repaired, x))
        if repair is None:
            return {"damaged": None, "mse": None, "models": []}
        return {"damaged": _pack(repair.damaged), "mse": repair.before.item(), "models": models}

    def draws(self, n: Any = 10, seed: Any = 0) -> dict[str, Any]:
        """Pictures decoded from random codes, by each of `SAMPLERS`.

        Returns:
            models: name, pixels (base64 of n digits), readings (see `Reader.read`).
        """
        n = checks.whole("n", n, 1, MAX_DRAWS)
        models = []
        for name in self._shipped(SAMPLERS):
            pixels = self.studio.sample(name, n, seed)["pixels"]
            readings = self.studio.reader.read(wire.unpack(pixels))
            models.append({"name": name, "pixels": pixels, "readings": readings})
        return {"models": models}

    def pca(self, digit: Any) -> dict[str, Any]:
        """A digit through the linear autoencoder and through PCA of the same size.

        Returns:
            models: the two, as in `through`, with axes (base64 of AXES directions, 0 mid-grey);
            size; angle: the largest principal angle in
            degrees; test: the mean squared errors of both on the test digits. `models` is
            empty, and nothing else there, without the model or the measures beside it.
        """
        if not self._shipped((LINEAR,)):
            return {"models": []}
        pca = family.read_pca(self.studio.registry.root / LINEAR)
        if pca is None:
            return {"models": []}
        x = self._picture(digit)
        with self.studio.at_work(), torch.inference_mode():
            model = self.studio.registry.get(LINEAR)
            made = {LINEAR: family.reconstruct(model, x), "PCA": pca.reconstruct(x).clamp(0, 1)}
            axes = {LINEAR: family.decoder_span(model).T, "PCA": pca.components}
        return {
            "models": [
                _member(name, made[name], x) | {"axes": _signed(axes[name][:AXES])} for name in made
            ],
            "size": len(pca.components),
            "angle": pca.angles.max().item(),
            "test": {LINEAR: pca.linear_mse, "PCA": pca.mse},
        }

    def betas(self, digit: Any) -> dict[str, Any]:
        """A digit through the models of `BETAS`, and what their most telling latents do to it.

        Returns:
            models: as in `through`, with dims and films (base64, dims x FILM_STEPS digits);
            values: where the films' frames stand.
        """
        values = torch.linspace(-FILM_SPAN, FILM_SPAN, FILM_STEPS, device=self.studio.device)
        x, models = self._picture(digit), []
        for name in self._shipped(BETAS):
            model, card = self.studio.registry.get(name), self.studio.card(name)
            dims = card["order"][:FILM_DIMS]
            with self.studio.at_work(), torch.inference_mode():
                films = family.around(model, x, dims, values)
                made = family.reconstruct(model, x)
            told = {"dims": dims, "films": _pack(films)}
            models.append(_member(name, made, x) | told)
        return {"models": models, "values": values.tolist()}

    def strangers(self, digit: Any, seed: Any = 0) -> dict[str, Any]:
        """Pictures that are no digits through `COPIERS`.

        Returns:
            kinds: what they are; inputs: base64 of them; models: name, pixels (base64, one a
            kind), mse (one a kind).
        """
        seed = checks.whole("seed", seed, 0, checks.SEED_LIMIT)
        noise = torch.Generator().manual_seed(seed)
        x = family.strangers(self._picture(digit)[0].cpu(), noise).to(self.studio.device)
        models = []
        for name in self._shipped(COPIERS):
            model = self.studio.registry.get(name)
            with self.studio.at_work(), torch.inference_mode():
                made = family.reconstruct(model, x)
            error = evaluation.squared_error(made, x).tolist()
            models.append({"name": name, "pixels": _pack(made), "mse": error})
        return {"kinds": list(family.STRANGERS), "inputs": _pack(x), "models": models}

    def _shipped(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name in self.studio.registry.cards]

    def _picture(self, digit: Any) -> Tensor:
        grey = np.asarray(wire.picture_bytes({"pixels": digit}))
        x = torch.from_numpy(grey.copy()).to(self.studio.device)
        return x.float().div(255)[None, None]


class _OnDevice:
    """A model that takes and gives pictures on the CPU, wherever it lives."""

    def __init__(self, model: Any, studio: Studio) -> None:
        self.model, self.device = model, studio.device

    def reconstruct(self, x: Tensor) -> Tensor:
        return self.model.reconstruct(x.to(self.device)).cpu()


def _member(name: str, made: Tensor, x: Tensor) -> dict[str, Any]:
    mse = evaluation.squared_error(made, x.to(made.device)).item()
    return {"name": name, "reconstruction": _pack(made), "mse": mse}


def _signed(rows: Tensor) -> str:
    """Directions (k, 784) as pictures: 0 is mid-grey, and each one's largest entry is full."""
    return _pack(0.5 + 0.5 * rows / rows.abs().amax(1, keepdim=True).clamp(min=1e-6))


def _pack(pixels: Tensor) -> str:
    return wire.pack(wire.to_bytes(pixels.cpu().numpy()))
