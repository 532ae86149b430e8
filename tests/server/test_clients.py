"""Every endpoint by clients that are not Python's: `@gradio/client` in node, and curl."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from serving import Served

from vae_core.app.server.assets import examples

WEB = Path(__file__).parents[1] / "web"
CLIENT = WEB / "node_modules" / "@gradio" / "client"


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "seven.png"
    Image.fromarray(examples()[0][7]).resize((140, 140)).save(path)
    return path


def check(answers: dict[str, Any]) -> None:
    """What each endpoint answers with the model "tiny"."""
    assert {card["name"] for card in answers["checkpoints"]} == {"tiny", "labelled"}
    assert len(answers["encode"]["z"]) == len(answers["encode"]["logvar"]) == 3
    assert answers["decode"]["image"].startswith("data:image/png;base64,")
    assert len(answers["sample"]["images"]) == len(answers["sample"]["z"]) == 3
    assert answers["sample"]["seed"] == 5
    assert len(answers["interpolate"]["images"]) == 4
    made = answers["reconstruct"]
    assert made["input"] == answers["encode"]["input"]
    assert made["distortion"] > 0
    assert made["rate"] > 0


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(not CLIENT.is_dir(), reason="`npm install` was not run in tests/web")
def test_the_client_of_npm_calls_every_endpoint(served: Served, photo: Path, url: str) -> None:
    command = ["node", "every_endpoint.js", url, str(photo)]
    ran = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    check(json.loads(ran.stdout))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_calls_every_endpoint(served: Served, photo: Path, url: str) -> None:
    def curl(*words: str) -> str:
        command = ["curl", "--silent", "--show-error", "--fail", "--no-buffer", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def ask(name: str, **named: object) -> Any:
        head = ["--header", "Content-Type: application/json"]
        address = f"{url}gradio_api/call"
        begun = json.loads(curl(*head, "--data", json.dumps(named), f"{address}/v2/{name}"))
        lines = curl(f"{address}/{name}/{begun['event_id']}").splitlines()
        assert lines[0] == "event: complete", lines
        return json.loads(lines[1].removeprefix("data: "))[0]

    def sent() -> dict[str, str]:
        [path] = json.loads(curl("--form", f"files=@{photo}", f"{url}gradio_api/upload"))
        return {"path": path}

    check(
        {
            "checkpoints": ask("checkpoints"),
            "encode": ask("encode", checkpoint="tiny", image=sent()),
            "decode": ask("decode", checkpoint="tiny", z=[0, 1.5, -2]),
            "sample": ask("sample", checkpoint="tiny", n=3, seed=5),
            "interpolate": ask(
                "interpolate", checkpoint="tiny", image_a=sent(), image_b=sent(), steps=4
            ),
            "reconstruct": ask("reconstruct", checkpoint="tiny", image=sent()),
        }
    )
