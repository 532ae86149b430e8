"""axe-core on every panel, light and dark, and reach by keyboard."""

from __future__ import annotations

from typing import Any

import driving
import pytest

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")

from axe_playwright_python.sync_playwright import Axe

from vae_core.app.server.shell import PANELS

pytestmark = pytest.mark.browser


# What can be pressed, moved or typed into, and is on show.
REACHABLE = """() => {
    const all = [...document.querySelectorAll(
        'button, input, select, textarea, summary, a[href], [tabindex="0"]')];
    return all.filter((part) => !part.disabled && part.tabIndex >= 0 && part.checkVisibility({
        visibilityProperty: true, contentVisibilityAuto: true,
    }) && part.getBoundingClientRect().width > 0).length;
}"""


def open_panel(page: Any, url: str, name: str, theme: str = "light") -> Any:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(f"{url}?panel={name}&model=vae-400")
    panel = page.get_by_test_id(f"panel-{name}")
    panel.wait_for()
    if name == "learn":  # no pictures, but a list
        panel.locator(".lesson-card").last.wait_for()
    else:
        page.wait_for_function(
            "() => [...document.querySelectorAll('.studio canvas')].some((one) => one.width)"
        )
    page.wait_for_selector(".is-busy, [aria-busy=true]", state="detached")
    if name == "reconstruct":  # it begins with an example, and the family comes last
        panel.locator(".family:not([aria-busy]) canvas").first.wait_for()
    driving.answered(page)
    return panel


def serious(page: Any) -> list[str]:
    """What axe-core finds serious or worse, with the element and the reason."""
    return [
        f"{rule['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", PANELS)
def test_axe_finds_nothing_serious(desktop: Any, app_url: str, name: str, theme: str) -> None:
    open_panel(desktop, app_url, name, theme)
    assert desktop.evaluate("() => document.body.classList.contains('dark')") == (theme == "dark")
    for menu in desktop.locator(f"[data-testid=panel-{name}] details > summary").all():
        if menu.is_visible():
            menu.click()
    assert serious(desktop) == []


@pytest.mark.long
@pytest.mark.parametrize("query", [*(f"panel={name}" for name in PANELS), "lesson=halves.1"])
def test_axe_finds_nothing_serious_in_the_visitors_colours(
    desktop: Any, app_url: str, query: str
) -> None:
    """Each panel, and the strip of a lesson over one."""
    desktop.emulate_media(forced_colors="active")
    desktop.goto(f"{app_url}?{query}&model=vae-400")
    there = {"panel=learn": ".lesson-card", "lesson=halves.1": ".lesson[data-ready=true]"}
    desktop.locator(there.get(query, ".studio canvas:visible")).first.wait_for()
    driving.answered(desktop)
    assert serious(desktop) == []


WATCH_FOCUS = """() => {
  window.reached = new Set();  // nodes: their places may shift
  addEventListener("focusin", (event) => window.reached.add(event.target));
}"""


@pytest.mark.parametrize("name", PANELS)
def test_every_control_is_reached_with_the_tab_key(desktop: Any, app_url: str, name: str) -> None:
    open_panel(desktop, app_url, name)
    desktop.evaluate(WATCH_FOCUS)
    reached, pressed = 0, 0
    while (left := desktop.evaluate(REACHABLE) - reached) > 0:  # answers bring controls, take some
        pressed += left
        assert pressed < 600, "the Tab key does not reach them all"
        for _ in range(left):
            desktop.keyboard.press("Tab")
        reached = desktop.evaluate("() => window.reached.size")


def test_every_slider_and_button_has_a_name(desktop: Any, app_url: str) -> None:
    open_panel(desktop, app_url, "explore")
    sliders = desktop.get_by_role("slider")
    assert sliders.count() >= 20
    assert all(
        slider.get_attribute("aria-label") for slider in sliders.all() if slider.is_visible()
    )
