"""Every kind of model in Explore and Sample: the chooser, fitted Gaussians, long codes, labels."""

from __future__ import annotations

from typing import Any

import driving
import pytest
import torch

import vae_core
from vae_core import checkpoint
from vae_core.app.service import groups
from vae_core.probability.latents import FittedGaussian

pytestmark = pytest.mark.browser

PIXELS = """(canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({length: 784}, (_, i) => data[4 * i]);
}"""


def need(name: str) -> None:
    """Skip by name where a model is not shipped."""
    if name not in [folder.name for folder in checkpoint.shipped()]:
        pytest.skip(f"{name} is not shipped")


def open_explore(page: Any, url: str, query: str) -> Any:
    page.goto(f"{url}?panel=explore&{query}")
    page.wait_for_selector("[data-testid=latent-slider-0]", state="attached")
    panel = page.get_by_test_id("panel-explore")
    settle(page, panel)
    return panel


def settle(page: Any, panel: Any) -> None:
    canvas = panel.get_by_test_id("live-canvas").element_handle()
    driving.rested(page, "(canvas) => Number(canvas.dataset.frame) || null", canvas)


BOTH = """() => {
  const shown = document.querySelectorAll(
    '.explore .origin canvas, .explore [data-testid=live-canvas]');
  return shown.length < 2 ? null : [...shown].map((canvas) => canvas.toDataURL());
}"""


def seen(panel: Any) -> torch.Tensor:
    return torch.tensor(panel.get_by_test_id("live-canvas").evaluate(PIXELS))


# ------------------------------------------------------------------ the chooser
def test_the_chooser_lists_the_family_in_groups(phone: Any, app_url: str) -> None:
    phone.goto(app_url)
    chooser = phone.get_by_test_id("model-chooser")
    chooser.wait_for()
    headings = chooser.locator("optgroup").evaluate_all("(all) => all.map((one) => one.label)")
    assert headings == [title for title in groups.GROUPS if title in headings]
    options = chooser.locator("option").evaluate_all("(all) => all.map((one) => one.value)")
    assert sorted(options) == sorted(folder.name for folder in checkpoint.shipped())
    box = chooser.bounding_box()
    assert box["x"] + box["width"] <= driving.PHONE["width"]
    # The chosen one is named in short, the others say what they are.
    words = chooser.locator("option").all_text_contents()
    chosen = chooser.evaluate("(select) => select.selectedIndex")
    assert all(("·" in text) == (place != chosen) for place, text in enumerate(words))


