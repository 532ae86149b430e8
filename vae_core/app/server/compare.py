"""Compare: the whole family side by side, on your own digit and on its measured figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from vae_core.app.server.page import Answer, answered, panel
from vae_core.app.server.picture import PRIVACY
from vae_core.app.service.comparison import ROSTERS, Comparison
from vae_core.app.service.studio import Studio

CALLS = {
    "arrive": ("picture", "options"),
    "through": ("digit", "group"),
    "repair": ("digit", "kind", "level", "seed"),
    "draws": ("n", "seed"),
    "pca": ("digit",),
    "betas": ("digit",),
    "strangers": ("digit", "seed"),
}
"""What the page may ask of a `Comparison`, and the arguments that it names."""


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    comparison = Comparison(studio)
    functions = [answered(named(comparison, name, keys)) for name, keys in CALLS.items()]
    rosters = json.dumps(ROSTERS).replace('"', "&quot;")
    panel("compare", functions, privacy=PRIVACY, rosters=rosters)


def named(
    comparison: Comparison, name: str, keys: tuple[str, ...]
) -> Callable[[dict[str, Any]], Answer]:
    """One method of the comparison as a server function of that name, over an object of values."""
    method = getattr(comparison, name)

    def call(argument: dict[str, Any]) -> Answer:
        return method(*(argument.get(key) for key in keys))

    call.__name__ = call.__qualname__ = name
    return call
