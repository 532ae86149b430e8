"""One picture as bits, and what all test digits take."""

from __future__ import annotations

import numpy as np

from vae_core import checkpoint
from vae_core.app import wire
from vae_core.app.service import use_replies as answers
from vae_core.app.service.recent import Recent
from vae_core.app.service.studio import Studio
from vae_core.files import Json, JsonObject
from vae_core.models import VAE
from vae_core.uses import ans, bits_back, code_length, compression, figures, pixel_codes
from vae_core.uses.pixel_codes import Pixels

CAPACITY = 4
"""Models kept on the CPU for coding, which needs the same numbers in both directions."""
DRAWS = 32
"""Of the picture's posterior, for its -ELBO."""


class Coding:
    """Bits-back coding by the models of a studio; its queue for heavy work is shared."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self._models: Recent[str, VAE] = Recent(self._load, CAPACITY)

    def compress(self, checkpoint: object, digit: object) -> answers.Compressed:
        """A picture as bits and back: black and white by a draw, or its grey levels.

        Args:
            checkpoint: its name.
            digit: base64 of 784 grey bytes.
        """
        grey, name = wire.digit_of("digit", digit), self.studio.registry.check(checkpoint)
        x = self.studio.picture(grey).cpu()
        model, reason = self._model(name)
        pixels = pixel_codes.BlackOrWhite() if model is None else bits_back.pixels_of(model)
        picture = pixels.taken(x, 0)
        coded = None
        if model is not None:
            with self.studio.at_work():
                coded = _coded(model, picture)
        square = picture.reshape(wire.SIDE, wire.SIDE)
        return {
            "picture": pixels.shown(square),
            "pixels": pixels.name,
            "png": 8 * compression.png(square),
            "reason": reason,
            "coded": coded,
            "sets": [each for each in self._sets() if each["pixels"] == pixels.name],
        }

    def _model(self, name: str) -> tuple[VAE | None, str | None]:
        """The model, or why it codes nothing."""
        try:
            ans.constriction()
            with self.studio.at_work():
                return self._models.get(name), None
        except ValueError as error:
            return None, str(error)

    def _sets(self) -> list[answers.WholeSet]:
        """What `compress --evaluate --save` kept, by models."""
        registry = self.studio.registry
        kept = {name: figures.read(registry.folder(name), "compress") for name in registry.cards}
        return [_whole_set(name, found) for name, found in kept.items() if found]

    def _load(self, name: str) -> VAE:
        return bits_back.check(checkpoint.load(self.studio.registry.folder(name)))


def _coded(model: VAE, picture: Pixels) -> answers.Coded:
    words = bits_back.encode(model, picture)
    first = 32 * int(bits_back.first_words(model).size)
    return {
        "bits": 32 * int(words.size),
        "first": first,
        "elbo": code_length.bound(model, picture, DRAWS).bits,
        "is_exact": bool(np.array_equal(bits_back.decode(model, words, 1), picture)),
        "scheme": bits_back.scheme(model),
    }


def _whole_set(name: str, found: JsonObject) -> answers.WholeSet:
    rivals = found.get("rivals")
    known = rivals if isinstance(rivals, dict) else {}
    return {
        "name": name,
        "pixels": str(found.get("pixels", "binary")),
        "bits": _number(found.get("bits_per_image")),
        "elbo": _number(found.get("elbo_bits")),
        "sem": _number(found.get("elbo_sem")) or None,
        "images": int(_number(found.get("images"))),
        "png": _number(known.get("png")),
        "xz": _number(known.get("xz")),
        "command": str(found.get("command")),
    }


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
