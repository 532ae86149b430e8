"""`python -m vae_core.app.server`: what the app offers the page and programs, a line a call."""

from __future__ import annotations

from vae_core.app.server import calls, shell
from vae_core.app.service.studio import Studio

if __name__ == "__main__":
    print("\n".join(calls.lines(calls.registry(shell.build_app(Studio())))))
