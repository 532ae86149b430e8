"""One visitor who asks for all that takes long, over and over, until the process is ended.

    python tests/benchmarks/heavy_visitor.py URL

A photograph of 12 megapixels is uploaded and encoded, then compared through the whole family, then
256 samples are drawn. Each answer prints a line.
"""

from __future__ import annotations

import base64
import io
import json
import sys
import urllib.request
from pathlib import Path

from PIL import Image

from vae_core.data.examples import examples

sys.path.insert(0, str(Path(__file__).parent))
from visitors_by_requests import caller

SIDES = (4000, 3000)


def photograph() -> str:
    """A digit of a pen on paper, 12 megapixels, as the page sends it."""
    digit = Image.fromarray(255 - examples()[0][3]).resize((1500, 1500))
    paper = Image.new("L", SIDES, 235)
    paper.paste(digit.point([40 + grey * 195 // 255 for grey in range(256)]), (1200, 700))
    buffer = io.BytesIO()
    paper.save(buffer, "JPEG", quality=92)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def models(url: str) -> list[str]:
    """Names of all checkpoints."""
    request = urllib.request.Request(
        url + "gradio_api/run/checkpoints",
        b'{"data": []}',
        headers={"Content-Type": "application/json"},
    )
    return [card["name"] for card in json.load(urllib.request.urlopen(request))["data"][0]]


def main() -> None:
    url, photo = sys.argv[1], photograph()
    calls = {name: caller(url, name)() for name in ("encode", "family", "sample")}
    names = models(url)
    asked = {
        "encode": {"checkpoint": "vae-flow", "picture": photo},
        "family": {"picture": photo, "names": names},
        "sample": {"checkpoint": "vae-flow", "n": 256, "seed": 0, "temperature": 1.0},
    }
    while True:
        for name, argument in asked.items():
            answer = calls[name](argument)
            assert "error" not in answer, answer["error"]
            print(name, flush=True)


if __name__ == "__main__":
    main()
