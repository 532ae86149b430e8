"""Uploaded files of API callers: read once, deleted at once.

A caller may send a picture once and name it in two calls, or in two places of one. Bytes that were
just deleted are therefore remembered in memory for a minute; only whoever uploaded them knows their
name.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from pathlib import Path

from vae_core.app import wire

SECONDS = 60.0
BYTES = 32 * 2**20


class Uploads:
    """Reads files under `folder` and deletes them.

    Args:
        folder: where Gradio puts uploads.
        seconds: how long deleted bytes are remembered.
        limit: how many bytes are remembered in all; the oldest go first.
    """

    def __init__(self, folder: Path, seconds: float = SECONDS, limit: int = BYTES) -> None:
        self.folder = folder.resolve()
        self.seconds = seconds
        self.limit = limit
        self._lock = threading.Lock()
        self._recent: OrderedDict[Path, tuple[float, bytes]] = OrderedDict()
        self._cleaning = False

    def take(self, name: str) -> bytes:
        """The bytes of the upload `name`, which is gone from the disk afterwards.

        Raises:
            ValueError: not an upload of this server, gone, empty, or too large.
        """
        path = self._inside(name)
        with self._lock:
            self._forget_old()
            try:
                data = wire.read_file(path)
            except FileNotFoundError:
                if path not in self._recent:
                    raise ValueError("The picture is gone; please send it again.") from None
                return self._recent[path][1]
            finally:
                self._delete(path)
            self._recent[path] = (time.monotonic(), data)
            self._recent.move_to_end(path)
            self._clean_later()
            return data

    def _inside(self, name: str) -> Path:
        # A caller writes this name: nothing but an upload may be read, let alone deleted.
        sentence = "The picture must be an uploaded file (handle_file) or base64 text."
        try:
            path = Path(name).resolve()
        except (OSError, ValueError) as error:  # a NUL byte, a name too long
            raise ValueError(sentence) from error
        if self.folder not in path.parents:
            raise ValueError(sentence)
        return path

    def _clean_later(self) -> None:
        """Forgets in time even if nobody calls again: one timer, however many uploads."""
        if self._cleaning:
            return
        self._cleaning = True
        timer = threading.Timer(self.seconds, self._clean)
        timer.daemon = True
        timer.start()

    def _clean(self) -> None:
        with self._lock:
            self._cleaning = False
            self._forget_old()
            if self._recent:
                self._clean_later()

    def _forget_old(self) -> None:
        oldest = time.monotonic() - self.seconds
        while self._recent:
            first = next(iter(self._recent))
            held = sum(len(data) for _, data in self._recent.values())
            if self._recent[first][0] >= oldest and held <= self.limit:
                return
            del self._recent[first]

    def _delete(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink()
            path.parent.rmdir()  # every upload has a folder of its own
