"""The Python lines that the panels hand out run, and make the picture that the page kept."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from test_family_panels import need
from test_interpolate import choose
from test_interpolate import opened as open_interpolate
from test_reconstruct import MODEL_INPUT, PANEL, changed, grey, on_paper, opened, upload

from vae_core import checkpoint

pytestmark = pytest.mark.browser

KINDS = [
    "vae-flow",
    "vae-400",
    "vae-gaussian",
    "vae-laplace",
    "vae-logistic",
    "vae-pixelcnn",
    "vae-conditional",
    "ae",
]


def kept(page: Any) -> np.ndarray:
    """The kept PNG, one pixel a pixel: digit, reconstruction and difference side by side."""
    with page.expect_download() as download:
        page.click(f"{PANEL} [data-keep=png]")
    with Image.open(io.BytesIO(Path(download.value.path()).read_bytes())) as image:
        return np.asarray(image.convert("RGB"))[8::16, 8::16, 0].astype(int)


def run(page: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that the lines leave behind, run beside the picture's file."""
    page.click(f"{PANEL} [data-keep=python]")
    lines = page.text_content(f"{PANEL} .python")
    page.click(f"{PANEL} [data-keep=python]")
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec(lines, names)  # what a reader would do with them
    return names


def agree(page: Any, names: dict[str, Any]) -> None:
    picture = kept(page)
    x = (names["x"] * 255).round().reshape(28, 28).numpy()
    image = (names["image"] * 255).round().reshape(28, 28).numpy()
    assert np.abs(picture[:, 30:58] - image).max() <= 1
    assert np.abs(picture[:, :28] - x).max() <= 1
    answer = float(page.text_content(f"{PANEL} output.distortion").replace("−", "-"))
    assert float(names["costs"]["distortion"]) == pytest.approx(answer, rel=1e-3, abs=0.11)


@pytest.mark.parametrize("name", KINDS)
def test_the_lines_of_reconstruct_make_the_kept_picture(
    desktop: Any, app_url: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(name)
    page = opened(desktop, f"{app_url}?model={name}&")
    agree(page, run(page, tmp_path, monkeypatch))  # an example digit, of which there is no file


def test_the_lines_know_what_was_chosen(
    desktop: Any, app_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, its second digit, a bold pen, a threshold, a draw of the code, and damage."""
    page = opened(desktop, app_url)
    content = on_paper(2, 7)
    (tmp_path / "two digits.png").write_bytes(content)
    before = grey(page, MODEL_INPUT)
    upload(page, content, "two digits.png")
    shown = changed(page, MODEL_INPUT, before)
    page.locator(f"{PANEL} button.picture-box[aria-pressed=false]").click()
    shown = changed(page, MODEL_INPUT, shown)
    page.select_option(f"{PANEL} [data-option=stroke]", "3.2")
    shown = changed(page, MODEL_INPUT, shown)
    page.click(f"{PANEL} [data-damage=rotate]")
    changed(page, MODEL_INPUT, shown)
    reconstruction = f"{PANEL} [data-testid=reconstruction]"
    mean = grey(page, reconstruction)
    page.click(f"{PANEL} [data-code=draw]")
    changed(page, reconstruction, mean)
    agree(page, run(page, tmp_path, monkeypatch))


def lines_of(panel: Any) -> dict[str, Any]:
    """The names that a panel's lines leave behind."""
    if panel.locator("details.menu").count():
        panel.get_by_text("Keep", exact=True).click()
    panel.locator("[data-keep=python]").click()
    names: dict[str, Any] = {}
    exec(panel.locator(".python").text_content(), names)  # what a reader would do with them
    panel.locator(".python").evaluate("(box) => { box.hidden = true; }")
    return names


def shows(page: Any, canvas: Any, image: np.ndarray) -> None:
    """Wait until a canvas shows these grey levels, (28, 28), to within one."""
    page.wait_for_function(
        """([canvas, levels]) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
          return levels.every((level, i) => Math.abs(level - data[4 * i]) <= 1);
        }""",
        arg=[canvas.element_handle(), (image * 255).round().flatten().tolist()],
    )


def shipped(*names: str) -> list[str]:
    here = {folder.name for folder in checkpoint.shipped()}
    return [name for name in names if name in here]


def test_the_lines_of_explore_make_the_picture_in_view(desktop: Any, app_url: str) -> None:
    """Of each kind of model, its label among them, one after the other in one page."""
    desktop.goto(f"{app_url}?panel=explore&model=vae-400")
    panel = desktop.get_by_test_id("panel-explore")
    canvas = panel.get_by_test_id("live-canvas")
    for name in shipped("vae-flow", "vae-conditional", "vae-laplace", "vae-pixelcnn", "ae"):
        desktop.get_by_test_id("model-chooser").select_option(name)
        # The digit that the panel opened on is read again by this model.
        desktop.wait_for_function(
            "(name) => studio.state.model === name && studio.state.u?.some(Boolean)", arg=name
        )
        shows(desktop, canvas, lines_of(panel)["image"][0, 0].numpy())


def test_the_lines_of_interpolate_make_its_strip(desktop: Any, app_url: str) -> None:

    page = open_interpolate(desktop, app_url)
    panel = page.get_by_test_id("panel-interpolate")
    for name in shipped("vae-flow", "vae-conditional", "vae-laplace", "ae"):
        choose(page, name)
        made = lines_of(panel)["images"][:, 0].numpy()
        frames = panel.locator(".strip.latent canvas").all()
        assert len(made) == len(frames)
        for frame, image in zip(frames, made, strict=True):
            shows(page, frame, image)
