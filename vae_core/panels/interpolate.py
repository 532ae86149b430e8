"""Interpolate: the way from one digit to another, under the hand and as a strip."""

from __future__ import annotations

from typing import Any

from vae_core.panels import animation
from vae_core.panels.page import answered, live, panel
from vae_core.panels.picture import PRIVACY
from vae_core.panels.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""

    def between(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, a, b, path, t} -> the digit at t in [0, 1] and its z."""
        a, b, path = (argument.get(key) for key in ("a", "b", "path"))
        return studio.between(argument.get("checkpoint"), a, b, path, argument.get("t"))

    def way(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, a, b, steps, path} -> `steps` digits and their z."""
        return studio.interpolate(*_path(argument), argument.get("steps"), argument.get("path"))

    def encode(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, picture, options} -> the code of an end, with the way of its picture."""
        name, picture = argument.get("checkpoint"), argument.get("picture")
        return studio.encode(name, picture, argument.get("options"), film=True)

    def draw(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, seed} -> one draw from the prior as an end."""
        return studio.sample(argument.get("checkpoint"), 1, argument.get("seed"))

    def film(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, a, b, path} -> a GIF there and back as a data URI."""
        way = studio.interpolate(*_path(argument), animation.FRAMES, argument.get("path"))
        return {"gif": animation.gif_uri(way["pixels"])}

    def is_quick(argument: Any) -> bool:
        return not isinstance(argument, dict) or studio.is_quick(argument.get("checkpoint"))

    functions = [
        live(between, is_quick),
        answered(way),
        answered(encode),
        answered(draw),
        answered(film),
    ]
    panel("interpolate", functions, privacy=PRIVACY)


def _path(argument: dict[str, Any]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Checkpoint and the two ends, as `Studio.interpolate` takes them."""
    a, b = ({"z": argument.get(key)} for key in ("a", "b"))
    return argument.get("checkpoint"), a, b
