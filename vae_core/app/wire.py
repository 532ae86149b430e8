"""How pictures travel: 784 raw grey bytes as base64 to the canvas, PNG data URIs to programs."""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.app import animation, pending_pictures
from vae_core.app.checks import shown
from vae_core.files import Json

SIDE = 28
PICTURE_LIMIT = 64 * 2**20
"""Largest picture file taken, in bytes; 64 megapixels of JPEG stay well under it."""

SLICE = 2**20
"""Characters of base64 decoded at a time."""

NO_PICTURE = "The picture must be an image file, or its bytes as base64 text."

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
NO_DIGITS: Grey = np.zeros((0, SIDE, SIDE), np.uint8)


@dataclass(frozen=True, eq=False)
class Picture:
    """An 8-bit grey (h, w) or RGB (h, w, 3) picture that leaves as a PNG."""

    pixels: Grey


@dataclass(frozen=True, eq=False)
class Film:
    """Digits (k, 28, 28) that leave as one GIF, there and back."""

    digits: Grey


@dataclass(frozen=True)
class Bytes:
    """Bytes of a file, which leave as base64."""

    data: bytes


COMPOUND = (list, Mapping, np.ndarray, Picture, Film, Bytes)
"""What `to_json` looks into."""


def to_json(reply: object) -> Json:
    """A reply of the service as JSON: the only place where pixels become text.

    Digits become base64 of their raw bytes, a `Picture` and a `Film` data URIs; all else is plain
    already.
    """
    if isinstance(reply, np.ndarray):
        return pack(cast(Grey, reply))
    if isinstance(reply, Mapping):
        entries = cast(Mapping[str, object], reply)
        return {key: to_json(value) for key, value in entries.items()}
    if isinstance(reply, list):
        # Codes of thousands of numbers pass as they are.
        values = cast(list[object], reply)
        holds = any(isinstance(value, COMPOUND) for value in values)
        return [to_json(value) for value in values] if holds else cast(Json, values)
    if isinstance(reply, Picture):
        return png_uri(reply.pixels)
    if isinstance(reply, Bytes):
        return base64.b64encode(reply.data).decode("ascii")
    if isinstance(reply, Film):
        return _uri("gif", animation.gif(reply.digits))
    return cast(Json, reply)


def pack(grey: NDArray[np.uint8] | NDArray[np.int8]) -> str:
    """Base64 of the raw bytes of `grey`, row by row."""
    return base64.b64encode(np.ascontiguousarray(grey).tobytes()).decode("ascii")


def unpack(text: str) -> Grey:
    """The inverse of `pack` for a batch of digits: (k, 28, 28) grey levels."""
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, SIDE, SIDE)


def marks(name: str, text: object) -> Mask:
    """The pixels (28, 28) that a page marked: base64 of 784 bytes, not 0 where marked.

    None marks nothing.

    Raises:
        ValueError: anything else; `name` is the argument's.
    """
    if text is None:
        return np.zeros((SIDE, SIDE), np.bool_)
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != SIDE * SIDE:
        raise ValueError(f"{name} must be base64 of {SIDE * SIDE} bytes, not {shown(text)}.")
    return np.frombuffer(data, dtype=np.uint8).reshape(SIDE, SIDE) > 0


def png_uri(grey: Grey) -> str:
    """A `data:image/png;base64,` string of an 8-bit grey (h, w) or RGB (h, w, 3) picture."""
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, format="PNG")
    return _uri("png", buffer.getvalue())


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def picture_bytes(source: object) -> bytes | Image.Image:
    """Bring a picture from a page, a program or Python to bytes that the digitizer opens.

    Args:
        source: raw bytes, a PIL image, base64 text with or without a `data:` head, or
            `{"pixels": base64 of 784 grey bytes}`.

    Raises:
        ValueError: missing, empty, too large, or text that is not base64.
    """
    if source is None or source == "" or source == b"":
        raise ValueError("No picture was given: choose a file, draw a digit or take an example.")
    if isinstance(source, Image.Image):
        return source
    if isinstance(source, dict) and "pixels" in source:
        return Image.fromarray(digit_of("pixels", cast(object, source["pixels"])))
    if isinstance(source, str):
        source = _from_base64(source)
    if not isinstance(source, bytes | bytearray):
        raise ValueError(f"The picture must be the bytes of an image file, not {shown(source)}.")
    return _bounded(bytes(source))


