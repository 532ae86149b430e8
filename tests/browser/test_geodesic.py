"""The geodesic in Interpolate: found with progress, named with its length, scrubbed and kept."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from test_interpolate import CROSSFADE, FRAMES, LIVE, PANEL, grey, rest, scrub

pytestmark = pytest.mark.browser

LENGTHS = f"{PANEL} .lengths"


@pytest.fixture
def at(desktop: Any, app_url: str) -> Any:
    """Interpolate on a geodesic that a link asks for."""
    desktop.goto(f"{app_url}?panel=interpolate&model=vae-400&path=geodesic")
    desktop.wait_for_function(
        f"() => document.querySelector('{LENGTHS}')?.innerText.includes('geodesic')",
        timeout=60_000,
    )
    rest(desktop)
    return desktop


def test_its_length_stands_beside_the_others(at: Any) -> None:
    said = at.inner_text(LENGTHS)
    found = re.search(r"linear ([\d.]+), spherical ([\d.]+), geodesic ([\d.]+)", said)
    assert found is not None, said
    linear, spherical, geodesic = map(float, found.groups())
    assert geodesic < linear
    assert spherical > 0
    assert not at.is_visible(f"{LENGTHS} progress")
    assert at.get_attribute(f"{PANEL} [data-path=geodesic]", "aria-pressed") == "true"


def test_the_scrubber_follows_the_curve(at: Any) -> None:
    for place, t in ((0, 0.0), (4, 4 / 9), (9, 1.0)):
        scrub(at, t)
        assert np.abs(grey(at, LIVE) - grey(at, FRAMES, place)).max() <= 6
    middle = grey(at, FRAMES, 5)
    at.click(f"{PANEL} [data-path=linear]")
    at.wait_for_selector(LENGTHS, state="hidden")
    rest(at)
    assert np.abs(grey(at, FRAMES, 5) - middle).max() > 10


def test_a_plain_autoencoders_way_and_the_cross_fade_lie_under_it(at: Any) -> None:
    plain = f"{PANEL} .strip.plain canvas"
    at.wait_for_selector(f"{plain} >> nth=9")
    assert at.locator(plain).count() == at.locator(CROSSFADE).count() == 10
    # It leads between reconstructions of the same two pictures.
    for place in (0, 9):
        a, b = grey(at, plain, place).ravel(), grey(at, CROSSFADE, place).ravel()
        assert np.corrcoef(a, b)[0, 1] > 0.8
    tops = [
        at.locator(f"{PANEL} .strip.{name}").bounding_box()["y"]
        for name in ("latent", "plain", "pixel")
    ]
    assert tops == sorted(tops)


def test_it_is_kept_as_numbers_and_as_python(at: Any) -> None:
    with at.expect_download() as kept:
        at.click(f"{PANEL} [data-keep=json]")
    values = json.loads(kept.value.path().read_text("utf-8"))
    assert values["path"] == "geodesic"
    assert len(values["z"]) == 10
    at.click(f"{PANEL} [data-keep=python]")
    lines = at.inner_text(f"{PANEL} .python")
    compile(lines, "lines", "exec")
    assert "geodesics.geodesic(decode, a, b, 10)" in lines
    with at.expect_download() as film:
        at.click(f"{PANEL} [data-keep=gif]")
    assert film.value.path().read_bytes().startswith(b"GIF8")
