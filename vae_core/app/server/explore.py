"""Explore: take hold of the latent space, one slider a dimension, and watch the digit follow."""

from __future__ import annotations

from functools import partial

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.service.atlas import Atlas
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("explore", calls(studio))


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    return [
        Call(
            partial(studio.decode, wide=True),
            "decode",
            live=studio.is_quick,
            plan=partial(studio.plan_decode, wide=True),
        ),
        Call(studio.row, live=studio.is_quick, plan=studio.plan_row),
        Call(studio.films, bulk=True),
        Call(studio.follow_code, "encode"),
        Call(studio.names),
        Call(studio.draw),
        Call(Atlas(studio).resembling),
    ]
