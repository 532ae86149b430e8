"""Checks of every argument that a page or a program sends, refused in one sentence.

Server functions and API endpoints check no types by themselves, so all of it happens here.
`bool` is never a number, and NaN arrives from a page as None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Z_LIMIT = 10.0
"""Largest absolute value of a slider, in units of the prior's standard deviation."""

SEED_LIMIT = 2**32 - 1

Choice = TypeVar("Choice", bound=str)
Code: TypeAlias = NDArray[np.float32]


def shown(value: object) -> str:
    """A short form of `value` for a sentence: at most 40 characters, None and NaN as in JSON."""
    if value is None:
        return "null"
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print a whole number of thousands of digits
        text = "a huge number"
    return text if len(text) <= 40 else f"{text[:37]}..."


def number(name: str, value: object, low: float, high: float) -> float:
    """Return `value` as a float in [low, high].

    Raises:
        ValueError: not a number (a bool is none), not finite, or outside the range.
    """
    allowed = f"a number from {low:g} to {high:g}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be {allowed}, not {shown(value)}.")
    # Compared before float(): a huge whole number would overflow there.
    if not low <= value <= high:  # also false for NaN
        raise ValueError(f"{name} must be {allowed}, not {shown(value)}.")
    return float(value)


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return `value` as an int in [low, high]; 16.0 counts as 16, since JSON has one number type.

    Raises:
        ValueError: not a whole number, or outside the range.
    """
    allowed = f"a whole number from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be {allowed}, not {shown(value)}.")
    if not low <= value <= high or value != math.floor(value):
        raise ValueError(f"{name} must be {allowed}, not {shown(value)}.")
    return int(value)


def choice(name: str, value: object, allowed: Sequence[Choice]) -> Choice:
    """Return `value` when it is one of `allowed`.

    Raises:
        ValueError: anything else.
    """
    for option in allowed:
        if isinstance(value, str) and value == option:
            return option
    options = ", ".join(f'"{option}"' for option in allowed)
    raise ValueError(f"{name} must be one of {options}, not {shown(value)}.")


def label(name: str, value: object) -> int | None:
    """Return a class 0 to 9; None, and -1, stand for an unknown one.

    Raises:
        ValueError: anything else.
    """
    if value is None:
        return None
    given = whole(name, value, -1, 9)
    return None if given < 0 else given


def labels(name: str, value: object, count: int) -> list[int | None]:
    """Return `value` as `count` labels, each as `label` takes it; None makes all unknown.

    Raises:
        ValueError: not such a list.
    """
    if value is None:
        return [None] * count
    entries = listed(value)
    if entries is None or len(entries) != count:
        raise ValueError(f"{name} must be a list of {count} labels, not {shown(value)}.")
    return [label(f"{name}[{i}]", entry) for i, entry in enumerate(entries)]


def vector(name: str, value: object, length: int, limit: float = Z_LIMIT) -> list[float]:
    """Return `value` as a list of `length` finite floats, each within +-`limit`.

    Raises:
        ValueError: not a list, another length, or an entry that is not such a number.
    """
    entries = listed(value)
    if entries is None:
        raise ValueError(f"{name} must be a list of {length} numbers, not {shown(value)}.")
    if len(entries) != length:
        raise ValueError(f"{name} must hold {length} numbers for this model, not {len(entries)}.")
    return [number(f"{name}[{i}]", entry, -limit, limit) for i, entry in enumerate(entries)]


def code(name: str, value: object, length: int, limit: float = Z_LIMIT) -> Code:
    """Return `value` as `vector` does, in single precision; an array of such numbers as it is.

    Raises:
        ValueError: as `vector`.
    """
    if isinstance(value, np.ndarray):
        array = cast(Code, value)
        if array.shape == (length,) and np.abs(array).max(initial=0) <= limit:  # false for NaN
            return array
    return np.array(vector(name, value, length, limit), np.float32)


def listed(value: object) -> list[object] | None:
    """The entries of a list or an array; None for what is none."""
    if isinstance(value, np.ndarray):
        return cast("list[object]", value.tolist())
    return list(cast(Sequence[object], value)) if isinstance(value, list | tuple) else None


def mapping(name: str, value: object) -> dict[str, object]:
    """Return `value` when it is a dict (None counts as an empty one).

    Raises:
        ValueError: anything else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object with named fields, not {shown(value)}.")
    return cast(dict[str, object], value)
