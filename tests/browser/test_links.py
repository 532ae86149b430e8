"""Links hold whole states: random states of every panel come back from theirs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import driving
import numpy as np
import pytest

from vae_core.app.server.assets import examples

pytestmark = pytest.mark.browser

FEW, MANY = 2, 50
FEWER = {"train": 1, "learn": 1}
"""Of the panels whose states take longest to come about."""
PICTURES = """(selectors) => {
  const kinds = selectors.map((each) => [...document.querySelectorAll(each)]);
  const all = kinds.flat();
  if (kinds.some((kind) => !kind.length) || document.querySelector('.is-busy')) return null;
  if (all.some((canvas) => canvas.width !== 28)) return null;
  return all.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({ length: 784 }, (_, i) => data[4 * i]);
  });
}"""
NOTHING = "() => []"
INK = """(selector) => {
  const canvas = document.querySelector(selector);
  if (canvas?.width !== 28) return false;
  return canvas.getContext('2d').getImageData(0, 0, 28, 28).data.some((v, i) => i % 4 < 3 && v);
}"""
SHOWN = {
    "explore": [".explore [data-testid=live-canvas]"],
    "sample": ["[data-testid=sample-grid] canvas"],
    "interpolate": [".interpolate [data-testid=live-canvas]", ".interpolate .strip.latent canvas"],
    "reconstruct": [
        f".reconstruct [data-testid={name}]" for name in ("model-input", "reconstruction")
    ],
    "compare": [".compare [data-testid=model-input]"],
    "map": [".map [data-testid=live-canvas]"],
    "inside": [".inside [data-part] canvas.digit"],
    "use": [".use [data-testid=model-input]", ".use .neighbours canvas", ".use .made canvas"],
    "train": [".train [data-testid=model-input]"],
}
"""Canvases whose pictures must come back."""


def digit(rng: np.random.Generator) -> str:
    """A picture that no example is, as base64 of its bytes."""
    digits = examples()[0]
    one, other = (digits[rng.integers(len(digits))].astype(float) for _ in range(2))
    share = rng.uniform(0.5, 1)
    mixed = share * one + (1 - share) * other
    return base64.b64encode(mixed.round().astype(np.uint8).tobytes()).decode()


def send_digit(page: Any, panel: str, rng: np.random.Generator, **more: str) -> None:
    given = {"picture": {"digit": digit(rng)}, **more}
    page.evaluate("([panel, parcel]) => studio.send(panel, parcel)", [panel, given])
    driving.answered(page)


def explore(page: Any, rng: np.random.Generator) -> None:
    if rng.random() < 0.5:
        page.click(".explore [data-do=random]")
    for _ in range(rng.integers(1, 4)):
        dim = int(rng.integers(page.evaluate("studio.model().latent_dim")))
        value = str(round(rng.uniform(-4, 4), 2))
        page.get_by_test_id(f"latent-slider-{dim}").evaluate(
            """(range, value) => {
              range.value = value;
              range.dispatchEvent(new Event('input', { bubbles: true }));
            }""",
            value,
        )
    freeze = page.locator(".explore .freeze:visible")
    freeze.nth(int(rng.integers(min(5, freeze.count())))).click()
    page.select_option(".explore [data-do=scale]", ["sigma", "quantile"][rng.integers(2)])
    if rng.random() < 0.5:
        start(page, rng)


def start(page: Any, rng: np.random.Generator) -> None:
    """Start from a picture, and move on from its code."""
    if rng.random() < 0.5:
        page.locator(".explore .classes button").nth(int(rng.integers(10))).click()
    else:
        send_digit(page, "explore", rng)
    page.locator(".explore .origin:visible canvas").wait_for()
    driving.answered(page)
    if rng.random() < 0.5:
        page.locator(".explore .freeze:visible").first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("ArrowRight")


def sample(page: Any, rng: np.random.Generator) -> None:
    page.fill(".sample [name=n]", str(rng.integers(2, 9)))
    page.fill(".sample [name=seed]", str(rng.integers(10**9)))
    page.locator(".sample [name=seed]").press("Enter")
    page.locator(".sample [name=temperature]").fill(str(round(rng.uniform(0, 2), 1)))
    driving.answered(page)
    if rng.random() < 0.5:
        page.locator("[data-testid=sample-grid] button").first.click(modifiers=["Shift"])


def interpolate(page: Any, rng: np.random.Generator) -> None:
    send_digit(page, "interpolate", rng, end="a")
    if rng.random() < 0.5:
        page.click(".interpolate [data-random=b]")
    else:
        send_digit(page, "interpolate", rng, end="b")
    driving.answered(page)
    page.click(f".interpolate [data-path={['linear', 'spherical'][rng.integers(2)]}]")
    page.fill(".interpolate [data-do=steps]", str(rng.integers(2, 12)))
    page.locator(".interpolate [data-do=steps]").press("Tab")
    page.locator(".interpolate [data-testid=scrubber]").fill(str(round(rng.random(), 3)))


def reconstruct(page: Any, rng: np.random.Generator) -> None:
    send_digit(page, "reconstruct", rng)
    kind = ["noise", "erase", "rotate"][rng.integers(3)]
    page.click(f".reconstruct [data-damage={kind}]")
    page.locator(".reconstruct [data-do=amount]").fill(str(round(50 * rng.random()) / 50))
    if kind == "erase":
        page.locator(".reconstruct [data-testid=model-input]").focus()
        for _ in range(rng.integers(1, 6)):
            page.keyboard.press(["ArrowLeft", "ArrowUp", "ArrowDown"][rng.integers(3)])
            page.keyboard.press("Space")
    driving.answered(page)
    if rng.random() < 0.5:
        page.click(".reconstruct [data-code=draw]")
        for _ in range(rng.integers(3)):
            driving.answered(page)
            page.click(".reconstruct [data-do=again]")


def compare(page: Any, rng: np.random.Generator) -> None:
    send_digit(page, "compare", rng)
    page.locator(".compare [data-to]").nth(int(rng.integers(8))).click()
    page.locator(".compare [data-kind]").nth(int(rng.integers(3))).click()
    page.get_by_test_id("corruption-level").fill(str(round(rng.random(), 2)))
    if rng.random() < 0.5:
        page.click(".compare [data-do=renoise]")
    if rng.random() < 0.5:
        page.click(".compare [data-do=redraw]")


def space(page: Any, rng: np.random.Generator) -> None:
    planes = ["pca", "lda", "three", "tsne"]
    page.select_option(".map [data-do=plane]", planes[rng.integers(4)])
    driving.answered(page)
    for _ in range(rng.integers(3)):
        page.click(".map [data-do=nearer]")
    box = page.get_by_test_id("map-canvas").bounding_box()
    x, y = (box[side] * rng.uniform(0.2, 0.8) for side in ("width", "height"))
    page.get_by_test_id("map-canvas").click(position={"x": x, "y": y})
    driving.answered(page)
    if rng.random() < 0.5:
        send_digit(page, "map", rng)
        if rng.random() < 0.5:
            page.get_by_test_id("map-canvas").click(position={"x": 0.9 * x, "y": 0.9 * y})
            driving.answered(page)
    corner = page.locator(".map .corners button:visible")
    if corner.count():
        corner.nth(int(rng.integers(3))).click()
    chance = rng.random()
    if chance < 0.3:
        draw_lasso(page, rng.uniform(0.1, 0.3))
    elif chance < 0.6:
        page.locator(".map .legend button").nth(int(rng.integers(10))).click()
    pull = page.get_by_test_id("tangent-1")
    if rng.random() < 0.5 and pull.is_visible():
        pull.fill(str(round(rng.uniform(-1, 1), 2)))
    page.mouse.move(2, 2)


def square(box: dict[str, float], half: float) -> list[tuple[float, float]]:
    """Corners of a square in the middle of a box, `half` of its height to each side."""
    x, y, size = box["width"] / 2, box["height"] / 2, half * box["height"]
    return [(x + i * size, y + j * size) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def draw_lasso(page: Any, half: float) -> None:
    box = page.get_by_test_id("map-canvas").bounding_box()
    first, *others = square(box, half)
    page.click(".map [data-do=lasso]")
    page.mouse.move(*(box[side] + v for side, v in zip("xy", first, strict=True)))
    page.mouse.down()
    for x, y in others:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
    page.mouse.up()
    page.click(".map [data-do=lasso]")
    driving.answered(page)


def inside(page: Any, rng: np.random.Generator) -> None:
    send_digit(page, "inside", rng)
    for _ in range(rng.integers(3)):
        page.click("[data-testid=draw-again]")
        driving.answered(page)


def use(page: Any, rng: np.random.Generator) -> None:
    if rng.random() < 0.5:
        send_digit(page, "use", rng)
    page.locator(".use [data-mode]").nth(int(rng.integers(2))).click()
    page.locator(".use [data-known]").nth(int(rng.integers(10))).click()
    driving.answered(page)


def train(page: Any, rng: np.random.Generator) -> None:
    recipes = page.locator(".train [name=recipe] option")
    page.select_option(".train [name=recipe]", index=int(rng.integers(recipes.count())))
    page.fill(".train [name=epochs]", str(rng.integers(1, 9)))
    page.fill(".train [name=latent_dim]", str(rng.integers(2, 40)))
    page.locator(".train .examples button").nth(int(rng.integers(8))).click()
    page.select_option(".train [name=history]", HISTORIES[rng.integers(len(HISTORIES))])
    driving.answered(page)
    epoch = page.locator(".train [name=epoch]")
    if epoch.is_enabled() and rng.random() < 0.7:
        epoch.fill(str(rng.integers(1, int(epoch.get_attribute("max") or 1) + 1)))


def learn(page: Any, rng: np.random.Generator) -> None:
    """A step of a lesson, and something that was done there."""
    page.get_by_role("tab", name="Learn").click()
    cards = page.locator(".lesson-card > button")
    cards.first.wait_for()
    cards.nth(int(rng.integers(cards.count()))).click()
    page.locator(".lesson[data-ready=true]").wait_for()
    if rng.random() < 0.5:
        page.get_by_test_id("lesson-next").click()
    arranged(page)
    panel = page.evaluate("studio.state.panel")
    if panel == "explore":
        explore(page, rng)
    elif panel == "inside" and page.get_by_test_id("draw-again").is_visible():
        page.get_by_test_id("draw-again").click()


def arranged(page: Any) -> None:
    """Return once the lesson, if one is open, has brought the page to its step."""
    page.wait_for_function(
        """() => {
          const strip = document.querySelector('.lesson:not([hidden])');
          const isOpen = new URLSearchParams(location.search).has('lesson') || strip;
          return !isOpen || strip?.dataset.ready === 'true' || studio.state.panel === 'learn';
        }""",
        timeout=60_000,
    )


HISTORIES = ["vae-400", "vae-2d", "ae", "vae-flow"]
ACTS: dict[str, Callable[[Any, np.random.Generator], None]] = {
    **{"explore": explore, "sample": sample, "interpolate": interpolate},
    **{"reconstruct": reconstruct, "compare": compare, "map": space, "inside": inside},
    **{"use": use, "train": train, "learn": learn},
}


def opened(page: Any, url: str, panel: str) -> None:
    page.goto("about:blank")  # another fragment alone would load nothing
    page.goto(url)
    page.locator(f"[data-testid=panel-{panel}]").wait_for()
    if panel == "map":
        page.locator(".map .neighbour").first.wait_for(timeout=60_000)
    rest(page, panel)


def rest(page: Any, panel: str) -> None:
    arranged(page)
    if panel == "train":  # its digit comes from the sheet of examples, which no call waits for
        page.wait_for_function(INK, arg=SHOWN[panel][0])
    driving.rested(page, PICTURES if SHOWN.get(panel) else NOTHING, SHOWN.get(panel))


def state(page: Any) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What the link holds: in its query, and after the "#"."""
    page.evaluate("studio.mirror()")
    link = urlsplit(page.url)
    return parse_qs(link.query), parse_qs(link.fragment)


