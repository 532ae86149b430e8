"""Train: a small model learns before the visitor's eyes, and is that visitor's alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser

PANEL = "[data-testid=panel-train]"
START, STOP, CURVE = "[data-testid=train-start]", "[data-testid=train-stop]", "train-curve"
SMALL = "recipe=vae-128&settings=latent_dim:2,hidden_dims:32,digits:600,epochs:4,batch_size:50"
LONG = "recipe=vae-128&settings=latent_dim:4,hidden_dims:32,epochs:100,batch_size:16"
"""Some sixty thousand steps: however late the hand is, it still runs."""
POINTS = f"() => Number(document.querySelector('[data-testid={CURVE}]').dataset.points)"
SLOW = 120_000
"""Milliseconds that a run may take to begin on a machine that does much else."""


def opened(page: Any, url: str, query: str) -> Any:
    page.goto(f"{url}?panel=train&{query}")
    page.wait_for_selector(f"{START}:not(:disabled)")
    driving.answered(page)
    return page


def status(page: Any, words: str) -> None:
    """Return once the status line begins with these words; a failure says what it and the message
    under it say instead."""
    try:
        page.wait_for_function(
            f"(words) => document.querySelector('{PANEL} .train-status').textContent"
            ".startsWith(words)",
            arg=words,
            timeout=SLOW,
        )
    except Exception as error:
        places = page.locator(f"{PANEL} .train-status, {PANEL} [data-testid=message]")
        raise AssertionError(f"{words!r} did not come: {places.all_inner_texts()}") from error


def points(page: Any, more_than: int = 0) -> int:
    page.wait_for_function(f"(n) => ({POINTS})() > n", arg=more_than, timeout=SLOW)
    return page.evaluate(POINTS)


def step_of(page: Any) -> int:
    return int(
        page.inner_text(f"{PANEL} .train-status").split("step ")[1].split()[0].replace(",", "")
    )


@pytest.fixture(scope="module")
def trained(chromium: Any, app_url: str) -> Iterator[Any]:
    """The page of a visitor who trained a small model to its end."""
    context = chromium.new_context(viewport=driving.DESKTOP, accept_downloads=True)
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    opened(page, app_url, SMALL)
    page.click(START)
    page.wait_for_selector(f"{PANEL} .own-card", timeout=SLOW)
    yield page
    context.close()
    assert problems == []


def test_its_loss_falls_and_what_it_shows_is_there(trained: Any) -> None:
    assert points(trained, 1) >= 2
    status(trained, "done: epoch 4 of 4, step 48 of 48")
    path = trained.get_attribute(f"{PANEL} .curve-box .curve.cost:not(.trained)", "d")
    heights = [float(spot.split()[1]) for spot in path.removeprefix("M").split("L")]
    assert heights[-1] > heights[0]  # downwards on the screen
    assert "−ELBO" in trained.get_attribute(f"{PANEL} .curve-box svg", "aria-label")
    for canvas in (".draws canvas >> nth=15", "[data-testid=reconstruction]", ".codes canvas"):
        assert trained.locator(f"{PANEL} {canvas}").evaluate("(one) => one.width") >= 28
    assert trained.locator(f"{PANEL} .kl-bars li").count() == 2
    assert "On digits held out" in trained.inner_text(f"{PANEL} .own-card")
    assert "The run is over" in trained.inner_text(f"{PANEL} .train-spoken")


def test_it_is_in_the_chooser_and_decodes_in_explore(trained: Any) -> None:
    trained.click(f"{PANEL} .own-card [data-do=explore]")
    live = trained.get_by_test_id("panel-explore").get_by_test_id("live-canvas")
    trained.get_by_test_id("latent-slider-1").wait_for()
    driving.answered(trained)
    assert trained.get_by_test_id("model-chooser").input_value() == "own-1"
    before = int(live.get_attribute("data-frame"))
    trained.get_by_test_id("latent-slider-0").focus()
    trained.keyboard.press("ArrowRight")
    trained.wait_for_function(
        "(n) => Number(document.querySelector('.explore [data-testid=live-canvas]')"
        ".dataset.frame) > n",
        arg=before,
    )
    address = trained.evaluate("() => { studio.mirror(); return location.href; }")
    assert "model=own-1" in address
    assert "@" not in address


def test_a_second_visitor_sees_nothing_of_it(trained: Any, elsewhere: Any, app_url: str) -> None:
    address = trained.evaluate("() => { studio.mirror(); return location.href; }")
    elsewhere.goto(address)
    elsewhere.get_by_test_id("panel-explore").wait_for()
    driving.answered(elsewhere)
    assert elsewhere.get_by_test_id("model-chooser").input_value() != "own-1"
    assert elsewhere.locator("[data-testid=model-chooser] [data-own]").count() == 0
    opened(elsewhere, app_url, SMALL)
    assert elsewhere.locator(f"{PANEL} .own-card").count() == 0
    assert elsewhere.is_visible(f"{PANEL} .own-none")


def test_a_page_that_is_loaded_again_still_has_it(trained: Any) -> None:
    trained.reload()
    trained.get_by_test_id("panel-explore").wait_for()
    driving.answered(trained)
    assert trained.get_by_test_id("model-chooser").input_value() == "own-1"
    trained.get_by_role("tab", name="Train").click()
    trained.wait_for_selector(f"{PANEL} .own-card")


def test_it_goes_out_as_a_zip_and_comes_in_again(trained: Any, tmp_path: Path) -> None:
    trained.get_by_role("tab", name="Train").click()
    with trained.expect_download() as download:
        trained.click(f"{PANEL} .own-card >> nth=0 >> [data-do=download]")
    file = tmp_path / "model.zip"
    download.value.save_as(file)
    trained.set_input_files(f"{PANEL} [data-do=upload]", file)
    trained.wait_for_selector(f"{PANEL} .own-card >> nth=1")
    assert "Brought as a zip file" in trained.inner_text(f"{PANEL} .own-card >> nth=1")
    (tmp_path / "none.zip").write_bytes(b"nothing")
    trained.set_input_files(f"{PANEL} [data-do=upload]", tmp_path / "none.zip")
    trained.wait_for_selector(f"{PANEL} [data-testid=message]:visible")
    assert "no whole zip file" in trained.inner_text(f"{PANEL} [data-testid=message]")
    trained.click(f"{PANEL} .own-card >> nth=1 >> text=Forget")
    trained.wait_for_selector(f"{PANEL} .own-card >> nth=1", state="detached")


def test_a_press_for_pause_that_comes_too_late_starts_no_run(trained: Any) -> None:
    starts: list[str] = []
    trained.on(
        "request",
        lambda r: starts.append(r.url) if "start_training" in (r.post_data or "") else None,
    )
    trained.evaluate(
        f"""() => {{
            const button = document.querySelector("{START}");
            let ran = false;
            const watch = new MutationObserver(() => {{
                ran ||= button.textContent === "Pause";
                if (!ran || button.textContent !== "Play") return;
                watch.disconnect();
                button.click();
                window.late = true;
            }});
            watch.observe(button, {{ childList: true, characterData: true, subtree: true }});
        }}"""
    )
    trained.click(START)
    trained.wait_for_function("() => window.late", timeout=SLOW)
    driving.answered(trained)
    trained.wait_for_selector(f"{START}:not([aria-disabled=true])")
    status(trained, "done: epoch 4 of 4")
    assert len(starts) == 1


def test_pause_step_slow_motion_and_stop_by_keys(phone: Any, app_url: str) -> None:
    opened(phone, app_url, LONG)
    phone.focus(START)
    phone.keyboard.press("Enter")
    points(phone, 1)
    phone.keyboard.press("Enter")
    status(phone, "resting")
    assert phone.inner_text(START) == "Go on"
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= phone.viewport_size["width"]
    driving.rested(phone, f"() => document.querySelector('{PANEL} .train-status').textContent")
    before = step_of(phone)
    phone.click(f"{PANEL} [data-do=step]")
    phone.wait_for_function(
        f"(step) => Number(/step ([\\d,]+) of/.exec(document.querySelector("
        f"'{PANEL} .train-status').textContent)?.[1].replace(',', '')) > step",
        arg=before,
    )
    assert phone.inner_text(f"{PANEL} .train-status").startswith("resting")
    phone.click(f"{PANEL} [data-do=slow]")
    phone.click(START)
    status(phone, "training")
    phone.click(STOP)
    status(phone, "stopped")
    phone.wait_for_selector(f"{PANEL} .own-card")
    assert "Stopped by you" in phone.inner_text(f"{PANEL} .own-card")


def test_what_cannot_be_trained_is_said(desktop: Any, app_url: str) -> None:
    opened(desktop, app_url, SMALL)
    desktop.fill(f"{PANEL} [name=latent_dim]", "4000")
    desktop.click(START)
    desktop.wait_for_selector(f"{PANEL} [data-testid=message]:visible")
    assert "from 1 to 1000" in desktop.inner_text(f"{PANEL} [data-testid=message]")
    assert "10 minutes" in desktop.inner_text(f"{PANEL} .train-limits")
    address = desktop.evaluate("() => { studio.mirror(); return location.href; }")
    assert "latent_dim:4000" in address


def test_a_shipped_history_is_replayed_and_linked(desktop: Any, app_url: str) -> None:
    history = json.loads(
        (driving.ROOT / "checkpoints/vae-400/history.jsonl").read_text().splitlines()[2]
    )
    opened(desktop, app_url, "history=vae-400&epoch=4")
    words = f"{PANEL} .replay-words"
    desktop.wait_for_selector(f"{words}:has-text('Epoch 4 of 10')")
    desktop.focus(f"{PANEL} [name=epoch]")
    desktop.keyboard.press("ArrowLeft")
    said = desktop.inner_text(words)
    assert said.startswith("Epoch 3 of 10")
    assert f"{history['test_distortion']:.1f}" in said
    address = desktop.evaluate("() => { studio.mirror(); return location.href; }")
    assert "epoch=3" in address
    desktop.wait_for_selector(f"{PANEL} [role=img][aria-label='Ten draws after epoch 3']")
    lit = "canvases => canvases.filter(c => studio_lit(c)).length"
    desktop.evaluate(
        "() => { window.studio_lit = c => c.getContext('2d')"
        ".getImageData(0, 0, 28, 28).data.some((v, i) => i % 4 === 0 && v > 99); }"
    )
    assert desktop.eval_on_selector_all(f"{PANEL} .replay-row canvas", lit) == 20
