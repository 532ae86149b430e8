"""Compare: the whole family side by side, on your own digit and on its measured figures."""

from __future__ import annotations

import json

from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.comparison import ROSTERS, Comparison
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    rosters = json.dumps(ROSTERS).replace('"', "&quot;")
    panel("compare", calls(studio), privacy=PRIVACY, rosters=rosters)


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for."""
    comparison = Comparison(studio)
    return [
        Call(studio.arrive),
        Call(comparison.through),
        Call(comparison.repair),
        Call(comparison.draws),
        Call(comparison.pca),
        Call(comparison.betas),
        Call(comparison.non_digits),
    ]
