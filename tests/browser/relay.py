"""A port that leads to a server and can be cut off: as a server that ends and starts again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import driving


class Relay:
    """Passes on whatever comes to `url`, to whichever server it leads to at the moment."""

    def __init__(self) -> None:
        self.port = driving.free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def lead_to(self, url: str) -> None:
        """Accept connections again, for the server at `url`."""
        target = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._start(self._accept, self._listener, (target.hostname, target.port))

    def cut(self) -> None:
        """End all connections and refuse new ones."""
        if self._listener is None:
            return
        _end(self._listener)
        self._threads[0].join()  # which accepts
        for each in self._open:
            _end(each)
        for thread in self._threads:
            thread.join()
        self._listener.close()
        self._listener, self._open, self._threads = None, [], []

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket, target: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):
            while True:
                page, _ = listener.accept()
                server = socket.create_connection(target)
                self._open += [page, server]
                self._start(self._join, page, server)

    def _join(self, page: socket.socket, server: socket.socket) -> None:
        with page, server:
            back = threading.Thread(target=_pass_on, args=(server, page), daemon=True)
            back.start()
            _pass_on(page, server)
            back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(2**16):
            sink.sendall(data)
    _end(source)
    _end(sink)


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
