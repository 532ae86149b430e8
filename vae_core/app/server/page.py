"""What a panel is made of: one `gr.HTML` with our own markup, style and script from `web`.

Server functions are an open door, so every one is wrapped by `answered`: a visitor's mistake
comes back as `{"error": sentence}` and nothing else ever leaves the server.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import gradio as gr
from starlette.responses import JSONResponse

from vae_core.app.server import lanes
from vae_core.files import PACKAGE

STATIC = PACKAGE / "app" / "web"
SORRY = "The server could not do that; please try again."

Answer = dict[str, Any]
Function = Callable[[Any], Answer]
Follow = Callable[..., Awaitable[Answer]]


def static(name: str) -> str:
    """The text of a file in `web`, empty when there is none."""
    path = STATIC / name
    return path.read_text("utf-8") if path.is_file() else ""


def panel(name: str, functions: Sequence[Callable[[Any], Any]], **words: str) -> gr.HTML:
    """Place the component `name`: `web/NAME.html` driven by `web/NAME.js`.

    Args:
        name: file stem of the markup and the script.
        functions: what the script may call as `server.FUNCTION(argument)`.
        words: replacements for `[[key]]` in the markup.
    """
    markup = static(f"{name}.html")
    for key, value in words.items():
        markup = markup.replace(f"[[{key}]]", value)
    return gr.HTML(
        html_template=inert(markup),
        js_on_load=f"{static(f'{name}.js')}\n//# sourceURL={name}.js",
        server_functions=[patient(each) for each in functions],
        apply_default_css=False,
    )


def inert(markup: str) -> str:
    """Markup as it stands: Gradio reads templates as Handlebars and as a JS template string."""
    if "{{" in markup:
        raise ValueError("markup must not hold '{{', which Gradio's templates would fill in.")
    return markup.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")


def answered(function: Function) -> Function:
    """Wrap a server function: it takes a dict, and its `ValueError` becomes `{"error": ...}`."""

    @functools.wraps(function)
    def call(argument: Any) -> Answer:
        if not isinstance(argument, dict):
            return {"error": "The argument must be an object with named values."}
        try:
            return function(argument)
        except ValueError as error:
            return {"error": str(error)}
        except Exception:
            logging.getLogger(__name__).exception("a server function failed")
            return {"error": SORRY}

    return call


def patient(function: Callable[[Any], Any]) -> Callable[..., Awaitable[Any]]:
    """A server function that waits for its turn outside of every thread; live ones as they are.

    Gradio runs plain functions in the threads that also bring the page to newcomers, and turns
    thousands of numbers into JSON one by one in the thread that serves everybody. So the answer
    is written as JSON where it is made.
    """
    if inspect.iscoroutinefunction(function):
        return function

    @functools.wraps(function)
    async def wait(argument: Any) -> JSONResponse:
        opens = isinstance(argument, dict) and argument.get("picture") is not None
        lane = lanes.PICTURES if opens else lanes.HEAVY
        answer = await _told(lane, lambda: JSONResponse(function(argument)), None)
        return answer if isinstance(answer, JSONResponse) else JSONResponse(answer)

    return wait


def live(function: Function, is_quick: Callable[[Any], bool] = lambda _: True) -> Follow:
    """As `answered`, in the threads that are kept for answers to a moving hand.

    Args:
        function: answers within a few milliseconds.
        is_quick: of an argument, whether that holds; if not, it is answered beside the others.
    """
    call = answered(function)

    @functools.wraps(function)
    async def follow(argument: Any, visitor: str | None = None) -> Answer:
        lane = lanes.QUICK if is_quick(argument) else lanes.ASIDE
        return await _told(lane, lambda: call(argument), visitor)

    follow.is_live = True  # type: ignore[attr-defined]
    return follow


async def _told(lane: lanes.Lane, work: Callable[[], Any], visitor: str | None) -> Any:
    try:
        return await lane.run(work, visitor)
    except ValueError as error:  # the lane is full
        return {"error": str(error)}


def live_functions(app: gr.Blocks) -> dict[str, Follow]:
    """The functions of all panels in `app` that `live` wrapped, by their names."""
    panels = [block for block in app.blocks.values() if isinstance(block, gr.HTML)]
    given = [function for each in panels for function in each.server_fns]
    return {each.__name__: each for each in given if getattr(each, "is_live", False)}
