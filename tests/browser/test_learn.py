"""Learn: each lesson from its first to its last step by keyboard alone, and by touch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser

MOST_TABS = 400
WAY = """(each) => {
    const { activeElement: here } = document;
    if (each === here) return 0;
    const follows = (one, other) =>
        one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    const kinds = "a[href], button, input, select, summary, [tabindex]";
    const stops = [...document.querySelectorAll(kinds)]
        .filter((stop) => stop.tabIndex >= 0 && !stop.disabled && stop.checkVisibility());
    const isAhead = here === document.body || Boolean(follows(here, each));
    const [from, to] = isAhead ? [here, each] : [each, here];
    const between = stops
        .filter((stop) => stop !== from && follows(from, stop) && follows(stop, to));
    return (isAhead ? 1 : -1) * Math.max(1, between.length);
}"""
"""About how many presses of the Tab key away a place lies, below zero where it lies behind the
focus; 0 where the focus is there."""
LESSONS = (
    *("autoencoder", "holes", "variational", "draw", "halves"),
    *("beta", "collapse", "blur", "manifold", "uses"),
)


class Keys:
    """Does everything with the keyboard; it reaches a place with the Tab key alone.

    Backwards with Shift where the place is behind, as people do who have just done something in a
    panel and go back to the strip above it.
    """

    def __init__(self, page: Any) -> None:
        self.page = page

    def reach(self, target: Any) -> None:
        target.wait_for(state="attached")
        pressed = 0
        while way := target.evaluate(WAY):
            for _ in range(abs(way)):
                self.page.keyboard.press("Tab" if way > 0 else "Shift+Tab")
            pressed += abs(way)
            assert pressed < MOST_TABS, f"the Tab key does not reach {target}"

    def press(self, target: Any) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def point(self, target: Any) -> None:
        self.reach(target)

    def roam(self, target: Any) -> None:
        self.reach(target)
        for _ in range(5):
            self.page.keyboard.press("ArrowRight")

    def slide(self, target: Any, share: float) -> None:
        """Towards a share of its range, by tenths of it and by arrow keys."""
        self.reach(target)
        place = "(r) => (r.value - r.min) / (r.max - r.min)"
        for _ in range(200):
            off = share - target.evaluate(place)
            if abs(off) < 0.015:
                return
            far, near = ("PageUp", "ArrowRight") if off > 0 else ("PageDown", "ArrowLeft")
            self.page.keyboard.press(far if abs(off) > 0.11 else near)

    def choose(self, target: Any, name: str) -> None:
        self.reach(target)
        self.page.keyboard.type(f"{name} ")
        self.page.wait_for_function("(name) => studio.state.model === name", arg=name)


class Touch:
    """Does everything with a finger."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, target: Any) -> None:
        target.tap()

    def point(self, target: Any) -> None:
        """Again where the page moved under the finger, as people do."""
        for _ in range(5):
            target.tap()
            driving.answered(self.page)
            if target.get_attribute("aria-pressed") == "true":
                return

    def roam(self, target: Any) -> None:
        target.scroll_into_view_if_needed()
        target.tap(position={"x": 60, "y": 60})

    def slide(self, target: Any, share: float) -> None:
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        target.tap(position={"x": 9 + share * (box["width"] - 18), "y": box["height"] / 2})

    def choose(self, target: Any, name: str) -> None:
        target.select_option(name)  # the phone's own wheel


Hand = Keys | Touch
Act = Callable[[Any, Hand], None]


def another(panel: str, place: int = 5) -> Act:
    def act(page: Any, hand: Hand) -> None:
        examples = page.get_by_test_id(f"panel-{panel}").locator(".picture-examples button")
        hand.press(examples.nth(place))

    return act


def point(part: str) -> Act:
    return lambda page, hand: hand.point(page.get_by_test_id(f"part-{part}"))


def press(selector: str, times: int = 1) -> Act:
    def act(page: Any, hand: Hand) -> None:
        for _ in range(times):
            hand.press(page.locator(selector).first)
            driving.answered(page)

    return act


def slide(selector: str, share: float) -> Act:
    return lambda page, hand: hand.slide(page.locator(selector).first, share)


def choose(name: str) -> Act:
    return lambda page, hand: hand.choose(page.get_by_test_id("model-chooser"), name)


DRAW = press("[data-testid=sample-run]")
WALK = slide("[data-testid=scrubber]", 0.3)
SLIDER = "[data-testid=panel-explore] .latents:not(.unused) input[type=range]"
UNUSED = "[data-testid=panel-explore] .unused-fold"

