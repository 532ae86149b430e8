"""Sample: what is drawn, where a click leads, and what it refuses."""

from __future__ import annotations

from typing import Any

import driving
import pytest

from vae_core.app.service.studio import Studio

pytestmark = pytest.mark.browser

GRID = """() => [...document.querySelectorAll('[data-testid=sample-grid] canvas')].map((canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({length: 784}, (_, i) => data[4 * i]);
})"""


def open_sample(page: Any, url: str, query: str = "") -> Any:
    """Open the panel and wait for its first draws."""
    page.goto(f"{url}?panel=sample&{query}")
    wait_for_grid(page)
    return page.get_by_test_id("panel-sample")


def wait_for_grid(page: Any, count: int | None = None) -> None:
    """Wait until the grid holds `count` painted pictures and rests."""
    driving.rested(
        page,
        """(count) => {
            const grid = document.querySelector('[data-testid=sample-grid]');
            const made = grid?.children.length;
            const isThere = Number(grid?.dataset.frame) > 0 && (count === null || made === count);
            return isThere ? [grid.dataset.frame, made] : null;
        }""",
        count,
    )


def drawn(n: int, seed: int, temperature: float = 1.0) -> list[list[int]]:
    """What the Studio draws, as lists of grey levels."""
    pixels = Studio(device="cpu").sample("vae-400", n, seed, temperature)["pixels"]
    return pixels.reshape(n, -1).tolist()


def apart(a: list[list[int]], b: list[list[int]]) -> int:
    """The largest difference of two lists of pictures."""
    pairs = zip(a, b, strict=True)
    return max(abs(x - y) for one, other in pairs for x, y in zip(one, other, strict=True))


def test_the_grid_shows_the_draws_of_the_seed(desktop: Any, app_url: str) -> None:
    open_sample(desktop, app_url, "model=vae-400&seed=7&n=16")
    assert apart(desktop.evaluate(GRID), drawn(16, 7)) <= 1


def test_draw_makes_other_ones_and_the_seed_stays_on_show(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url, "model=vae-400&seed=7&n=16")
    before = desktop.evaluate(GRID)
    panel.get_by_test_id("sample-run").click()
    wait_for_grid(desktop)
    assert desktop.evaluate(GRID) != before
    assert panel.get_by_label("seed").input_value() == "8"
    assert apart(desktop.evaluate(GRID), drawn(16, 8)) <= 1


def test_number_and_temperature_follow_the_hand(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url, "model=vae-400&seed=1&n=9")
    panel.get_by_label("number").fill("25")
    panel.get_by_label("number").press("Enter")
    wait_for_grid(desktop, 25)
    heat = panel.get_by_role("slider", name="temperature")
    heat.focus()
    desktop.keyboard.press("Home")
    same = "(all) => all.every((one) => String(one) === String(all[0]))"
    desktop.wait_for_function(f"() => ({same})(({GRID})())")  # the frames before are of more heat
    pictures = desktop.evaluate(GRID)
    assert all(picture == pictures[0] for picture in pictures)
    assert apart(pictures[:1], drawn(1, 1, 0.0)) <= 1


def test_a_click_opens_the_digit_in_explore(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url, "model=vae-400&seed=3&n=12")
    picture = desktop.evaluate(GRID)[4]
    panel.get_by_role("button", name="sample 5", exact=True).click()
    desktop.get_by_test_id("panel-explore").wait_for()
    desktop.wait_for_function(
        """(picture) => {
            const canvas = document.querySelector('[data-testid=live-canvas]');
            const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
            return picture.every((v, i) => Math.abs(v - data[4 * i]) <= 1);
        }""",
        arg=picture,
    )


def test_draws_around_one_keep_it_first(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url, "model=vae-400&seed=3&n=12")
    picture = desktop.evaluate(GRID)[4]
    panel.get_by_role("button", name="draws around it").click()
    panel.get_by_role("button", name="sample 5", exact=True).click()
    panel.get_by_text("Draws around one digit").wait_for()
    wait_for_grid(desktop)
    around = desktop.evaluate(GRID)
    assert apart([around[0]], [picture]) <= 1
    assert around[1] != around[0]
    panel.get_by_role("button", name="Back to all draws").click()
    wait_for_grid(desktop)
    assert apart(desktop.evaluate(GRID), drawn(12, 3)) <= 1


@pytest.mark.parametrize("wrong", ["0", "-1", "1000000000", "2.5", ""])
def test_an_impossible_number_is_refused_in_words(desktop: Any, app_url: str, wrong: str) -> None:
    panel = open_sample(desktop, app_url, "model=vae-400&n=4")
    panel.get_by_label("number").fill(wrong)
    panel.get_by_test_id("sample-run").click()
    assert "whole number from 1 to 256" in panel.get_by_test_id("message").inner_text()
    assert len(desktop.evaluate(GRID)) == 4


def test_the_grid_fills_a_phone_without_scrolling_sideways(phone: Any, app_url: str) -> None:
    panel = open_sample(phone, app_url, "model=vae-400&n=60")
    box = panel.get_by_test_id("sample-grid").bounding_box()
    assert box["width"] > 340
    # A phone widens the window with the page: the screen is what counts.
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]


def test_a_tip_fits_a_phone(phone: Any, app_url: str) -> None:
    panel = open_sample(phone, app_url, "model=vae-400&n=4")
    tip = panel.locator("[data-tip^='Scales the noise']")
    phone.keyboard.press("Tab")  # so that focus shows as a keyboard's does
    tip.focus()
    shown = tip.evaluate("(tip) => getComputedStyle(tip, '::after').content")
    assert "Scales the noise" in shown
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]
