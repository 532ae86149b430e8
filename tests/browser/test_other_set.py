"""A model of another set: every panel works with it, and says nothing of digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import driving
import numpy as np
import pytest
from PIL import Image
from running_verbs import main

from vae_core import checkpoint
from vae_core.app.server.shell import PANELS

pytestmark = [pytest.mark.browser, pytest.mark.long]

MODEL = "fashion-vae-flow"
PAINTED = """(panel) => [...document.querySelectorAll(`[data-testid=panel-${panel}] canvas`)]
    .some((one) => {
        if (!one.checkVisibility() || !one.width) return false;
        const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
        return data.some((value, i) => i % 4 !== 3 && value !== data[i % 4]);
    })"""
SPOKEN = """(panel) => {
    const root = document.querySelector(`[data-testid=panel-${panel}]`);
    return root.innerText.match(/[^.\\n]*\\bdigits?\\b[^.\\n]*/gi) ?? [];
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MNIST_ALONE = ("train", "learn")
"""Panels about runs and lessons, which are of MNIST whatever model is chosen."""


def look_through(page: Any, url: str) -> None:
    """Each panel is painted, complains of nothing and calls no shoe a digit."""
    if not (checkpoint.shipped_root() / MODEL).is_dir():
        pytest.skip(f"{MODEL} is not shipped")
    page.goto(f"{url}?model={MODEL}")
    for panel in PANELS:
        page.get_by_role("tab", name=panel.capitalize()).click()
        page.get_by_test_id(f"panel-{panel}").wait_for()
        driving.answered(page)
        if panel != "learn":
            page.wait_for_function(PAINTED, arg=panel)
        driving.answered(page)
        messages = page.locator(f"[data-testid=panel-{panel}] [data-testid=message]:visible")
        assert messages.all_inner_texts() == [], panel
        spoken = page.evaluate(SPOKEN, panel)
        if panel in MNIST_ALONE:
            assert any("MNIST’s" in said for said in spoken), panel
        else:
            assert spoken == [], panel
        assert page.evaluate(SIDEWAYS) <= 0, panel


def test_every_panel_shows_clothes(desktop: Any, app_url: str) -> None:
    look_through(desktop, app_url)
    desktop.goto(f"{app_url}?panel=explore&model={MODEL}")
    panel = desktop.get_by_test_id("panel-explore")
    panel.get_by_text("A classifier reads this as ankle boot").wait_for()
    panel.get_by_role("button", name="trouser", exact=True).click()
    panel.get_by_text("A classifier reads this as trouser").wait_for()
    groups = desktop.locator("[data-testid=model-chooser] optgroup")
    assert "FashionMNIST" in [each.get_attribute("label") for each in groups.all()]


def test_every_panel_shows_clothes_on_a_phone(phone: Any, app_url: str) -> None:
    look_through(phone, app_url)


def test_choosing_a_model_of_digits_brings_the_digits_back(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=reconstruct&model={MODEL}")
    desktop.get_by_test_id("panel-reconstruct").wait_for()
    driving.answered(desktop)
    desktop.get_by_test_id("model-chooser").select_option("vae-400")
    desktop.get_by_role("button", name="Example digit 4").first.wait_for()
    assert "model=vae-400" in desktop.url


def test_an_upload_is_trimmed_and_read(desktop: Any, app_url: str, tmp_path: Path) -> None:
    """A dark shirt on white, wide and tall margins around it."""
    image = Image.new("RGB", (600, 420), "white")
    image.paste((40, 40, 60), (240, 120, 360, 330))
    image.paste((40, 40, 60), (180, 120, 420, 180))
    image.save(tmp_path / "shirt.png")
    desktop.goto(f"{app_url}?panel=reconstruct&model={MODEL}")
    panel = desktop.get_by_test_id("panel-reconstruct")
    driving.answered(desktop)
    panel.get_by_test_id("image-upload").first.set_input_files(tmp_path / "shirt.png")
    panel.get_by_text("Trimmed to what it shows").first.wait_for()
    driving.answered(desktop)
    seen = panel.get_by_test_id("model-input").evaluate(
        """(one) => [...one.getContext("2d").getImageData(0, 0, 28, 28).data]"""
    )
    grey = np.array(seen).reshape(28, 28, 4)[..., 0]
    assert grey[1:5, 2:26].min() > 150  # light on dark, from edge to edge
    assert grey[20, 1] < 40


def shapes(root: Path, count: int) -> None:
    """Discs and boxes of many sizes, dark on light; two files are no pictures."""
    noise = np.random.default_rng(0)
    for i in range(count):
        wide, high = (int(side) for side in noise.integers(30, 400, 2))
        y, x = np.mgrid[:high, :wide]
        across, down = abs(x - wide / 2), abs(y - high / 2)
        size = min(wide, high) * noise.uniform(0.2, 0.4)
        inside = (across**2 + down**2 < size**2) if i % 2 else np.maximum(across, down) < size
        grey = np.where(inside, int(noise.integers(0, 100)), 240).astype(np.uint8)
        place = root / ("disc" if i % 2 else "box") / f"{i}.{('png', 'jpg', 'webp')[i % 3]}"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(grey).save(place)
    (root / "box" / "broken.png").write_bytes(b"nothing")
    (root / "disc" / "notes.txt").write_text("no picture")


def test_from_a_folder_of_pictures_to_its_sliders(
    desktop: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """500 pictures of mixed sizes: one command, and one start of the app."""
    shapes(tmp_path / "shapes", 500)
    out = tmp_path / "checkpoints" / "shapes"
    words = ["train", "vae-128", "--dataset", "folder", "--data", str(tmp_path / "shapes")]
    assert main([*words, "--epochs", "4", "--device", "cpu", "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert all(f"left out: {name}" in said for name in ("box/broken.png", "disc/notes.txt"))
    with driving.server(None, "--checkpoints", str(out.parent)) as url:
        desktop.goto(url)
        panel = desktop.get_by_test_id("panel-explore")
        panel.get_by_role("button", name="disc").click()
        driving.answered(desktop)
        slider = panel.get_by_test_id("latent-slider-0")
        frame = panel.get_by_test_id("live-canvas").get_attribute("data-frame")
        slider.fill("2")
        desktop.wait_for_function(
            "(frame) => document.querySelector('.explore [data-testid=live-canvas]')"
            ".dataset.frame > frame",
            arg=frame,
        )
        desktop.goto("about:blank")
