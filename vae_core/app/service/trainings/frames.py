"""Messages between the server and a run's process: a JSON head and arrays, with their lengths.

No pickles: what a process sends is data, whatever became of it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from vae_core.files import JsonObject

Array: TypeAlias = "NDArray[np.uint8] | NDArray[np.float32]"
TYPES: Mapping[str, type[np.uint8] | type[np.float32]] = {
    "uint8": np.uint8,
    "float32": np.float32,
}
LENGTHS = struct.Struct(">II")
HEAD_LIMIT, BODY_LIMIT = 2**20, 2**24
"""Bytes of a message; the largest holds a model."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One message: its kind, plain values, and arrays by name."""

    kind: str
    values: JsonObject
    arrays: dict[str, Array] = field(default_factory=dict[str, Array])


def write(stream: BinaryIO, frame: Frame) -> None:
    """Send one message; OSError where nobody listens any more."""
    shapes = [[name, str(each.dtype), list(each.shape)] for name, each in frame.arrays.items()]
    head = json.dumps([frame.kind, frame.values, shapes], allow_nan=False).encode()
    body = b"".join(np.ascontiguousarray(each).tobytes() for each in frame.arrays.values())
    stream.write(LENGTHS.pack(len(head), len(body)) + head + body)
    stream.flush()


def read(stream: BinaryIO) -> Frame | None:
    """Wait for one message; None where no more will come.

    Raises:
        ValueError: it is none, or too long.
    """
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    of_head, of_body = LENGTHS.unpack(lengths)
    if of_head > HEAD_LIMIT or of_body > BODY_LIMIT:
        raise ValueError("a message of a run is too long.")
    head, body = stream.read(of_head), stream.read(of_body)
    if len(head) < of_head or len(body) < of_body:
        return None
    kind, values, shapes = cast(
        "tuple[str, JsonObject, list[tuple[str, str, list[int]]]]", json.loads(head)
    )
    arrays: dict[str, Array] = {}
    start = 0
    for name, dtype, shape in shapes:
        end = start + int(np.prod(shape)) * np.dtype(TYPES[dtype]).itemsize
        arrays[name] = cast(Array, np.frombuffer(body[start:end], TYPES[dtype]).reshape(shape))
        start = end
    return Frame(kind, values, arrays)


def blob(data: bytes) -> NDArray[np.uint8]:
    """Bytes as an array (n,)."""
    return np.frombuffer(data, np.uint8)
