"""A checkpoint folder's name is words on the page, whatever it spells."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

FIRST = {
    "explore": "[data-testid=live-canvas][data-frame]",
    "sample": "[data-testid=sample-grid] canvas",
    "interpolate": ".strip.latent canvas",
    "reconstruct": ".family button",
    "compare": "[data-view=family] .say b",
}


def test_a_name_that_spells_markup_stays_a_name(desktop: Any, spare_url: str) -> None:
    desktop.goto(spare_url)
    chooser = desktop.get_by_test_id("model-chooser")
    chooser.locator("option").first.wait_for(state="attached")
    options = chooser.locator("option").evaluate_all("(all) => all.map((one) => one.value)")
    [name] = [each for each in options if "<img" in each]
    assert [each for each in options if "<script>" in each]
    chooser.select_option(name)
    for panel, made in FIRST.items():
        desktop.get_by_role("tab", name=panel.capitalize()).click()
        desktop.wait_for_selector(f"[data-testid=panel-{panel}] {made}", state="attached")
        text = desktop.text_content(f"[data-testid=panel-{panel}]")
        assert name in text or panel == "sample"
    assert desktop.locator("img[src=x]").count() == 0
    assert desktop.evaluate("window.struck") is None
    # Its picture is found by its name all the same.
    desktop.locator("[data-view=family] .cell .num", has_text="mse").first.wait_for()
