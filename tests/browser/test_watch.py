"""A draw of the diffusion model watched on its way: by mouse, keys and touch."""

from __future__ import annotations

from typing import Any

import driving
import numpy as np
import pytest

from vae_core.app.service.studio import Studio
from vae_core.app.service.watching import Watching

pytestmark = pytest.mark.browser

MODEL, N, SEED, AT = "vae-flow-digits", 12, 3, 4

PICTURE = """(canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({length: 784}, (_, i) => data[4 * i]);
}"""


def open_sample(page: Any, url: str, query: str = "") -> Any:
    page.goto(f"{url}?panel=sample&model={MODEL}&n={N}&seed={SEED}{query}")
    panel = page.get_by_test_id("panel-sample")
    panel.get_by_test_id("sample-grid").locator("canvas").nth(N - 1).wait_for()
    page.wait_for_function("() => Number(document.querySelector('.sample-grid').dataset.frame) > 0")
    return panel


def watch(panel: Any) -> Any:
    """Watch one of the draws; its box, standing still."""
    panel.get_by_role("button", name="watches it come about").click()
    panel.get_by_role("button", name=f"sample {AT + 1}", exact=True).click()
    box = panel.get_by_test_id("watch")
    box.wait_for()
    return box


def place_of(box: Any, place: int) -> None:
    """Wait until it stands at a step."""
    box.page.wait_for_function(
        "([box, place]) => box.dataset.place === String(place)", arg=[box.element_handle(), place]
    )


def shown(box: Any, which: str) -> np.ndarray:
    return np.array(box.get_by_test_id(f"watch-{which}").evaluate(PICTURE))


def grid(panel: Any) -> np.ndarray:
    return np.array(panel.locator(".sample-grid canvas").nth(AT).evaluate(PICTURE))


@pytest.mark.long
def test_it_plays_by_itself_and_ends_in_the_draw_of_the_grid(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url)
    box = watch(panel)
    place_of(box, 30)
    box.get_by_role("button", name="Play").wait_for()  # it stops there
    for which in ("noisy", "denoised"):
        assert np.array_equal(shown(box, which), grid(panel))
    words = box.inner_text()
    assert "not the prior under which the model’s likelihood is reported" in words
    assert "no likelihood at all" in words
    box.get_by_role("button", name="Play").click()  # again, from the noise
    box.get_by_role("button", name="Pause").click()
    desktop.wait_for_function("() => Number(document.querySelector('.watch').dataset.place) < 30")


def test_each_step_shows_what_the_service_says(desktop: Any, app_url: str) -> None:
    desktop.emulate_media(reduced_motion="reduce")  # nothing plays until it is asked to
    panel = open_sample(desktop, app_url)
    box = watch(panel)
    place_of(box, 0)
    way = Watching(Studio(device="cpu")).watch(MODEL, N, SEED, None, AT)
    scrubber = box.get_by_test_id("watch-scrubber")
    scrubber.focus()
    for key, place in (("End", 30), ("ArrowLeft", 29), ("Home", 0), ("ArrowRight", 1)):
        desktop.keyboard.press(key)
        place_of(box, place)
        for which, pixels in (("noisy", way["noisy"]), ("denoised", way["denoised"])):
            assert np.abs(shown(box, which) - pixels[place].ravel()).max() <= 1
    assert f"noise {way['sigmas'][1]:.1f} spreads" in scrubber.get_attribute("aria-valuetext")
    box.get_by_role("button", name="One step on").click()
    place_of(box, 2)
    box.get_by_role("button", name="One step back").click()
    place_of(box, 1)


def test_escape_closes_it_and_returns_to_the_draw(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url)
    box = watch(panel)
    desktop.keyboard.press("Escape")
    box.wait_for(state="hidden")
    focused = desktop.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert focused == f"sample {AT + 1}"


def test_other_draws_end_it(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url)
    box = watch(panel)
    panel.get_by_test_id("sample-run").click()
    box.wait_for(state="hidden")


def test_the_draw_opens_in_explore(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url)
    picture = grid(panel)
    watch(panel).get_by_role("button", name="Open in Explore").click()
    desktop.get_by_test_id("panel-explore").wait_for()
    desktop.wait_for_function(
        """(picture) => {
            const canvas = document.querySelector('[data-testid=live-canvas]');
            const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
            return picture.every((v, i) => Math.abs(v - data[4 * i]) <= 1);
        }""",
        arg=picture.tolist(),
    )


@pytest.mark.parametrize("query", ["&sampler=prior", "&model=vae-400", "&model=ae&sampler=mixture"])
def test_the_mode_steps_aside_where_nothing_comes_in_steps(
    desktop: Any, app_url: str, query: str
) -> None:
    desktop.goto(f"{app_url}?panel=sample{query if 'model' in query else f'&model={MODEL}{query}'}")
    panel = desktop.get_by_test_id("panel-sample")
    panel.get_by_role("button", name="draws around it").wait_for()
    assert panel.get_by_role("button", name="watches it come about").count() == 0


def test_the_mode_comes_and_goes_with_the_sampler(desktop: Any, app_url: str) -> None:
    panel = open_sample(desktop, app_url)
    button = panel.get_by_role("button", name="watches it come about")
    button.click()
    panel.locator("[name=sampler]").select_option("prior")
    button.wait_for(state="hidden")
    opens = panel.get_by_role("button", name="opens Explore")
    assert opens.get_attribute("aria-pressed") == "true"
    panel.locator("[name=sampler]").select_option("diffusion")
    button.wait_for()
    assert button.get_attribute("aria-pressed") == "true"


def test_on_a_phone_it_fits_and_follows_the_finger(phone: Any, app_url: str) -> None:
    phone.emulate_media(reduced_motion="reduce")
    panel = open_sample(phone, app_url)
    panel.get_by_role("button", name="watches it come about").tap()
    panel.get_by_role("button", name=f"sample {AT + 1}", exact=True).tap()
    box = panel.get_by_test_id("watch")
    box.wait_for()
    place_of(box, 0)
    films = box.locator(".films")
    films.scroll_into_view_if_needed()
    at = films.bounding_box()
    phone.touchscreen.tap(at["x"] + at["width"] - 6, at["y"] + at["height"] / 2)
    place_of(box, 30)
    assert np.array_equal(shown(box, "denoised"), grid(panel))
    box.get_by_role("button", name="One step back").tap()
    place_of(box, 29)
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]
    for button in box.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(desktop: Any, app_url: str, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    desktop.emulate_media(color_scheme=theme, reduced_motion="reduce")
    box = watch(open_sample(desktop, app_url))
    place_of(box, 0)
    driving.answered(desktop)
    found = [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in axe.Axe().run(desktop).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert found == []
