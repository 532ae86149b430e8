"""The way of a picture to its digit, wherever a picture goes in: its stages and their knobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kinds import render

from vae_core.app.server.assets import examples

pytestmark = pytest.mark.browser

PLACES = {
    "interpolate": ("[data-end=a]", "[data-testid=image-a]"),
    "explore": (".own", ".own [data-testid=image-upload]"),
}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A digit on grid paper."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(render("grid paper", examples()[0][0], np.random.default_rng(0)))
    return path


@pytest.mark.parametrize("panel", PLACES)
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_an_uploaded_photo_shows_its_stages_and_follows_a_knob(
    request: pytest.FixtureRequest, app_url: str, photo: Path, panel: str, device: str
):
    page: Any = request.getfixturevalue(device)
    where, upload = (f"[data-testid=panel-{panel}] {part}" for part in PLACES[panel])
    page.goto(f"{app_url}?panel={panel}")
    page.wait_for_function(
        "(s) => Number(document.querySelector(s)?.dataset.frame) > 0",
        arg=f"[data-testid=panel-{panel}] [data-testid=live-canvas]",
    )
    if panel == "explore":
        page.click(f"[data-testid=panel-{panel}] [data-do=own]")
    page.set_input_files(upload, str(photo))
    page.click(f"{where} .steps summary")
    frames = page.locator(f"{where} .steps-film li")
    assert frames.count() >= 4
    pen = frames.last.locator("img")
    before = pen.get_attribute("src")
    page.select_option(f"{where} [data-option=stroke]", "3.2")
    page.wait_for_function(
        "([s, before]) => [...document.querySelectorAll(s)].at(-1).src !== before",
        arg=[f"{where} .steps-film img", before],
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("panel", PLACES)
def test_an_mnist_digit_needs_no_steps(desktop: Any, app_url: str, panel: str):
    page, (where, _) = desktop, PLACES[panel]
    page.goto(f"{app_url}?panel={panel}")
    page.wait_for_selector(f"[data-testid=panel-{panel}] [data-testid=live-canvas]")
    if panel == "explore":
        page.click(f"[data-testid=panel-{panel}] [data-do=own]")
    page.locator(f"{where} .picture-examples button").nth(3).click()
    page.wait_for_selector(f"[data-testid=panel-{panel}] [data-frame]")
    assert not page.locator(f"{where} .steps").is_visible()
