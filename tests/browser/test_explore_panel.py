"""Explore: sliders, the live picture, ways to start, and what it says."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import driving
import pytest
import torch
from relay import Relay

import vae_core

pytestmark = pytest.mark.browser

PIXELS = """() => {
    const canvas = document.querySelector('[data-testid=panel-explore] [data-testid=live-canvas]');
    const {data} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({length: 784}, (_, i) => data[4 * i]);
}"""
SHOWN = """() => {
    const canvas = document.querySelector('[data-testid=panel-explore] [data-testid=live-canvas]');
    return Number(canvas?.dataset.frame) || null;
}"""
"""How many frames the live picture has painted, for `driving.rested`."""


def open_explore(page: Any, url: str, query: str = "") -> Any:
    """Open the panel and wait for its first decode."""
    page.goto(f"{url}?panel=explore&{query}")
    page.wait_for_selector("[data-testid=latent-slider-0]", state="attached")
    settle(page)
    return page.get_by_test_id("panel-explore")


def settle(page: Any) -> None:
    """Wait until the live picture rests."""
    driving.rested(page, SHOWN)


def sliders(page: Any) -> dict[int, float]:
    """The sliders' values by latent index."""
    return {
        int(key): value
        for key, value in page.evaluate("""() => Object.fromEntries(
            [...document.querySelectorAll('[data-testid^=latent-slider-]')].map((range) =>
                [range.dataset.testid.split('-')[2], Number(range.value)]))""").items()
    }


def decoded(name: str, z: list[float]) -> list[int]:
    """What the package itself decodes: 784 grey levels."""
    model = vae_core.load(name)
    pixels = model.decode(model.from_sliders(torch.tensor([z], dtype=torch.float32))).mean
    return (pixels.clamp(0, 1) * 255).round().int().flatten().tolist()


def current_z(page: Any) -> list[float]:
    return page.evaluate("() => window.studio.state.u")


def drag(page: Any, testid: str, share: float, *, by_frames: bool = False) -> None:
    """Drag a slider with the mouse to `share` of its length; in five places, each painted."""
    box = page.get_by_test_id(testid).bounding_box()
    y = box["y"] + box["height"] / 2
    start, end = box["x"] + box["width"] / 2, box["x"] + box["width"] * share
    page.mouse.move(start, y)
    page.mouse.down()
    if by_frames:
        places = [(start + (end - start) * step / 5, y) for step in range(1, 6)]
        driving.move_by_frames(
            page, "[data-testid=panel-explore] [data-testid=live-canvas]", places
        )
    page.mouse.move(end, y, steps=20)
    page.mouse.up()


def test_it_opens_on_a_real_digit(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url)
    assert max(desktop.evaluate(PIXELS)) > 200


def test_one_slider_a_dimension_in_the_order_of_their_kl(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url, "model=vae-400")
    about: Any = vae_core.inspect("vae-400")
    kl = about["metrics"]["kl_per_dim"]
    order = desktop.evaluate("""() => [...document.querySelectorAll(
        '[data-testid^=latent-slider-]')].map((range) => range.dataset.testid.split('-')[2])""")
    assert [int(dim) for dim in order] == sorted(range(len(kl)), key=lambda dim: -kl[dim])


def test_unused_latents_are_folded_away_and_still_in_the_page(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url, "model=vae-400")
    desktop.evaluate("""() => {
        const model = studio.modelNamed('vae-400');
        model.unused = [3, 5];
        studio.emit('model', 'vae-400');
    }""")
    slider = desktop.get_by_test_id("latent-slider-3")
    assert slider.count() == 1
    assert not slider.is_visible()
    assert "2 unused" in desktop.locator(".unused-fold summary").inner_text()


