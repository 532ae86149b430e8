"""The page's scripts parse no markup and stay small; no browser is needed to see that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vae_core.app.server.scripts import WEB

SCRIPTS = sorted(WEB.rglob("*.js"))
SINK = re.compile(
    r"\.(?:innerHTML|outerHTML|srcdoc)\s*\+?=(?!=)"
    r"|\.(?:insertAdjacentHTML|setHTMLUnsafe|parseFromString|createContextualFragment)\("
    r"|\bdocument\.write(?:ln)?\(|\beval\(|\bnew Function\("
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(WEB).as_posix())
def test_no_script_makes_markup_from_text(script: Path) -> None:
    """A folder's name in `innerHTML` would run as a script in every visitor's page."""
    assert SINK.findall(script.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "a.innerHTML = `<b>${name}</b>`;",
        "a.innerHTML += name;",
        'a.innerHTML = "<b>constant</b>";',
        'a.insertAdjacentHTML("beforeend", name);',
    ],
)
def test_the_guard_knows_markup_made_from_text(line: str) -> None:
    assert len(SINK.findall(line)) == 1
    assert SINK.findall("if (a.innerHTML === b) return;") == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_script_is_read_on_a_few_screens(script: Path) -> None:
    """Of functions, the linter in tests/web sees to that."""
    assert len(script.read_text("utf-8").splitlines()) <= 300
