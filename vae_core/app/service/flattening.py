"""Test digits on two numbers, by PCA or by t-SNE, of their pixels and of a model's code."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vae_core import runtime
from vae_core.app import checks, wire
from vae_core.app.service import use_replies as answers
from vae_core.app.service.recent import Recent
from vae_core.app.service.reducing import Reducing
from vae_core.explore import planes, tsne
from vae_core.explore.planes import Plane
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.uses import flat
from vae_core.uses.flat import Flat

PLANES = ("pca", "tsne")
PIECE = 125
"""Digits encoded at once, so that others get their turns between."""
KEPT = 40
"""Models whose maps are kept."""


class Flattening:
    """Flat maps of pixels and codes.

    Args:
        reducing: whose principal components lay out the pixels.
    """

    def __init__(self, reducing: Reducing) -> None:
        self.reducing, self.studio = reducing, reducing.studio
        self._of_pixels: Recent[str, Flat] = Recent(self._lay_pixels, len(PLANES))
        self._by_pca: Recent[str, tuple[Plane, Flat]] = Recent(self._lay_code, KEPT)
        self._by_tsne: Recent[str, Flat] = Recent(self._kept, KEPT)

    def flatten(self, checkpoint: object, digit: object, plane: object) -> answers.Flattened:
        """2,000 test digits by their pixels and by their codes, and a picture among them.

        Args:
            checkpoint: the model that the codes are of.
            digit: base64 of 784 grey bytes.
            plane: "pca", or "tsne", which has no place for the picture.
        """
        self.studio.must_be_of_mnist(checkpoint, "A map of test digits")
        name, grey = self.studio.registry.check(checkpoint), wire.digit_of("digit", digit)
        kind = checks.choice("plane", plane, PLANES)
        x, components = self.studio.picture(grey), self.reducing.components
        spot = components.codes(x.cpu(), 2)[0] if kind == "pca" else None
        code, reason = self._code(kind, name, x)
        return {
            "labels": "".join(map(str, runtime.whole_numbers(flat.digits().labels))),
            "nearest": flat.NEAREST,
            "pixels": _laid(self._of_pixels.get(kind), spot),
            "code": code,
            "reason": reason,
            "sliders": kind == "tsne" and self.studio.registry.get(name).config.prior != "normal",
        }

    def _code(self, kind: str, name: str, x: Tensor) -> tuple[answers.Laid | None, str | None]:
        """The map of a model's codes with a picture's, or why there is none."""
        try:
            if kind == "tsne":
                return _laid(self._by_tsne.get(name)), None
            plane, found = self._by_pca.get(name)
        except ValueError as error:
            return None, str(error)
        with self.studio.at_work(), torch.inference_mode():
            model = self.studio.registry.get(name)
            z = model.encode(x).mean.float().cpu()
        return _laid(found, plane.coordinates(z)[0]), None

    def _lay_pixels(self, kind: str) -> Flat:
        if kind == "tsne":
            return flat.by_tsne(flat.pixels_tsne())
        with self.studio.at_work():
            spots = self.reducing.components.codes(flat.digits().floats(), 2)
            return flat.laid(spots, flat.digits().labels)

    def _lay_code(self, name: str) -> tuple[Plane, Flat]:
        if self.studio.card(name)["latent_dim"] < 2:
            raise ValueError("A code of one number has no plane.")
        z = self._codes(self.studio.registry.get(name))
        with self.studio.at_work():
            plane = planes.principal(z)
            return plane, flat.laid(plane.coordinates(z), flat.digits().labels)

    def _codes(self, model: Model) -> Tensor:
        """Of the digits shown, a piece at a time."""
        found, known = list[Tensor](), flat.digits()
        for piece in runtime.pieces(torch.arange(len(known)), PIECE):
            with self.studio.at_work():
                found.append(posterior_means(model, known.at(piece), self.studio.device).float())
        return torch.cat(found)

    def _kept(self, name: str) -> Flat:
        """The t-SNE beside the weights.

        Raises:
            ValueError: there is none that can be used.
        """
        places = tsne.read(self.studio.registry.folder(name))
        if places is None:
            raise ValueError(
                "No t-SNE of this model’s codes was made; "
                f"`python -m vae_core map {name} --save` makes one, and PCA is there at once."
            )
        with self.studio.at_work():
            return flat.by_tsne(places)


def _laid(found: Flat, spot: Tensor | None = None) -> answers.Laid:
    bytes_ = np.ascontiguousarray(found.places.numpy().astype("<i2")).view(np.uint8)
    return {
        "places": bytes_,
        "own": None if spot is None else runtime.numbers(found.place(spot)),
        "right": {"value": found.right, "sem": found.sem},
    }
