"""One writer at a time: a lock on a folder that ends with its process, however that ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import IO


class Held(ValueError):
    """Another process holds the lock."""


@contextlib.contextmanager
def held(folder: Path) -> Generator[None, None, None]:
    """Holds `folder`/state/lock inside the block.

    Raises:
        Held: another process holds it.
        ValueError: the folder cannot be written.
    """
    path = folder / "state" / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
    except OSError as error:
        raise ValueError(f"{folder} cannot be written: {error.strerror}.") from error
    with file:
        if not _take(file):
            raise Held(
                f"another training writes into {folder}; wait for it, or choose another --out."
            )
        yield


def _take(file: IO[bytes]) -> bool:
    """Whether the lock is ours now; the system frees it when the file is closed."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except PermissionError:  # what Windows says of a lock that is taken
        return False
    except OSError:  # a file system without locks
        return True
    return True
