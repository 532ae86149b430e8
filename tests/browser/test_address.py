"""The address holds the whole view: opened elsewhere it shows the same."""

from __future__ import annotations

from typing import Any

import pytest
from test_interpolate import FRAMES, SCRUBBER, scrub
from test_interpolate import PANEL as INTERPOLATE
from test_interpolate import opened as open_interpolate
from test_reconstruct import MODEL_INPUT, RECONSTRUCTION, changed, grey
from test_reconstruct import PANEL as RECONSTRUCT
from test_reconstruct import opened as open_reconstruct

pytestmark = pytest.mark.browser


def address(page: Any) -> str:
    """The query of the link to what is in view."""
    page.evaluate("studio.mirror()")
    return page.evaluate("location.search.slice(1)")


def again(page: Any, url: str) -> str:
    """The link to what is in view, for the panels' `opened` to add to."""
    return f"{url}?{address(page)}&"


def frames(page: Any) -> list[str]:
    shots = "(all) => all.map((canvas) => canvas.toDataURL())"
    return page.eval_on_selector_all(FRAMES, shots)


def test_a_path_is_in_its_link(desktop: Any, app_url: str) -> None:
    page = open_interpolate(desktop, app_url)
    assert not {"a=", "b=", "t="} & {part[:2] for part in address(page).split("&")}
    page.click(f"{INTERPOLATE} [data-end=b] .picture-examples button >> nth=7")
    page.click(f"{INTERPOLATE} [data-random=a]")
    page.wait_for_selector(f"{INTERPOLATE}:not(.is-busy)")
    page.click(f"{INTERPOLATE} [data-path=linear]")
    steps = page.locator(f"{INTERPOLATE} [data-do=steps]")
    steps.fill("5")
    steps.press("Tab")
    page.wait_for_function("(s) => document.querySelectorAll(s).length === 5", arg=FRAMES)
    scrub(page, 0.25)
    before = frames(page)
    open_interpolate(page, again(page, app_url))
    page.wait_for_function("(s) => document.querySelectorAll(s).length === 5", arg=FRAMES)
    page.wait_for_function(
        "([s, old]) => [...document.querySelectorAll(s)].every((c, i) => c.toDataURL() === old[i])",
        arg=[FRAMES, before],
    )
    assert float(page.input_value(SCRUBBER)) == 0.25
    assert page.get_attribute(f"{INTERPOLATE} [data-path=linear]", "aria-pressed") == "true"


def test_a_repair_is_in_its_link(desktop: Any, app_url: str) -> None:
    page = open_reconstruct(desktop, app_url)
    shown = grey(page, MODEL_INPUT)
    page.click(f"{RECONSTRUCT} .picture-examples button >> nth=8")
    shown = changed(page, MODEL_INPUT, shown)
    page.click(f"{RECONSTRUCT} [data-damage=noise]")
    damaged = changed(page, MODEL_INPUT, shown)
    mean = grey(page, RECONSTRUCTION)
    page.click(f"{RECONSTRUCT} [data-code=draw]")
    changed(page, RECONSTRUCTION, mean)
    page.click(f"{RECONSTRUCT} [data-do=again]")
    page.wait_for_function("() => studio.mirror() ?? location.search.includes('draw:2')")
    page.wait_for_selector(f"{RECONSTRUCT}:not(.is-busy)")
    drawn = grey(page, RECONSTRUCTION)
    open_reconstruct(page, again(page, app_url))
    assert (grey(page, MODEL_INPUT) == damaged).all()
    assert (grey(page, RECONSTRUCTION) == drawn).all()


def test_scale_frozen_sliders_draws_and_presentation_are_in_the_link(
    desktop: Any, app_url: str
) -> None:
    z = ",".join(["0.5"] * 20)
    link = f"scale=quantile&frozen=3,5&around={z}&spread=0.25&present=1"
    desktop.goto(f"{app_url}?panel=explore&model=vae-400&{link}")
    desktop.locator(".explore .latent").first.wait_for()
    assert desktop.locator(".explore .freeze[aria-pressed=true]").count() == 2
    assert desktop.locator(".explore .value").first.inner_text().endswith("%")
    assert desktop.locator("body.presenting").count() == 1
    query = address(desktop)
    assert all(part in query for part in link.split("&"))
    desktop.get_by_role("tab", name="Sample").click()
    desktop.locator(".sample .around-bar").wait_for()
    desktop.get_by_test_id("model-chooser").select_option("vae-2d")
    query = address(desktop)
    assert "frozen" not in query
    assert "around" not in query
