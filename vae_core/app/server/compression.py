"""What is sent again and again, compressed once: well at once, and as small as can be soon after.

The smallest form takes up to a second, which nobody waits for: a thread that yields to all others
makes it while the next requests get the good one.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import queue
import threading
from collections import OrderedDict

import brotli
from starlette.datastructures import MutableHeaders
from starlette.responses import Response

ONCE, QUICK, BEST = 4, 5, 11
"""Of Brotli: for an answer that is sent but once, and for what is kept, milliseconds a page; a
seventh fewer bytes for eighty times the work."""

LARGE = 4096
"""Bytes of an answer that are worth a compression for it alone."""

MOST = 600
"""Contents kept, the newest ones: all files of ours and all that Gradio's page asks for."""

SMALLEST = 200
"""Bytes below which compression gains nothing."""

MOST_WAITING = 200
"""Contents that wait for their smallest form; a visitor can ask for pages faster than it is made,
each under another name of the host, and what finds no place stays as it is."""

LAST_OF_ALL = 19
"""Niceness of the thread that makes the smallest forms."""


class Compressor:
    """Compressed forms of contents, kept by what they are; for any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None

    def encode(self, content: bytes, accepted: str, headers: MutableHeaders) -> bytes:
        """The body to send, with what `headers` must say of it.

        Args:
            content: as it is.
            accepted: the encodings that the browser takes.
            headers: of the answer; get the encoding and the length.
        """
        headers.add_vary_header("accept-encoding")
        coding = chosen(accepted)
        if coding is None or len(content) < SMALLEST:
            body = content
        else:
            body = self._form(content, coding)
            headers["content-encoding"] = coding
        headers["content-length"] = str(len(body))
        return body

    def settle(self) -> None:
        """Wait until the smallest form of all that was asked for is made."""
        while (worker := self._worker) is not None:
            worker.join(0.05)

    def _form(self, content: bytes, coding: str) -> bytes:
        key = coding.encode() + hashlib.sha256(content).digest()
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
        if coding == "gzip":
            return self._keep(key, gzip.compress(content, 9, mtime=0))
        made = self._keep(key, brotli.compress(content, quality=QUICK))
        self._improve(key, content)
        return made

    def _keep(self, key: bytes, form: bytes) -> bytes:
        with self._lock:
            self._kept[key] = form
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return form

    def _improve(self, key: bytes, content: bytes) -> None:
        with self._lock:
            if self._waiting.qsize() >= MOST_WAITING:
                return
            self._waiting.put((key, content))
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()

    def _work(self) -> None:
        with contextlib.suppress(AttributeError, OSError):  # Linux alone knows a thread's niceness
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LAST_OF_ALL)
        while True:
            with self._lock:
                try:
                    key, content = self._waiting.get_nowait()
                except queue.Empty:
                    self._worker = None
                    return
            self._keep(key, brotli.compress(content, quality=BEST))


def chosen(accepted: str) -> str | None:
    """The encoding to use of those that a browser takes, None for none."""
    taken = [each.partition(";")[0].strip() for each in accepted.split(",")]
    return next((each for each in ("br", "gzip") if each in taken), None)


def json_once(reply: object, accepted: str) -> Response:
    """An answer as JSON, compressed where it is large: pictures travel as text in it."""
    body = json.dumps(reply, separators=(",", ":")).encode()
    return once(body, accepted, "application/json")


def once(body: bytes, accepted: str, kind: str) -> Response:
    """An answer of this media type that is sent but once, compressed where it is large."""
    headers = {"vary": "accept-encoding"}
    coding = chosen(accepted) if len(body) > LARGE else None
    if coding == "br":
        body = brotli.compress(body, quality=ONCE)
    elif coding == "gzip":
        body = gzip.compress(body, ONCE, mtime=0)
    if coding:
        headers["content-encoding"] = coding
    return Response(body, headers=headers, media_type=kind)


KEPT = Compressor()
"""Of this process."""
