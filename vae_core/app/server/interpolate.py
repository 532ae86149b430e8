"""Interpolate: the way from one digit to another, under the hand and as a strip."""

from __future__ import annotations

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.geometry import Geometry
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("interpolate", calls(studio), privacy=PRIVACY)


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    geometry = Geometry(studio)
    return [
        Call(studio.between, live=studio.is_quick, plan=studio.plan_between),
        Call(studio.way, bulk=True),
        Call(geometry.geodesic),
        Call(geometry.bent, bulk=True),
        Call(geometry.bent_film, bulk=True),
        Call(geometry.plain, bulk=True),
        Call(studio.end, "encode"),
        Call(studio.draw),
        Call(studio.film, bulk=True),
    ]
