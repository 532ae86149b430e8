"""Map in Chromium: point, hold, zoom, pinch, lasso, pull a tangent, one's own picture."""

from __future__ import annotations

import base64
import csv
import io
from pathlib import Path
from typing import Any

import driving
import numpy as np
import pytest
from PIL import Image

from vae_core.data.shipped import shipped

pytestmark = pytest.mark.browser

PANEL = "[data-testid=panel-map]"
LIVE = f"{PANEL} [data-testid=live-canvas]"
MAP = f"{PANEL} [data-testid=map-canvas]"


@pytest.fixture(params=["desktop", "phone"])
def at(request: pytest.FixtureRequest, app_url: str) -> Any:
    """The map of a model on a desktop and on a phone."""
    return opened(request.getfixturevalue(request.param), app_url)


@pytest.fixture
def wide(desktop: Any, app_url: str) -> Any:
    return opened(desktop, app_url)


def opened(page: Any, url: str, query: str = "model=vae-400") -> Any:
    page.goto(f"{url}?panel=map&{query}")
    page.wait_for_selector(f"{PANEL} .neighbour", timeout=60_000)
    page.wait_for_selector(f"{PANEL} [data-testid=tangent-0]")
    page.wait_for_function(f"() => Number(document.querySelector('{LIVE}').dataset.frame) > 0")
    rest(page)
    return page


def rest(page: Any) -> None:
    """Wait until the live picture has come to rest."""
    page.wait_for_function("() => window.studio.callsUnderWay() === 0")
    page.evaluate("() => { window.lastFrame = null; }")
    page.wait_for_function(
        """(live) => {
          const now = document.querySelector(live).dataset.frame;
          const same = window.lastFrame === now && window.studio.callsUnderWay() === 0;
          window.lastFrame = now;
          return same;
        }""",
        arg=LIVE,
        polling=250,
    )


def grey(page: Any, selector: str) -> np.ndarray:
    data = page.locator(selector).first.evaluate("(canvas) => canvas.toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGB"))[:, :, 0].astype(int)


def frames(page: Any) -> int:
    return int(page.get_attribute(LIVE, "data-frame"))


def spot(page: Any, across: float, down: float) -> tuple[float, float]:
    """A place on the map in page pixels, as shares of its width and height."""
    page.locator(MAP).scroll_into_view_if_needed()
    box = page.locator(MAP).bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def painted(page: Any, showing: str) -> None:
    page.wait_for_function(
        f"(what) => document.querySelector('{MAP}').dataset.showing === what", arg=showing
    )


