"""Interpolate: the way from one digit to another, under the hand and as a strip."""

from __future__ import annotations

from typing import Any

from vae_core.app import checks
from vae_core.app.server import animation
from vae_core.app.server.page import answered, live, panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""

    def between(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, a, b, labels, path, t} -> the digit at t in [0, 1] and its z."""
        ends = (argument.get(key) for key in ("a", "b", "path", "t", "labels"))
        return studio.between(argument.get("checkpoint"), *ends)

    def way(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, a, b, labels, steps, path} -> `steps` digits and their z."""
        return studio.interpolate(*_path(argument), argument.get("steps"), argument.get("path"))

    def encode(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, picture, options} -> the code of an end, with the way of its picture.

        A conditional model is told what the classifier reads.
        """
        name, picture = argument.get("checkpoint"), argument.get("picture")
        label = argument.get("label", "read")
        return studio.encode(name, picture, argument.get("options"), label, film=True)

    def draw(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, seed, label} -> one draw from the prior as an end."""
        name, label = argument.get("checkpoint"), argument.get("label")
        return studio.sample(name, 1, argument.get("seed"), label=label)

    def film(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, a, b, labels, path} -> a GIF there and back as a data URI."""
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
    labels = checks.labels("labels", argument.get("labels"), 2)
    ends = zip(("a", "b"), labels, strict=True)
    a, b = ({"z": argument.get(key), "label": label} for key, label in ends)
    return argument.get("checkpoint"), a, b
