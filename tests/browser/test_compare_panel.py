"""Compare: your digit through the family, damage and repair, and the measured figures."""

from __future__ import annotations

import re
from typing import Any

import driving
import pytest
import torch

import vae_core
from vae_core import checkpoint, evaluation
from vae_core.app.server.assets import examples
from vae_core.evaluation import family as library

pytestmark = pytest.mark.browser

PAINTED = """(view) => [
    ...document.querySelectorAll(`[data-view=${view}] .cell canvas`),
].map((c) => {
    const {data} = c.getContext('2d').getImageData(0, 0, c.width, c.height);
    return data.some((v, i) => i % 4 < 3 && v > 40);
})"""
PIXELS = """(canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({length: 784}, (_, i) => data[4 * i]);
}"""
SHOE, NOISE = 1, 0


def open_compare(page: Any, url: str, view: str = "family") -> Any:
    """Open the panel at one comparison and wait for its figures."""
    page.goto(f"{url}?panel=compare&model=vae-400&view={view}")
    panel = page.get_by_test_id("panel-compare")
    panel.wait_for()
    part = panel.locator(f"[data-view={view}]")
    part.scroll_into_view_if_needed()
    part.locator(".say .num, .say:has-text('needs')").first.wait_for()
    return part


def shipped() -> dict[str, Any]:
    """The facts of the shipped models of MNIST by name."""
    every = {folder.name: checkpoint.inspect(folder) for folder in checkpoint.shipped()}
    return {name: facts for name, facts in every.items() if facts["config"]["dataset"] == "mnist"}


def figure(cell: Any) -> float:
    """The number in a cell's line "mse 0.0123"."""
    return float(re.sub(r"[^0-9.]", "", cell.locator(".num").inner_text()))


def pixels(canvas: Any) -> list[int]:
    return canvas.evaluate(PIXELS)


# ------------------------------------------------------------------ your digit
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_digit_goes_through_every_model(
    request: pytest.FixtureRequest, app_url: str, width: str
) -> None:
    page = request.getfixturevalue(width)
    family = open_compare(page, app_url)
    names = [name for name, facts in shipped().items() if not slow(facts)]
    assert family.locator(".cell").count() == len(names)
    assert all(page.evaluate(PAINTED, "family"))
    # A phone widens the window with the page: the screen is what counts.
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def slow(facts: dict[str, Any]) -> bool:
    return facts["config"]["likelihood"] == "pixelcnn"


def test_the_pictures_and_errors_are_the_models_own(desktop: Any, app_url: str) -> None:
    family = open_compare(desktop, app_url)
    digit = torch.tensor(pixels(desktop.get_by_test_id("model-input")))
    place = [(torch.from_numpy(e.copy()).flatten() == digit).all() for e in examples()[0]]
    assert any(place)  # an example digit is there on arrival
    x = digit.view(1, 1, 28, 28) / 255
    for name in ("vae-400", "vae-2d"):
        made = library.reconstruct(vae_core.load(name), x)
        cell = family.locator(f"[data-model={name}]")
        shown = torch.tensor(pixels(cell.locator("canvas")))
        assert ((made * 255).round().flatten() - shown).abs().max() <= 1
        error = float(evaluation.squared_error(made, x))
        assert figure(cell) == pytest.approx(error, rel=0.06)


def test_an_example_takes_the_place_of_the_digit(desktop: Any, app_url: str) -> None:
    family = open_compare(desktop, app_url)
    canvas = family.locator("[data-model=vae-400] canvas")
    before, digit = pixels(canvas), pixels(desktop.get_by_test_id("model-input"))
    desktop.get_by_role("button", name="Example digit 8").click()
    desktop.wait_for_function(
        "([c, old]) => c.getContext('2d').getImageData(0,0,28,28).data.some((v, i) =>"
        " i % 4 === 0 && v !== old[i / 4])",
        arg=[canvas.element_handle(), before],
    )
    assert pixels(desktop.get_by_test_id("model-input")) != digit


