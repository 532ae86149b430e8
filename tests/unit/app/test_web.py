"""The page's scripts that need no page, tried by node; and how the server hands them out."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from vae_core.app.server import frontend, linking, pages, scripts, shell
from vae_core.app.server.page import STYLED_AT_ONCE
from vae_core.app.server.pages import Pages

ROOT = Path(__file__).parents[3]
NODE = 20
"""The oldest node whose test runner knows what these tests use."""


def node() -> str:
    """The installed node; skips where there is none, or an older one."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed; only who changes the page's scripts needs it")
    result = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.match(r"v(\d+)", result)
    if version is None or int(version[1]) < NODE:
        pytest.skip(f"node is {result.strip()}; these tests need {NODE}")
    return found


def test_the_scripts_pass_their_own_tests() -> None:
    folder = ROOT / "tests" / "web"
    command = [
        node(),
        "--import",
        "./page.js",
        "--test",
        *sorted(map(str, folder.glob("*.test.js"))),
    ]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]
    assert re.search(r"pass (\d{2,})", ran.stdout), "no test ran"


@pytest.fixture
def client() -> TestClient:
    return TestClient(scripts.Files(Starlette()))


def test_what_the_page_begins_with_comes_as_one_file(client: TestClient) -> None:
    first = scripts.linked().first
    assert {"core/state.js", "draw/digit.js", "panels/explore/rows.js"} <= set(first)
    assert "panels/compare.js" not in first
    answer = client.get(f"/{scripts.address('page.js')}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    for name in first:
        assert f'modules["{name}"] = ' in answer.text
        assert client.get(f"/{scripts.address(name)}").status_code == 200
    sheet = client.get(f"/{scripts.address(scripts.EXAMPLES)}")
    assert sheet.headers["content-type"] == "image/png"
    assert "content-encoding" not in sheet.headers


def test_who_cannot_unpack_a_file_gets_it_plain(client: TestClient) -> None:
    address = f"/{scripts.address('core/glossary.js')}"
    answer = client.get(address, headers={"accept-encoding": ""})
    assert "content-encoding" not in answer.headers
    assert answer.content == (scripts.WEB / "core/glossary.js").read_bytes()
    assert client.head(address).content == b""
    assert client.post(address).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["core/none.js", "panels/explore.html", "../page.py", "package.json", "core/../../page.py"],
)
def test_nothing_else_is(client: TestClient, name: str) -> None:
    assert client.get(f"/{scripts.address(name)}").status_code == 404


def test_a_page_never_mixes_two_versions(client: TestClient) -> None:
    """A page that stood open during an update asks for what is no longer there."""
    old = scripts.address("core/state.js").replace(scripts.version(), "0" * 16)
    assert client.get(f"/{old}").status_code == 404


def test_no_import_leaves_the_folder() -> None:
    sources = scripts.linked().sources
    for name, source in sources.items():
        assert set(linking.imports(source, name)) <= set(sources), name


def test_a_page_is_compressed_and_names_its_modules_early() -> None:
    async def page(_: Request) -> Response:
        return Response("<head></head>" + "a page " * 1000, media_type="text/html")

    app = Starlette(routes=[Route("/", page), Route("/gradio_api/component_server/", page)])
    client = TestClient(Pages(app, head="<link>"))
    answer = client.get("/")
    assert answer.headers["content-encoding"] in ("br", "gzip")
    assert answer.text == "<head><link></head>" + "a page " * 1000
    plain = client.get("/", headers={"accept-encoding": ""})
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text
    other = client.get("/gradio_api/component_server/")
    assert "content-encoding" not in other.headers
    assert "<link>" not in other.text


def test_the_script_for_frames_comes_to_frames_alone() -> None:
    """It is Gradio's own line that is changed: where it is written otherwise, this says so."""
    line = (frontend.FOLDER / "index.html").read_bytes()
    assert line.count(pages.RESIZER) == 1

    async def page(_: Request) -> Response:
        return Response(line, media_type="text/html")

    client = TestClient(Pages(Starlette(routes=[Route("/", page)]), head=""))
    assert pages.FRAMED.decode() in client.get("/").text


def test_what_is_no_page_stays_as_it_is() -> None:
    async def config(_: Request) -> Response:
        return Response('{"head": "</head>"}', media_type="application/json")

    client = TestClient(Pages(Starlette(routes=[Route("/config", config)]), head="<link>"))
    assert client.get("/config").json() == {"head": "</head>"}


@pytest.mark.parametrize("panel", sorted(set(shell.PANELS) - set(STYLED_AT_ONCE)))
def test_a_later_panel_adds_nothing_to_what_the_page_begins_with(panel: str) -> None:
    """Its modules and its looks come when it is opened; of its markup there is little."""
    assert f"panels/{panel}" not in shell.STYLES
    assert not [name for name in scripts.linked().first if name.startswith(f"panels/{panel}")]
    assert scripts.address(f"panels/{panel}.css").endswith(".css")
