"""Who asks: an address, and how many places each address holds of what is scarce.

The address is what the server makes out: it believes a proxy's `X-Forwarded-For` only where it was
configured to (`FORWARDED_ALLOW_IPS`). Many visitors may share one, so a share is far more than one
person needs and clearly less than all.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from gradio.context import LocalContext
from starlette.types import Scope

IPV6_HOME = 64
"""Bits of an IPv6 address that tell one customer from another; the rest is theirs to choose."""


_asking: ContextVar[str | None] = ContextVar("asking", default=None)


class FullError(ValueError):
    """No place is free, with a sentence for the visitor."""


def address(scope: Scope) -> str:
    """The visitor's address in an ASGI scope: one IPv4 address or one IPv6 network, or ""."""
    client = scope.get("client")
    return home(client[0]) if client else ""


def home(host: str) -> str:
    """`host` as an address to count by; what is no IP address stands for itself."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(found), IPV6_HOME), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


@contextmanager
def asking(visitor: str | None) -> Iterator[None]:
    """What `at_hand` says in this task and in the work that it hands to threads; None: nothing."""
    token = _asking.set(visitor)
    try:
        yield
    finally:
        _asking.reset(token)


def at_hand() -> str:
    """The address of whoever is being answered in this task, over a socket or Gradio, or ""."""
    if (visitor := _asking.get()) is not None:
        return visitor
    client = getattr(LocalContext.request.get(None), "client", None)
    return home(client.host) if client is not None else ""


def accepted_encodings() -> str:
    """What compression the request takes that Gradio is answering in this task, or ""."""
    headers = getattr(LocalContext.request.get(None), "headers", None)
    return headers.get("accept-encoding", "") if headers is not None else ""


class Shares:
    """Places that visitors hold for a while, bounded in all and for each address.

    Args:
        total: places in all.
        each: places that one address may hold.
        sentence: the answer to a visitor when there is none.
    """

    def __init__(self, total: int, each: int, sentence: str) -> None:
        self.total, self.each, self.sentence = total, each, sentence
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Places taken now."""
        return sum(self._held.values())

    @contextmanager
    def place(self, visitor: str) -> Iterator[None]:
        """Hold one place.

        Raises:
            FullError: there is none for this visitor.
        """
        with self._lock:
            if self._held[visitor] >= self.each or self._held.total() >= self.total:
                raise FullError(self.sentence)
            self._held[visitor] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[visitor] -= 1
                if not self._held[visitor]:
                    del self._held[visitor]
