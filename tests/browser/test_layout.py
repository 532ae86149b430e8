"""Words stay in their buttons: presenting, on a phone, at 200 % zoom, in the visitor's colours."""

from __future__ import annotations

from typing import Any

import pytest

from vae_core.app.server.shell import PANELS

pytestmark = pytest.mark.browser

CLIPPED = """(panel) => {
    const parts = `[data-testid=panel-${panel}] :is(button, .button, h2, .value)`;
    const others = ".studio-header :is(button, select), [role=tab]";
    const all = document.querySelectorAll(`${parts}, ${others}`);
    return [...all].filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.outerHTML.slice(0, 120));
}"""


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


OVERLAP = """([one, other]) => {
    const [a, b] = [one, other].map((s) => document.querySelector(s).getBoundingClientRect());
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("width", "query"),
    [(1440, "present=1&scale=quantile"), (1920, "present=1"), (720, ""), (360, "")],
)
def test_no_word_leaves_its_button(desktop: Any, app_url: str, width: int, query: str) -> None:
    page = desktop
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{app_url}?{query}")
    for panel in PANELS:
        page.get_by_role("tab", name=panel.capitalize()).click()
        page.get_by_test_id(f"panel-{panel}").wait_for()
        assert page.evaluate(CLIPPED, panel) == [], panel
        assert page.evaluate(SIDEWAYS) <= 0, panel
    page.get_by_role("tab", name="Explore").click()
    page.locator(".explore .origin").wait_for()
    assert not page.evaluate(OVERLAP, [".explore .origin", ".explore .gauge"])
    tabs = page.get_by_role("tab").all()
    assert all(tab.bounding_box()["x"] + tab.bounding_box()["width"] <= width for tab in tabs)


def test_forced_colours_tell_what_is_chosen(desktop: Any, app_url: str) -> None:
    """What only a background showed is shown by the visitor's own colours."""
    page = desktop
    page.emulate_media(forced_colors="active")
    page.goto(f"{app_url}?panel=sample")
    page.get_by_test_id("panel-sample").wait_for()
    look = """(one) => {
        const { color, borderBottomColor, backgroundColor } = getComputedStyle(one);
        return [color, borderBottomColor, backgroundColor].join();
    }"""
    for chosen, other in (
        ("[role=tab].selected", "[role=tab]:not(.selected)"),
        (".sample [aria-pressed=true]", ".sample [aria-pressed=false]"),
    ):
        assert page.eval_on_selector(chosen, look) != page.eval_on_selector(other, look)
