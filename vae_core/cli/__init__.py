"""The verbs of the command line: every file of this package is one, found by being here.

A verb's file has `add`, which describes its arguments and names the function that runs it: from
parsed arguments to one JSON object. Names with an underscore are no verbs.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from typing import NoReturn, TypeAlias, TypeVar

Verbs: TypeAlias = "argparse._SubParsersAction[Parser]"
Run: TypeAlias = Callable[[argparse.Namespace], Mapping[str, object]]
T = TypeVar("T")


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line on stderr and exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def verb(verbs: Verbs, name: str, run: Run, about: str) -> Callable[..., object]:
    """A new verb with --json; returns its `add_argument`."""
    parser = verbs.add_parser(name, help=about, description=about)
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    parser.set_defaults(run=run)
    return parser.add_argument


def add_all(verbs: Verbs) -> None:
    """Add every verb, by the order of their files' names."""
    for file in pkgutil.iter_modules(__path__):
        if not file.name.startswith("_"):
            importlib.import_module(f"{__name__}.{file.name}").add(verbs)


def call(function: Callable[..., T], arguments: argparse.Namespace, *first: object) -> T:
    """Call a function of the library with the arguments that go by its parameters' names."""
    given, parameters = vars(arguments), inspect.signature(function).parameters
    return function(*first, **{name: given[name] for name in parameters if name in given})
