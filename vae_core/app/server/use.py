"""Use: what a code is good for, each use on one's own picture with its figure and its limit."""

from __future__ import annotations

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.coding import Coding
from vae_core.app.service.flattening import Flattening
from vae_core.app.service.labelling import Labelling
from vae_core.app.service.reducing import Reducing
from vae_core.app.service.studio import Studio
from vae_core.app.service.uses import Uses


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("use", calls(studio), privacy=PRIVACY)


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    uses = Uses(studio, studio.data)
    reducing = Reducing(studio, uses.training)
    return [
        Call(studio.arrive),
        Call(uses.search),
        Call(uses.anomaly),
        Call(Coding(studio).compress),
        Call(Labelling(studio, uses.training).spread),
        Call(reducing.reduce),
        Call(Flattening(reducing).flatten),
    ]
