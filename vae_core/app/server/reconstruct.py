"""Reconstruct: a picture becomes a digit, a posterior, a code and a digit again."""

from __future__ import annotations

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("reconstruct", calls(studio), privacy=PRIVACY)


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    methods = (studio.reconstruct, studio.follow, studio.family, studio.fill)
    return [Call(each) for each in methods]
