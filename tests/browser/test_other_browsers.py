"""Every panel in Firefox and in WebKit, the engine of Safari: drawn, and another by one act."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import driving
import pytest
import webdriver
from webdriver import DOWN, UP, Driven, move

pytestmark = [pytest.mark.long, pytest.mark.browser]

PREPARE = """() => {
  window.problems = [];
  addEventListener("error", (event) => problems.push(event.message));
  addEventListener("unhandledrejection", (event) => problems.push(String(event.reason)));
  const asked = window.fetch;
  window.fetch = async (...request) => {
    const answer = await asked(...request);
    if (!answer.headers.get("content-type")?.includes("json")) return answer;
    const words = await answer.clone().text();
    if (words.startsWith('{"error"')) problems.push(words);
    return answer;
  };
  window.see = (panel, pictures) => {
    const inside = `[data-testid=panel-${panel}] ${pictures}`;
    const shown = [...document.querySelectorAll(inside)].filter((each) => each.offsetParent);
    const drawn = shown.map((each) => {
      if (!each.width || !each.height) return "";
      const all = each.getContext("2d").getImageData(0, 0, each.width, each.height).data;
      return new Set(new Uint32Array(all.buffer)).size > 1 ? each.toDataURL() : "";
    });
    return shown.length && drawn.every(Boolean) ? drawn.join() : "";
  };
  window.until = (holds) => new Promise((done, fail) => {
    const late = setTimeout(() => {
      const messages = [...document.querySelectorAll("[data-testid=message]")];
      const said = messages.map((each) => each.textContent).filter(Boolean);
      const calls = studio.callsUnderWay();
      fail(`not within 90 s: ${holds}; ${problems}; ${said}; ${calls} calls under way`);
    }, 90_000);
    const look = () => {
      const found = holds();
      if (!found) return setTimeout(look, 20);
      clearTimeout(late);
      done(found);
    };
    look();
  });
}"""
"""`see` gives what the pictures of a panel show, as text; "" until each of them shows something."""

SEEN = """(panel, pictures) => {
  let last = "", same = 0;
  return until(() => {
    const now = window.see(panel, pictures);
    same = now && now === last && studio.callsUnderWay() === 0 ? same + 1 : 0;
    last = now;
    return same >= 8 && now;
  });
}"""
"""What they show at rest."""
OTHER = """(panel, pictures, was) => until(() => {
  const now = window.see(panel, pictures);
  return now && now !== was;
})"""
PLACE = """(selector) => until(() => {
  const found = [...document.querySelectorAll(selector)].find((each) => each.offsetParent);
  if (!found || found.disabled) return null;
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = found.getBoundingClientRect();
  return [left, top, width, height];
})"""

LIVE = "[data-testid=live-canvas]"
Act = Callable[[Driven], None]


def drag(slider: str) -> Act:
    """Take the handle of a slider from its middle to the right, by the mouse."""

    def act(page: Driven) -> None:
        left, top, width, height = page.run(PLACE, slider)
        y = top + height / 2
        way = [move(left + width * share, y, 30) for share in (0.5, 0.6, 0.7, 0.8)]
        page.act([way[0], DOWN, *way[1:], UP])

    return act


def stroke(pad: str) -> Act:
    """Draw a line across a pad."""

    def act(page: Driven) -> None:
        left, top, width, height = page.run(PLACE, pad)
        way = [
            move(left + width * share, top + height * (0.2 + 0.5 * share), 30)
            for share in (0.2, 0.4, 0.6, 0.8)
        ]
        page.act([way[0], DOWN, *way[1:], UP])

    return act


def point(at: str) -> Act:
    """Move the mouse over a picture."""

    def act(page: Driven) -> None:
        left, top, width, height = page.run(PLACE, at)
        page.act([move(left + width * x, top + height * 0.45, 30) for x in (0.3, 0.35, 0.4)])

    return act


def press(button: str) -> Act:
    """Click in the middle of a button."""

    def act(page: Driven) -> None:
        left, top, width, height = page.run(PLACE, button)
        page.act([move(left + width / 2, top + height / 2), DOWN, UP])

    return act


@dataclass(frozen=True)
class Panel:
    """A panel's pictures, and an act that changes them."""

    name: str
    pictures: str
    act: Act


def another(panel: str) -> Act:
    """Take another of the example digits."""
    return press(f"[data-testid=panel-{panel}] .picture-examples button:nth-of-type(5)")


PANELS = (
    Panel("explore", LIVE, drag("[data-testid=panel-explore] .latent input[type=range]")),
    Panel("sample", "[data-testid=sample-grid] canvas", press("[data-testid=sample-run]")),
    Panel("interpolate", LIVE, drag("[data-testid=scrubber]")),
    Panel("reconstruct", "[data-testid=reconstruction]", stroke("[data-testid=drawing-pad]")),
    Panel("compare", ".group .cell canvas", another("compare")),
    Panel("map", LIVE, point("[data-testid=map-canvas]")),
    Panel("inside", "[data-part=out] canvas", another("inside")),
    Panel("train", "[data-testid=reconstruction]", press("[data-testid=train-start]")),
    Panel("use", "[data-use=search] canvas", another("use")),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Of a server with the shipped checkpoints."""
    with driving.server() as found:
        yield found


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def page(request: pytest.FixtureRequest, url: str) -> Iterator[Any]:
    """The app in one browser; REQUIRE_BROWSER=1 turns the skip into a failure."""
    if program := webdriver.missing(request.param):
        say = pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip
        say(f"{program} is not installed, which the test in {request.param} needs.")
    with webdriver.browser(request.param) as running:
        running.open(url)
        running.run(PREPARE)
        yield running


def show(page: Driven, panel: str) -> None:
    """Open a panel by its tab."""
    press(f"[role=tab][data-tab-id={panel}]")(page)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_a_panel_is_drawn_and_answers(page: Driven, panel: Panel) -> None:
    show(page, panel.name)
    was = "" if panel.name == "train" else page.run(SEEN, panel.name, panel.pictures)
    panel.act(page)
    page.run(OTHER, panel.name, panel.pictures, was)
    assert page.run("() => problems") == []


def test_a_lesson_begins(page: Driven) -> None:
    show(page, "learn")
    press("[data-testid=panel-learn] [data-testid^=lesson-]")(page)
    page.run("() => until(() => document.querySelector('[data-testid=lesson-strip]').offsetParent)")
    assert page.run(SEEN, "reconstruct", "[data-testid=reconstruction]")
    assert page.run("() => problems") == []
