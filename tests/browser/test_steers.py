"""Steering along named directions, in Explore."""

from __future__ import annotations

from typing import Any

import pytest
from test_explore_panel import current_z, open_explore, settle

pytestmark = pytest.mark.browser

MODEL = "vae-400"
SLANT = "#steer-slant"


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_steer_moves_the_code_along_its_direction_alone(
    device: str, app_url: str, request: pytest.FixtureRequest
) -> None:
    page = request.getfixturevalue(device)
    panel = open_explore(page, app_url, f"model={MODEL}")
    panel.locator(SLANT).wait_for()
    places = panel.locator(".steer input")
    before, names = current_z(page), panel.locator(".steer label").all_inner_texts()
    others = [float(each.input_value()) for each in places.all()]
    panel.locator(SLANT).press("ArrowRight")
    settle(page)
    assert current_z(page) != before
    after = [float(each.input_value()) for each in places.all()]
    for name, here, there in zip(names, others, after, strict=True):
        assert there - here == pytest.approx(0.1 if name == "slant" else 0, abs=0.011), name
    page.locator(".undo [data-do=undo]").click()
    page.wait_for_function(
        "(v) => Math.abs(Number(document.querySelector('#steer-slant').value) - v) < 0.011",
        arg=others[names.index("slant")],
    )
    assert current_z(page) == pytest.approx(before, abs=1e-3)


def test_sliders_that_have_the_names_leave_no_steers(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-flow-digits")
    panel.locator(".trait", has_text="slant").wait_for()
    assert panel.locator(".steers").is_hidden()
