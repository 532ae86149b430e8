"""Inside: one picture's way through the model, each part with its formula, numbers and code."""

from __future__ import annotations

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.inside import Inside
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("inside", calls(studio), privacy=PRIVACY)


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    inside = Inside(studio)
    return [
        Call(studio.arrive),
        Call(inside.sources),
        Call(inside.inside),
        Call(inside.evidence),
        Call(inside.step),
    ]
