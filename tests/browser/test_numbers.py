"""How the page writes numbers, and how data becomes words: no markup, one minus sign."""

from __future__ import annotations

from typing import Any

import driving
import pytest

pytestmark = pytest.mark.browser

STATIC = driving.ROOT / "vae_core" / "app" / "web"


@pytest.fixture(scope="module")
def page(chromium: Any) -> Any:
    page = chromium.new_page()
    for name in ("studio.js", "numbers.js", "nodes.js"):
        page.add_script_tag(content=(STATIC / name).read_text("utf-8"))
    yield page
    page.close()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("fixed(-559.04)", "−559.0"),
        ("fixed(-0.04)", "0.0"),
        ("fixed(12345.678, 2)", "12,345.68"),
        ("fixed(NaN)", "–"),
        ("whole(2)", "2"),
        ("whole(1000)", "1,000"),
        ("whole(-1234567)", "−1,234,567"),
        ("number(-0.01234, 2)", "−0.012"),
        ("number(1234.5, 3)", "1,235"),
        ("number(0.00002, 2)", "<0.0001"),
        ("number(0)", "0.0"),
        ("signed(0.5)", "+0.50"),
        ("signed(-0.001)", "+0.00"),
        ("percent(0.9999)", "over 99"),
        ("percent(0.0001, 1)", "under 0.1"),
        ("percent(1)", "100"),
        ("percent(0.5)", "50"),
    ],
)
def test_numbers_are_written_one_way(page: Any, call: str, words: str) -> None:
    assert page.evaluate(f"studio.{call}") == words


def test_what_comes_from_data_stays_text(page: Any) -> None:
    markup = page.evaluate("""() => {
        const evil = '<img src=x onerror="window.struck = true">';
        const made = studio.text`A ${studio.bold(evil)} of ${evil}, ${studio.num(evil, 'rate')}.`;
        document.body.append(made, studio.make('p', {}, evil, null));
        return [document.querySelectorAll('img').length, document.body.textContent];
    }""")
    assert markup[0] == 0
    assert markup[1].count("<img") == 4
    assert page.evaluate("window.struck") is None