def test_a_dragged_slider_ends_on_the_digit_that_the_package_decodes(
    desktop: Any, app_url: str
) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(["0.5"] * 20))
    canvas = panel.get_by_test_id("live-canvas")
    before, count = desktop.evaluate(PIXELS), int(canvas.get_attribute("data-frame"))
    testid = panel.locator("[data-testid^=latent-slider-]").first.get_attribute("data-testid")
    drag(desktop, testid, 0.9, by_frames=True)
    settle(desktop)
    assert int(canvas.get_attribute("data-frame")) > count + 3
    assert float(canvas.get_attribute("data-latency-ms")) > 0
    z = current_z(desktop)
    assert z[int(testid.split("-")[2])] == pytest.approx(3.2, abs=0.3)
    shown = desktop.evaluate(PIXELS)
    assert shown != before
    assert max(abs(a - b) for a, b in zip(shown, decoded("vae-400", z), strict=True)) <= 1


def test_arrow_keys_step_by_a_tenth(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(["0"] * 20))
    slider = panel.locator("[data-testid^=latent-slider-]").first
    slider.focus()
    for _ in range(3):
        desktop.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == pytest.approx(0.3)
    assert panel.locator(".latent .value").first.inner_text() == "+0.30"


def test_the_address_restores_the_view(desktop: Any, app_url: str) -> None:
    z = [round(0.1 * i - 1, 2) for i in range(20)]
    open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(map(str, z)))
    assert sliders(desktop) == pytest.approx(dict(enumerate(z)), abs=0.011)
    drag(desktop, "latent-slider-2", 0.25)
    desktop.wait_for_function(
        """() => new URLSearchParams(location.search).get('z')
            === studio.state.u.map((v) => String(Math.round(v * 1000) / 1000)).join()"""
    )
    moved = current_z(desktop)
    desktop.reload()
    desktop.wait_for_selector("[data-testid=latent-slider-0]", state="attached")
    assert current_z(desktop) == pytest.approx(moved, abs=1e-3)


def test_random_leaves_frozen_sliders_alone_and_undo_goes_back(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(["0.7"] * 20))
    panel.get_by_role("button", name="freeze z4", exact=True).click()
    panel.get_by_role("button", name="Random").click()
    z = current_z(desktop)
    assert z[4] == 0.7
    assert sum(v != 0.7 for v in z) == 19
    desktop.get_by_role("button", name="Undo").click()
    assert current_z(desktop) == [0.7] * 20