ACTS: dict[str, tuple[Act, ...]] = {
    "autoencoder": (another("reconstruct"), point("distortion"), slide(SLIDER, 0.8)),
    "holes": (DRAW, WALK, choose("vae-conv")),
    "variational": (press("[data-testid=draw-again]"), point("rate"), DRAW),
    "draw": (point("logvar"), press("[data-testid=draw-again]", 3), point("z")),
    "halves": (
        *(point("distortion"), point("elbo")),
        press("[data-testid=panel-compare] .plot .point:not(.chosen)"),
    ),
    "beta": (another("compare", 4), slide(SLIDER, 0.8), choose("vae-beta-half")),
    "collapse": (
        press(f"{UNUSED} > summary"),
        slide(f"{UNUSED} input[type=range]", 0.9),
        choose("vae-freebits"),
    ),
    "blur": (another("reconstruct"), point("distortion"), DRAW),
    "manifold": (
        slide("[data-testid=latent-slider-0]", 0.65),
        lambda page, hand: hand.roam(page.get_by_test_id("map-canvas")),
        slide("[data-testid=tangent-0]", 0.8),
        slide("[data-testid=scrubber]", 0.3),
        press("[data-testid=panel-interpolate] [data-path][aria-pressed=false]"),
    ),
    "uses": (slide("[data-testid=corruption-level]", 0.8), another("reconstruct"), DRAW),
}


def go_through(page: Any, hand: Hand, url: str, lesson: str) -> None:
    page.goto(f"{url}?panel=learn")
    hand.press(page.get_by_test_id(f"lesson-{lesson}"))
    strip = page.get_by_test_id("lesson-strip")
    for step, act in enumerate(ACTS[lesson], 1):
        page.locator(f'.lesson[data-step="{lesson}.{step}"][data-ready=true]').wait_for()
        assert strip.get_attribute("data-done") == "false"
        driving.answered(page)  # what answers bring may take the place of what has the focus
        act(page, hand)
        page.locator(f'.lesson[data-step="{lesson}.{step}"][data-done=true]').wait_for()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        hand.press(page.get_by_test_id("lesson-next"))
    page.get_by_test_id("panel-learn").wait_for()
    strip.wait_for(state="hidden")
    done = json.loads(page.evaluate("localStorage.getItem('studio-lessons')"))
    assert done[lesson] == len(ACTS[lesson])
    assert page.get_by_test_id(f"lesson-{lesson}").inner_text() == "Again"


@pytest.mark.long
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_done_by_keyboard_alone(desktop: Any, app_url: str, lesson: str) -> None:
    go_through(desktop, Keys(desktop), app_url, lesson)


@pytest.mark.long
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_done_by_touch(phone: Any, app_url: str, lesson: str) -> None:
    go_through(phone, Touch(phone), app_url, lesson)


def test_the_list_has_all_ten_in_order(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=learn")
    panel = desktop.get_by_test_id("panel-learn")
    begin = panel.locator(".lesson-card > button")
    begin.nth(9).wait_for()
    names = begin.evaluate_all("(all) => all.map((each) => each.dataset.testid)")
    assert names == [f"lesson-{name}" for name in LESSONS]


def test_an_act_that_is_not_done_can_be_skipped_and_is_not_counted(
    desktop: Any, app_url: str
) -> None:
    desktop.goto(f"{app_url}?panel=learn")
    desktop.get_by_test_id("lesson-holes").click()
    for step in (1, 2, 3):
        desktop.locator(f'.lesson[data-step="holes.{step}"]').wait_for()
        desktop.get_by_test_id("lesson-next").click()
    desktop.get_by_test_id("lesson-holes").wait_for()
    assert desktop.evaluate("localStorage.getItem('studio-lessons')") is None


def test_a_lesson_goes_on_where_its_link_says(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?lesson=beta.2")
    desktop.locator('.lesson[data-step="beta.2"][data-ready=true]').wait_for()
    desktop.get_by_test_id("panel-explore").wait_for()
    assert desktop.evaluate("studio.state.model") == "beta-vae"
    desktop.get_by_test_id("lesson-close").click()
    desktop.wait_for_function("() => !location.search.includes('lesson')")


def test_a_panel_that_is_left_out_is_said(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panels=explore,learn&panel=learn")
    desktop.get_by_test_id("lesson-holes").click()
    desktop.get_by_text("This step needs the panel sample, which is left out here.").wait_for()


def test_a_teachers_list_travels_in_a_link(desktop: Any, app_url: str, chromium: Any) -> None:
    desktop.goto(f"{app_url}?panel=learn")
    panel = desktop.get_by_test_id("panel-learn")
    panel.get_by_label("words").fill("<b>Two numbers</b>")
    panel.get_by_label("link", exact=True).fill("https://elsewhere.example/?panel=map")
    panel.get_by_test_id("own-add").click()
    panel.get_by_text("That is no link to a view of this app").wait_for()
    panel.get_by_label("link", exact=True).fill(f"{app_url}?panel=explore&model=vae-2d&z=1,1")
    panel.get_by_test_id("own-add").click()
    panel.locator(".own-list a").wait_for()
    panel.get_by_test_id("own-give").click()
    link = panel.get_by_label("Link to this list").input_value()
    page = chromium.new_context().new_page()
    page.goto(link)
    entry = page.locator(".own-list a")
    entry.wait_for()
    assert entry.inner_text() == "<b>Two numbers</b>"
    entry.click()
    page.get_by_test_id("latent-slider-1").wait_for()
    assert page.evaluate("studio.state.u") == [1, 1]
    page.close()
