"""The folders in which torch's compiler keeps what it made, and what a killed one left in them.

It takes whatever file has the right name. A library that ends too early then fails to load, or
kills the process that loads it (SIGBUS), in this run and in every later one.
"""

from __future__ import annotations

import functools
import os
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

QUIET_SECONDS = 10.0
"""A library that nobody has written to for so long is not on its way any more."""
HEADER = 64


@functools.cache
def clean() -> None:
    """Removes the unfinished libraries that this process could load; looks once.

    It waits for those that another process seems to be writing, some seconds for all of them.
    """
    until = time.monotonic() + QUIET_SECONDS
    for folder in _folders():
        for library in folder.glob("*/*.so"):
            _remove_if_unfinished(library, until)


def _folders() -> Iterator[Path]:
    """The one that the user chose, or this user's of torch's own name."""
    chosen = os.environ.get("TORCHINDUCTOR_CACHE_DIR")
    if chosen:
        yield Path(chosen)
    elif hasattr(os, "getuid"):
        for folder in Path(tempfile.gettempdir()).glob("torchinductor_*"):
            if folder.lstat().st_uid == os.getuid():
                yield folder


def _remove_if_unfinished(library: Path, until: float) -> None:
    """Removes the file if it ends too early, once nobody writes to it or the time is over."""
    try:
        while library.is_file() and _is_unfinished(library):
            age = time.time() - library.stat().st_mtime
            if age >= QUIET_SECONDS or time.monotonic() >= until:
                library.unlink()
            else:
                time.sleep(0.1)
    except OSError:
        return  # It is gone, or somebody else's.


def _is_unfinished(library: Path) -> bool:
    """Whether a library of Linux (ELF, 64 bits) ends before its table of sections, which is last.

    Raises:
        OSError: it cannot be read.
    """
    with library.open("rb") as file:
        head = file.read(HEADER)
    if len(head) < HEADER:
        return head[:4] == b"\x7fELF"[: len(head)]
    if head[:5] != b"\x7fELF\x02":
        return False
    (table,) = struct.unpack_from("<Q", head, 0x28)
    size, count = struct.unpack_from("<HH", head, 0x3A)
    return library.stat().st_size < max(HEADER, table + size * count)