def test_reset_goes_to_the_mean_of_the_prior(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400")
    panel.get_by_role("button", name="Reset").click()
    settle(desktop)
    assert set(sliders(desktop).values()) == {0.0}
    assert panel.locator(".verdict").inner_text() == "near the mean"
    assert (
        max(
            abs(a - b)
            for a, b in zip(desktop.evaluate(PIXELS), decoded("vae-400", [0.0] * 20), strict=True)
        )
        <= 1
    )


def test_far_from_the_prior_is_off_the_map(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(["3"] * 20))
    assert panel.locator(".verdict").inner_text() == "off the map"
    assert "13.42" in panel.locator(".distance").inner_text()


def test_a_class_starts_from_the_code_of_a_real_digit(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400")
    panel.get_by_role("button", name="7", exact=True).click()
    panel.locator(".origin").wait_for()
    settle(desktop)
    bytes_shown = desktop.evaluate("""() => {
        const {data} = document.querySelector('.origin canvas')
            .getContext('2d').getImageData(0, 0, 28, 28);
        return Array.from({length: 784}, (_, i) => data[4 * i]);
    }""")
    model = vae_core.load("vae-400")
    x = torch.tensor(bytes_shown, dtype=torch.float32).div(255).view(1, 1, 28, 28)
    assert current_z(desktop) == pytest.approx(model.encode(x).mean[0].tolist(), abs=1e-3)


def test_the_quantile_scale_shows_percent_and_keeps_the_picture(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(["1"] * 20))
    z = current_z(desktop)
    panel.get_by_label("Scale of the sliders").select_option("quantile")
    assert panel.locator(".latent .value").first.inner_text() == "84.1 %"
    assert set(sliders(desktop).values()) == {84.13}
    assert current_z(desktop) == z


def test_z_is_kept_as_json_and_as_python(desktop: Any, app_url: str) -> None:
    z = [round(0.1 * i, 1) for i in range(20)]
    panel = open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(map(str, z)))
    panel.get_by_text("Keep", exact=True).click()
    with desktop.expect_download() as download:
        panel.get_by_role("button", name="z (JSON)").click()
    content = json.loads(download.value.path().read_text("utf-8"))
    assert content == {"checkpoint": "vae-400", "z": z}
    panel.get_by_text("Keep", exact=True).click()
    panel.get_by_role("button", name="Python lines").click()
    result: dict[str, Any] = {}
    exec(panel.locator(".python").inner_text(), result)
    ours = (result["image"] * 255).round().int().flatten().tolist()
    assert max(abs(a - b) for a, b in zip(desktop.evaluate(PIXELS), ours, strict=True)) <= 1


def test_every_slider_has_a_filmstrip(desktop: Any, app_url: str) -> None:
    """Its own part of the one sheet, and something to see on it."""
    open_explore(desktop, app_url, "model=vae-400&z=" + ",".join(["0.2"] * 20))
    desktop.wait_for_function("""() => [...document.querySelectorAll('.film .frames')].every(
        (film) => film.style.backgroundImage)""")
    places, brightest = desktop.evaluate("""async () => {
        const films = [...document.querySelectorAll('.film .frames')];
        const sheet = new Image();
        sheet.src = films[0].style.backgroundImage.slice(5, -2);
        await sheet.decode();
        const canvas = Object.assign(document.createElement('canvas'), {
            width: sheet.naturalWidth, height: sheet.naturalHeight });
        const context = canvas.getContext('2d');
        context.drawImage(sheet, 0, 0);
        const reds = (place) => context.getImageData(0, 28 * place, canvas.width, 28)
            .data.filter((v, i) => i % 4 === 0);
        const brightest = films.map((_, place) => Math.max(...reds(place)));
        return [films.map((film) => film.style.backgroundPosition), brightest];
    }""")
    assert len(set(places)) == 20
    assert min(brightest) > 60


def test_latents_carry_names_that_were_measured(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-flow-digits")
    named = panel.locator(".trait:not(:empty)")
    named.first.wait_for()
    assert set(named.all_inner_texts()) <= {
        "slant",
        "stroke width",
        "width",
        "height",
    }
    assert "over 10000 digits" in named.first.get_attribute("title")


def test_an_unknown_model_in_the_address_is_said(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=nonsense")
    assert "no model called “nonsense”" in panel.get_by_test_id("message").inner_text()


def test_a_z_of_the_wrong_length_in_the_address_is_left_out(desktop: Any, app_url: str) -> None:
    open_explore(desktop, app_url, "model=vae-400&z=1,2,NaN")
    assert len(current_z(desktop) or []) in (0, 20)


@pytest.mark.parametrize(
    ("argument", "word"),
    [
        ({"checkpoint": "vae-400", "z": [None] * 20}, "z[0]"),
        ({"checkpoint": "vae-400", "z": [0.0] * 3}, "20 numbers"),
        ({"checkpoint": "vae-400", "z": "text"}, "list"),
        ({"checkpoint": "vae-400", "z": [1e9] * 20}, "from -10 to 10"),
        ({"checkpoint": "nonsense", "z": []}, "nonsense"),
        ([1, 2], "object"),
    ],
)
def test_raw_calls_are_answered_with_a_sentence(
    desktop: Any, app_url: str, argument: Any, word: str
) -> None:
    component = next(
        part["id"]
        for part in desktop.request.get(app_url + "config").json()["components"]
        if "films" in (part["props"].get("server_fns") or [])
    )
    answer = desktop.request.post(
        app_url + "gradio_api/component_server/",
        data={
            "data": argument,
            "component_id": component,
            "fn_name": "decode",
            "session_hash": "test",
        },
    )
    assert word in answer.json()["error"]


def test_nan_in_raw_json_is_answered_with_a_sentence(desktop: Any, app_url: str) -> None:
    parts = desktop.request.get(app_url + "config").json()["components"]
    component = next(p["id"] for p in parts if "films" in (p["props"].get("server_fns") or []))
    body = json.dumps(
        {
            "data": {"checkpoint": "vae-400", "z": [float("nan")] * 20},
            "component_id": component,
            "fn_name": "decode",
            "session_hash": "test",
        }
    )
    answer = desktop.request.post(
        app_url + "gradio_api/component_server/",
        data=body.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert "z[0] must be a number" in answer.json()["error"]


@pytest.fixture
def relay() -> Iterator[Relay]:
    made = Relay()
    yield made
    made.cut()


@pytest.mark.long
def test_it_says_that_the_server_went_away_and_comes_back(
    chromium: Any, app_url: str, spare_url: str, relay: Relay
) -> None:
    """Another server at the same address, as after a restart, knows nothing of the page."""
    context = chromium.new_context(viewport=driving.DESKTOP)
    page = context.new_page()
    relay.lead_to(app_url)
    panel = open_explore(page, relay.url, "model=vae-400")
    relay.cut()
    drag(page, "latent-slider-0", 0.8)
    page.locator("#studio-banner", has_text="The server went away").wait_for()
    drag(page, "latent-slider-0", 0.2)
    count = int(panel.get_by_test_id("live-canvas").get_attribute("data-frame"))
    relay.lead_to(spare_url)
    page.locator("#studio-banner").wait_for(state="hidden", timeout=60000)
    page.wait_for_function(
        "(count) => Number(document.querySelector('[data-testid=live-canvas]')"
        ".dataset.frame) > count",
        arg=count,
    )
    settle(page)
    shown, expected = page.evaluate(PIXELS), decoded("vae-400", current_z(page))
    assert max(abs(a - b) for a, b in zip(shown, expected, strict=True)) <= 1
    context.close()


def test_on_a_phone_the_digit_stays_in_view_and_nothing_scrolls_sideways(
    phone: Any, app_url: str
) -> None:
    panel = open_explore(phone, app_url, "model=vae-400")
    phone.evaluate("() => window.scrollTo(0, 900)")
    phone.wait_for_function("() => window.scrollY > 300")
    driving.frames(phone, 2)
    box = panel.get_by_test_id("live-canvas").bounding_box()
    assert 0 <= box["y"] < 300
    # A phone widens the window with the page: the screen is what counts.
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]
    small = phone.evaluate("""() => [...document.querySelectorAll(
        '.explore button, .explore select, .explore summary, .explore input[type=range]')]
        .filter((part) => part.offsetParent && part.getBoundingClientRect().height < 43.5)
        .map((part) => part.outerHTML.slice(0, 80))""")
    assert small == []


def test_on_a_phone_a_finger_moves_a_slider(phone: Any, app_url: str) -> None:
    panel = open_explore(phone, app_url, "model=vae-400&z=" + ",".join(["0"] * 20))
    slider = panel.locator("[data-testid^=latent-slider-]").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    settle(phone)
    assert float(slider.input_value()) > 1


def test_the_start_picture_reaches_another_panel(desktop: Any, app_url: str) -> None:
    panel = open_explore(desktop, app_url, "model=vae-400")
    panel.get_by_text("Send to", exact=True).click()
    panel.get_by_role("button", name="Reconstruct it").click()
    desktop.get_by_test_id("panel-reconstruct").wait_for()
    assert desktop.get_by_role("tab", name="Reconstruct").get_attribute("aria-selected") == "true"


def test_your_own_picture_becomes_a_code(desktop: Any, app_url: str, tmp_path: Any) -> None:
    from vae_core.app import wire
    from vae_core.app.server import assets

    grey = assets.examples()[0][5]
    picture = tmp_path / "five.png"
    picture.write_bytes(base64.b64decode(wire.png_uri(grey).partition(",")[2]))
    panel = open_explore(desktop, app_url, "model=vae-400")
    panel.get_by_role("button", name="your digit").click()
    panel.locator("input[type=file]").set_input_files(picture)
    model = vae_core.load("vae-400")
    x = torch.tensor(grey.copy(), dtype=torch.float32).div(255).view(1, 1, 28, 28)
    expected = model.encode(x).mean[0].tolist()
    desktop.wait_for_function(
        "(wanted) => (studio.state.u || []).every((v, i) => Math.abs(v - wanted[i]) < 1e-3)",
        arg=expected,
    )
