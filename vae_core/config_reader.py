"""Plain values, as JSON gives them, into dataclasses: nothing guessed, nothing ignored."""

from __future__ import annotations

import reprlib
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def build(cls: type[T], values: object, where: str) -> T:
    """A dataclass from nested plain values.

    Args:
        cls: the dataclass; its annotations say what is allowed.
        values: an object as JSON gives it.
        where: the path used in error sentences.

    Raises:
        ValueError: an unknown key, a value of the wrong type or out of range.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"{where} must be an object of settings, got {type(values).__name__}.")
    hints = _hints(cls)
    unknown = sorted(set(values) - {f.name for f in fields(cls)})
    if unknown:
        known = ", ".join(f.name for f in fields(cls))
        raise ValueError(f"{where} has the unknown key {_shown(unknown[0])}; known keys: {known}.")
    converted = {k: _convert(hints[k], v, f"{where}.{k}") for k, v in values.items()}
    try:
        return cls(**converted)
    except TypeError as error:
        raise ValueError(f"{where} is incomplete: {error}.") from error


@cache
def _hints(cls: type[DataclassInstance]) -> dict[str, object]:
    return get_type_hints(cls)


def _convert(hint: object, value: object, where: str) -> object:
    """One value, checked against its annotation."""
    if isinstance(hint, type) and is_dataclass(hint):
        return build(hint, value, where)
    origin = get_origin(hint)
    if origin is Literal:
        if value not in get_args(hint):
            raise ValueError(
                f"{where} is {_shown(value)}; allowed: {', '.join(map(str, get_args(hint)))}."
            )
        return value
    if origin is tuple and isinstance(value, (list, tuple)):
        return tuple(_convert(get_args(hint)[0], v, where) for v in value)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(hint):
            return None
        return _convert(get_args(hint)[0], value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise ValueError(f"{where} is {_shown(value)}; it must be a number.") from error
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ValueError(f"{where} is {_shown(value)}; it must be {_type_words(hint)}.")


def _shown(value: object) -> str:
    """The value for a sentence, cut where somebody put a novel there."""
    return reprlib.repr(value)


def _type_words(hint: object) -> str:
    words: dict[object, str] = {
        int: "a whole number",
        float: "a number",
        str: "a text",
        bool: "true or false",
    }
    return words.get(hint, "a list" if get_origin(hint) is tuple else str(hint))


def check(holds: bool, name: str, value: object, allowed: str) -> None:
    """ValueError that names the setting, unless it `holds`."""
    if not holds:
        raise ValueError(f"{name} is {value!r}; it must be {allowed}.")


def refuse(given: bool, name: str, value: object, owner: str) -> None:
    """ValueError where a setting is `given` that its owner has no use for."""
    if given:
        raise ValueError(f"{name} is {value!r}, which has no meaning for {owner}.")
