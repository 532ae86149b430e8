"""The first modules in one file: each runs once, whoever imports it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from vae_core.app.server import linking, scripts

SOURCES = {
    "core/count.js": "// Counts.\n\nlet n = 0;\nexport const next = () => ++n;\n",
    "core/words.js": (
        'import { next as following } from "./count.js";\n\n'
        "/**\n * Words.\n */\nexport function word() {\n  return `n\n// ${following()}`;\n}\n"
        "export const { a, b } = { a: 1, b: 2 };\nexport class Thing {}\n"
    ),
    "main.js": (
        'import * as words from "./core/words.js";\nimport { next } from "./core/count.js";\n'
        'export const all = [words.word(), words.b, next()];\n'
        'export const later = () => import("./late/more.js");\n'
        "export const here = () => import.meta.url;\n"
    ),
    "late/more.js": (
        'import { next } from "../core/count.js";\nimport { own } from "./own.js";\n'
        "export const counted = own + next();\n"
    ),
    "late/own.js": "export const own = 10;\n",
}  # fmt: skip


def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    return found


def test_linked_modules_work_as_separate_ones_would(tmp_path: Path) -> None:
    linked = linking.Linked(SOURCES, ["main.js"])
    assert linked.first == ["core/count.js", "core/words.js", "main.js"]
    files = {name: linked.served(name) for name in SOURCES} | {linking.FILE: linked.file}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "try.js").write_text(
        'import { all, later, here } from "./main.js";\n'
        'import { modules } from "./page.js";\n'
        "const { counted } = await later();\n"
        'const same = modules["main.js"].all === all;\n'
        'console.log(JSON.stringify([all, counted, same, here().endsWith("/main.js")]));\n'
    )
    ran = subprocess.run(
        [node(), "try.js"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == '[["n\\n// 1",2,2],13,true,true]', ran.stderr


def test_the_file_holds_no_comments_of_their_own_lines() -> None:
    text = linking.Linked(SOURCES, ["main.js"]).file
    assert "Counts." not in text
    assert "Words." not in text
    assert "// ${following()}" in text


def test_a_circle_is_refused() -> None:
    circle = {
        "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
        "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
    }
    with pytest.raises(ValueError, match=r"a\.js imports itself"):
        linking.Linked(circle, ["a.js"])


@pytest.mark.parametrize(
    "line", ["export default 3;", 'export { a } from "./b.js";', 'import "./b.js";']
)
def test_an_unknown_form_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="unknown form"):
        linking.Linked({"a.js": f"{line}\n", "b.js": ""}, ["a.js"])


@pytest.mark.parametrize("name", sorted(scripts.linked().sources))
def test_every_module_of_the_page_is_in_a_form_that_is_known(name: str) -> None:
    """Whoever is imported from the first file is taken from it, and nobody is left behind."""
    sources = scripts.linked().sources
    rest = linking.EXPORT.sub("", linking.IMPORT.sub("", sources[name]))
    assert not linking.LEFT.search(linking.NOTHING.sub("", rest))
    if name not in scripts.linked().first:
        left = linking.imports(scripts.linked().served(name), name)
        assert not set(left) & set(scripts.linked().first)
