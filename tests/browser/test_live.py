"""The live engine alone, against a server function made of promises that the test settles."""

from __future__ import annotations

from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser

STATIC = driving.ROOT / "vae_core" / "app" / "web"
HARNESS = """
    window.gradio_config = null;
    window.canvas = document.body.appendChild(document.createElement('canvas'));
    window.asked = [];
    window.painted = [];
    window.said = [];
    window.engine = studio.live({
        canvas,
        request: (payload) => new Promise((resolve, reject) =>
            asked.push({payload, resolve, reject})),
        paint: (answer) => painted.push(answer),
        onerror: (sentence) => sentence && said.push(sentence),
    });
    window.frame = () => new Promise((done) =>
        requestAnimationFrame(() => requestAnimationFrame(done)));
"""


@pytest.fixture
def page(chromium: Any, app_url: str) -> Any:
    """A bare page of the app's origin with studio.js, live.js and an engine of our own."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(app_url + "gradio_api/app_id")
    for name in ("studio.js", "live.js"):
        page.add_script_tag(content=(STATIC / name).read_text("utf-8"))
    page.evaluate(HARNESS)
    yield page
    context.close()


def test_at_most_six_requests_travel_and_the_newest_position_waits(page: Any) -> None:
    page.evaluate("() => { for (let i = 0; i < 50; i++) engine.push(i); }")
    assert page.evaluate("asked.map((one) => one.payload)") == [0, 1, 2, 3, 4, 5]
    page.evaluate("async () => { asked.forEach((one) => one.resolve(0)); await frame(); }")
    assert page.evaluate("asked.length") == 7
    assert page.evaluate("asked[6].payload") == 49


def test_answers_are_painted_in_order_and_stale_ones_dropped(page: Any) -> None:
    page.evaluate("() => { for (let i = 0; i < 3; i++) engine.push(i); }")
    page.evaluate("async () => { asked[1].resolve('one'); await frame(); }")
    page.evaluate("async () => { asked[0].resolve('zero'); await frame(); }")
    page.evaluate("async () => { asked[2].resolve('two'); await frame(); }")
    assert page.evaluate("painted") == ["one", "two"]
    assert page.evaluate("canvas.dataset.frame") == "2"


def test_one_display_frame_paints_one_picture(page: Any) -> None:
    page.evaluate("() => { for (let i = 0; i < 6; i++) engine.push(i); }")
    page.evaluate("async () => { asked.forEach((one, i) => one.resolve(i)); await frame(); }")
    assert page.evaluate("painted") == [5]


def test_the_last_position_is_painted_whatever_the_timing(page: Any) -> None:
    page.evaluate("""async () => {
        window.settle = setInterval(() => asked.filter((one) => !one.done).forEach((one) => {
            one.done = true;
            setTimeout(() => one.resolve(one.payload), 5 + 60 * Math.random());
        }), 5);
        for (let i = 0; i <= 100; i++) {
            engine.push(i);
            await studio.wait(3);
        }
    }""")
    page.wait_for_function("() => engine.idle && painted.at(-1) === 100", timeout=5000)
    painted = page.evaluate("painted")
    assert painted == sorted(painted)
    page.evaluate("clearInterval(settle)")


def test_a_short_round_trip_needs_fewer_requests_in_flight(page: Any) -> None:
    page.evaluate("""async () => {
        for (let i = 0; i < 20; i++) {
            engine.push(i);
            asked.at(-1).resolve(i);
            await frame();
        }
        asked.length = 0;
        for (let i = 0; i < 50; i++) engine.push(i);
    }""")
    assert page.evaluate("asked.length") == 2


def test_latency_runs_from_the_event_to_the_paint(page: Any) -> None:
    page.evaluate("""async () => {
        await studio.wait(300);
        engine.push('x', {timeStamp: performance.now() - 250});
        asked[0].resolve('x');
        await frame();
    }""")
    assert 250 <= float(page.evaluate("canvas.dataset.latencyMs")) < 600


def test_a_refusal_is_said_and_the_picture_stays(page: Any) -> None:
    page.evaluate("""async () => {
        engine.push('good');
        asked[0].resolve('good');
        await frame();
        engine.push('bad');
        asked[1].reject(new studio.StudioError('z must hold 20 numbers.'));
        await frame();
    }""")
    assert page.evaluate("said") == ["z must hold 20 numbers."]
    assert page.evaluate("painted") == ["good"]
