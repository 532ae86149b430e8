"""The one list of what the page and programs may ask of an app.

Each panel enters its calls as it is placed, and so does the API. The socket, the checks of
requests and the tests read the list; `python -m vae_core.app.server` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.context import Context

from vae_core.app.server.calls import Call, Follow, follow_function

API = "api"
"""The place of the endpoints among the panels."""

_of_app: WeakKeyDictionary[gr.Blocks, dict[str, tuple[Call, ...]]] = WeakKeyDictionary()


def enter(place: str, calls: Sequence[Call]) -> None:
    """Enter the calls of a panel, or of `API`, for the Blocks that are being built."""
    app = Context.root_block
    if app is None:
        raise RuntimeError("calls are entered inside Blocks.")
    if calls:
        _of_app.setdefault(app, {})[place] = tuple(calls)


def registry(app: gr.Blocks) -> Mapping[str, tuple[Call, ...]]:
    """The calls of each panel by its name, and of the endpoints under `API`."""
    return _of_app.get(app, {})


def live_functions(app: gr.Blocks) -> dict[str, Follow]:
    """What the socket answers: the live calls of all panels by their names.

    Raises:
        ValueError: two panels give one name to different calls, and a message has but the name.
    """
    found: dict[str, Call] = {}
    for place, calls in registry(app).items():
        for call in calls if place != API else ():
            if call.live is None:
                continue
            if _work(found.setdefault(call.name, call)) != _work(call):
                raise ValueError(f"two panels have a live call {call.name!r}; rename one.")
    return {name: follow_function(call) for name, call in found.items()}


def _work(call: Call) -> tuple[object, ...]:
    """What a call runs, such that equal calls of two panels are equal."""
    run = call.run
    return (run.func, run.args, run.keywords) if isinstance(run, partial) else (run,)


def takes_picture(app: gr.Blocks) -> frozenset[str]:
    """Names of the endpoints that take a picture."""
    return frozenset(call.name for call in registry(app).get(API, ()) if call.opens)


def lines(app: gr.Blocks) -> Iterator[str]:
    """One line a call: its place, name and arguments, and whether it is live."""
    for place, calls in registry(app).items():
        for call in calls:
            yield f"{place}: {call.name}({', '.join(call.arguments)}){' live' * bool(call.live)}"
