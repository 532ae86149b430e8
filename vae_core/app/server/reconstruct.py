"""Reconstruct: a picture becomes a digit, a posterior, a code and a digit again."""

from __future__ import annotations

from typing import Any

from vae_core.app import checks
from vae_core.app.server.page import answered, panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.studio import Studio

DRAWS = 8


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""

    def reconstruct(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, picture, options} -> everything that `Studio.reconstruct` tells."""
        name, picture = argument.get("checkpoint"), argument.get("picture")
        return studio.reconstruct(name, picture, argument.get("options"))

    def follow(argument: dict[str, Any]) -> dict[str, Any]:
        """The same without the filmstrip, for a drawing that is still growing."""
        options = {
            **checks.mapping("options", argument.get("options")),
            "stages": False,
            "draws": DRAWS,
        }
        return studio.reconstruct(argument.get("checkpoint"), argument.get("picture"), options)

    def family(argument: dict[str, Any]) -> dict[str, Any]:
        """{picture, options, names} -> the digit through these models: `Studio.family`."""
        picture, options = argument.get("picture"), argument.get("options")
        return studio.family(picture, options, argument.get("names"))

    def fill(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, picture, options} -> what could have stood in the gap: `Studio.fill`."""
        name, picture = argument.get("checkpoint"), argument.get("picture")
        return studio.fill(name, picture, argument.get("options"))

    functions = [answered(each) for each in (reconstruct, follow, family, fill)]
    panel("reconstruct", functions, privacy=PRIVACY)
