"""One app server and one Chromium for all browser tests; skipped by name without Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from typing import Any

import driving
import pytest
from tabs import Tabs

from vae_core import checkpoint

HOSTILE = {
    """a"<img src=x onerror="window.struck = 1">'&amp;`${1}`""": "vae-128",
    "<script>window.struck = 1<\\script>": "vae-collapsed",
}
"""Names that spell markup, and the checkpoints that bear them."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium; REQUIRE_BROWSER=1 turns the skip into a failure."""
    if driving.chromium_path() is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is not installed, and REQUIRE_BROWSER=1 wants it.")
        pytest.skip("Chromium is not installed")
    with driving.browser() as running:
        yield running


@pytest.fixture(scope="session")
def app_url(chromium: Any) -> Iterator[str]:
    """The URL of a server with the shipped checkpoints."""
    with driving.server() as url:
        yield url


@pytest.fixture(scope="session")
def spare_url(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a second server, which shows vae-400 and folders of hostile names."""
    folder, root = tmp_path_factory.mktemp("checkpoints"), checkpoint.shipped_root()
    plain = {name: name for name in ("vae-400", "vae-collapsed")}
    for shown, name in (plain | HOSTILE).items():
        if not (root / name).is_dir():
            pytest.skip(f"{name} is not shipped")
        shutil.copytree(root / name, folder / shown)
    with driving.server(None, "--checkpoints", str(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def desk(chromium: Any) -> Iterator[Tabs]:
    """A browser context 1440 wide, whose tab and cache keep the page's scripts for every test."""
    context = chromium.new_context(viewport=driving.DESKTOP, accept_downloads=True)
    yield Tabs(context)
    context.close()


@pytest.fixture(scope="session")
def pocket(chromium: Any) -> Iterator[Tabs]:
    """The same as on a phone, with touch."""
    context = chromium.new_context(
        viewport=driving.PHONE, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    yield Tabs(context)
    context.close()


@pytest.fixture(scope="session")
def apart(chromium: Any) -> Iterator[Tabs]:
    """A second context 1440 wide, which shares nothing with the first."""
    context = chromium.new_context(viewport=driving.DESKTOP)
    yield Tabs(context)
    context.close()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Take down that a test failed, before its fixtures end."""
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


def visited(tabs: Tabs, node: pytest.Item) -> Iterator[Any]:
    """A page of these tabs; the tab in which a test failed serves no other."""
    with tabs.visit() as page:
        yield page
        if node.stash.get(FAILED, False):
            page.marks.append("failed")


@pytest.fixture
def desktop(desk: Tabs, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page 1440 wide; the test fails if its console held an error."""
    yield from visited(desk, request.node)


@pytest.fixture
def phone(pocket: Tabs, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page as on a phone, with touch; the test fails if its console held an error."""
    yield from visited(pocket, request.node)


@pytest.fixture
def elsewhere(apart: Tabs, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page that knows nothing of `desktop`, as on another computer."""
    yield from visited(apart, request.node)
