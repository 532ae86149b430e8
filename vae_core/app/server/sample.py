"""Sample: draw from the model's own prior, and look closer at any of the draws."""

from __future__ import annotations

from typing import Any

from vae_core.app import wire
from vae_core.app.server.page import answered, panel
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""

    def sample(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, n, seed, temperature, label} -> {pixels, z, seed, milliseconds}."""
        wishes = {key: argument.get(key) for key in ("n", "seed", "temperature", "label")}
        return studio.sample(argument.get("checkpoint"), **wishes)

    def around(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, z, n, seed, spread, label} -> draws near z, as `sample`."""
        wishes = {key: argument.get(key) for key in ("n", "seed", "spread", "label")}
        return studio.around(argument.get("checkpoint"), argument.get("z"), **wishes)

    def reads(argument: dict[str, Any]) -> dict[str, Any]:
        """What `sample`, or with a z `around`, draws -> what a classifier reads in it."""
        draw = around if argument.get("z") is not None else sample
        return {"readings": studio.reader.read(wire.unpack(draw(argument)["pixels"]))}

    panel("sample", [answered(sample), answered(around), answered(reads)])
