"""Use: each use answers a picture, with its figure."""

from __future__ import annotations

import re
from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser


def open_use(page: Any, url: str, more: str = "") -> Any:
    page.goto(f"{url}?panel=use{more}")
    panel = page.get_by_test_id("panel-use")
    panel.locator(".neighbours figure").nth(19).wait_for()
    panel.locator(".roc .dot").first.wait_for()
    driving.answered(page)
    return panel


def test_neighbours_and_curves_of_the_picture(desktop: Any, app_url: str) -> None:
    panel = open_use(desktop, app_url)
    code = panel.get_by_test_id("found-by-code")
    assert code.locator("figcaption b").all_inner_texts().count("7") >= 9
    assert "of 60,000 training digits" in code.inner_text()
    assert "10,000" in panel.get_by_test_id("found-by-pixels").inner_text()
    said = panel.locator("[data-use=search] .measured").inner_text()
    assert re.search(r"98\.\d ± 0\.\d % by code", said), said
    panel.get_by_test_id("fool").click()
    panel.get_by_text("never saw a 1").wait_for()
    driving.answered(desktop)
    assert set(code.locator("figcaption b").all_inner_texts()) == {"1"}
    cells = panel.locator("[data-use=anomaly] td:last-child").all_inner_texts()
    areas = [float(text.split()[0]) for text in cells]
    assert areas[-1] < 0.2 < areas[0]
    pytest.importorskip("constriction", reason="constriction is not installed")
    assert "is a mixture of flows" in panel.locator("[data-use=compress] .say").inner_text()


def test_the_picture_as_bits(desktop: Any, app_url: str) -> None:
    pytest.importorskip("constriction", reason="constriction is not installed")
    panel = open_use(desktop, app_url, "&model=vae-400")
    said = panel.locator("[data-use=compress] .say")
    said.get_by_text("came back bit for bit").wait_for()
    rows = panel.locator("[data-use=compress] tbody tr").all_inner_texts()
    bits = [float(row.split("\t")[1].replace(",", "")) for row in rows]
    assert bits == sorted(bits)


def test_a_picture_in_fewer_and_fewer_numbers(desktop: Any, app_url: str) -> None:
    panel = open_use(desktop, app_url, "&model=vae-400")
    part = panel.locator("[data-use=reduce]")
    part.get_by_text(re.compile("^By 20 of 784 components")).wait_for()
    assert part.locator("tbody th").all_inner_texts()[0] == "the code"
    assert "vae-400, 20 numbers" in part.locator(".kept-pictures").inner_text()
    part.get_by_test_id("components").fill("1")
    part.get_by_text(re.compile("^By 2 of 784 .* vae-2d loses least")).wait_for()


def test_labels_raise_the_accuracy(desktop: Any, app_url: str) -> None:
    panel = open_use(desktop, app_url, "&model=vae-flow")
    part = panel.locator("[data-use=label]")
    part.get_by_text("No label yet").wait_for()
    part.locator("[data-named='3']").click()
    part.get_by_text(re.compile("^1 label: ")).wait_for()
    for count in (11, 21):
        part.get_by_role("button", name="Ten with their true labels").click()
        part.get_by_text(re.compile(f"^{count} labels: ")).wait_for()
    # A model that knows all labels shows a way out, and ends the steps of the one before.
    chooser = desktop.get_by_test_id("model-chooser")
    chooser.select_option("vae-flow-digits")
    part.get_by_role("button", name="Try vae-flow").press("Enter")
    part.locator("[data-named='3']").wait_for()
    assert part.locator(".steps li").count() == 1
    assert chooser.input_value() == "vae-flow"
    assert desktop.evaluate("document.activeElement.id") == "h-label"


def test_a_refused_picture_leaves_nothing_of_the_one_before(phone: Any, app_url: str) -> None:
    panel = open_use(phone, app_url)
    files = [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"}]
    panel.get_by_test_id("image-upload").set_input_files(files)
    panel.get_by_test_id("message").wait_for()
    panel.locator(".neighbours figure").first.wait_for(state="detached")
    assert panel.locator(".roc .dot").count() == 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]


def test_what_explore_shows_goes_to_use(desktop: Any, app_url: str) -> None:
    panel = open_use(desktop, app_url, "&model=vae-flow")
    before = panel.get_by_test_id("model-input").evaluate("(e) => e.toDataURL()")
    desktop.get_by_role("tab", name="Explore").click()
    explore = desktop.get_by_test_id("panel-explore")
    explore.locator("[data-testid=live-canvas][data-frame]:not([data-frame='0'])").wait_for()
    explore.locator("summary", has_text="Send to").click()
    explore.locator("[data-send=use]").click()
    desktop.wait_for_function(
        "(before) => document.querySelector('[data-testid=panel-use] [data-testid=model-input]')"
        ".toDataURL() !== before",
        arg=before,
    )
    driving.answered(desktop)


def test_neighbours_on_flat_maps(desktop: Any, app_url: str) -> None:
    """PCA has a place for the picture, t-SNE has none; both are drawn and say how good they are."""
    panel = open_use(desktop, app_url, "&model=vae-400")
    part = panel.locator("[data-use=flat]")
    part.locator(".scatter[data-dots='2000'][data-own=true]").nth(1).wait_for()
    part.get_by_role("button", name="t-SNE").click()
    part.get_by_text("Your picture has no place here").wait_for()
    assert part.locator(".scatter[data-own=false]").count() == 2
    named = part.locator("figcaption").all_inner_texts()
    shares = [float(re.findall(r"(\d\d\.\d) ±", words)[0]) for words in named]
    assert all(90 < share < 100 for share in shares), named
