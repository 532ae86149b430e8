"""Gradio's own files: served from memory, and named to the browser before they are asked for."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from vae_core.app.server import frontend


@pytest.fixture
def client() -> TestClient:
    return TestClient(frontend.Frontend(Starlette()))


def test_a_file_is_what_it_is_and_may_be_kept_for_ever(client: TestClient) -> None:
    for path in frontend.first_files():
        answer = client.get(f"/{path}")
        assert answer.content == (frontend.FOLDER / path).read_bytes()
        assert "immutable" in answer.headers["cache-control"]
        kind = "text/css" if path.endswith(".css") else "text/javascript"
        assert answer.headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    "path",
    ["assets/none.js", "assets/../index.html", "assets/%2e%2e/index.html", "index.html", "assets"],
)
def test_nothing_else_is_answered_for(client: TestClient, path: str) -> None:
    assert client.get(f"/{path}").status_code == 404


def test_the_page_itself_is_among_what_it_begins_with() -> None:
    names = [path.removeprefix("assets/").partition("-")[0] for path in frontend.first_files()]
    assert {"Index", "Blocks", "HTML", "core"} <= set(names)
    assert len(names) < 60
