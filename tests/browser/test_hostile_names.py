"""A checkpoint folder's name is words on the page, whatever it spells."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import driving
import pytest
from test_family_panels import need

from vae_core import checkpoint

pytestmark = pytest.mark.browser

HOSTILE = {
    "vae-128": """a"<img src=x onerror="window.struck = 1">'&amp;`${1}`""",
    "vae-collapsed": "<script>window.struck = 1<\\script>",
}
FIRST = {
    "explore": "[data-testid=live-canvas][data-frame]",
    "sample": "[data-testid=sample-grid] canvas",
    "interpolate": ".strip.latent canvas",
    "reconstruct": ".family button",
    "compare": "[data-view=family] .say b",
}


@pytest.fixture(scope="module")
def url(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose folders have such names, beside one that a comparison knows by its name."""
    folder = tmp_path_factory.mktemp("checkpoints")
    for name, hostile in HOSTILE.items():
        need(name)
        shutil.copytree(checkpoint.shipped_root() / name, folder / hostile)
    shutil.copytree(checkpoint.shipped_root() / "vae-collapsed", folder / "vae-collapsed")
    with driving.server(None, "--checkpoints", str(folder)) as running:
        yield running


def test_a_name_that_spells_markup_stays_a_name(desktop: Any, url: str) -> None:
    desktop.goto(url)
    name = HOSTILE["vae-128"]
    chooser = desktop.get_by_test_id("model-chooser")
    chooser.select_option(name)
    for panel, made in FIRST.items():
        desktop.get_by_role("tab", name=panel.capitalize()).click()
        desktop.wait_for_selector(f"[data-testid=panel-{panel}] {made}", state="attached")
        text = desktop.text_content(f"[data-testid=panel-{panel}]")
        assert name in text or panel == "sample"
    assert desktop.locator("img[src=x]").count() == 0
    assert desktop.evaluate("window.struck") is None
    # Its picture is found by its name all the same.
    desktop.locator("[data-view=family] .cell .num", has_text="mse").first.wait_for()
