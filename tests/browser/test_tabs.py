"""A tab that serves test after test shows none of them anything of another."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import driving
import pytest
from tabs import Tabs

pytestmark = pytest.mark.browser

LEFT = """() => [
    localStorage.a ?? null, sessionStorage.a ?? null, window.name, document.cookie, innerWidth,
    matchMedia("(prefers-color-scheme: dark)").matches,
    matchMedia("(prefers-reduced-motion: reduce)").matches,
]"""
NOTHING = [None, None, "", "", driving.DESKTOP["width"], False, False]


@pytest.fixture
def tabs(chromium: Any) -> Iterator[Tabs]:
    context = chromium.new_context(viewport=driving.DESKTOP)
    yield Tabs(context)
    context.close()


def test_the_next_visit_finds_nothing_of_the_last(tabs: Tabs, app_url: str) -> None:
    heard: list[Any] = []
    with tabs.visit() as first:
        first.goto(f"{app_url}gradio_api/app_id")
        assert first.evaluate(LEFT) == NOTHING
        first.on("request", lambda request: heard.append(request))
        first.emulate_media(color_scheme="dark", reduced_motion="reduce")
        first.set_viewport_size(driving.PHONE)
        first.evaluate("localStorage.a = sessionStorage.a = window.name = document.cookie = 'a=1'")
    heard.clear()
    with tabs.visit() as page:
        assert page is first
        assert page.url == "about:blank"
        page.goto(f"{app_url}gradio_api/app_id")
        assert page.evaluate(LEFT) == NOTHING
    assert heard == []


def test_a_tab_with_a_route_or_an_error_serves_no_other(tabs: Tabs) -> None:
    with tabs.visit() as first:
        first.route("**", lambda route: route.abort())
    with contextlib.suppress(AssertionError), tabs.visit() as second:
        second.evaluate("console.error('struck')")
    assert second.problems == ["struck"]
    with tabs.visit() as third:
        assert third.problems == []
    assert len({first, second, third}) == 3
