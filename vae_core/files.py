"""Files on the disk: strict to read, atomic to write, safetensors and JSON only.

What is read may come from anybody, so nothing is opened that is not a plain file of a bearable
size, and whatever a damaged one does to its parser becomes one `ValueError`.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import math
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn, Protocol, TypeAlias, cast

from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]

PACKAGE = Path(__file__).resolve().parent
ASSETS = PACKAGE / "assets"

PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".pkl")
TEXT_LIMIT, TENSORS_LIMIT = 16 * 2**20, 4 * 2**30
"""Bytes of a file; the largest shipped ones have a fiftieth and a fourhundredth of that."""
DEPTH_LIMIT = 32
"""Objects and lists within each other; ours have four."""
DIGITS_LIMIT = 20
LFS = b"version https://git-lfs"


def check_plain(path: Path, limit: int = TENSORS_LIMIT) -> None:
    """Passes for a plain file of at most `limit` bytes that is no mere pointer to one.

    A named pipe would keep its reader waiting for ever, and a device never ends.

    Raises:
        ValueError: it is missing, something else, too large, or Git LFS's note of it.
    """
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise ValueError(f"{path} is missing.") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{path} is not a file.")
    if found.st_size > limit:
        sizes = f"{found.st_size / 2**20:,.0f} MB; at most {limit / 2**20:,.0f} MB are read"
        raise ValueError(f"{path} has {sizes}.")
    if found.st_size < 1000 and _head(path, len(LFS)) == LFS:
        raise ValueError(
            f"{path} is only a pointer of Git LFS, not the file itself; fetch it with git lfs pull."
        )


def read_text(path: Path) -> str:
    """A whole text file.

    Raises:
        ValueError: as for `check_plain`, or it is not UTF-8.
    """
    check_plain(path, TEXT_LIMIT)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is damaged: {error}.") from error


def read_json(path: Path) -> JsonObject:
    """One JSON object, all of whose numbers are finite and whose texts can be shown.

    Raises:
        ValueError: as for `read_text`, or the file does not hold one.
    """
    return parse_json(read_text(path), path)


def parse_json(text: str | bytes, path: Path | str) -> JsonObject:
    """As `read_json`, of a text from `path`."""
    try:
        value = json.loads(text, parse_constant=_finite, parse_float=_finite, parse_int=_whole)
        # A lone half of a surrogate pair passes as a text, until somebody is sent it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"{path} is damaged: it holds half a character.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged: {error}.") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path} must hold a JSON object.")
    if _is_deep(value):
        raise ValueError(f"{path} is damaged: its values lie too deep within each other.")
    return cast(JsonObject, value)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file, on the CPU, in memory of their own.

    They do not stay mapped to the file, which Windows would let nobody replace.

    Raises:
        ValueError: the file is missing, damaged or cut short, or a pickle.
    """
    _check_tensors(path)
    try:
        return {name: tensor.clone() for name, tensor in load_file(path).items()}
    except Exception as error:  # Each damage has an error of its own, of a dozen types.
        _refuse(path, error)


class Slice(Protocol):
    """One tensor in a header."""

    def get_shape(self) -> list[int]: ...

    def get_dtype(self) -> str: ...


class Header(Protocol):
    """A safetensors file, opened for what stands at its head."""

    def keys(self) -> list[str]: ...

    def get_slice(self, name: str) -> Slice: ...

    def metadata(self) -> dict[str, str] | None: ...


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Header]:
    """A safetensors file as `safe_open` gives it, for its header.

    Raises:
        ValueError: as for `read_tensors`.
    """
    _check_tensors(path)
    try:
        file = safe_open(path, framework="pt")
    except Exception as error:
        _refuse(path, error)
    with file as inside:
        yield cast(Header, inside)


def safetensors_metadata(path: Path) -> dict[str, str]:
    """The texts in the header of a safetensors file.

    Raises:
        ValueError: as for `read_tensors`.
    """
    with opened(path) as file:
        return file.metadata() or {}


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file, which tells whether figures belong to these weights.

    Raises:
        ValueError: as for `check_plain`.
    """
    check_plain(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """One JSON object, atomically; ValueError when it cannot be written."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """A text file, atomically; ValueError when it cannot be written."""
    _replace(path, lambda target: target.write_text(text, "utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """A file, atomically; ValueError when it cannot be written."""
    _replace(path, lambda target: target.write_bytes(content))


def write_tensors(
    path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None
) -> None:
    """A safetensors file, atomically; ValueError when it cannot be written."""
    plain = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    _replace(path, lambda target: save_file(plain, target, metadata))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Writes beside `path`, flushes to the disk and renames: a kill leaves the old file whole."""
    target = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(target)
        target.chmod(0o644)  # safetensors makes files that only their owner can read
        with target.open("rb+") as file:  # Windows flushes only what was opened for writing
            os.fsync(file.fileno())
        target.replace(path)
    except Exception as error:  # safetensors has errors of its own for a full disk
        raise ValueError(
            f"{path} could not be written ({error}); what was there is kept."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)


def _check_tensors(path: Path) -> None:
    """As `check_plain`; for a missing file it knows why: often a pickle lies there instead."""
    if not path.exists():
        beside = itertools.islice(path.parent.glob("*"), 1000)
        for pickle in sorted(p for p in beside if p.suffix in PICKLES):
            _refuse_pickle(pickle)
    check_plain(path)


def _refuse(path: Path, error: Exception) -> NoReturn:
    """The sentence for a file that is no safetensors file.

    Asked only then: a sound one begins with the length of its header, which may look like anything.
    """
    head = _head(path, 4)
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        _refuse_pickle(path)
    if head == b"PK\x03\x04":
        _refuse_pickle(path)
    raise ValueError(f"{path} is damaged or cut short: {error}.") from error


def _refuse_pickle(path: Path) -> NoReturn:
    raise ValueError(
        f"{path} is a pickle, which can run any code when it is opened; "
        "only safetensors files are read."
    )


def _head(path: Path, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"it holds {text[:20]}, which is not a finite number")
    return value


def _whole(text: str) -> int:
    if len(text) > DIGITS_LIMIT:
        raise ValueError(f"it holds a number of {len(text)} digits")
    return int(text)


def _is_deep(value: object) -> bool:
    """Whether more than `DEPTH_LIMIT` objects and lists lie within each other; level by level."""
    level: list[object] = [value]
    for _ in range(DEPTH_LIMIT):
        parts = [part for part in level if isinstance(part, dict | list)]
        level = [
            inner
            for part in parts
            for inner in (part.values() if isinstance(part, dict) else part)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
