"""The endpoints as tools for language models, over the Model Context Protocol, where it is on.

Gradio brings the protocol (its extra `mcp`) at `/gradio_api/mcp`; names, schemas and answers of the
tools are ours, since pictures go out as images here, and work waits in the same fair queues as all
other work.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from gradio.utils import get_function_description

from vae_core.app.server import calls, refusals, visitors
from vae_core.app.server.api_schema import EXAMPLES, RETURNS, SCHEMAS
from vae_core.app.server.calls import Call

HEAD = "data:image/png;base64,"
PICTURE = {"type": "string", "description": "the image file as base64, or as a data URI"}

Protocol: TypeAlias = Any
"""What is of the package `mcp`, which comes with the extra alone."""


def serve(server: Protocol, listed: Sequence[Call]) -> None:
    """Offer calls as the tools of Gradio's server of the protocol.

    Args:
        server: `mcp_server_obj` of the launched Blocks.
        listed: the endpoints' calls.
    """
    types, known = server.types, {call.name: call for call in listed}

    @server.mcp_server.list_tools()
    async def list_tools() -> list[Protocol]:
        return [types.Tool(**described(call)) for call in listed]

    @server.mcp_server.call_tool()
    async def call_tool(name: str, arguments: dict[str, object]) -> Protocol:
        visitor = visitors.address(server.mcp_server.request_context.request.scope)
        if name not in known:
            return failed(types, f"There is no tool {name[:40]!r}.")
        try:
            with visitors.asking(visitor):
                answer = await run(known[name], arguments, visitor)
        except ValueError as error:
            calls.note_refusal(name, error)
            return failed(types, str(error))
        except Exception:
            refusals.refused(refusals.FAILED, name)
            logging.getLogger(__name__).exception("a tool failed")
            return failed(types, calls.SORRY)
        calls.ANSWERED.add(name)
        return types.CallToolResult(content=content(types, answer))


async def run(call: Call, arguments: Mapping[str, object], visitor: str) -> object:
    """The answer of an endpoint to named arguments.

    Raises:
        ValueError: a mistake of the caller's, in a sentence, or the queue is full.
    """
    if unknown := set(arguments) - set(call.arguments):
        raise ValueError(f"{call.name} takes no {sorted(unknown)[0][:40]!r}.")
    return await call.queue(arguments).run(lambda: call.run(**arguments), visitor)


def described(call: Call) -> dict[str, object]:
    """A tool's name, what it is for, and the schema of its arguments."""
    about, meanings, returns = get_function_description(call.run)
    properties: dict[str, dict[str, object]] = {}
    for name, parameter in call.arguments.items():
        schema = PICTURE if name.startswith("image") else SCHEMAS[name]
        properties[name] = {**schema, "description": meanings[name]}
        if parameter.default is not parameter.empty:
            properties[name]["default"] = parameter.default
        elif not name.startswith("image"):
            properties[name]["examples"] = [EXAMPLES[name]]
    required = [name for name, each in call.arguments.items() if each.default is each.empty]
    pictures = " Pictures come as images, in the order of their places." * pictured(call)
    return {
        "name": call.name,
        "title": about.split(":")[0].split(",")[0].rstrip("."),
        "description": f"{about} Returns: {', '.join(returns)}{pictures}",
        "inputSchema": {"type": "object", "properties": properties, "required": required},
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    }


def pictured(call: Call) -> bool:
    """Whether pictures are in the answers of a call."""
    return HEAD in json.dumps(RETURNS[call.name])


def content(types: Protocol, answer: object) -> list[Protocol]:
    """An answer as JSON in which each picture is a number, and the pictures after it."""
    found: list[str] = []

    def without_pictures(value: object) -> object:
        if isinstance(value, Mapping):
            return {key: without_pictures(each) for key, each in value.items()}
        if isinstance(value, list):
            return [without_pictures(each) for each in value]
        if isinstance(value, str) and value.startswith(HEAD):
            found.append(value.removeprefix(HEAD))
            return f"image {len(found)}"
        return value

    text = json.dumps(without_pictures(answer))
    images = [types.ImageContent(type="image", data=each, mimeType="image/png") for each in found]
    return [types.TextContent(type="text", text=text), *images]


def failed(types: Protocol, sentence: str) -> Protocol:
    """An answer that says why there is none."""
    said = types.TextContent(type="text", text=sentence)
    return types.CallToolResult(content=[said], isError=True)
