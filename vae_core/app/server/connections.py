"""Time limits of a connection: one that sends nothing, or reads nothing, is closed.

uvicorn waits for ever for the rest of a header and for a reader that has stopped to read.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from uvicorn import Config

from vae_core.app.server.visitors import home

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
else:
    Base = object  # what it is mixed into decides

HEADERS, READING = 10.0, 30.0
"""Seconds for the head of a request, and for a full connection to take some of its answer."""

CONNECTIONS, CONNECTIONS_EACH = 4096, 1536
"""Connections at once, in all and from one address (a proxy that is believed may hold all)."""

SOCKET_BYTES = 2**17 + 2**10
"""Largest message of a socket; see `sockets.MESSAGE_LIMIT`."""

_open: Counter[str] = Counter()


TURN = 0.001
"""Seconds that a thread computes in Python while others wait; Python's own 5 ms would hold up a
decode at each of its operations as soon as the sockets are busy."""


def guard(server: Any) -> None:
    """Set the limits of a running uvicorn server, for whoever connects from now on.

    Args:
        server: `Blocks.server` after `launch`.
    """
    sys.setswitchinterval(TURN)
    config = server.config
    config.http_protocol_class = timed(config.http_protocol_class)
    config.limit_concurrency = CONNECTIONS
    config.ws_max_size = SOCKET_BYTES
    config.ws_per_message_deflate = False  # 64 KB of memory a socket for messages of 1 KB


def raise_file_limit() -> None:
    """Let this process hold as many connections as the system allows it to."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * CONNECTIONS)
        if soft != resource.RLIM_INFINITY and soft < needed:
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def timed(protocol: type[Any]) -> type[Any]:
    """A protocol of uvicorn with time limits."""
    return type("Timed", (Timed, protocol), {})


class Timed(Base):
    """Closes a connection whose request does not come, or whose answer is not read."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._until: asyncio.TimerHandle | None = None
        self._peer = home(self.client[0]) if self.client else ""
        _open[self._peer] += 1
        if self._peer not in _trusted(self.config) and _open[self._peer] > CONNECTIONS_EACH:
            return transport.abort()
        self._wait(HEADERS)

    def _wait(self, seconds: float) -> None:
        self._stop_timer()
        self._until = self.loop.call_later(seconds, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._until is not None:
            self._until.cancel()
            self._until = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait(HEADERS)

    def on_headers_complete(self) -> None:
        self._stop_timer()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait(READING)

    def resume_writing(self) -> None:
        self._stop_timer()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        _let_go(self._peer)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._stop_timer()
        _let_go(self._peer)  # counted by `sockets` from here on
        super().handle_websocket_upgrade()


def _let_go(peer: str) -> None:
    _open[peer] -= 1
    if not _open[peer]:
        del _open[peer]


def _trusted(config: Config) -> list[str]:
    named = config.forwarded_allow_ips or ""
    listed = named.split(",") if isinstance(named, str) else named
    return [home(each.strip()) for each in listed]
