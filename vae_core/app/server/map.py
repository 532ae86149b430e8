"""Map: the codes of the test digits as a plane that decodes where you point."""

from __future__ import annotations

from functools import partial

from vae_core.app.server import scripts
from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.service.atlas import Atlas
from vae_core.app.service.geometry import Geometry
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("map", calls(studio), sheet=scripts.address(scripts.TEST_DIGITS))


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    atlas, geometry = Atlas(studio), Geometry(studio)

    def is_known(checkpoint: object) -> bool:
        return studio.is_quick(checkpoint) and atlas.book.is_ready(checkpoint)

    return [
        Call(
            partial(studio.decode, wide=True),
            "decode",
            live=studio.is_quick,
            plan=partial(studio.plan_decode, wide=True),
        ),
        Call(atlas.recall, live=is_known, plan=atlas.plan_recall),
        Call(atlas.codes),
        Call(atlas.near),
        Call(atlas.own),
        Call(atlas.selection),
        Call(atlas.grid),
        Call(geometry.tangents),
    ]
