"""Explore under a fast hand: models changed within one answer, undo, Back, a swiping finger."""

from __future__ import annotations

from typing import Any

import pytest
from test_explore_panel import current_z, drag, open_explore, settle
from test_family_panels import need

pytestmark = pytest.mark.browser

READ = """() => document.querySelector(
    '[data-testid=panel-explore] [data-testid=live-canvas]').dataset.reading"""


def choose_quickly(page: Any, *names: str) -> None:
    """Change the model several times within one answer."""
    page.evaluate("(names) => names.forEach((model) => studio.set({ model }))", list(names))


@pytest.mark.parametrize("names", [("vae-conv-elbo", "vae-flow"), ("vae-pixelcnn", "vae-400")])
def test_two_models_within_one_answer_end_on_the_digit(
    desktop: Any, app_url: str, names: tuple[str, str]
) -> None:
    for name in names:
        need(name)
    open_explore(desktop, app_url, "model=vae-flow")
    desktop.get_by_role("button", name="4", exact=True).first.click()
    desktop.wait_for_function(f"() => ({READ})() === '4'")
    choose_quickly(desktop, *names)
    desktop.wait_for_function(
        f"() => ({READ})() === '4' && !document.querySelector('.origin').hidden"
    )
    settle(desktop)
    assert len(current_z(desktop)) == desktop.evaluate("studio.model().latent_dim")
    assert any(current_z(desktop))
    assert desktop.evaluate(READ) == "4"
    message = desktop.locator("[data-testid=panel-explore] [data-testid=message]")
    assert message.is_hidden(), message.inner_text()


def test_a_slow_model_shows_no_error_and_is_read(desktop: Any, app_url: str) -> None:
    need("vae-pixelcnn")
    open_explore(desktop, app_url, "model=vae-pixelcnn")
    desktop.locator(".reading-words", has_text="A classifier").wait_for()
    assert desktop.locator("[data-testid=panel-explore] [data-testid=message]").is_hidden()


def test_undo_takes_back_a_slider_and_redo_brings_it_again(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url)
    desktop.get_by_role("button", name="Random").click()
    settle(desktop)
    drawn = current_z(desktop)
    drag(desktop, "latent-slider-0", 0.9)
    settle(desktop)
    moved = current_z(desktop)
    assert moved != drawn
    desktop.get_by_role("button", name="Undo").click()
    assert current_z(desktop) == drawn
    desktop.keyboard.press("Control+Shift+z")
    assert current_z(desktop) == moved


def test_undo_takes_back_the_scale_and_a_frozen_slider(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url)
    scale, freeze = (desktop.locator(f".explore {each}") for each in ("[data-do=scale]", ".freeze"))
    desktop.get_by_role("button", name="Random").click()
    settle(desktop)
    drawn = current_z(desktop)
    scale.select_option("quantile")
    freeze.first.click()
    pressed = freeze.first.get_attribute
    undo, redo = (desktop.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    undo.click()
    assert (scale.input_value(), pressed("aria-pressed")) == ("quantile", "false")
    undo.click()
    assert (scale.input_value(), current_z(desktop)) == ("sigma", drawn)
    assert desktop.get_by_test_id("latent-slider-0").get_attribute("max") == "4"
    redo.click()
    redo.click()
    assert (scale.input_value(), pressed("aria-pressed")) == ("quantile", "true")
    assert current_z(desktop) == drawn


def test_a_pause_within_a_drag_is_no_step_of_its_own(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url)
    desktop.get_by_role("button", name="Random").click()
    settle(desktop)
    before = current_z(desktop)
    box = desktop.get_by_test_id("latent-slider-0").bounding_box()
    y = box["y"] + box["height"] / 2
    desktop.mouse.move(box["x"] + box["width"] / 2, y)
    desktop.mouse.down()
    for share in (0.7, 0.9):
        desktop.mouse.move(box["x"] + share * box["width"], y)
        # The page's own timer of a rest, set before this one, has run by then.
        desktop.evaluate("() => new Promise((done) => setTimeout(done, 600))")
    desktop.mouse.up()
    assert current_z(desktop) != before
    desktop.get_by_role("button", name="Undo").click()
    assert current_z(desktop) == before


def test_what_the_digit_reads_as_is_spoken(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url)
    desktop.locator("[aria-live=polite].spoken", has_text="reads as").wait_for(state="attached")


def test_back_goes_to_the_panel_before(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url)
    desktop.get_by_role("tab", name="Sample").click()
    desktop.get_by_test_id("panel-sample").wait_for()
    desktop.go_back()
    desktop.get_by_test_id("panel-explore").wait_for()
    desktop.wait_for_function("() => location.search.includes('panel=explore')")
    desktop.go_forward()
    desktop.get_by_test_id("panel-sample").wait_for()


def test_a_panel_left_out_stays_out(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panels=sample")
    desktop.get_by_test_id("panel-sample").wait_for()
    assert desktop.get_by_role("tab").all_inner_texts() == ["Sample"]
    desktop.evaluate("studio.send('interpolate', { z: [0], end: 'a' })")
    assert desktop.evaluate("studio.state.panel") == "sample"
    desktop.goto(f"{app_url}?panels=explore,sample")
    desktop.get_by_test_id("panel-explore").wait_for()
    desktop.get_by_text("Send to").click()
    assert desktop.locator("[data-send]:visible").all_inner_texts() == ["Sample around it"]


@pytest.mark.parametrize("presenting", ["", "&present"])
def test_no_readout_is_clipped(desktop: Any, app_url: str, presenting: str) -> None:
    open_explore(desktop, app_url, f"z={','.join(['3.05'] * 32)}{presenting}")
    desktop.locator("[data-do=scale]").select_option("quantile")
    clipped = desktop.locator(".latent .value").evaluate_all(
        "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((o) => o.textContent)"
    )
    assert clipped == []


@pytest.mark.parametrize("width", [390, 360])
def test_menus_open_on_the_screen_of_a_phone(phone: Any, app_url: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 700})
    open_explore(phone, app_url)
    for name in ("Send to", "Keep"):
        phone.locator("summary", has_text=name).click()
        box = phone.locator("details.menu[open] .menu-list").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def swipe(page: Any, testid: str, dx: int, dy: int) -> None:
    """A finger comes down on the left part of a slider, moves by (dx, dy) and is lifted."""
    page.get_by_test_id(testid).scroll_into_view_if_needed()
    box = page.get_by_test_id(testid).bounding_box()
    x, y = box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for i in range(1, 11):
        point = {"x": x + dx * i / 10, "y": y + dy * i / 10}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_swipe_that_scrolls_leaves_the_slider_alone(phone: Any, app_url: str) -> None:
    open_explore(phone, app_url)
    before = current_z(phone) or []
    scrolled = phone.evaluate("window.scrollY")
    swipe(phone, "latent-slider-5", 3, -150)
    phone.wait_for_function("(y) => window.scrollY > y + 50", arg=scrolled)
    settle(phone)
    assert (current_z(phone) or []) == before
    swipe(phone, "latent-slider-5", 120, 3)
    settle(phone)
    assert current_z(phone) != before
