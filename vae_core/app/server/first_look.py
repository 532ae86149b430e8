"""The digit that is on show before any script of the page has come, where the panel will have it.

On a slow line Gradio's scripts take seconds; the digit takes half a thousand bytes of the page. The
page also opens its socket at once and has the model write the digit for this visit; the scripts go
on with that socket.
"""

from __future__ import annotations

import base64
import json

import numpy as np

from vae_core.app import wire
from vae_core.app.server import line, sockets
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
  const place = document.getElementById("first-digit");
  if (ELSEWHERE.some((field) => query.has(field))) place.remove();
  else {
    const socket = new WebSocket(new URL("PATH", document.baseURI).href.replace(/^http/, "ws"));
    const bytes = Uint8Array.from(atob("REQUEST"), (each) => each.charCodeAt(0));
    const once = { once: true };
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => socket.send(bytes), once);
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") return; // a refusal: the digit that came with the page stays
      const grey = new Uint8Array(data, START + new DataView(data).getUint16(6, true));
      if (grey.length !== SIDE * SIDE) return;
      const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
      const context = canvas.getContext("2d");
      const image = context.createImageData(SIDE, SIDE);
      image.data.set(Array.from(grey, (each) => [each, each, each, 255]).flat());
      context.putImageData(image, 0, 0);
      const shown = place.querySelector("img");
      shown.addEventListener("load", () => { shown.dataset.frame = 1; }, once);
      shown.src = canvas.toDataURL();
    }, once);
    window.studioSocket = socket;
  }
}"""
"""`core/socket.js` takes the socket over."""
PLACE = line.PLACES - 1
"""Of the page: its scripts begin with the others."""


def markup(first: JsonObject | None) -> str:
    """The picture as part of the page; `parts/panel.js` takes it away.

    Args:
        first: what the page opens on, as `boot.first_digit` has it.
    """
    if first is None:
        return ""
    uri = wire.png_uri(wire.unpack(str(first["pixels"]))[0])
    script = SCRIPT
    for name, value in (
        ("ELSEWHERE", json.dumps(ELSEWHERE)),
        ("PATH", sockets.PATH.removeprefix("/")),
        ("START", str(line.START.size)),
        ("SIDE", str(wire.SIDE)),
        ("REQUEST", base64.b64encode(request(first)).decode()),
    ):
        script = script.replace(name, value)
    return (
        f'<style>{STYLE}</style><div id="first-digit" data-testid="first-digit">'
        f'<img src="{uri}" alt="A digit that the model writes"></div><script>{script}</script>'
    )


def request(first: JsonObject) -> bytes:
    """The message that asks for that digit."""
    code = np.array(first["z"], "<f4")
    argument = {"checkpoint": first["checkpoint"], "label": first["label"]}
    asked = {"name": "decode", "argument": argument, "numbers": {"z": len(code)}}
    head = json.dumps(asked, separators=(",", ":")).encode()
    return line.START.pack(0, PLACE, len(head)) + head + code.tobytes()
