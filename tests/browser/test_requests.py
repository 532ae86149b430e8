"""An answer belongs to the request that asked for it, against promises that the test settles."""

from __future__ import annotations

from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser

STATIC = driving.ROOT / "vae_core" / "app" / "web"
HARNESS = """() => {
    window.said = [];
    window.busy = [];
    window.shown = [];
    window.asked = [];
    window.ends = [];
    studio.state.model = 'one';
    window.line = studio.requests({
        onerror: (sentence) => said.push(sentence), onbusy: (open) => busy.push(open) });
    window.ask = (name) => ends.push(line.ask(async (still) => {
        shown.push(await still(new Promise((resolve, reject) =>
            (asked[name] = {resolve, reject}))));
    }));
}"""


@pytest.fixture
def page(chromium: Any) -> Any:
    """A bare page with studio.js, requests.js and a row of requests of our own."""
    page = chromium.new_page()
    for name in ("studio.js", "requests.js"):
        page.add_script_tag(content=(STATIC / name).read_text("utf-8"))
    page.evaluate(HARNESS)
    yield page
    page.close()


def ended(page: Any) -> list[bool]:
    """Whether each job came to its end."""
    return page.evaluate("Promise.all(ends)")


def test_the_newest_of_two_requests_counts_whichever_answers_first(page: Any) -> None:
    page.evaluate("() => { ask(1); ask(2); asked[2].resolve('new'); asked[1].resolve('old'); }")
    assert ended(page) == [False, True]
    assert page.evaluate("shown") == ["new"]
    page.evaluate("() => { ask(3); ask(4); asked[3].resolve('old'); asked[4].resolve('new'); }")
    assert ended(page)[2:] == [False, True]
    assert page.evaluate("shown") == ["new", "new"]


def test_an_answer_for_another_model_is_dropped(page: Any) -> None:
    page.evaluate("() => { ask(1); studio.state.model = 'two'; asked[1].resolve('of one'); }")
    assert ended(page) == [False]
    page.evaluate("() => { ask(2); studio.state.model = 'one'; asked[2].reject(Error('of two')); }")
    assert ended(page) == [False, False]
    assert page.evaluate("shown") == page.evaluate("said") == []


def test_dropped_requests_end_and_say_nothing(page: Any) -> None:
    page.evaluate("() => { ask(1); line.drop(); asked[1].reject(Error('late')); }")
    assert ended(page) == [False]
    assert page.evaluate("said") == []
    assert page.evaluate("busy") == [True, False]


def test_an_error_that_still_counts_is_said(page: Any) -> None:
    page.evaluate("() => { ask(1); asked[1].reject(Error('No ink.')); }")
    assert ended(page) == [False]
    assert page.evaluate("said") == ["No ink."]


def test_busy_lasts_from_the_first_to_the_newest_answer(page: Any) -> None:
    page.evaluate("() => { ask(1); ask(2); asked[1].resolve(0); }")
    page.evaluate("ends[0]")
    assert page.evaluate("line.open")
    page.evaluate("() => asked[2].resolve(0)")
    assert ended(page) == [False, True]
    assert not page.evaluate("line.open")
    assert page.evaluate("busy.at(-1)") is False