def test_the_chooser_follows_the_keyboard(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=explore&model=vae-128")
    chooser = desktop.get_by_test_id("model-chooser")
    chooser.focus()
    desktop.keyboard.press("ArrowDown")
    desktop.wait_for_function("() => !location.search.includes('model=vae-128&')")
    assert chooser.input_value() != "vae-128"


# ------------------------------------------------------------------ deterministic models
def test_a_plain_autoencoder_says_that_it_has_no_prior(desktop: Any, app_url: str) -> None:
    need("ae")
    panel = open_explore(desktop, app_url, "model=ae")
    assert "no prior" in (panel.locator(".seeing-text").text_content() or "")
    note = panel.locator(".gauge-note")
    assert "codes of test digits" in note.inner_text(), "a digit's code is held against others"
    assert panel.locator("[data-do=scale] option").first.inner_text() == "in σ of its codes"
    slider = panel.get_by_test_id("latent-slider-0")
    assert abs(float(slider.input_value())) < 10
    slider.press("ArrowUp")
    note.filter(has_text="the Gaussian fitted to its codes").wait_for()


def test_a_slider_counts_standard_deviations_of_the_codes(desktop: Any, app_url: str) -> None:
    need("ae")
    z = [0.0] * 32
    z[3] = 2.0
    panel = open_explore(desktop, app_url, f"model=ae&z={','.join(map(str, z))}")
    model = vae_core.load("ae")
    assert isinstance(model.prior, FittedGaussian)
    code = model.prior.mean + model.prior.std * torch.tensor([z])
    oracle = (model.decode(code).mean.clamp(0, 1) * 255).round().flatten()
    assert (seen(panel) - oracle).abs().max() <= 1


def test_a_long_code_folds_all_but_the_most_moving(desktop: Any, app_url: str) -> None:
    need("sae-topk")
    panel = open_explore(desktop, app_url, "model=sae-topk")
    assert panel.locator("[data-testid^=latent-slider-]").count() == 1000
    shown = panel.locator(".latents:not(.unused) .latent")
    assert shown.count() == 24
    assert panel.locator(".film .frames").count() == 24
    summary = panel.locator(".unused-fold > summary")
    assert "976 more" in summary.inner_text()
    assert panel.evaluate("(root) => root.querySelectorAll('*').length") < 8000
    summary.click()
    before = seen(panel)
    light = panel.locator(".latents.unused .latent.light input").first
    light.fill("4")
    settle(desktop, panel)
    assert light.input_value() == "4"
    assert seen(panel).shape == before.shape


def test_a_long_code_is_decoded_as_it_was_encoded(desktop: Any, app_url: str) -> None:
    """Real codes may lie many fitted sigmas away: nothing is cut off on the way."""
    need("sae-topk")
    panel = open_explore(desktop, app_url, "model=sae-topk")
    panel.locator(".classes button", has_text="7").click()
    panel.locator(".origin canvas").wait_for()
    driving.rested(desktop, BOTH)  # the panel came with a digit of its own
    x = torch.tensor(panel.locator(".origin canvas").evaluate(PIXELS)).view(1, 1, 28, 28) / 255
    oracle = (vae_core.load("sae-topk").reconstruct(x).clamp(0, 1) * 255).round().flatten()
    assert (seen(panel) - oracle).abs().max() <= 2


# ------------------------------------------------------------------ labels
def test_another_label_is_another_digit_of_the_same_code(desktop: Any, app_url: str) -> None:
    need("vae-conditional")
    z = [0.5] * 10
    query = f"model=vae-conditional&label=3&z={','.join(map(str, z))}"
    panel = open_explore(desktop, app_url, query)
    model = vae_core.load("vae-conditional")
    for label in (3, 7):
        panel.locator(f".labels [data-label='{label}']").click()
        settle(desktop, panel)
        made = model.decode(torch.tensor([z]), torch.tensor([label])).mean
        assert (seen(panel) - (made * 255).round().flatten()).abs().max() <= 1
        pressed = panel.locator(".labels [aria-pressed=true]")
        assert pressed.all_inner_texts() == [str(label)]
    desktop.wait_for_function("() => location.search.includes('label=7')")


def test_a_link_with_a_label_keeps_it_when_the_panel_starts_from_its_own_digit(
    desktop: Any, app_url: str
) -> None:
    need("vae-conditional")
    panel = open_explore(desktop, app_url, "model=vae-conditional&label=3")
    panel.locator(".origin canvas").wait_for()
    settle(desktop, panel)
    assert panel.locator(".labels [aria-pressed=true]").all_inner_texts() == ["3"]
    desktop.wait_for_function("() => location.search.includes('label=3')")


def test_samples_of_one_label(desktop: Any, app_url: str) -> None:
    need("vae-conditional")
    desktop.goto(f"{app_url}?panel=sample&model=vae-conditional&n=4&label=2")
    grid = desktop.get_by_test_id("sample-grid")
    grid.locator("canvas").nth(3).wait_for()
    model = vae_core.load("vae-conditional")
    noise = torch.Generator().manual_seed(0)
    drawn, _ = model.sample(4, generator=noise, y=torch.full((4,), 2))
    shown = torch.tensor(grid.locator("canvas").first.evaluate(PIXELS))
    assert (shown - (drawn[0] * 255).round().flatten()).abs().max() <= 1


def test_other_models_have_no_labels(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400")
    assert not panel.locator(".labels").is_visible()
