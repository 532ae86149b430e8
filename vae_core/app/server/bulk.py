"""Answers of many pictures: films and samples, as bytes.

POST studio/bulk/NAME with `{"data": argument}`; the answer is the length of a head (little-endian
uint32), the head as JSON and arrays as they are, compressed as a whole where the page takes that:
grey levels as text take four thirds of the bytes, and twice as many once compressed. The head is
the reply without its arrays, whose names, kinds and shapes stand under `arrays`, in the order in
which they follow: codes in single precision, then grey levels and files.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from gradio.context import LocalContext
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vae_core.app import animation, wire
from vae_core.app.server import calls, compression, routes, visitors
from vae_core.app.server.calls import Call

LENGTH = struct.Struct("<I")
ALIGNED = 4
"""Bytes whose multiple the codes begin at, as a page can read them in place."""
CODES = "z"
TYPE = "application/octet-stream"
Array = NDArray[Any]
NOT_HERE = "There is no such function in this app; please load the page again."


def route(functions: Mapping[str, Call]) -> Route:
    """The route of the calls that answer in bulk, given by their names."""

    async def ask(request: Request) -> Response:
        call = functions.get(request.path_params["name"])
        if call is None:
            return JSONResponse({"error": NOT_HERE}, 404)
        # Whose turn it is, and whose share of a borrowed GPU, as for Gradio's own ways.
        LocalContext.request.set(cast(Any, request))
        argument = (await request.json()).get("data")
        accepted = visitors.accepted_encodings()
        return await calls.answered(call, argument, lambda reply: answer(reply, accepted))

    return Route(f"{routes.BULK}/{{name}}", ask, methods=["POST"])


def answer(reply: object, accepted: str) -> Response:
    """A reply of the service, an object of named values, as this page takes it."""
    return compression.once(message(cast(Mapping[str, object], reply)), accepted, TYPE)


def message(reply: Mapping[str, object]) -> bytes:
    """Head and arrays of a reply."""
    found = {name: _array(name, value) for name, value in reply.items()}
    some = [(name, array) for name, array in found.items() if array is not None]
    arrays = dict(sorted(some, key=lambda entry: -entry[1].itemsize))
    head = {name: value for name, value in reply.items() if name not in arrays}
    about = {name: [each.dtype.str[1:], *each.shape] for name, each in arrays.items()}
    text = json.dumps(wire.to_json({**head, "arrays": about}), separators=(",", ":")).encode()
    text += b" " * (-(LENGTH.size + len(text)) % ALIGNED)
    return b"".join((LENGTH.pack(len(text)), text, *(each.tobytes() for each in arrays.values())))


def _array(name: str, value: object) -> Array | None:
    """What of a reply follows its head; None for what stands in it."""
    if isinstance(value, np.ndarray):
        return cast(Array, np.ascontiguousarray(value))
    if isinstance(value, wire.Film):
        return np.frombuffer(animation.gif(value.digits), np.uint8)
    if name == CODES and isinstance(value, list) and isinstance(next(iter(value), None), list):
        return np.array(value, "<f4")
    return None
