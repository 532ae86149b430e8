"""Inside: every part is pointed at by mouse, keys and finger, and its numbers add up."""

from __future__ import annotations

import re
from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser


def number(text: str) -> float:
    """The first number in a text, of the page's own minus sign."""
    found = re.search(r"[-−]?[\d,]+(?:\.\d+)?", text)
    assert found, text
    return float(found[0].replace("−", "-").replace(",", ""))


def open_inside(page: Any, url: str, model: str, more: str = "") -> Any:
    page.goto(f"{url}?panel=inside&model={model}{more}")
    panel = page.get_by_test_id("panel-inside")
    panel.get_by_test_id("part-distortion").wait_for()
    driving.answered(page)
    return panel


def lens(panel: Any) -> Any:
    return panel.locator(".lens")


def test_the_numbers_add_up_on_the_page(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "vae-burda")
    distortion = number(
        panel.get_by_test_id("part-distortion").inner_text().split("distortion:")[1]
    )
    rate = number(panel.get_by_test_id("part-rate").inner_text().split("rate:")[1])
    total = number(panel.get_by_test_id("inside-elbo").inner_text())
    assert total == pytest.approx(distortion + rate, abs=0.02)


def test_draw_again_changes_the_noise_alone(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "vae-burda")
    svg = "(all) => all.map((each) => each.innerHTML)"
    before = {
        key: panel.get_by_test_id(f"inside-{key}").locator(".bar").get_attribute("d")
        for key in ("mean", "logvar", "eps", "z", "rate")
    }
    assert panel.locator("svg").evaluate_all(svg)
    panel.get_by_test_id("draw-again").click()
    panel.get_by_text("seed 1:").wait_for()
    after = {
        key: panel.get_by_test_id(f"inside-{key}").locator(".bar").get_attribute("d")
        for key in before
    }
    assert [key for key in before if before[key] != after[key]] == ["eps", "z"]
    desktop.wait_for_function("() => location.search.includes('eps=1')")


def test_a_pixel_is_pointed_at_and_explained(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "vae-burda")
    picture = panel.get_by_test_id("inside-distortion")
    box = picture.bounding_box()
    picture.hover(position={"x": box["width"] * 4.5 / 28, "y": box["height"] * 2.5 / 28})
    said = lens(panel)
    said.get_by_text("Distortion of pixel row 3, column 5").wait_for()
    assert "log(1 + exp(" in said.inner_text()
    assert "bernoulli.py" in said.inner_text()
    # The same pixel is marked in every picture of 28 x 28.
    marks = panel.locator(".picture-visual .mark")
    assert marks.count() >= 4
    assert len(set(marks.evaluate_all("(all) => all.map((each) => each.style.cssText)"))) == 1


def test_keys_alone_go_through_the_parts(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "vae-400")
    panel.get_by_test_id("part-mean").focus()
    lens(panel).get_by_text("Latent 0").wait_for()
    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("ArrowRight")
    lens(panel).get_by_text("Latent 2").wait_for()
    desktop.keyboard.press("Tab")
    said = lens(panel)
    said.get_by_text("log σ² =").wait_for()
    assert said.locator(".lens-title").inner_text() == "Latent 2"  # the same one
    said.locator("summary").first.focus()
    desktop.keyboard.press("Enter")
    assert "self.encoder(x)" in said.locator("details[open] mark").first.inner_text()


def test_on_a_phone_a_tap_explains(phone: Any, app_url: str) -> None:
    panel = open_inside(phone, app_url, "vae-flow-digits")
    rate = panel.get_by_test_id("part-rate")
    rate.tap()
    said = lens(panel)
    said.get_by_text("Monte Carlo estimate from one draw").wait_for()
    assert said.bounding_box()["y"] < phone.viewport_size["height"]
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]


def test_a_step_in_slow_motion(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "vae-burda")
    for stage in range(4):
        panel.get_by_test_id("step-next").click()
        panel.get_by_test_id(f"step-{stage}").wait_for()
    before, after = re.findall(r"[\d.]+", panel.get_by_test_id("step-3").inner_text())[1:3]
    assert float(after) < float(before)
    panel.get_by_text("The copy is gone").wait_for()
    panel.get_by_test_id("step-next").click()
    assert panel.get_by_test_id("step-0").count() == 0


def test_the_bound_is_derived_in_six_steps(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "vae-burda")
    panel.get_by_test_id("derive").click()
    steps = panel.get_by_test_id("derivation-step")
    steps.nth(5).wait_for()
    assert steps.count() == 6
    log_p = number(steps.nth(1).inner_text().split("weigh each draw:")[1])
    elbo = number(steps.nth(2).inner_text().split("the ELBO is")[1])
    gap = number(steps.nth(4).inner_text().split("The gap,")[1])
    assert gap == pytest.approx(log_p - elbo, abs=0.03)
    total = number(panel.get_by_test_id("inside-elbo").inner_text())
    assert number(steps.nth(5).inner_text().split("=")[-1]) == pytest.approx(total, abs=0.01)


def test_a_plain_autoencoder_steps_aside_in_words(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "ae")
    assert panel.get_by_test_id("part-logvar").count() == 0
    assert not panel.get_by_test_id("draw-again").is_visible()
    assert panel.get_by_test_id("derive").is_disabled()
    panel.get_by_text("there is nothing to bound").wait_for()


@pytest.mark.parametrize("model", ["vae-pixelcnn", "vae-logistic", "vae-conditional", "sae-topk"])
def test_every_kind_of_model_is_taken_apart(desktop: Any, app_url: str, model: str) -> None:
    panel = open_inside(desktop, app_url, model)
    for part in panel.locator(".part").all():
        part.focus()
        assert lens(panel).locator(".lens-lines p").count() >= 1
    assert not panel.get_by_test_id("message").is_visible()


def test_nothing_of_it_comes_before_it_is_opened(desktop: Any, app_url: str) -> None:
    asked: list[str] = []
    desktop.on("request", lambda request: asked.append(request.url))
    desktop.goto(app_url)
    desktop.get_by_test_id("panel-explore").wait_for()
    driving.answered(desktop)
    assert not [url for url in asked if "inside" in url]
    desktop.get_by_role("tab", name="Inside").click()
    desktop.get_by_test_id("part-distortion").wait_for()
    assert [url for url in asked if url.endswith("inside.css")]
    assert len([url for url in asked if url.endswith("inside.js")]) == 1


def test_the_picture_and_its_draw_are_in_the_link(desktop: Any, app_url: str) -> None:
    panel = open_inside(desktop, app_url, "vae-burda")
    panel.locator(".picture-examples button").nth(7).click()
    panel.get_by_test_id("draw-again").click()
    panel.get_by_text("seed 1:").wait_for()
    driving.answered(desktop)
    total = panel.get_by_test_id("inside-elbo").inner_text()
    desktop.evaluate("studio.mirror()")
    again = open_inside(
        desktop, app_url, "vae-burda", f"&{desktop.evaluate('location.search.slice(1)')}"
    )
    again.get_by_text("seed 1:").wait_for()
    assert again.get_by_test_id("inside-elbo").inner_text() == total


def test_explore_sends_its_digit_there(desktop: Any, app_url: str) -> None:
    desktop.goto(f"{app_url}?panel=explore&model=vae-400")
    panel = desktop.get_by_test_id("panel-explore")
    panel.locator(".origin").wait_for()
    driving.answered(desktop)
    panel.locator("details.menu > summary", has_text="Send to").click()
    panel.locator("[data-send=inside]").click()
    desktop.get_by_test_id("part-distortion").wait_for()
