"""Interpolate in Chromium: two ends, the strip, and a scrubber that decodes live."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import driving
import numpy as np
import pytest
from PIL import Image

from vae_core.app.server.assets import examples

pytestmark = pytest.mark.browser

PANEL = "[data-testid=panel-interpolate]"
LIVE = f"{PANEL} [data-testid=live-canvas]"
SCRUBBER = f"{PANEL} [data-testid=scrubber]"
MESSAGE = f"{PANEL} [data-testid=message]"
FRAMES = f"{PANEL} .strip.latent canvas"
CROSSFADE = f"{PANEL} .strip.pixel canvas"


@pytest.fixture(params=["desktop", "phone"])
def at(request: pytest.FixtureRequest, app_url: str) -> Any:
    """The panel on a desktop and on a phone, its two examples already interpolated."""
    return opened(request.getfixturevalue(request.param), app_url)


@pytest.fixture
def wide(desktop: Any, app_url: str) -> Any:
    """The panel on a desktop alone."""
    return opened(desktop, app_url)


def opened(page: Any, url: str) -> Any:
    page.goto(f"{url}{'' if '?' in url else '?'}panel=interpolate")
    page.wait_for_function(
        "([live, frames]) => Number(document.querySelector(live)?.dataset.frame) > 0 &&"
        "  document.querySelectorAll(frames).length > 1",
        arg=[LIVE, FRAMES],
    )
    rest(page)
    return page


def rest(page: Any) -> None:
    """Wait until nothing has been painted for a while."""
    page.wait_for_selector(f"{PANEL}:not(.is-busy)")
    driving.rested(
        page,
        """(selectors) => selectors.map((s) =>
            [...document.querySelectorAll(s)].map((canvas) => canvas.toDataURL()))""",
        [LIVE, FRAMES, CROSSFADE],
    )


def grey(page: Any, selector: str, place: int = 0) -> np.ndarray:
    """The red channel of a canvas, as whole numbers."""
    data = page.locator(selector).nth(place).evaluate("(canvas) => canvas.toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGB"))[:, :, 0].astype(int)


LEVELS = """([selector, place, levels]) => {
  const canvas = document.querySelectorAll(selector)[place];
  const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
  return levels.every((level, i) => level === data[4 * i]);
}"""


def shows(page: Any, selector: str, place: int, digit: np.ndarray) -> None:
    """Wait until a canvas shows a digit."""
    page.wait_for_function(LEVELS, arg=[selector, place, digit.flatten().tolist()])


def changed(page: Any, selector: str, place: int, before: np.ndarray) -> None:
    """Wait until a canvas shows another one."""
    other = f"(given) => !({LEVELS})(given)"
    page.wait_for_function(other, arg=[selector, place, before.flatten().tolist()])


def upload(page: Any, end: str, content: bytes) -> None:
    file = {"name": "digit.png", "mimeType": "image/png", "buffer": content}
    page.set_input_files(f"{PANEL} [data-testid=image-{end}]", file)


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def scrub(page: Any, t: float) -> None:
    """Put the scrubber at t as a script does, with the event of a hand."""
    page.eval_on_selector(
        SCRUBBER,
        "(range, t) => { range.value = t; range.dispatchEvent(new Event('input')); }",
        str(t),
    )
    rest(page)


def test_two_real_digits_are_interpolated_on_arrival(at: Any) -> None:
    ends = grey(at, CROSSFADE, 0), grey(at, CROSSFADE, 9)
    for end in ends:
        assert any(np.array_equal(end, digit) for digit in examples()[0])
    assert at.locator(FRAMES).count() == at.locator(CROSSFADE).count() == 10
    assert grey(at, LIVE).max() > 60
    assert not at.is_visible(MESSAGE)


def test_two_uploads_are_interpolated_and_the_scrubber_dragged(at: Any) -> None:
    upload(at, "a", png(examples()[0][0]))
    upload(at, "b", png(examples()[0][14]))
    shows(at, CROSSFADE, 0, examples()[0][0])
    shows(at, CROSSFADE, 9, examples()[0][14])
    rest(at)
    assert np.array_equal(grey(at, CROSSFADE, 0), examples()[0][0])
    assert np.array_equal(grey(at, CROSSFADE, 9), examples()[0][14])
    frames = int(at.get_attribute(LIVE, "data-frame"))
    at.locator(SCRUBBER).scroll_into_view_if_needed()
    box = at.locator(SCRUBBER).bounding_box()
    middle = box["y"] + box["height"] / 2
    at.mouse.move(box["x"] + box["width"] / 2, middle)
    at.mouse.down()
    places = [box["x"] + box["width"] * share for share in (0.6, 0.7, 0.8, 0.9)]
    end = box["x"] + box["width"] - 1
    driving.move_by_frames(at, LIVE, [(x, middle) for x in (*places, end)])
    at.mouse.up()
    rest(at)
    assert int(at.get_attribute(LIVE, "data-frame")) >= frames + 5
    assert float(at.get_attribute(LIVE, "data-latency-ms")) > 0
    assert float(at.input_value(SCRUBBER)) == 1
    assert np.abs(grey(at, LIVE) - grey(at, FRAMES, 9)).max() <= 1


def test_the_live_picture_agrees_with_the_strip(wide: Any) -> None:
    for place, t in ((0, 0.0), (3, 3 / 9), (9, 1.0)):
        scrub(wide, t)
        # The range has steps of a thousandth.
        assert np.abs(grey(wide, LIVE) - grey(wide, FRAMES, place)).max() <= 3


def test_the_cross_fade_is_the_mean_of_the_two_pictures(wide: Any) -> None:
    a, b = grey(wide, CROSSFADE, 0), grey(wide, CROSSFADE, 9)
    assert np.abs(grey(wide, CROSSFADE, 3) - (2 * a + b) / 3).max() <= 1


def test_a_frame_moves_the_scrubber(wide: Any) -> None:
    wide.locator(f"{PANEL} .strip.latent button").nth(7).click()
    rest(wide)
    assert float(wide.input_value(SCRUBBER)) == pytest.approx(7 / 9, abs=1e-3)
    assert wide.locator(f"{PANEL} .strip.latent .is-near").get_attribute("aria-label").startswith(
        "Step 8 of 10"
    )  # fmt: skip


def test_the_scrubber_moves_by_keys(wide: Any) -> None:
    before = float(wide.input_value(SCRUBBER))
    wide.focus(SCRUBBER)
    wide.keyboard.press("ArrowRight")
    assert float(wide.input_value(SCRUBBER)) == pytest.approx(before + 0.02)


def test_another_path_differs_between_the_ends_alone(wide: Any) -> None:
    offered = [grey(wide, FRAMES, i) for i in (0, 5, 9)]
    wide.click(f"{PANEL} [data-path][aria-pressed=false]")
    changed(wide, FRAMES, 5, offered[1])
    rest(wide)
    other = [grey(wide, FRAMES, i) for i in (0, 5, 9)]
    differences = [np.abs(a - b).max() for a, b in zip(offered, other, strict=True)]
    assert differences[0] <= 1
    assert differences[1] > 5
    assert differences[2] <= 1


def test_steps_follow_and_bad_ones_get_a_sentence(wide: Any) -> None:
    steps = wide.locator(f"{PANEL} [data-do=steps]")
    steps.fill("5")
    steps.press("Tab")
    wide.wait_for_function("(s) => document.querySelectorAll(s).length === 5", arg=FRAMES)
    for wrong in ("1", "65", "2.5", ""):
        steps.fill(wrong)
        steps.press("Tab")
        wide.wait_for_selector(MESSAGE)
        assert "whole number from 2 to 64" in wide.text_content(MESSAGE)
    assert wide.locator(FRAMES).count() == 5


def test_a_refused_end_says_which_and_keeps_the_path(wide: Any) -> None:
    before = grey(wide, FRAMES, 4)
    upload(wide, "b", png(np.full((200, 200), 255, dtype=np.uint8)))
    wide.wait_for_selector(MESSAGE)
    assert wide.text_content(MESSAGE).startswith("B: Nothing")
    assert np.array_equal(grey(wide, FRAMES, 4), before)
    scrub(wide, 0.25)
    assert grey(wide, LIVE).max() > 60


def test_random_ends_and_swapping(wide: Any) -> None:
    before = grey(wide, CROSSFADE, 0)
    wide.click(f"{PANEL} [data-random=a]")
    changed(wide, CROSSFADE, 0, before)
    rest(wide)
    first, last = grey(wide, FRAMES, 0), grey(wide, FRAMES, 9)
    shown = grey(wide, CROSSFADE, 0)
    assert not any(np.array_equal(grey(wide, CROSSFADE, 0), digit) for digit in examples()[0])
    wide.click(f"{PANEL} [data-do=swap]")
    shows(wide, CROSSFADE, 9, shown)
    rest(wide)
    assert np.abs(grey(wide, FRAMES, 9) - first).max() <= 1
    assert np.abs(grey(wide, FRAMES, 0) - last).max() <= 1


def test_playing_moves_and_pausing_stops(wide: Any) -> None:
    frames = int(wide.get_attribute(LIVE, "data-frame"))
    wide.click(f"{PANEL} [data-do=play]")
    wide.wait_for_function(
        "([s, n]) => Number(document.querySelector(s).dataset.frame) > n + 10", arg=[LIVE, frames]
    )
    wide.click(f"{PANEL} [data-do=play]")
    rest(wide)
    stood = wide.input_value(SCRUBBER)
    driving.frames(wide)
    assert wide.input_value(SCRUBBER) == stood


def test_calm_visitors_get_steps_instead_of_motion(wide: Any) -> None:
    wide.emulate_media(reduced_motion="reduce")
    scrub(wide, 0.0)
    wide.evaluate(
        """(selector) => {
          const scrubber = document.querySelector(selector);
          window.places = new Set();
          const note = () => {
            window.places.add(scrubber.value);
            requestAnimationFrame(note);
          };
          note();
        }""",
        SCRUBBER,
    )
    wide.click(f"{PANEL} [data-do=play]")
    wide.wait_for_function("() => window.places.size > 2")
    steps = [9 * float(place) for place in wide.evaluate("() => [...window.places]")]
    assert steps[:3] == pytest.approx([0, 1, 2], abs=0.01)
    wide.click(f"{PANEL} [data-do=play]")


def test_an_end_is_drawn(at: Any) -> None:
    before = grey(at, CROSSFADE, 0)
    pad = at.locator(f"{PANEL} [data-testid=drawing-pad-a]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    at.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    at.mouse.down()
    at.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    at.mouse.up()
    changed(at, CROSSFADE, 0, before)
    rest(at)
    drawn = grey(at, CROSSFADE, 0)
    assert not np.array_equal(drawn, before)
    assert drawn.max() >= 250
    assert drawn[:, :8].max() == drawn[:, 20:].max() == 0  # a one in the middle


def test_the_path_can_be_kept(wide: Any) -> None:
    kept = {}
    for kind in ("gif", "png", "json"):
        with wide.expect_download() as download:
            wide.click(f"{PANEL} [data-keep={kind}]")
        kept[kind] = Path(download.value.path()).read_bytes()
    with Image.open(io.BytesIO(kept["gif"])) as film:
        assert film.format == "GIF"
        assert getattr(film, "n_frames", 1) > 20
    with Image.open(io.BytesIO(kept["png"])) as image:
        assert image.size == ((30 * 10 - 2) * 8, 58 * 8)
    assert len(json.loads(kept["json"])["z"]) == 10
    wide.click(f"{PANEL} [data-keep=python]")
    assert "vae_core.explore.path" in wide.text_content(f"{PANEL} .python")


def test_this_place_is_sent_to_explore(wide: Any) -> None:
    wide.click(f"{PANEL} [data-send=explore]")
    wide.wait_for_selector("[data-testid=panel-explore]")
    wide.wait_for_function("() => new URL(location.href).searchParams.get('z')")


def test_nothing_scrolls_sideways(at: Any) -> None:
    assert at.evaluate("document.documentElement.scrollWidth") <= at.viewport_size["width"]


def choose(page: Any, name: str) -> None:
    """Choose a model, and wait until the ends and the path are its own."""
    page.get_by_test_id("model-chooser").select_option(name)
    page.wait_for_function(
        "([panel, name]) => document.querySelector(`${panel} .seeing-text`).textContent"
        ".includes(name) && !document.querySelector(panel).matches('.is-busy')",
        arg=[PANEL, name],
    )


def path_kept(page: Any) -> dict[str, Any]:
    with page.expect_download() as download:
        page.click(f"{PANEL} [data-keep=json]")
    return json.loads(Path(download.value.path()).read_bytes())


def test_sent_codes_stay_their_pictures_through_another_model(wide: Any) -> None:
    """The next model reads their pictures; they used to become one and the same random draw."""
    codes = wide.evaluate(
        """async () => {
          const codes = [0.5, -0.5].map((v) => Array(studio.model().latent_dim).fill(v));
          for (const [i, end] of ["a", "b"].entries()) {
            const pixels = await studio.example(i ? 8 : 3);
            studio.send("interpolate", { z: codes[i], pixels, end, from: "explore" });
          }
          return codes;
        }"""
    )
    wide.wait_for_selector(f"{PANEL}:not(.is-busy)")
    sent = [examples()[0][3], examples()[0][8]]
    for name in ("vae-400", "vae-conv-10"):
        choose(wide, name)
        for place, picture in ((0, sent[0]), (9, sent[1])):
            assert np.array_equal(grey(wide, CROSSFADE, place), picture), name
            assert np.abs(grey(wide, FRAMES, place) - picture.astype(int)).mean() < 25, name
    choose(wide, "vae-flow-digits")
    kept = path_kept(wide)
    assert [kept["z"][0], kept["z"][-1]] == [pytest.approx(code, abs=1e-6) for code in codes]


def readings(page: Any) -> str:
    """What the classifier reads in each frame of the path."""
    return "".join(page.locator(f"{PANEL} .strip.latent span").all_text_contents())


def test_the_opening_pair_reads_as_its_two_digits_and_nothing_else(wide: Any) -> None:
    assert set(readings(wide)) == {"3", "5"}
    assert readings(wide)[0] + readings(wide)[-1] == "35"
    scrub(wide, 1.0)
    assert "nearest step reads as 5, " in wide.get_attribute(SCRUBBER, "aria-valuetext")


def test_a_conditional_model_is_told_the_labels_of_both_ends(wide: Any) -> None:
    choose(wide, "vae-conditional")
    assert path_kept(wide)["labels"] == [3, 5]
    assert readings(wide)[0] + readings(wide)[-1] == "35"
    for place, t in ((0, 0.0), (3, 3 / 9), (9, 1.0)):
        scrub(wide, t)
        assert np.abs(grey(wide, LIVE) - grey(wide, FRAMES, place)).max() <= 3
    upload(wide, "b", png(examples()[0][4]))  # no example to the page: its label is read
    wide.wait_for_function(
        "(s) => [...document.querySelectorAll(s)].at(-1).textContent === '4'",
        arg=f"{PANEL} .strip.latent span",
    )
    assert path_kept(wide)["labels"] == [3, 4]
