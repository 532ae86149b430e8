"""What the page and programs may ask for: each `Call` is one entry of an app's `registry`.

Each panel adds its calls to the registry as it is placed, and so does the API; the socket, the
checks of requests and the tests read it, and `python -m vae_core.app.server` prints it.

A call names a method of the service. Its positional parameters are the arguments' names, for the
page's functions and for the endpoints alike; keyword-only ones are the server's own. Server
functions are an open door: a visitor's mistake comes back as `{"error": sentence}`, and nothing
else ever leaves the server. Replies become JSON here, in the thread that made them, since Gradio
would turn thousands of numbers into text one by one in the thread that serves everybody.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias, TypeVar, cast
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.context import Context
from starlette.responses import Response

from vae_core.app import wire
from vae_core.app.server import refusals, visitors, work_queues
from vae_core.app.server.compression import json_once
from vae_core.app.service.batches import Decoding
from vae_core.app.tally import Tally
from vae_core.files import Json, JsonObject

SORRY = "The server could not do that; please try again."

API = "api"
"""The place of the endpoints among the panels."""

ANSWERED = Tally()
"""Calls that were answered, by their names."""

T = TypeVar("T")
Function = TypeVar("Function", bound=Callable[..., Awaitable[object]])


@dataclass(frozen=True)
class Call:
    """One thing to ask for.

    Attributes:
        run: answers, or raises a `ValueError` with a sentence for the asker.
        called: by which name; that of `run` where it is "".
        live: for an answer to a moving hand, which goes over the socket too: whether a checkpoint
            answers within milliseconds. If not, the call is answered beside the others.
        opens: whether the call opens a picture; None: where it is given one.
        lane: where it waits for its turn, where that follows from nothing of this.
        plan: of the same arguments, for a live call that does nothing but decode: what. Over the
            socket it is decoded together with what others ask.
        bulk: whether the answer holds so many pictures that it travels as bytes (see `bulk`).
    """

    run: Callable[..., object]
    called: str = ""
    live: Callable[[object], bool] | None = None
    opens: bool | None = None
    lane: work_queues.WorkQueue | None = None
    plan: Callable[..., Decoding] | None = None
    bulk: bool = False

    @property
    def name(self) -> str:
        """The name by which it is asked for."""
        return self.called or self.run.__name__

    @cached_property
    def arguments(self) -> dict[str, inspect.Parameter]:
        """What the asker names, in order."""
        given = inspect.signature(self.run).parameters
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return {name: each for name, each in given.items() if each.kind is kind}

    def is_quick(self, argument: object) -> bool:
        """Whether a live call with this object of named values is answered within milliseconds."""
        given = cast(JsonObject, argument) if isinstance(argument, dict) else {}
        return self.live is not None and self.live(given.get("checkpoint"))

    def queue(self, argument: object) -> work_queues.WorkQueue:
        """Where a call with this object of named values waits for its turn."""
        if self.lane is not None:
            return self.lane
        if self.live is not None:
            return work_queues.QUICK if self.is_quick(argument) else work_queues.ASIDE
        given = cast(JsonObject, argument) if isinstance(argument, dict) else {}
        opens = given.get("picture") is not None if self.opens is None else self.opens
        return work_queues.PICTURES if opens else work_queues.HEAVY

    def answer(self, argument: object, form: Callable[[object], T] = wire.to_json) -> T:
        """The reply to an object of named values, in a form for the line.

        A mistake becomes `{"error": sentence}`.
        """

        def work(values: JsonObject) -> T:
            reply = form(self.run(**values))
            ANSWERED.add(self.name)
            return reply

        return self._guarded(work, argument, form)

    def planned(self, argument: object) -> Decoding | JsonObject:
        """What the call has to decode, or `{"error": sentence}`."""
        assert self.plan is not None
        plan = self.plan
        return self._guarded(lambda values: plan(**values), argument, dict)

    def _guarded(
        self,
        work: Callable[[JsonObject], T],
        argument: object,
        form: Callable[[JsonObject], T],
    ) -> T:
        if not isinstance(argument, dict):
            return form({"error": "The argument must be an object with named values."})
        given = cast(JsonObject, argument)
        values: JsonObject = {
            name: given.get(name)
            for name, parameter in self.arguments.items()
            if name in given or parameter.default is inspect.Parameter.empty
        }
        try:
            return work(values)
        except ValueError as error:
            note_refusal(self.name, error)
            return form({"error": str(error)})
        except Exception:
            refusals.refused(refusals.FAILED, self.name)
            logging.getLogger(__name__).exception("a server function failed")
            return form({"error": SORRY})


def note_refusal(name: str, error: ValueError) -> None:
    """Count and log that a call was refused; a full queue's sentence holds nothing of the asker."""
    if (sentence := str(error)) in work_queues.FULL:
        return refusals.refused(refusals.BUSY, name, sentence)
    refusals.refused(refusals.MISTAKE, name)


