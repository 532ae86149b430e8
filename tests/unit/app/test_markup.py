"""The page's scripts parse no markup that comes from data; no browser is needed to see that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vae_core.app.server.page import STATIC

SCRIPTS = sorted(STATIC.glob("*.js"))
SINK = re.compile(
    r"\.(?:innerHTML|outerHTML|srcdoc)\s*\+?=(?!=)\s*"
    r"|\.(?:insertAdjacentHTML|setHTMLUnsafe|parseFromString|createContextualFragment)\("
    r"|\bdocument\.write(?:ln)?\(|\beval\(|\bnew Function\("
    r"|\bstudio\.drawing\("
)
CONSTANT = re.compile(r"""(`[^`$]*`|'[^'\\]*'|"[^"\\]*");""")
ALLOWED = {
    ("nodes.js", "markup;"),  # studio.drawing itself
    ("picture.js", "markup(label, names);"),  # labels and test ids that stand in the panels
    ("picture.js", 'icon("other")'),
    ("steps.js", "MARKUP;"),
    ("explore.js", "LOCK)"),
}


def unsafe(name: str, source: str) -> list[str]:
    """Places where a script makes markup of anything but a constant."""
    given = [(found[0], source[found.end() :]) for found in SINK.finditer(source)]
    return [
        sink + text.splitlines()[0]
        for sink, text in given
        if not ("=" in sink and CONSTANT.match(text))
        and not any(name == file and text.startswith(words) for file, words in ALLOWED)
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_markup_is_made_from_data(script: Path) -> None:
    """A folder's name in `innerHTML` would run as a script in every visitor's page."""
    assert unsafe(script.name, script.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "a.innerHTML = `<b>${name}</b>`;",
        "a.innerHTML += name;",
        'a.innerHTML = "<b>" + name;',
        'a.insertAdjacentHTML("beforeend", name);',
        "studio.drawing(name);",
    ],
)
def test_the_guard_knows_markup_made_from_data(line: str) -> None:
    assert len(unsafe("panel.js", line)) == 1
    assert unsafe("panel.js", "a.innerHTML = `<b>x</b>`; a.innerHTML === b") == []
