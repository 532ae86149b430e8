"""One app server and one Chromium for all browser tests; skipped by name without Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import driving
import pytest


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


def watched(context: Any) -> Any:
    """A page that collects what goes wrong in it as `page.problems`."""
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and page.problems.append(message.text),
    )
    return page


@pytest.fixture
def desktop(chromium: Any) -> Iterator[Any]:
    """A page 1440 wide; the test fails if its console held an error."""
    context = chromium.new_context(viewport=driving.DESKTOP, accept_downloads=True)
    page = watched(context)
    yield page
    context.close()
    assert page.problems == []


@pytest.fixture
def phone(chromium: Any) -> Iterator[Any]:
    """A page as on a phone, with touch; the test fails if its console held an error."""
    context = chromium.new_context(
        viewport=driving.PHONE, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    page = watched(context)
    yield page
    context.close()
    assert page.problems == []
