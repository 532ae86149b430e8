"""A term of the field is explained where it is written: on hover, on focus and on tap."""

from __future__ import annotations

from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser


def open_page(page: Any, url: str, query: str = "?model=vae-400") -> Any:
    page.goto(url + query)
    driving.answered(page)
    page.locator(".explore .seeing summary").click()
    page.locator(".seeing .term").first.wait_for()
    return page.locator(".glossary")


def test_hover_explains_and_leaving_ends_it(desktop: Any, app_url: str) -> None:
    tip = open_page(desktop, app_url)
    word = desktop.locator(".seeing .term", has_text="prior").first
    word.scroll_into_view_if_needed()
    before = desktop.evaluate("document.body.scrollHeight"), word.bounding_box()
    word.hover()
    tip.wait_for()
    assert "p(z)" in tip.inner_text()
    assert (desktop.evaluate("document.body.scrollHeight"), word.bounding_box()) == before
    box, place = tip.bounding_box(), word.bounding_box()
    assert box["y"] + box["height"] <= place["y"] or box["y"] >= place["y"] + place["height"]
    desktop.mouse.move(5, 5)
    tip.wait_for(state="hidden")


def test_keys_reach_it_and_escape_closes_it(desktop: Any, app_url: str) -> None:
    tip = open_page(desktop, app_url)
    word = desktop.locator('.seeing .term[tabindex="0"]').first
    word.focus()
    tip.wait_for()
    assert word.get_attribute("aria-describedby") == tip.get_attribute("id")
    assert tip.get_attribute("role") == "tooltip"
    desktop.keyboard.press("Escape")
    tip.wait_for(state="hidden")
    assert word.get_attribute("aria-describedby") is None
    stops = '.term[tabindex="0"]'
    terms = desktop.locator(f".explore {stops}").evaluate_all(
        "(all) => all.map((each) => each.dataset.term)"
    )
    assert len(terms) == len(set(terms)) > 3  # one stop a term


def test_a_tap_explains_on_a_phone(phone: Any, app_url: str) -> None:
    tip = open_page(phone, app_url)
    word = phone.locator(".seeing .term").first
    word.scroll_into_view_if_needed()
    word.tap()
    tip.wait_for()
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= phone.viewport_size["width"]
    tip.tap()
    tip.wait_for(state="hidden")


def test_words_stay_where_they_were(desktop: Any, app_url: str) -> None:
    """A dotted line under a word takes no room, and no control holds another one."""
    open_page(desktop, app_url)
    shifts = """() => {
        const words = [...document.querySelectorAll('.seeing-text')];
        const sizes = () => words.map((each) => each.getBoundingClientRect().height);
        const marked = sizes();
        for (const term of document.querySelectorAll('.term')) term.replaceWith(term.textContent);
        return [marked, sizes()];
    }"""
    held = desktop.locator(":is(button, a, label, summary, select) .term").count()
    marked, plain = desktop.evaluate(shifts)
    assert marked == plain
    assert held == 0


def test_text_that_comes_later_is_explained_too(desktop: Any, app_url: str) -> None:
    open_page(desktop, app_url)
    desktop.get_by_test_id("model-chooser").select_option("vae-flow-digits")
    desktop.locator(".seeing-text .term", has_text="flow").first.wait_for()
    desktop.get_by_role("tab", name="Compare").click()
    desktop.locator(".compare .say .term").first.wait_for()


def test_it_comes_after_the_first_digit(desktop: Any, app_url: str) -> None:
    asked: list[str] = []
    desktop.on("request", lambda request: asked.append(request.url))
    open_page(desktop, app_url)
    names = [url.partition("?")[0].rsplit("/", 1)[1] for url in asked]
    first = asked[names.index("page.js")]
    assert "glossary.js" not in names[: names.index("page.js") + 1]
    text = desktop.evaluate("(url) => fetch(url).then((answer) => answer.text())", first)
    assert "function boot" in text or "function mount" in text
    assert "function mountGlossary" not in text
    preloaded = "(all) => all.map((each) => each.href)"
    links = desktop.locator("link[rel=modulepreload]").evaluate_all(preloaded)
    assert not [link for link in links if "glossary" in link]