def file_bytes(text: object) -> bytes:
    """The bytes of a file from base64 text.

    Raises:
        ValueError: anything else.
    """
    try:
        return _from_base64(text if isinstance(text, str) else "data:")
    except ValueError as error:
        raise ValueError("The file must be sent as base64 text.") from error


def read_file(path: Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it cannot be read, is empty, or larger than `PICTURE_LIMIT`.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= PICTURE_LIMIT else b""
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError("The picture could not be read; please send it again.") from error
    if size > PICTURE_LIMIT:
        raise ValueError(_too_large(size))
    return _bounded(data)


def _bounded(data: bytes) -> bytes:
    if not data:
        raise ValueError("The picture is empty: the file holds 0 bytes.")
    if len(data) > PICTURE_LIMIT:
        raise ValueError(_too_large(len(data)))
    return data


def _too_large(size: int) -> str:
    limit = PICTURE_LIMIT // 2**20
    return f"The picture has {size / 2**20:.0f} MB; files up to {limit} MB are read."


def _from_base64(text: str | bytes) -> bytes:
    data = _unparcelled(text) if isinstance(text, str) else text
    start = 0
    if data.startswith(b"data:"):
        start = data.find(b",") + 1
        if not data[:start].endswith(b";base64,"):
            raise ValueError("The picture must be a data URI with base64 content.")
    if len(data) - start > PICTURE_LIMIT * 4 // 3 + 4:
        raise ValueError(_too_large((len(data) - start) * 3 // 4))
    try:
        return _decoded(memoryview(data)[start:])
    except (binascii.Error, ValueError) as error:
        raise ValueError(NO_PICTURE) from error


def _unparcelled(text: str) -> bytes:
    """The bytes of a text, which may be the name of a picture put aside (`pending_pictures`)."""
    if not text.startswith(pending_pictures.HEAD):
        try:
            return text.encode("ascii")
        except UnicodeEncodeError as error:
            raise ValueError(NO_PICTURE) from error
    data = pending_pictures.HERE.take(text)
    return _unparcelled(json.loads(b'"%b"' % data)) if b"\\" in data else data


def _decoded(data: memoryview) -> bytes:
    """Base64 piece by piece: decoding lets no other thread run, and a photo takes long."""
    pieces = [data[i : i + SLICE] for i in range(0, len(data), SLICE)]
    if any(b"=" in bytes(piece[-2:]) for piece in pieces[:-1]):
        raise ValueError("padding within the text")
    return b"".join(base64.b64decode(piece, validate=True) for piece in pieces)


def ready_digit(picture: object) -> Grey | None:
    """The digit of `{"digit": base64 of 784 grey bytes}`; None for any other picture.

    Raises:
        ValueError: it holds something else.
    """
    if isinstance(picture, dict) and "digit" in picture:
        return digit_of("digit", cast(object, picture["digit"]))
    return None


def digit_of(name: str, text: object) -> Grey:
    """A digit (28, 28) from base64 of its 784 grey bytes.

    Raises:
        ValueError: anything else; `name` is the argument's.
    """
    data = _from_base64(text) if isinstance(text, str) else b""
    if len(data) != SIDE * SIDE:
        raise ValueError(f"{name} must be base64 of {SIDE * SIDE} grey bytes, not {shown(text)}.")
    return np.frombuffer(data, dtype=np.uint8).reshape(SIDE, SIDE)
