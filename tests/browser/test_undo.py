"""Undo and redo cover every change of every panel, by the same two buttons and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_links import ACTS, alike, opened, pictures, rest, state

pytestmark = pytest.mark.browser

FEW, MANY = 1, 20
PANELS = [panel for panel in ACTS if panel != "learn"]
UNDO, REDO = ".undo [data-do=undo]", ".undo [data-do=redo]"
SPOKEN = ".undo [role=status]"


def go(page: Any, panel: str, keys: str, most: int = 40) -> int:
    """Press the keys until nothing is left to go back to; how many steps there were."""
    for count in range(most):
        page.keyboard.press(keys)
        rest(page, panel)
        if page.locator(SPOKEN).inner_text().startswith("Nothing to"):
            return count
    raise AssertionError(f"{most} steps were not enough")


def kept(page: Any) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What the link holds but for where the page is scrolled to."""
    query, fragment = state(page)
    return {name: text for name, text in query.items() if name != "view"}, fragment


def there_and_back(page: Any, url: str, panel: str, seeds: range) -> None:
    for seed in seeds:
        opened(page, f"{url}?panel={panel}&model=vae-400", panel)
        before = kept(page), pictures(page, panel)
        ACTS[panel](page, np.random.default_rng(seed))
        rest(page, panel)
        after = kept(page), pictures(page, panel)
        page.evaluate("document.activeElement?.blur()")
        steps = go(page, panel, "Control+z")
        assert steps > 0
        assert kept(page) == before[0], (panel, seed)
        assert alike(pictures(page, panel), before[1]), (panel, seed)
        assert go(page, panel, "Control+y") == steps
        assert kept(page) == after[0], (panel, seed)
        assert alike(pictures(page, panel), after[1]), (panel, seed)


@pytest.mark.long
@pytest.mark.parametrize("panel", PANELS)
def test_all_changes_are_undone_and_done_again(desktop: Any, app_url: str, panel: str) -> None:
    there_and_back(desktop, app_url, panel, range(FEW))


@pytest.mark.slow
@pytest.mark.parametrize("panel", PANELS)
def test_twenty_random_ways_there_and_back(desktop: Any, app_url: str, panel: str) -> None:
    there_and_back(desktop, app_url, panel, range(FEW, FEW + MANY))


def draws(page: Any) -> str:
    return page.input_value(".sample [name=seed]")


def test_the_buttons_say_what_they_undo_and_a_text_field_keeps_its_own(
    desktop: Any, app_url: str
) -> None:
    opened(desktop, f"{app_url}?panel=sample&model=vae-400&n=4", "sample")
    assert desktop.locator(UNDO).get_attribute("aria-disabled") == "true"
    desktop.click("[data-testid=sample-run]")
    desktop.locator(f"{UNDO}[title^='Undo: seed']").click()
    assert draws(desktop) == "0"
    assert desktop.locator(SPOKEN).inner_text() == "Undone: seed"
    desktop.locator(f"{REDO}[title^='Redo: seed']").wait_for()
    seed = desktop.locator(".sample [name=seed]")
    seed.click()
    seed.press("7")
    seed.press("Control+z")
    assert (draws(desktop), desktop.locator(SPOKEN).inner_text()) == ("0", "Undone: seed")
    desktop.locator(REDO).click()
    assert draws(desktop) == "1"
    assert desktop.locator(SPOKEN).inner_text() == "Done again: seed"


def test_a_model_that_is_undone_is_a_place_that_back_leads_to(desktop: Any, app_url: str) -> None:
    opened(desktop, f"{app_url}?panel=sample&model=vae-400&n=4", "sample")
    chooser = desktop.get_by_test_id("model-chooser")
    chooser.select_option("vae-2d")
    desktop.locator(f"{UNDO}[title^='Undo: model']").click()
    assert chooser.input_value() == "vae-400"
    desktop.go_back()
    desktop.wait_for_function("() => studio.state.model === 'vae-2d'")
    desktop.locator(f"{UNDO}[title^='Undo: model']").click()
    assert chooser.input_value() == "vae-400", "Back itself is a step"


