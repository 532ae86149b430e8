"""The pad of Explore that moves two latents at once, and undo over every change."""

from __future__ import annotations

from typing import Any

import pytest
from test_explore_panel import current_z, open_explore, settle, sliders

pytestmark = pytest.mark.browser


def open_pad(page: Any, url: str) -> Any:
    panel = open_explore(page, url, "model=vae-400")
    panel.locator(".pad-fold > summary").click()
    page.get_by_test_id("pad").wait_for()
    return page.get_by_test_id("pad")


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_press_moves_both_latents_and_their_rows(
    device: str, app_url: str, request: pytest.FixtureRequest
) -> None:
    page = request.getfixturevalue(device)
    pad = open_pad(page, app_url)
    across, upwards = (int(each.input_value()) for each in page.locator(".pad-choice select").all())
    before = current_z(page) or [0.0] * 20
    box = pad.bounding_box()
    place = {"x": 0.75 * box["width"], "y": 0.25 * box["height"]}
    (pad.tap if device == "phone" else pad.click)(position=place)
    settle(page)
    z = current_z(page)
    assert [z[across], z[upwards]] == pytest.approx([2, 2], abs=0.1)
    assert sliders(page)[across] == pytest.approx(z[across], abs=0.011)
    assert sliders(page)[upwards] == pytest.approx(z[upwards], abs=0.011)
    pad.press("ArrowLeft")
    pad.press("Shift+ArrowDown")
    settle(page)
    there = current_z(page)
    assert there[across] - z[across] == pytest.approx(-0.1)
    assert there[upwards] - z[upwards] == pytest.approx(-0.5)
    others = [dim for dim in range(20) if dim not in (across, upwards)]
    assert len(before) == len(there)
    assert [there[dim] for dim in others] == [z[dim] for dim in others]


def test_the_pad_follows_the_sliders_and_the_model(desktop: Any, app_url: str) -> None:
    pad = open_pad(desktop, app_url)
    choice = desktop.locator(".pad-choice select").first
    choice.select_option("7")
    desktop.get_by_test_id("latent-slider-7").focus()
    before = pad.get_attribute("aria-label")
    desktop.keyboard.press("ArrowRight")
    desktop.wait_for_function(
        "(old) => document.querySelector('.pad').getAttribute('aria-label') !== old", arg=before
    )
    desktop.get_by_test_id("model-chooser").select_option("vae-2d")
    desktop.wait_for_function(
        "() => document.querySelectorAll('.pad-choice select')[0].options.length === 2"
    )


def test_the_pad_comes_when_it_is_opened(desktop: Any, app_url: str) -> None:
    asked: list[str] = []
    desktop.on("request", lambda request: asked.append(request.url))
    open_explore(desktop, app_url, "model=vae-400")
    assert not any("pad.js" in url for url in asked)


def test_undo_takes_a_label_back(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-conditional")
    chosen = panel.locator(".given-label [aria-pressed=true]")
    first = chosen.get_attribute("data-label")
    other = "4" if first != "4" else "7"
    panel.locator(f".given-label [data-label='{other}']").click()
    settle(desktop)
    desktop.locator(".undo [data-do=undo]").click()
    panel.locator(f".given-label [data-label='{first}'][aria-pressed=true]").wait_for()
    assert desktop.evaluate("studio.state.label") == int(first)
    desktop.locator(".undo [data-do=redo]").click()
    panel.locator(f".given-label [data-label='{other}'][aria-pressed=true]").wait_for()
