"""The row of ten digits in Explore, and who draws in Sample, under the default model."""

from __future__ import annotations

from typing import Any

import pytest
from test_explore_panel import current_z, drag, open_explore, settle
from test_family_panels import need
from test_sample import GRID, open_sample, wait_for_grid

pytestmark = pytest.mark.browser

MODEL = "vae-flow-digits"
ROW = """() => [...document.querySelectorAll('.explore .given-label canvas')].map((canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({length: 784}, (_, i) => data[4 * i]);
})"""
READS = """(digit) => document.querySelector(
    '[data-testid=panel-explore] [data-testid=live-canvas]').dataset.reading === digit"""
PAINTED = f"() => ({ROW})().every((digit) => digit.some((level) => level > 128))"


def row_changed(page: Any, before: list[list[int]]) -> list[list[int]]:
    """Wait until all of the row is another one, and return it."""
    page.wait_for_function(
        f"""(before) => {{
            const now = ({ROW})();
            return now.every((digit, i) => digit.some((level, j) => level !== before[i][j]));
        }}""",
        arg=before,
    )
    return page.evaluate(ROW)


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_the_same_hand_writes_another_digit(
    device: str, app_url: str, request: pytest.FixtureRequest
) -> None:
    need(MODEL)
    page = request.getfixturevalue(device)
    panel = open_explore(page, app_url, f"model={MODEL}")
    page.wait_for_function(PAINTED)
    assert len(page.evaluate(ROW)) == 10
    place = current_z(page)
    for digit in ("7", "0"):
        panel.locator(f".given-label [data-label='{digit}']").click()
        page.wait_for_function(READS, arg=digit)
        assert current_z(page) == place


def test_the_row_follows_the_hand(desktop: Any, app_url: str) -> None:
    need(MODEL)
    open_explore(desktop, app_url, f"model={MODEL}")
    desktop.wait_for_function(PAINTED)
    before = desktop.evaluate(ROW)
    drag(desktop, "latent-slider-0", 0.95)
    settle(desktop)
    row_changed(desktop, before)


def test_named_sliders_are_those_of_a_hand(desktop: Any, app_url: str) -> None:
    need(MODEL)
    panel = open_explore(desktop, app_url, f"model={MODEL}")
    panel.locator(".trait", has_text="slant").wait_for()
    named = {name for name in panel.locator(".trait").all_inner_texts() if name}
    assert named == {"slant", "stroke width", "width", "height"}


def test_sample_draws_by_the_diffusion_model_or_by_the_prior(desktop: Any, app_url: str) -> None:
    need(MODEL)
    panel = open_sample(desktop, app_url, f"model={MODEL}&n=9&seed=3")
    chooser = panel.locator("[name=sampler]")
    assert chooser.input_value() == "diffusion"
    assert panel.locator(".heat").is_hidden()
    before = desktop.evaluate(GRID)
    chooser.select_option("prior")
    wait_for_grid(desktop, 9)
    panel.locator(".heat").wait_for()
    desktop.wait_for_function(f"(before) => String(({GRID})()) !== String(before)", arg=before)
    desktop.wait_for_function("() => location.search.includes('sampler=prior')")


def test_a_draw_opens_explore_under_its_own_label(desktop: Any, app_url: str) -> None:
    need(MODEL)
    panel = open_sample(desktop, app_url, f"model={MODEL}&n=9&seed=3")
    drawn = desktop.evaluate(GRID)[4]
    panel.get_by_role("button", name="sample 5").click()
    desktop.get_by_test_id("panel-explore").wait_for()
    desktop.wait_for_function(
        """(drawn) => {
            const canvas = document.querySelector(
                '[data-testid=panel-explore] [data-testid=live-canvas]');
            const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
            return drawn.every((level, i) => Math.abs(level - data[4 * i]) <= 2);
        }""",
        arg=drawn,
    )


def test_a_model_without_a_sampler_offers_none(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url, "model=vae-gaussian&n=4")
    assert panel.locator(".sampler").is_hidden()
    assert panel.locator(".heat").is_visible()