def pictures(page: Any, panel: str) -> np.ndarray:
    return np.array(page.evaluate(PICTURES, SHOWN[panel]) if SHOWN.get(panel) else [])


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether pictures are the same within one grey level."""
    return one.shape == other.shape and bool((np.abs(one - other) <= 1).all())


def check(page: Any, other: Any, url: str, panel: str, seeds: range) -> None:
    opened(page, f"{url}?panel={panel}&model=vae-400", panel)
    for seed in seeds:
        ACTS[panel](page, np.random.default_rng(seed))
        at = page.evaluate("studio.state.panel")  # a lesson leads elsewhere
        rest(page, at)
        fields, shown = state(page), pictures(page, at)
        opened(other, page.url, at)
        assert state(other) == fields, (panel, seed)
        assert alike(pictures(other, at), shown), (panel, seed)


@pytest.mark.long
@pytest.mark.parametrize("panel", ACTS)
def test_a_state_comes_back_from_its_link(
    desktop: Any, elsewhere: Any, app_url: str, panel: str
) -> None:
    check(desktop, elsewhere, app_url, panel, range(FEWER.get(panel, FEW)))


@pytest.mark.slow
@pytest.mark.parametrize("panel", ACTS)
def test_fifty_states_come_back_from_their_links(
    desktop: Any, elsewhere: Any, app_url: str, panel: str
) -> None:
    check(desktop, elsewhere, app_url, panel, range(FEW, FEW + MANY))


def test_a_lasso_is_in_its_link(desktop: Any, elsewhere: Any, app_url: str) -> None:
    opened(desktop, f"{app_url}?panel=map&model=vae-400", "map")
    draw_lasso(desktop, 0.2)
    count = desktop.locator(".map .selection .count").inner_text()
    fields, _ = state(desktop)
    assert "lasso" in fields
    opened(elsewhere, desktop.url, "map")
    elsewhere.locator(".map .selection .count", has_text=count).wait_for()
    desktop.click(".map .selection [data-do=clear]")
    assert "lasso" not in state(desktop)[0]


def test_no_server_hears_of_a_picture(desktop: Any, app_url: str) -> None:
    asked: list[str] = []
    opened(desktop, f"{app_url}?panel=reconstruct&model=vae-400", "reconstruct")
    send_digit(desktop, "reconstruct", np.random.default_rng(0))
    _, unsent = state(desktop)
    desktop.on("request", lambda request: asked.append(request.url))
    opened(desktop, desktop.url, "reconstruct")
    assert len(unsent["x"][0]) == 1047
    assert asked
    assert not any(unsent["x"][0][:40] in url.partition("#")[0] for url in asked)


def test_back_and_forward_bring_a_place_back_as_it_was(desktop: Any, app_url: str) -> None:
    opened(desktop, f"{app_url}?panel=explore&model=vae-400", "explore")
    explore(desktop, np.random.default_rng(1))
    rest(desktop, "explore")
    before = pictures(desktop, "explore")
    z = desktop.evaluate("studio.state.u")
    desktop.evaluate("studio.send('sample', { z: studio.state.u })")
    desktop.locator("[data-testid=sample-grid] button").nth(1).click()
    desktop.wait_for_function("() => studio.state.panel === 'explore'")
    rest(desktop, "explore")
    drawn = desktop.evaluate("studio.state.u")
    assert drawn != z
    desktop.go_back()
    desktop.wait_for_function("() => studio.state.panel === 'sample'")
    desktop.go_back()
    desktop.wait_for_function("() => studio.state.panel === 'explore'")
    rest(desktop, "explore")
    assert np.allclose(desktop.evaluate("studio.state.u"), z, atol=1e-6)
    assert np.abs(pictures(desktop, "explore") - before).max() <= 1
    desktop.go_forward()
    desktop.go_forward()
    desktop.wait_for_function("() => studio.state.panel === 'explore'")
    rest(desktop, "explore")
    assert np.allclose(desktop.evaluate("studio.state.u"), drawn, atol=1e-6)


def test_back_brings_the_model_before(desktop: Any, app_url: str) -> None:
    opened(desktop, f"{app_url}?panel=explore&model=vae-400", "explore")
    desktop.get_by_test_id("model-chooser").select_option("vae-2d")
    desktop.get_by_test_id("latent-slider-19").wait_for(state="detached")
    desktop.go_back()
    desktop.get_by_test_id("latent-slider-19").wait_for(state="attached")
    assert desktop.get_by_test_id("model-chooser").input_value() == "vae-400"


def test_a_link_into_a_panel_that_is_left_out_says_so(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panels=explore,sample&panel=map")
    desktop.get_by_test_id("panel-explore").wait_for()
    words = "The panel map is left out of this page; showing explore instead."
    desktop.get_by_text(words).wait_for()
    desktop.get_by_role("tab", name="Sample").click()
    desktop.get_by_text(words).wait_for(state="hidden")
