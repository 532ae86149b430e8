"""The modules that the page begins with, in one file: each of fifty would cost a slow line a wait.

Modules stay as they are written. On the way out, those of the first file become functions in it,
in the order of their imports, and whoever imports one of them takes its names from that file, so
that each module runs once. Biome's format makes imports and exports easy to find: they begin a
line, and anything else that does so is an error here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

FILE = "page.js"
"""The file of the first modules, at the root of all."""

ALL = "modules"
"""Under which name that file exports them, by their paths."""

IMPORT = re.compile(r'^import (?P<names>\{[^}]*\}|\* as \w+) from "(?P<path>\.[^"]+)";\n', re.M)
LATER = re.compile(r'\bimport\("(?P<path>\.[^"]+)"\)')
EXPORT = re.compile(
    r"^export (?=(?:const|class|function|async function) (?P<names>\w+|\{[^}=]*\}))", re.M
)
NOTHING = re.compile(r"^export \{\};\n", re.M)
LEFT = re.compile(r"^(?:export\b|import [{*\"]).*", re.M)


class Linked:
    """What is served in the place of each module.

    Args:
        sources: every module by its path.
        first: those that the page begins with.

    Raises:
        ValueError: the first modules import one another in a circle, or one has an import or an
            export of a form that is not known here.
    """

    def __init__(self, sources: Mapping[str, str], first: Iterable[str]) -> None:
        self.sources = sources
        self.first = [*_in_order(sources, first)]
        parts = [self._function(name) for name in self.first]
        self.file = f"export const {ALL} = {{}};\n" + "".join(parts)

    def served(self, name: str) -> str:
        """A module as a browser gets it."""
        if name in self.first:
            names = ", ".join(_exported(self.sources[name]))
            there = _relative(FILE, name)
            return (
                f'import {{ {ALL} }} from "{there}";\nexport const {{ {names} }} = {_of(name)};\n'
            )
        source, taken = self.sources[name], False

        def imported(found: re.Match[str]) -> str:
            nonlocal taken
            path = _absolute(found["path"], name)
            taken |= path in self.first
            return _taken(found["names"], path) if path in self.first else found[0]

        body = IMPORT.sub(imported, source)
        return f'import {{ {ALL} }} from "{_relative(FILE, name)}";\n{body}' if taken else body

    def _function(self, name: str) -> str:
        source = without_comments(self.sources[name])
        names = ", ".join(_exported(source))

        def imported(found: re.Match[str]) -> str:
            return _taken(found["names"], _absolute(found["path"], name))

        body = NOTHING.sub("", EXPORT.sub("", IMPORT.sub(imported, source)))
        if left := LEFT.search(body):
            raise ValueError(f"{name} has an unknown form of import or export: {left[0]}")
        body = LATER.sub(lambda found: f'import("./{_absolute(found["path"], name)}")', body)
        body = body.replace("import.meta.url", f'new URL("{name}", import.meta.url).toString()')
        return f"{_of(name)} = (() => {{\n{body}return {{ {names} }};\n}})();\n"


def imports(source: str, name: str) -> list[str]:
    """Paths of the modules that the module of this name imports at its top."""
    return [_absolute(found["path"], name) for found in IMPORT.finditer(source)]


def without_comments(source: str) -> str:
    """A module without the comments on lines of their own, empty lines, and the space around lines.

    Lines inside of a template string are kept as they are.
    """
    return "".join(f"{line}\n" for line in _kept(source.splitlines()))


def _kept(lines: Iterable[str]) -> Iterator[str]:
    in_comment = in_text = False
    for line in lines:
        bare = line.strip()
        if in_comment or (not in_text and bare.startswith("/**") and "*/" not in bare[:-2]):
            in_comment = not bare.endswith("*/")
        elif in_text or (bare and not bare.startswith("//")):
            yield line if in_text else line.lstrip()
            in_text ^= line.replace("\\`", "").count("`") % 2 == 1


def _in_order(sources: Mapping[str, str], first: Iterable[str]) -> Iterator[str]:
    """The modules and all that they import, each after what it imports."""
    done: dict[str, bool] = {}

    def visit(name: str) -> Iterator[str]:
        if done.get(name):
            return
        if name in done:
            raise ValueError(f"{name} imports itself, by way of others.")
        done[name] = False
        for each in imports(sources[name], name):
            yield from visit(each)
        done[name] = True
        yield name

    for name in first:
        yield from visit(name)


def _exported(source: str) -> Iterator[str]:
    for found in EXPORT.finditer(source):
        yield from re.findall(r"\w+", found["names"])


def _taken(names: str, path: str) -> str:
    """A line that takes names out of the first file."""
    as_star = re.fullmatch(r"\* as (\w+)", names)
    given = as_star[1] if as_star else re.sub(r"(\w+) as (\w+)", r"\1: \2", names)
    return f"const {given} = {_of(path)};\n"


def _of(name: str) -> str:
    return f'{ALL}["{name}"]'


def _absolute(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _relative(path: str, name: str) -> str:
    found = posixpath.relpath(path, posixpath.dirname(name) or ".")
    return found if found.startswith(".") else f"./{found}"
