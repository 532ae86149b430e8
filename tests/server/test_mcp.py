"""The endpoints as tools, called by the protocol's own client; and the switch that is off."""

from __future__ import annotations

import asyncio
import base64
import importlib
import importlib.util
import io
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from serving import Served

from vae_core.app.server.assets import examples

ROOT = Path(__file__).parents[2]
IS_THERE = importlib.util.find_spec("mcp") is not None
with_extra = pytest.mark.skipif(not IS_THERE, reason="the extra `mcp` is not installed")


def ask(served: Served, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """What a session of the official client makes of the running app."""
    http = importlib.import_module("mcp.client.streamable_http")
    session_of = importlib.import_module("mcp").ClientSession

    async def run() -> Any:
        address = f"{served.url}gradio_api/mcp"
        async with (
            http.streamable_http_client(address) as (read, write, _),
            session_of(read, write) as session,
        ):
            await session.initialize()
            return await work(session)

    return asyncio.run(run())


def call(served: Served, name: str, **arguments: object) -> Any:
    return ask(served, lambda session: session.call_tool(name, arguments))


def digit(place: int = 7) -> str:
    buffer = io.BytesIO()
    Image.fromarray(examples()[0][place]).resize((280, 280)).save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def pictures(answer: Any) -> list[tuple[int, int]]:
    """The sizes of the images of an answer."""
    sizes = []
    for each in answer.content[1:]:
        assert (each.type, each.mimeType) == ("image", "image/png")
        with Image.open(io.BytesIO(base64.b64decode(each.data))) as image:
            sizes.append(image.size)
    return sizes


@with_extra
def test_tools_have_names_meanings_and_ranges(served: Served) -> None:
    listed = ask(served, lambda session: session.list_tools()).tools
    tools = {tool.name: tool for tool in listed}
    assert set(tools) == {
        *("checkpoints", "encode", "decode", "sample", "interpolate", "reconstruct")
    }
    for tool in listed:
        assert len(tool.description) > 40
        assert all(each["description"] for each in tool.inputSchema["properties"].values())
    sample = tools["sample"].inputSchema
    assert sample["required"] == ["checkpoint"]
    assert sample["properties"]["n"] | {"description": ""} == {
        **{"type": "integer", "minimum": 1, "maximum": 256, "default": 16},
        "description": "",
    }
    assert tools["encode"].inputSchema["properties"]["image"]["type"] == "string"


@with_extra
def test_every_tool_answers_with_images(served: Served) -> None:
    cards = json.loads(call(served, "checkpoints").content[0].text)
    assert {card["name"] for card in cards} == {"tiny", "labelled"}
    made = call(served, "decode", checkpoint="tiny", z=[0, 1, 2])
    assert json.loads(made.content[0].text)["image"] == "image 1"
    assert pictures(made) == [(28, 28)]
    drawn = call(served, "sample", checkpoint="tiny", n=3)
    assert json.loads(drawn.content[0].text)["images"] == ["image 1", "image 2", "image 3"]
    assert len(pictures(drawn)) == 3
    code = call(served, "encode", checkpoint="tiny", image=digit())
    assert len(json.loads(code.content[0].text)["z"]) == 3
    again = call(served, "reconstruct", checkpoint="tiny", image=f"data:image/png;base64,{digit()}")
    assert len(pictures(again)) == 2
    ends = {"image_a": digit(7), "image_b": digit(8)}
    way = call(served, "interpolate", checkpoint="tiny", steps=4, **ends)
    assert len(pictures(way)) == 4


@with_extra
def test_a_large_photograph_is_taken(served: Served) -> None:
    buffer = io.BytesIO()
    photo = Image.effect_noise((900, 900), 6)
    photo.paste(Image.fromarray(examples()[0][7]).resize((300, 300)), (300, 300))
    photo.save(buffer, format="PNG")
    text = base64.b64encode(buffer.getvalue()).decode()
    assert len(text) > 2**17
    assert len(pictures(call(served, "encode", checkpoint="tiny", image=text))) == 1


@with_extra
def test_a_mistake_is_a_sentence(served: Served, url: str) -> None:
    answer = call(served, "decode", checkpoint="none", z=[0, 0, 0])
    assert answer.isError
    assert "none" in answer.content[0].text
    assert call(served, "sample", checkpoint="tiny", n=100_000).isError
    assert call(served, "nothing").isError


@with_extra
def test_no_other_way_of_the_protocol_is_open(served: Served) -> None:
    for path in ("sse", "messages/", "http"):
        assert httpx.get(f"{served.url}gradio_api/mcp/{path}").status_code == 404


@pytest.mark.skipif(IS_THERE, reason="the extra `mcp` is installed")
def test_without_the_extra_the_switch_says_what_it_needs() -> None:
    command = [sys.executable, "app.py", "--mcp"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "--mcp needs the extra" in ran.stderr


@pytest.mark.skipif(IS_THERE, reason="the shared app speaks the protocol")
def test_it_is_off_unless_asked_for(served: Served) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accepted = {"accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{served.url}gradio_api/mcp", json=asked, headers=accepted)
    assert answer.status_code in (404, 405)
