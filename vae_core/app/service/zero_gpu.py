"""ZeroGPU's door: a host that lends a GPU by the second to a function that asks for it.

Such a host (a Space with the Gradio SDK, `SPACES_ZERO_GPU`) refuses to start an app in which no
function asks, and its torch claims CUDA everywhere, though only those functions have one. So live
decodes stay on the CPU there, and long work alone asks. Everywhere else nothing changes, and the
package `spaces` is not looked for.
"""

from __future__ import annotations

import functools
import importlib
import logging
import os
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

HERE = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
"""Whether this is such a host, as the package `spaces` decides it."""


def device(named: str | None) -> str | None:
    """Where models live unless a device is named: here on the CPU."""
    return "cpu" if HERE and named is None else named


def borrows(
    seconds: Callable[Concatenate[str, P], int],
) -> Callable[[Callable[Concatenate[str, P], R]], Callable[P, R]]:
    """Has a function of a device and plain values run on a lent GPU, else on the CPU.

    The values travel to another process, so a checkpoint goes by its folder. Where no GPU is to be
    had, the visitor's share being used up, the CPU does the work.

    Args:
        seconds: for how long, of the same arguments.
    """

    def door(function: Callable[Concatenate[str, P], R]) -> Callable[P, R]:
        lent = _lent(function, seconds) if HERE else None

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if lent is not None:
                try:
                    return lent("cuda", *args, **kwargs)
                except Exception as error:  # of spaces, Gradio or CUDA, each with its own
                    said = type(error).__name__
                    logging.getLogger(__name__).warning("no GPU was lent (%s): on the CPU", said)
            return function("cpu", *args, **kwargs)

        return call

    return door


def _lent(
    function: Callable[Concatenate[str, P], R], seconds: Callable[Concatenate[str, P], int]
) -> Callable[Concatenate[str, P], R]:
    return importlib.import_module("spaces").GPU(function, duration=seconds)
