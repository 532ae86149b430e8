"""The two clouds of Sample: asked for when the fold is opened, of the chosen model and sampler."""

from __future__ import annotations

from typing import Any

import driving
import pytest

from vae_core.app.service.studio import Studio
from vae_core.app.service.two_clouds import TwoClouds

pytestmark = pytest.mark.browser

INKED = """(canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
    return count;
}"""


def unfold(page: Any, url: str, query: str) -> Any:
    page.goto(f"{url}?panel=sample&n=4&{query}")
    fold = page.get_by_test_id("clouds")
    fold.locator("summary").click()
    page.wait_for_function("(fold) => Number(fold.dataset.points) > 0", arg=fold.element_handle())
    return fold


def words(fold: Any) -> str:
    return fold.locator(".clouds-words").inner_text()


def test_nothing_is_asked_before_it_is_opened(desktop: Any, app_url: str) -> None:
    asked: list[str] = []
    desktop.on("request", lambda request: asked.append(request.post_data or ""))
    desktop.goto(f"{app_url}?panel=sample&n=4&model=vae-400")
    fold = desktop.get_by_test_id("clouds")
    fold.wait_for()
    driving.answered(desktop)
    assert not any('"clouds"' in body for body in asked)
    fold.locator("summary").click()
    desktop.wait_for_function("(f) => Number(f.dataset.points) > 0", arg=fold.element_handle())
    assert any('"clouds"' in body for body in asked)


def test_both_clouds_are_drawn_with_what_was_measured(desktop: Any, app_url: str) -> None:
    fold = unfold(desktop, app_url, "model=vae-400&sampler=prior")
    found = TwoClouds(Studio(device="cpu")).clouds("vae-400", "prior")
    assert int(fold.get_attribute("data-points")) == len(found["codes"]) + len(found["draws"])
    answer = words(fold)
    for value in (*found["apart"], *found["by_chance"]):
        assert f"{value:.2f}" in answer
    # The mean over digits trained without a flow leaves holes, which its draws fall into.
    assert max(found["apart"]) > 1.5 * max(found["by_chance"])
    assert "draws fall where no digit has a code" in answer
    for canvas in fold.locator("canvas.plane").all():
        assert canvas.evaluate(INKED) > 1000


def test_they_follow_the_sampler(desktop: Any, app_url: str) -> None:
    fold = unfold(desktop, app_url, "model=vae-400&sampler=prior")
    before = words(fold)
    desktop.locator("[name=sampler]").select_option("mixture")
    desktop.wait_for_function(
        "([fold, old]) => { const now = fold.querySelector('.clouds-words').innerText;"
        " return now !== old && now.includes('spreads apart'); }",
        arg=[fold.element_handle(), before],
    )
    found = TwoClouds(Studio(device="cpu")).clouds("vae-400", "mixture")
    assert f"{found['apart'][0]:.2f}" in words(fold)


def test_it_fits_a_phone(phone: Any, app_url: str) -> None:
    fold = unfold(phone, app_url, "model=vae-400&sampler=prior")
    left, right = (each.bounding_box() for each in fold.locator("canvas.plane").all())
    assert left["width"] == pytest.approx(right["width"], abs=1)
    assert right["x"] + right["width"] <= phone.viewport_size["width"]
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(desktop: Any, app_url: str, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    desktop.emulate_media(color_scheme=theme, reduced_motion="reduce")
    unfold(desktop, app_url, "model=vae-400&sampler=prior")
    driving.answered(desktop)
    found = [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in axe.Axe().run(desktop).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert found == []