def test_pressing_a_picture_chooses_its_model(desktop: Any, app_url: str) -> None:
    family = open_compare(desktop, app_url)
    family.locator("[data-model=vae-2d]").click()
    assert desktop.get_by_test_id("model-chooser").input_value() == "vae-2d"
    assert family.locator("[data-model=vae-2d]").get_attribute("aria-pressed") == "true"
    assert family.locator("[data-model=vae-400]").get_attribute("aria-pressed") == "false"


# ------------------------------------------------------------------ damage and repair
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_level_of_damage_changes_the_pictures(
    request: pytest.FixtureRequest, app_url: str, width: str
) -> None:
    page = request.getfixturevalue(width)
    noise = open_compare(page, app_url, "noise")
    damaged = noise.locator(".cell.damaged")
    mild, before = figure(damaged), pixels(damaged.locator("canvas"))
    frames = damaged.locator("canvas").get_attribute("data-frame")
    level = page.get_by_test_id("corruption-level")
    level.fill("0.9")
    page.wait_for_function(
        "([c, n]) => c.dataset.frame !== n",
        arg=[damaged.locator("canvas").element_handle(), frames],
    )
    assert figure(damaged) > mild
    assert pixels(damaged.locator("canvas")) != before
    assert "0.90" in noise.locator(".say").inner_text()


def test_each_kind_of_damage_is_another(desktop: Any, app_url: str) -> None:
    noise = open_compare(desktop, app_url, "noise")
    canvas = noise.locator(".cell.damaged canvas")
    seen = [pixels(canvas)]
    for kind, words in (("masking", "Blanking 50 %"), ("salt-pepper", "Turning 30 %")):
        noise.locator(f"[data-kind={kind}]").click()
        noise.locator(".say", has_text=words).wait_for()
        seen.append(pixels(canvas))
    assert len({tuple(picture) for picture in seen}) == 3
    digit = pixels(desktop.get_by_test_id("model-input"))
    masked = seen[1]
    assert all(now in (0, was) for now, was in zip(masked, digit, strict=True))


# ------------------------------------------------------------------ draws
def test_drawing_again_draws_others(desktop: Any, app_url: str) -> None:
    samples = open_compare(desktop, app_url, "samples")
    canvas = samples.locator("[data-row='vae-400 prior'] canvas").first
    before = pixels(canvas)
    samples.get_by_role("button", name="Draw again").click()
    desktop.wait_for_function(
        "([c, old]) => c.getContext('2d').getImageData(0,0,28,28).data.some((v, i) =>"
        " i % 4 === 0 && v !== old[i / 4])",
        arg=[canvas.element_handle(), before],
    )


def test_what_is_not_shipped_is_said_in_words(desktop: Any, app_url: str) -> None:
    """Each comparison has either its pictures or a sentence that names what it needs."""
    here = shipped()
    needs = {"pca": ["ae-linear"], "copying": ["ae", "ae-overcomplete"], "beta": ["beta-vae"]}
    for view, names in needs.items():
        part = open_compare(desktop, app_url, view)
        words = part.locator(".say").inner_text()
        if all(name in here for name in names):
            assert all(desktop.evaluate(PAINTED, view))
        else:
            assert "not among the models here" in words


def test_the_overcomplete_model_copies_what_the_plain_one_cannot(
    desktop: Any, app_url: str
) -> None:
    if not {"ae", "ae-overcomplete"} <= set(shipped()):
        pytest.skip("ae or ae-overcomplete is not shipped")
    part = open_compare(desktop, app_url, "copying")
    wide, narrow = (
        [figure(cell) for cell in part.locator(f"[data-model={name}]").all()]
        for name in ("ae-overcomplete", "ae")
    )
    assert wide[SHOE] < narrow[SHOE] / 3
    assert wide[NOISE] < narrow[NOISE]


