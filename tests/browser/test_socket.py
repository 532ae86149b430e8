"""A drag goes over the socket; where there is none it goes through Gradio, and looks the same."""

from __future__ import annotations

from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser

PANEL = "[data-testid=panel-explore]"
CANVAS = f"{PANEL} [data-testid=live-canvas]"
SLIDER = f"{PANEL} .latent input[type=range]"


def drag(page: Any, url: str) -> list[str]:
    """Open Explore, drag the first slider; the names of the functions asked through Gradio."""
    asked: list[str] = []

    def note(request: Any) -> None:
        if "component_server" in request.url:
            asked.append((request.post_data_json or {}).get("fn_name", ""))

    page.on("request", note)
    page.goto(url + "?panel=explore&model=vae-400")
    page.wait_for_selector(CANVAS)
    page.wait_for_function(f"() => Number(document.querySelector('{CANVAS}').dataset.frame) > 0")
    asked.clear()
    box = page.locator(SLIDER).first.bounding_box()
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle, y)
    page.mouse.down()
    driving.move_by_frames(page, CANVAS, [(middle + 10 * step, y) for step in range(1, 7)])
    page.mouse.up()
    return asked


def test_a_drag_goes_over_the_socket(desktop: Any, app_url: str) -> None:
    assert "decode" not in drag(desktop, app_url)
    assert desktop.evaluate("studio.isSocketOpen()")


def test_without_a_socket_it_goes_through_gradio(desktop: Any, app_url: str) -> None:
    desktop.route_web_socket("**/studio/socket", lambda socket: socket.close())
    assert "decode" in drag(desktop, app_url)
    assert not desktop.evaluate("studio.isSocketOpen()")


def test_a_line_that_breaks_loses_no_answer(desktop: Any, app_url: str) -> None:
    """It swallows the drag's first messages, then crops: they are asked again through Gradio."""

    def swallow(socket: Any) -> None:
        socket.on_message(lambda _: socket.close())

    desktop.route_web_socket("**/studio/socket", swallow)
    assert "decode" in drag(desktop, app_url)
    assert desktop.locator(f"{PANEL} [data-testid=message]").is_hidden()
