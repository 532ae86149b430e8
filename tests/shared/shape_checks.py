"""Checks shapes and kinds of tensors at every call of a function that names them.

Imported before `vae_core`: what its modules define is wrapped as they are imported. jaxtyping has
an import hook of its own, which wraps every function, also those without a tensor, and checks that
a stand-in for a model is a model; this one wraps only what names a shape, and checks only that.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import inspect
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, get_args

import torch
from beartype import beartype
from jaxtyping import AbstractArray, jaxtyped

PACKAGES = (
    "vae_core.models",
    "vae_core.probability",
    "vae_core.explore",
    "vae_core.evaluation",
    "vae_core.uses",
)
SHAPED = ("Float[", "Int[")
checked: set[str] = set()
"""Names of the functions that are checked."""


def only_shapes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Check the arguments and results of `function` that are annotated with a shape."""
    hints = function.__annotations__
    kept = {name: hint for name, hint in hints.items() if _has_shape(hint)}
    if not kept:
        return function
    function.__annotations__ = kept
    return beartype(function)


def _has_shape(hint: object) -> bool:
    if inspect.isclass(hint) and not isinstance(hint, types.GenericAlias):
        return issubclass(hint, AbstractArray)
    return any(map(_has_shape, get_args(hint)))


def wrapped(function: types.FunctionType) -> Callable[..., Any]:
    """The function with its check, which a compiler does not see."""
    names_shapes = any(
        isinstance(hint, str) and any(kind in hint for kind in SHAPED)
        for hint in function.__annotations__.values()
    )
    if not names_shapes:
        return function
    checked.add(f"{function.__module__}.{function.__qualname__}")
    checking = jaxtyped(function, typechecker=only_shapes)

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        if torch.compiler.is_compiling():
            return function(*arguments, **named)
        return checking(*arguments, **named)

    return call


def wrap(scope: Any, module: str) -> None:
    """Wrap what a module, or a class in it, defines."""
    for name, value in list(vars(scope).items()):
        if getattr(value, "__module__", None) != module:
            continue
        if isinstance(value, types.FunctionType):
            setattr(scope, name, wrapped(value))
        elif inspect.isclass(value):
            wrap(value, module)


class _Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module: types.ModuleType) -> None:
        super().exec_module(module)
        wrap(module, module.__name__)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not any(fullname == name or fullname.startswith(f"{name}.") for name in PACKAGES):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Wrap from now on; what is imported already stays as it is."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


install()
