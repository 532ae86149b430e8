"""Verbs as a person runs them, in this process: what they print, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from PIL import Image

from vae_core.__main__ import main

Capture: TypeAlias = pytest.CaptureFixture[str]


def run(capsys: Capture, *words: object) -> dict[str, Any]:
    """The JSON object that a verb prints on stdout."""
    assert main([*map(str, words), "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


def refused(capsys: Capture, *words: object) -> str:
    """The one line on stderr of a verb that could not run."""
    try:
        status = main([*map(str, words)])
    except SystemExit as left:
        status = left.code
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


def opened(path: Path) -> Image.Image:
    """The picture in memory, the file closed again."""
    with Image.open(path) as image:
        image.load()
        return image.copy()