def test_every_digit_is_a_dot_of_its_colour(at: Any) -> None:
    data = at.locator(MAP).evaluate("(canvas) => canvas.toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as image:
        pixels = np.asarray(image.convert("RGBA"))
    colours = {tuple(each) for each in pixels[pixels[..., 3] > 0].tolist()}
    assert len(colours) == 10
    assert (pixels[..., 3] > 0).mean() > 0.02


def test_pointing_decodes_and_the_held_place_comes_back(wide: Any) -> None:
    held, before = grey(wide, LIVE), frames(wide)
    x, y = spot(wide, 0.35, 0.6)
    driving.move_by_frames(wide, LIVE, [(x + 10 * step, y - 15 * step) for step in range(5)])
    rest(wide)
    assert frames(wide) >= before + 5
    assert float(wide.get_attribute(LIVE, "data-latency-ms")) > 0
    assert np.abs(grey(wide, LIVE) - held).max() > 30
    wide.mouse.move(x, 20)  # off the map
    rest(wide)
    assert np.abs(grey(wide, LIVE) - held).max() <= 1


def test_a_finger_points_and_what_is_touched_stays(phone: Any, app_url: str) -> None:
    at = opened(phone, app_url)
    before, held = frames(at), at.inner_text(f"{PANEL} .where")
    at.touchscreen.tap(*spot(at, 0.4, 0.35))
    rest(at)
    assert frames(at) > before
    assert at.inner_text(f"{PANEL} .where") != held


def test_dots_become_digits_when_zoomed_in(wide: Any) -> None:
    painted(wide, "dots")
    wide.mouse.move(*spot(wide, 0.5, 0.5))
    wide.mouse.wheel(0, -900)
    painted(wide, "digits")
    wide.click(f"{PANEL} [data-mode=dots]")
    painted(wide, "dots")
    wide.click(f"{PANEL} [data-mode=digits]")
    painted(wide, "digits")
    wide.click(f"{PANEL} [data-mode=auto]")
    wide.click(f"{PANEL} [data-do=fit]")
    painted(wide, "dots")


def test_two_fingers_zoom(phone: Any, app_url: str) -> None:
    at = opened(phone, app_url)
    x, y = spot(at, 0.5, 0.5)
    session = at.context.new_cdp_session(at)

    def touch(kind: str, *gaps: float) -> None:
        points = [{"x": x + gap, "y": y, "id": i} for i, gap in enumerate(gaps)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -20, 20)
    for gap in (30, 50, 70, 90, 110, 130):
        touch("touchMove", -gap, gap)
    touch("touchEnd")
    painted(at, "digits")


def test_keys_move_zoom_and_hold(wide: Any) -> None:
    wide.focus(MAP)
    before, held = frames(wide), wide.inner_text(f"{PANEL} .where")
    for _ in range(12):
        wide.keyboard.press("ArrowLeft")
    rest(wide)
    moved = wide.inner_text(f"{PANEL} .where")
    assert frames(wide) > before
    assert moved != held
    wide.keyboard.press("Enter")
    rest(wide)
    wide.keyboard.press("Shift+ArrowRight")  # the map alone
    rest(wide)
    assert wide.inner_text(f"{PANEL} .where") == moved
    for _ in range(6):
        wide.keyboard.press("+")
    painted(wide, "digits")
    wide.keyboard.press("0")
    painted(wide, "dots")


def test_a_lasso_counts_averages_and_is_kept(at: Any, tmp_path: Path) -> None:
    at.click(f"{PANEL} [data-do=lasso]")
    line = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)]
    at.mouse.move(*spot(at, *line[0]))
    at.mouse.down()
    for place in line[1:]:
        at.mouse.move(*spot(at, *place), steps=4)
    at.mouse.up()
    at.wait_for_selector(f"{PANEL} .selection .count")
    rest(at)
    counts = [
        int(each.replace(",", "")) for each in at.locator(f"{PANEL} .counts span").all_inner_texts()
    ]
    total = int(at.inner_text(f"{PANEL} .count").split()[0].replace(",", ""))
    assert sum(counts) == total
    assert 500 < total < 10_000
    assert grey(at, f"{PANEL} .selection canvas").max() > 60
    with at.expect_download() as kept:
        at.click(f"{PANEL} [data-do=csv]")
    kept.value.save_as(tmp_path / "chosen.csv")
    rows = list(csv.DictReader((tmp_path / "chosen.csv").read_text("utf-8").splitlines()))
    labels = shipped("test").labels
    assert len(rows) == total
    assert all(int(row["label"]) == labels[int(row["test_index"])] for row in rows)
    at.click(f"{PANEL} .selection [data-do=clear]")
    assert not at.is_visible(f"{PANEL} .selection")


def test_a_class_is_chosen_without_a_lasso(wide: Any) -> None:
    wide.click(f"{PANEL} .legend button >> nth=4")
    rest(wide)
    assert wide.inner_text(f"{PANEL} .count") == "982 test digits"
    wide.click(f"{PANEL} .selection [data-send=explore]")
    wide.wait_for_selector("[data-testid=panel-explore] [data-testid=live-canvas]")


def test_a_pulled_tangent_changes_the_picture_and_lets_go(at: Any) -> None:
    held = grey(at, LIVE)
    at.eval_on_selector(
        f"{PANEL} [data-testid=tangent-0]",
        "(range) => { range.value = 1.5; range.dispatchEvent(new Event('input')); }",
    )
    rest(at)
    pulled = grey(at, LIVE)
    assert np.abs(pulled - held).max() > 40
    at.focus(f"{PANEL} [data-testid=tangent-1]")
    at.keyboard.press("ArrowRight")
    rest(at)
    assert at.input_value(f"{PANEL} [data-testid=tangent-1]") == "0.1"
    at.focus(MAP)
    at.keyboard.press("ArrowLeft")
    rest(at)
    assert at.input_value(f"{PANEL} [data-testid=tangent-0]") == "0"


def test_the_shares_of_the_tangents_are_said(wide: Any) -> None:
    shares = [
        float(each.split()[0])
        for each in wide.locator(f"{PANEL} .tangent figcaption").all_inner_texts()
    ]
    assert shares == sorted(shares, reverse=True)
    said = wide.inner_text(f"{PANEL} .tangent-note")
    assert f"{sum(shares):.0f}"[:2] in said


