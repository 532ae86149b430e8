"""The page around the panels: tabs, chooser, theme, limits, start-up."""

from __future__ import annotations

import http.client
import json
import re
from typing import Any
from urllib.parse import urlsplit

import driving
import pytest

from vae_core.app.server.boot import DEFAULT_MODEL
from vae_core.app.server.shell import PANELS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", PANELS)
def test_the_address_opens_a_panel(desktop: Any, app_url: str, name: str) -> None:
    desktop.goto(f"{app_url}?panel={name}")
    desktop.get_by_test_id(f"panel-{name}").wait_for()
    tab = desktop.get_by_role("tab", name=name.capitalize())
    assert tab.get_attribute("aria-selected") == "true"


def test_tabs_open_panels_by_mouse_and_arrow_keys_and_tell_the_address(
    desktop: Any, app_url: str
) -> None:
    desktop.goto(app_url)
    desktop.get_by_role("tab", name="Interpolate").click()
    desktop.get_by_test_id("panel-interpolate").wait_for()
    desktop.get_by_role("tab", name="Interpolate").focus()
    desktop.keyboard.press("ArrowRight")
    desktop.get_by_test_id("panel-reconstruct").wait_for()
    desktop.wait_for_function("() => location.search.includes('panel=reconstruct')")
    stops = "(tabs) => tabs.filter((tab) => tab.tabIndex === 0).map((tab) => tab.textContent)"
    tabs = desktop.get_by_role("tablist", name="Panels").get_by_role("tab")
    assert tabs.evaluate_all(stops) == ["Reconstruct"]
    assert desktop.get_by_role("tabpanel", name="Reconstruct").is_visible()


@pytest.mark.parametrize("by", ["press", "tab-that-moves-away", "swipe"])
def test_a_tab_pressed_before_the_page_is_awake_opens_its_panel(
    desktop: Any, app_url: str, by: str
) -> None:
    held: list[Any] = []
    desktop.route("**/studio/web/*/page.js", lambda route: held.append(route))
    desktop.goto(app_url, wait_until="commit")
    tab = desktop.get_by_role("tab", name="Sample")
    if by == "press":
        tab.click()
    elif by == "swipe":
        tab.dispatch_event("pointerdown")
        tab.dispatch_event("pointercancel")
    else:
        tab.hover()
        desktop.mouse.down()
        desktop.mouse.move(700, 600)
        desktop.mouse.up()
    for each in held:
        each.continue_()
    panel = "explore" if by == "swipe" else "sample"
    desktop.locator(f"[data-testid=panel-{panel}] canvas:visible").first.wait_for()
    desktop.wait_for_function("(name) => location.search.includes(`panel=${name}`)", arg=panel)


def test_a_lesson_can_leave_panels_out(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panels=explore,sample")
    desktop.get_by_test_id("panel-explore").wait_for()
    assert desktop.get_by_role("tab").all_inner_texts() == ["Explore", "Sample"]


def test_the_chooser_switches_the_panels(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=explore&model=vae-400")
    desktop.get_by_test_id("latent-slider-19").wait_for(state="attached")
    desktop.get_by_test_id("model-chooser").select_option("vae-2d")
    desktop.get_by_test_id("latent-slider-19").wait_for(state="detached")
    assert desktop.locator("[data-testid^=latent-slider-]").count() == 2
    desktop.wait_for_function("() => location.search.includes('model=vae-2d')")


@pytest.mark.long
def test_nothing_is_fetched_from_elsewhere(desktop: Any, app_url: str) -> None:
    hosts = set()
    desktop.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    desktop.goto(app_url)
    desktop.get_by_test_id("panel-explore").wait_for()
    for name in PANELS[1:]:
        desktop.get_by_role("tab", name=name.capitalize()).click()
        desktop.get_by_test_id(f"panel-{name}").wait_for()
        driving.answered(desktop)
    assert hosts <= {urlsplit(app_url).netloc, ""}


def test_light_and_dark_are_one_press_apart(desktop: Any, app_url: str) -> None:
    desktop.goto(app_url)
    paper = "() => getComputedStyle(document.body).backgroundColor"
    before = desktop.evaluate(paper)
    desktop.locator("[data-studio=theme]").click()
    assert desktop.evaluate(paper) != before
    desktop.reload()
    desktop.locator("[data-studio=theme]").wait_for()
    desktop.wait_for_function(
        "(old) => getComputedStyle(document.body).backgroundColor !== old", arg=before
    )


def test_presenting_hides_the_explanations(desktop: Any, app_url: str) -> None:
    desktop.goto(app_url)
    seeing = desktop.get_by_test_id("panel-explore").locator(".seeing")
    seeing.wait_for()
    desktop.get_by_role("button", name="Present").click()
    seeing.wait_for(state="hidden")


def test_device_and_milliseconds_are_on_show(desktop: Any, app_url: str) -> None:
    desktop.goto(app_url)
    speed = desktop.locator("[data-studio=milliseconds]", has_text=re.compile(r"^[0-9.]+ ms$"))
    speed.wait_for()
    assert desktop.locator("[data-studio=device]").inner_text() != ""


def test_a_huge_request_is_refused_with_a_sentence(app_url: str) -> None:
    """All of it is sent: through the driver 49 MB would travel as text for a minute."""
    server = http.client.HTTPConnection(urlsplit(app_url).netloc, timeout=30)
    body = b'{"data": "' + b"x" * (49 * 2**20)
    server.request(
        "POST", "/gradio_api/component_server/", body, {"Content-Type": "application/json"}
    )
    answer = server.getresponse()
    assert answer.status == 413
    assert "too large" in json.loads(answer.read())["error"]
    server.close()


def test_on_a_phone_the_tabs_are_all_there(phone: Any, app_url: str) -> None:
    phone.goto(app_url)
    phone.get_by_test_id("panel-explore").wait_for()
    for name in PANELS:
        assert phone.get_by_role("tab", name=name.capitalize()).count() == 1
    # A phone widens the window with the page: the screen is what counts.
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]
    chooser = phone.get_by_test_id("model-chooser").bounding_box()
    assert chooser["height"] >= 43.5


def test_no_panel_is_loaded_before_its_tab_opens(desktop: Any, app_url: str) -> None:
    """The first digit waits for the scripts and codes of no other panel."""
    asked: list[str] = []
    desktop.on("request", lambda request: asked.append(request.url))
    desktop.goto(f"{app_url}?panel=explore")
    desktop.wait_for_function(
        "() => document.querySelector('[data-testid=live-canvas]')?.dataset.frame > 0"
    )
    driving.answered(desktop)
    others = [name for name in PANELS if name != "explore"]
    assert not [url for url in asked for name in others if f"/panels/{name}" in url]
    desktop.get_by_role("tab", name="Map").click()
    desktop.get_by_test_id("map-canvas").wait_for()
    assert any("/panels/map" in url for url in asked)


def test_a_model_that_its_server_has_no_more_is_missed_in_words(desktop: Any, app_url: str) -> None:
    desktop.goto(app_url)
    desktop.get_by_test_id("panel-explore").wait_for()
    desktop.evaluate(
        """() => {
          const own = { ...studio.model(), name: "own-7", ending: "done", group: "Yours" };
          const kept = { visitor: "a".repeat(32), models: [own] };
          sessionStorage.setItem("vae-studio-own", JSON.stringify(kept));
        }"""
    )
    desktop.goto(f"{app_url}?model=own-7")
    desktop.get_by_text("own-7 is gone: what is trained in the page").wait_for()
    assert desktop.get_by_test_id("model-chooser").input_value() == DEFAULT_MODEL
    driving.answered(desktop)