def page_function(call: Call) -> Callable[..., Awaitable[object]]:
    """The call as a server function of a panel, which waits for its turn outside of every thread.

    Gradio runs plain functions in the threads that also bring the page to newcomers.
    """
    return _named(follow_function(call) if call.live is not None else _wait(call), call.name)


def _named(function: Function, name: str) -> Function:
    """Gradio calls server functions by their own names."""
    setattr(function, "__name__", name)  # noqa: B010
    return function


def _wait(call: Call) -> Callable[[object], Awaitable[Response]]:
    async def wait(argument: object) -> Response:
        accepted = visitors.accepted_encodings()
        return await answered(
            call, argument, lambda reply: json_once(wire.to_json(reply), accepted)
        )

    return wait


async def answered(call: Call, argument: object, form: Callable[[object], T]) -> T:
    """The answer to whoever Gradio, or a route like its own, is answering, once its turn has come.

    Args:
        call: any but a live one.
        argument: an object of named values.
        form: makes the reply what is sent, in the thread that has it.
    """
    return await _in_lane(call, argument, lambda: call.answer(argument, form), None, form)


def follow_function(call: Call) -> Callable[[object], Awaitable[Json]]:
    """A live call as an answer to a moving hand, over Gradio."""

    async def follow(argument: object) -> Json:
        return await follow_hand(call, argument, None, wire.to_json)

    return follow


async def follow_hand(
    call: Call, argument: object, visitor: str | None, form: Callable[[object], T]
) -> T:
    """The answer to a live call, in a form for the line, once its turn has come.

    Args:
        call: a live one.
        argument: an object of named values.
        visitor: who asks; None for whoever Gradio is answering.
        form: makes the reply what is sent, in the thread that has it.
    """

    def work() -> T:
        return call.answer(argument, form)

    return await _in_lane(call, argument, work, visitor, form)


async def _in_lane(
    call: Call,
    argument: object,
    work: Callable[[], T],
    visitor: str | None,
    refused: Callable[[JsonObject], T],
) -> T:
    try:
        with visitors.asking(visitor):
            return await call.queue(argument).run(work, visitor)
    except ValueError as error:  # the queue is full
        note_refusal(call.name, error)
        return refused({"error": str(error)})


Registry: TypeAlias = Mapping[str, tuple[Call, ...]]

_registries: WeakKeyDictionary[gr.Blocks, dict[str, tuple[Call, ...]]] = WeakKeyDictionary()


def register(place: str, calls: Sequence[Call]) -> None:
    """Add the calls of a panel, or of `API`, to the registry of the Blocks that are being built."""
    app = Context.root_block
    if app is None:
        raise RuntimeError("calls are registered inside Blocks.")
    if calls:
        _registries.setdefault(app, {})[place] = tuple(calls)


def registry(app: gr.Blocks) -> Registry:
    """The calls of each panel by its name, and of the endpoints under `API`."""
    return _registries.get(app, {})


def live_calls(listed: Registry) -> dict[str, Call]:
    """What the socket answers: the live calls of all panels by their names.

    Raises:
        ValueError: two panels give one name to different calls, and a message has but the name.
    """
    return _by_names(listed, "live", lambda call: call.live is not None)


def bulk_calls(listed: Registry) -> dict[str, Call]:
    """What answers as bytes, by its name.

    Raises:
        ValueError: two panels give one name to different calls.
    """
    return _by_names(listed, "bulk", lambda call: call.bulk)


def _by_names(listed: Registry, kind: str, chosen: Callable[[Call], bool]) -> dict[str, Call]:
    found: dict[str, Call] = {}
    for place, calls in listed.items():
        for call in filter(chosen, calls if place != API else ()):
            if _work(found.setdefault(call.name, call)) != _work(call):
                raise ValueError(f"two panels have a {kind} call {call.name!r}; rename one.")
    return found


def _work(call: Call) -> tuple[object, ...]:
    """What a call runs, such that equal calls of two panels are equal."""
    run = call.run
    return (run.func, run.args, run.keywords) if isinstance(run, partial) else (run,)


def takes_picture(listed: Registry) -> frozenset[str]:
    """Names of the endpoints that take a picture."""
    return frozenset(call.name for call in listed.get(API, ()) if call.opens)


def lines(listed: Registry) -> Iterator[str]:
    """One line a call: its place, name and arguments, and whether it is live."""
    for place, calls in listed.items():
        for call in calls:
            yield f"{place}: {call.name}({', '.join(call.arguments)}){' live' * bool(call.live)}"