def test_planes_are_chosen_and_three_codes_moved(wide: Any) -> None:
    wide.select_option(f"{PANEL} [data-do=plane]", "three")
    wide.wait_for_selector(f"{PANEL} .corners button >> nth=2")
    rest(wide)
    first = grey(wide, f"{PANEL} .corners canvas >> nth=0")
    wide.mouse.click(*spot(wide, 0.5, 0.4))
    rest(wide)
    live = grey(wide, LIVE)
    wide.click(f"{PANEL} .corners button >> nth=0")
    wide.wait_for_selector(f"{PANEL}:not(.is-busy)")
    rest(wide)
    after = grey(wide, f"{PANEL} .corners canvas >> nth=0")
    assert np.abs(after - first).max() > 30
    assert np.abs(after - live).max() <= 1


def test_points_of_t_sne_decode_to_themselves(wide: Any) -> None:
    wide.select_option(f"{PANEL} [data-do=plane]", "tsne")
    wide.wait_for_selector(f"{PANEL}.static")
    rest(wide)
    before = frames(wide)
    wide.mouse.move(*spot(wide, 0.45, 0.5))
    rest(wide)
    assert frames(wide) > before
    assert "Test digit" in wide.inner_text(f"{PANEL} .nearest")
    x, y = spot(wide, 0.45, 0.5)
    wide.mouse.click(x, y)
    wide.wait_for_selector(f"{PANEL} .neighbour >> nth=9")
    wide.wait_for_selector(f"{PANEL} [data-testid=tangent-9]")
    assert "plane=tsne" in wide.evaluate("() => { window.studio.mirror(); return location.href; }")


def test_t_sne_on_arrival_knows_its_place(desktop: Any, app_url: str) -> None:
    page = opened(desktop, app_url, "model=vae-400&plane=tsne")
    assert page.locator(f"{PANEL} .neighbour").count() == 10


def test_one_s_own_picture_comes_from_reconstruct(wide: Any) -> None:
    wide.evaluate(
        """async () => {
          const pixels = await window.studio.example(3);
          window.studio.send("map", { picture: { pixels }, from: "reconstruct" });
        }"""
    )
    wide.wait_for_function(
        f"() => document.querySelector('{PANEL} .near-title').textContent.includes('yours')"
    )
    rest(wide)
    assert wide.locator(f"{PANEL} .neighbour").count() == 10


def test_the_manifold_lies_behind(wide: Any) -> None:
    def ink() -> int:
        return wide.locator(f"{PANEL} .back").evaluate(
            """(canvas) => canvas.getContext("2d").getImageData(
              0, 0, canvas.width, canvas.height).data.reduce((sum, v) => sum + (v > 0), 0)"""
        )

    before = ink()
    wide.click(f"{PANEL} [data-do=manifold]")
    wide.wait_for_function("() => window.studio.callsUnderWay() === 0")
    rest(wide)
    assert ink() > 1.5 * before


def test_two_latents_are_the_map_itself(desktop: Any, app_url: str) -> None:
    page = opened(desktop, app_url, "model=vae-2d&at=0.5,-0.25")
    assert page.input_value(f"{PANEL} [data-do=plane]") == "whole"
    assert page.inner_text(f"{PANEL} .where").startswith("s +0.50\nt −0.25")


def test_another_model_has_another_map(wide: Any) -> None:
    before = grey(wide, MAP)
    shown = "document.querySelector(selector).toDataURL()"
    drawn = wide.evaluate(f"(selector) => {shown}", MAP)
    wide.select_option("[data-testid=model-chooser]", "ae")
    wide.wait_for_function(f"([selector, drawn]) => {shown} !== drawn", arg=[MAP, drawn])
    wide.wait_for_selector(f"{PANEL}:not(.is-busy)", timeout=60_000)
    rest(wide)
    assert np.abs(grey(wide, MAP) - before).max() > 50


def test_explore_shows_the_real_digits_most_like_its_picture(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=explore&model=vae-400")
    desktop.click(".explore .alike summary")
    cards = desktop.locator(".explore .alike .neighbour")
    cards.nth(9).wait_for()
    before = cards.first.get_attribute("title")
    desktop.click(".explore [data-do=random]")
    desktop.wait_for_function(
        "(title) => document.querySelector('.explore .alike .neighbour').title !== title",
        arg=before,
    )
    distances = [float(each) for each in desktop.locator(".alike .num").all_inner_texts()]
    assert distances == sorted(distances)
