"""Tabs of the browser that serve test after test.

A new tab has a renderer of its own, which reads and compiles all scripts again: a page in it costs
four times the processor time of the same page in a tab that was used before. What a test sees of
an earlier one is nothing all the same: it gets an empty document, no stored data, no emulation and
a mouse in the corner.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

LASTING = (
    *("once", "route", "route_web_socket", "add_init_script"),
    *("expose_function", "expose_binding", "set_extra_http_headers"),
)
"""Methods of a page whose effects outlast the document: a tab on which they ran is closed."""
CALM = {"color_scheme": "light", "reduced_motion": "no-preference", "forced_colors": "none"}
"""What a tab emulates before anything else is asked for."""


class Tabs:
    """The tab of one browser context, replaced once a test has left traces on it."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self._page: Any = None

    @contextlib.contextmanager
    def visit(self) -> Iterator[Any]:
        """An empty page that collects what goes wrong in it as `page.problems`.

        Raises:
            AssertionError: afterwards, where something went wrong in it.
        """
        page = self._page = self._page or watched(self.context.new_page())
        page.problems.clear()
        page.is_as_new = False  # until the end shows that it is
        page.marks.clear()
        try:
            yield page
            clear(page)
            page.is_as_new = not page.marks and not page.problems
            assert page.problems == [], page.problems
        finally:
            if not page.is_as_new:
                self._page = None
                page.close()
            self.context.clear_cookies()


def watched(page: Any) -> Any:
    """A page that keeps its errors in `problems` and the lasting calls on it in `marks`."""
    page.problems, page.marks, page.listeners, page.size = [], [], [], page.viewport_size
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and page.problems.append(message.text),
    )
    for name in LASTING:
        setattr(page, name, marking(page, name))
    page.on = listening(page)
    return page


def listening(page: Any) -> Any:
    """The page's method `on`, which takes down what is to be removed again."""
    method = page.on

    def on(event: str, listener: Any) -> None:
        page.listeners.append((event, listener))
        method(event, listener)

    return on


def marking(page: Any, name: str) -> Any:
    """The page's method of this name, which leaves a mark."""
    method = getattr(page, name)

    def call(*arguments: Any, **named: Any) -> Any:
        page.marks.append(name)
        return method(*arguments, **named)

    return call


def clear(page: Any) -> None:
    """Leave nothing stored, nobody listening, and an empty document."""
    while page.listeners:
        page.remove_listener(*page.listeners.pop())
    if page.url == "about:blank":
        return
    origin = urlsplit(page.url)._replace(path="", query="", fragment="").geturl()
    page.evaluate("() => { sessionStorage.clear(); window.name = ''; }")
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()
    page.emulate_media(**CALM)
    if page.viewport_size != page.size:
        page.set_viewport_size(page.size)
    page.mouse.move(0, 0)
    page.goto("about:blank")
