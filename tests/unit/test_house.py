"""The measures that keep the rooms small and typed: lines, functions, flat modules, `Any`."""

from __future__ import annotations

import ast
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "vae_core"
FILES = sorted(PACKAGE.rglob("*.py"))

LINES, FUNCTION_LINES, FLAT, ANYS = 300, 40, 10, 40


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function, its signature and docstring included."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def words(file: Path) -> list[str]:
    with tokenize.open(file) as text:
        tokens = list(tokenize.generate_tokens(text.readline))
    return [token.string for token in tokens if token.type == tokenize.NAME]


def test_files_are_short():
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert [file for file, length in lengths.items() if length > LINES] == []


def test_functions_are_short():
    long = [
        (file.relative_to(ROOT), *each)
        for file in FILES
        for each in functions(file)
        if each[1] > FUNCTION_LINES
    ]
    assert long == []


def test_few_modules_lie_outside_of_the_rooms():
    assert len(list(PACKAGE.glob("*.py"))) <= FLAT


def test_only_the_edge_to_gradio_is_untyped():
    used = Counter({file: words(file).count("Any") for file in FILES})
    assert used.total() <= ANYS
    edge = PACKAGE / "app" / "server"
    assert [file for file, count in used.items() if count and edge not in file.parents] == []
