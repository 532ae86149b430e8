"""Reconstruct holds nothing of the last picture: knobs, results, refusals, several digits drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_reconstruct import (
    MESSAGE,
    MODEL_INPUT,
    PAD,
    PANEL,
    RECONSTRUCTION,
    THREE,
    changed,
    draw,
    grey,
    on_paper,
    opened,
    png,
    upload,
    wait_for_digit,
)

pytestmark = pytest.mark.browser

BLANK = png(np.full((200, 200), 255, dtype=np.uint8))
NO_DIGIT = f"() => document.querySelector('{MODEL_INPUT}').width === 0"


@pytest.fixture
def wide(desktop: Any, app_url: str) -> Any:
    return opened(desktop, app_url)


def test_a_picture_travels_once(wide: Any) -> None:
    """Shown with the family, damaged, and through another model."""
    content = on_paper(4)
    sent: list[bool] = []
    wide.on("request", lambda request: sent.append("data:image/" in (request.post_data or "")))
    before = grey(wide, MODEL_INPUT)
    upload(wide, content)
    shown = changed(wide, MODEL_INPUT, before)
    wide.wait_for_selector(f"{PANEL} .family:not([aria-busy])", timeout=60_000)
    wide.click(f"{PANEL} [data-damage=noise]")
    changed(wide, MODEL_INPUT, shown)
    assert sent.count(True) == 1


def test_the_knobs_of_a_picture_do_not_touch_the_next(wide: Any) -> None:
    before = grey(wide, MODEL_INPUT)
    upload(wide, on_paper(4))
    changed(wide, MODEL_INPUT, before)
    wide.fill(f"{PANEL} [data-option=threshold]", "0.98")
    wide.wait_for_selector(f"{PANEL} [data-do=auto]")
    wide.click(f"{PANEL} [aria-label='Example digit 8']")
    wait_for_digit(wide)
    upload(wide, on_paper(5))
    wide.wait_for_selector(f"{PANEL} [data-do=auto]", state="hidden")
    wait_for_digit(wide)
    assert not wide.is_visible(MESSAGE)


def test_a_refused_upload_stands_alone(wide: Any) -> None:
    """Its own view on the pad, the knobs beside it, and nothing of the digit before."""
    upload(wide, BLANK)
    wide.wait_for_selector(MESSAGE)
    wide.wait_for_function(NO_DIGIT)
    white = f"""() => document.querySelector('{PAD}').getContext('2d')
      .getImageData(168, 168, 1, 1).data[0] > 200"""
    wide.wait_for_function(white)
    assert wide.locator(f"{PANEL} .family button").count() == 0
    assert wide.is_visible(f"{PANEL} [data-option=polarity]")


def test_clear_leaves_nothing(wide: Any) -> None:
    wide.wait_for_selector(f"{PANEL} .family:not([aria-busy])", timeout=60_000)
    wide.click(f"{PANEL} [data-do=clear]")
    wide.wait_for_function(NO_DIGIT)
    assert wide.evaluate("(s) => document.querySelector(s).width", RECONSTRUCTION) == 0
    assert wide.locator(f"{PANEL} .family button").count() == 0
    assert not wide.is_visible(f"{PANEL} .cost-part h2")
    before = grey(wide, PAD)
    assert before.max() == 0


def test_one_of_two_drawn_digits_is_tapped(wide: Any) -> None:
    before = grey(wide, MODEL_INPUT)
    draw(wide, [(0.2, 0.2), (0.22, 0.5), (0.2, 0.8)])
    shown = changed(wide, MODEL_INPUT, before)
    draw(wide, [(0.55 + 0.4 * (x - 0.3), y) for x, y in THREE])
    other = wide.locator(f"{PANEL} button.picture-box[aria-pressed=false]")
    other.wait_for()
    shown = grey(wide, MODEL_INPUT)
    box = other.bounding_box()
    wide.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    changed(wide, MODEL_INPUT, shown)
    assert "2 digits found" in wide.text_content(f"{PANEL} .verdict")


def test_a_pinch_draws_nothing(phone: Any, app_url: str) -> None:
    page = opened(phone, app_url)
    before, box = grey(page, PAD), page.locator(PAD).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *places: float) -> None:
        points = [{"x": x + place, "y": y, "id": i} for i, place in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", -20)
    send("touchStart", -20, 20)
    for reach in (30, 50, 80):
        send("touchMove", -reach, reach)
    send("touchEnd")
    assert np.array_equal(grey(page, PAD), before)


def test_the_answer_is_in_view_while_a_phone_draws(phone: Any, app_url: str) -> None:
    page = opened(phone, app_url)
    for selector in (MODEL_INPUT, RECONSTRUCTION, f"{PANEL} [data-reads='0']", PAD):
        box = page.locator(selector).bounding_box()
        assert box["y"] >= 0, selector
        assert box["y"] + box["height"] <= page.viewport_size["height"], selector
