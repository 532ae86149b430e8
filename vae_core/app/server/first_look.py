"""The digit that is on show before any script of the page has come, where the panel will have it.

On a slow line Gradio's scripts take seconds; the digit takes half a thousand bytes of the page.
"""

from __future__ import annotations

from vae_core.app import wire
from vae_core.files import JsonObject

ELSEWHERE = ("panel", "panels", "model", "z", "label", "lesson")
"""Fields of an address that may lead to another picture than the one that the app opens on."""

STYLE = """
#first-digit { position: absolute; z-index: 1; left: 12px; top: 231.8px; width: min(40vw, 30vh); }
#first-digit img { display: block; width: 100%;
  border-radius: 6px; background: #000; image-rendering: pixelated; }
@media (min-width: 641px) { #first-digit { left: 24px; top: 151.8px; } }
@media (min-width: 861px) { #first-digit { top: 143.8px; width: max(260px, 30vw - 26px); } }
@media (min-width: 1101px) { #first-digit { top: 117px; } }
@media (min-width: 1201px) { #first-digit { width: min(35vw - 33px, max(260px, 100vh - 260px)); } }
@media (min-width: 1800px) { #first-digit {
  left: max(24px, 50vw - 863px); top: 123px;
  width: min(588px, max(260px, 100vh - 260px)); } }
"""
"""Where explore.css puts the picture, at each width."""

SCRIPT = """{
  const query = new URLSearchParams(location.search);
  if (ELSEWHERE.some((field) => query.has(field))) document.getElementById("first-digit").remove();
}""".replace("ELSEWHERE", str([*ELSEWHERE]))


def markup(first: JsonObject | None) -> str:
    """The picture as part of the page; `parts/panel.js` takes it away.

    Args:
        first: what the page opens on, as `boot.first_digit` has it.
    """
    if first is None:
        return ""
    uri = wire.png_uri(wire.unpack(str(first["pixels"]))[0])
    return (
        f'<style>{STYLE}</style><div id="first-digit" data-testid="first-digit">'
        f'<img src="{uri}" alt="A digit that the model writes"></div><script>{SCRIPT}</script>'
    )