def test_a_picture_that_is_cleared_or_refused_comes_back(desktop: Any, app_url: str) -> None:
    opened(desktop, f"{app_url}?panel=inside&model=vae-400", "inside")
    shown = pictures(desktop, "inside")
    desktop.click(".inside [data-do=clear]")
    desktop.locator(".inside .rows [data-part]").first.wait_for(state="detached")
    desktop.locator(f"{UNDO}[title^='Undo: picture']").click()
    rest(desktop, "inside")
    assert alike(pictures(desktop, "inside"), shown)


def test_the_buttons_stay_in_reach_on_a_phone(phone: Any, app_url: str) -> None:
    opened(phone, f"{app_url}?panel=explore&model=vae-400", "explore")
    rest(phone, "explore")
    before = phone.evaluate("studio.state.u")
    phone.locator(".explore [data-do=random]").tap()
    phone.locator(f"{UNDO}[aria-disabled=false]").wait_for()
    phone.evaluate("window.scrollTo(0, 900)")
    phone.locator(".undo.is-afloat").wait_for()
    for button in (UNDO, REDO):
        box = phone.locator(button).bounding_box()
        assert min(box["width"], box["height"]) >= 44
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= phone.evaluate("innerHeight")
    phone.locator(UNDO).tap()
    phone.locator(f"{UNDO}[aria-disabled=true]").wait_for(state="attached")
    assert phone.evaluate("studio.state.u") == pytest.approx(before, abs=1e-6)


def stroke(page: Any, *points: tuple[float, float]) -> None:
    box = page.locator(".reconstruct [data-testid=drawing-pad]").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for x, y in places[1:]:
        page.mouse.move(x, y, steps=8)
    page.mouse.up()
    rest(page, "reconstruct")


def test_a_stroke_that_is_undone_leaves_the_drawing_before_it(desktop: Any, app_url: str) -> None:
    pad = "() => document.querySelector('.reconstruct [data-testid=drawing-pad]').toDataURL()"
    opened(desktop, f"{app_url}?panel=reconstruct&model=vae-400", "reconstruct")
    stroke(desktop, (0.35, 0.2), (0.3, 0.5), (0.7, 0.5))
    before, drawn = pictures(desktop, "reconstruct"), desktop.evaluate(pad)
    stroke(desktop, (0.65, 0.2), (0.6, 0.85))
    both, after = pictures(desktop, "reconstruct"), desktop.evaluate(pad)
    desktop.keyboard.press("Control+z")
    rest(desktop, "reconstruct")
    assert alike(pictures(desktop, "reconstruct"), before)
    assert desktop.evaluate(pad) == drawn
    desktop.keyboard.press("Control+Shift+z")
    rest(desktop, "reconstruct")
    assert alike(pictures(desktop, "reconstruct"), both)
    assert desktop.evaluate(pad) == after


def test_a_forgotten_progress_and_a_link_of_the_list_come_back(desktop: Any, app_url: str) -> None:
    opened(desktop, f"{app_url}?panel=learn", "learn")
    desktop.evaluate("localStorage.setItem('studio-lessons', '{\"holes\": 1}')")
    desktop.reload()
    begun = desktop.get_by_test_id("lesson-holes")
    begun.get_by_text("Go on").wait_for()
    desktop.get_by_role("button", name="Forget my progress").click()
    begun.get_by_text("Begin").wait_for()
    desktop.locator(f"{UNDO}[title^='Undo: progress']").click()
    begun.get_by_text("Go on").wait_for()
    desktop.get_by_label("link", exact=True).fill(f"{app_url}?panel=map")
    desktop.get_by_test_id("own-add").click()
    desktop.locator(".own-list a").wait_for()
    desktop.locator(f"{UNDO}[title^='Undo: your list']").click()
    desktop.locator(".own-list a").wait_for(state="detached")
    desktop.locator(REDO).click()
    desktop.locator(".own-list a").wait_for()
