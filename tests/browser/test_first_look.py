"""What a visitor sees before the page is there: a digit, in the place that it keeps."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import driving
import httpx
import pytest

pytestmark = pytest.mark.browser

LIVE = """() => {
  const canvas = document.querySelector('[data-testid=live-canvas]');
  return canvas && Number(canvas.dataset.frame) > 0;
}"""


DECODED = """() => {
  const { naturalWidth, dataset } = document.querySelector("[data-testid=first-digit] img");
  return naturalWidth === 28 && dataset.frame === "1";
}"""


def first_place(url: str, chromium: Any, size: dict[str, int]) -> tuple[Any, Any]:
    """Where the first digit is without any script of the page, and the live one with all."""
    context = chromium.new_context(viewport=size)
    page = context.new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(url, wait_until="commit")
    first = page.get_by_test_id("first-digit").locator("img")
    first.wait_for()
    page.wait_for_function(DECODED)
    before = first.bounding_box()
    page.unroute("**/*.js")
    page.goto(url)
    page.wait_for_function(LIVE)
    after = page.get_by_test_id("live-canvas").first.bounding_box()
    assert page.get_by_test_id("first-digit").count() == 0
    context.close()
    return before, after


@pytest.mark.parametrize("size", [driving.PHONE, driving.DESKTOP], ids=["phone", "desktop"])
def test_a_digit_is_there_before_the_scripts_where_the_live_one_will_be(
    chromium: Any, app_url: str, size: dict[str, int]
) -> None:
    before, after = first_place(app_url, chromium, size)
    for key in ("x", "y", "width", "height"):
        assert before[key] == pytest.approx(after[key], abs=6), key


def test_the_scripts_go_on_with_the_socket_of_the_first_digit(desktop: Any, app_url: str) -> None:
    sockets: list[str] = []
    desktop.on("websocket", lambda socket: sockets.append(socket.url))
    desktop.goto(app_url, wait_until="commit")
    desktop.wait_for_function(LIVE)
    desktop.wait_for_function("() => window.studio?.isSocketOpen()")
    assert sockets == [app_url.replace("http", "ws") + "studio/socket"]


def test_a_page_that_opens_elsewhere_begins_without_it(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=learn", wait_until="domcontentloaded")
    assert desktop.get_by_test_id("first-digit").count() == 0


def test_all_that_a_page_begins_with_is_named_in_it(desktop: Any, app_url: str) -> None:
    """Else a slow line waits once more for each wave of scripts."""
    asked: list[str] = []
    desktop.on("request", lambda request: asked.append(urlsplit(request.url).path))
    desktop.goto(f"{app_url}?panel=explore")
    desktop.wait_for_function(LIVE)
    page = httpx.get(app_url).text
    named = {f"/{path.lstrip('./')}" for path in re.findall(r'(?:href|src)="([^"]+\.\w+)"', page)}
    of_the_page = [path for path in asked if path.startswith(("/assets/", "/studio/web/"))]
    assert len(of_the_page) > 20
    assert set(of_the_page) <= named


def test_the_page_is_as_light_as_a_phone_bears(app_url: str) -> None:
    """Bytes on the wire of the page itself and of all that it names: stock Gradio's has more."""
    with httpx.Client(headers={"accept-encoding": "br"}) as client:
        page = client.get(app_url)
        sizes = [int(page.headers["content-length"])]
        for path in re.findall(r'(?:href|src)="\.?/?((?:assets|studio/web)/[^"]+)"', page.text):
            sizes.append(int(client.head(app_url + path).headers["content-length"]))
    assert sizes[0] < 45_000
    assert sum(sizes) < 290_000