# ------------------------------------------------------------------ rate and distortion
def test_every_measured_model_is_a_point_of_its_own_quantity(desktop: Any, app_url: str) -> None:
    plane = open_compare(desktop, app_url, "plane")
    points = desktop.get_by_test_id("rd-point")
    grey = {
        name
        for name, facts in shipped().items()
        if facts["config"]["likelihood"] == "bernoulli"
        and facts["config"]["train"]["binarisation"] == "none"
        and (facts["metrics"] or {}).get("rate") is not None
    }
    assert {point.get_attribute("data-model") for point in points.all()} == grey
    plane.locator("[data-quantity=binary]").click()
    binary = {point.get_attribute("data-model") for point in points.all()}
    assert "vae-conv" in binary
    assert not binary & grey


def test_a_point_tells_its_figures_and_chooses_its_model(desktop: Any, app_url: str) -> None:
    plane = open_compare(desktop, app_url, "plane")
    plane.locator("[data-quantity=binary]").click()
    point = plane.locator("[data-testid=rd-point][data-model=vae-conv]")
    point.focus()
    metrics = shipped()["vae-conv"]["metrics"]
    words = plane.locator(".readout").inner_text()
    for key in ("rate", "distortion"):
        assert f"{key} {metrics[key]:.1f}" in words
    desktop.keyboard.press("Enter")
    assert desktop.get_by_test_id("model-chooser").input_value() == "vae-conv"


# ------------------------------------------------------------------ the page
def test_nothing_is_asked_while_another_panel_is_open(desktop: Any, app_url: str) -> None:
    open_compare(desktop, app_url)
    desktop.get_by_role("tab", name="Sample").click()
    desktop.get_by_test_id("sample-grid").wait_for()
    driving.answered(desktop)
    asked: list[str] = []
    desktop.on("request", lambda sent: asked.append(sent.post_data or ""))
    desktop.get_by_test_id("model-chooser").select_option("vae-128")
    desktop.wait_for_function("() => studio.state.model === 'vae-128'")
    driving.answered(desktop)
    driving.frames(desktop)  # a view that came into sight would ask within a frame
    assert not [body for body in asked if '"through"' in body or '"repair"' in body]


def test_the_contents_lead_to_each_comparison(desktop: Any, app_url: str) -> None:
    open_compare(desktop, app_url)
    desktop.locator("[data-to=plane]").click()
    desktop.wait_for_function("() => location.search.includes('view=plane')")
    heading = desktop.locator("#h-plane")
    desktop.wait_for_function(
        "(h) => { const box = h.getBoundingClientRect(); return box.top >= 0 && box.top < 700; }",
        arg=heading.element_handle(),
    )


def arrive(page: Any) -> None:
    """Wait until the plane's heading is in view and rests: a scroll passing by is no arrival."""
    driving.rested(
        page,
        """() => {
            const {top} = document.querySelector('#h-plane').getBoundingClientRect();
            return top >= 0 && top < 700 ? top : null;
        }""",
    )


def test_what_loads_above_does_not_push_the_heading_away(desktop: Any, app_url: str) -> None:
    open_compare(desktop, app_url)
    desktop.evaluate("""() => {
        document.querySelector('[data-to=plane]').click();
        const late = document.querySelector('[data-view=samples]');
        let height = 0;
        const grow = () => {
            late.style.minHeight = `${2000 + (height += 100)}px`;
            if (height < 1500) requestAnimationFrame(grow);
        };
        requestAnimationFrame(grow);
    }""")
    arrive(desktop)
    desktop.mouse.wheel(0, -5000)
    desktop.wait_for_function("() => window.scrollY < 3000")
    desktop.evaluate("document.querySelector('[data-view=noise]').style.minHeight = '4000px'")
    assert desktop.evaluate("window.scrollY") < 3000, "the visitor has moved on"


def test_a_click_right_on_arrival_is_the_last_word(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=compare&model=vae-400&view=family")
    desktop.locator("[data-to=plane]").wait_for()
    desktop.evaluate("document.querySelector('[data-to=plane]').click()")
    arrive(desktop)
