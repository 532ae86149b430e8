"""Sample: draw from the model's own prior, and look closer at any of the draws."""

from __future__ import annotations

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("sample", calls(studio))


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    return [Call(studio.sample), Call(studio.around), Call(studio.reads)]
