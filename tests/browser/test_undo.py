"""Undo and redo cover every change of every panel, by the same two buttons and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_links import ACTS, alike, opened, pictures, rest, state

pytestmark = pytest.mark.browser

FEW, MANY = 1, 20
PANELS = [panel for panel in ACTS if panel != "learn"]
UNDO, REDO = (f".undo [data-do={way}]" for way in ("undo", "redo"))


def go(page: Any, panel: str, keys: str, most: int = 40) -> int:
    """Press the keys until nothing is left to go back to; how many steps there were."""
    for count in range(most):
        page.keyboard.press(keys)
        rest(page, panel)
        if page.locator(".undo [role=status]").inner_text().startswith("Nothing to"):
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


@pytest.mark.parametrize("panel", PANELS)
def test_all_changes_are_undone_and_done_again(desktop: Any, app_url: str, panel: str) -> None:
    there_and_back(desktop, app_url, panel, range(FEW))


@pytest.mark.slow
@pytest.mark.parametrize("panel", PANELS)
def test_twenty_random_ways_there_and_back(desktop: Any, app_url: str, panel: str) -> None:
    there_and_back(desktop, app_url, panel, range(FEW, FEW + MANY))
