"""Explore: take hold of the latent space, one slider a dimension, and watch the digit follow."""

from __future__ import annotations

from typing import Any

from vae_core.panels import codec
from vae_core.panels.page import answered, live, panel
from vae_core.panels.studio import Studio

FILM_STEPS = 7
FILM_SPAN = 3.0


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""

    def decode(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, z} -> {pixels, milliseconds}."""
        return studio.decode(argument.get("checkpoint"), argument.get("z"))

    def films(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, z} -> a filmstrip a dimension, through z, and what the digit reads as."""
        name, z = argument.get("checkpoint"), argument.get("z")
        films = studio.traversals(name, z, FILM_STEPS, FILM_SPAN)
        shown = codec.unpack(studio.decode(name, z)["pixels"])
        return films | {"readings": studio.reader.read(shown)}

    def encode(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, picture} -> the code of the visitor's digit."""
        picture = argument.get("picture")
        return studio.encode(argument.get("checkpoint"), picture, argument.get("options"))

    panel("explore", [live(decode), answered(films), answered(encode)])
