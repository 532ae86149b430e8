"""Learn: ten short lessons over the real panels, and a teacher's own list of links."""

from __future__ import annotations

from vae_core.app.server.page import panel
from vae_core.app.service.studio import Studio


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context; it asks the server for nothing."""
    panel("learn", [])
