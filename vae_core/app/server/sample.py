"""Sample: draw codes, watch one come about, and look closer at any of the draws."""

from __future__ import annotations

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.service.studio import Studio
from vae_core.app.service.two_clouds import TwoClouds
from vae_core.app.service.watching import Watching


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("sample", calls(studio))


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    watching = Watching(studio)
    return [
        Call(studio.sample, bulk=True),
        Call(studio.around, bulk=True),
        Call(studio.reads),
        Call(watching.watch, bulk=True),
        Call(TwoClouds(studio).clouds),
    ]
