"""What is loaded on first use and shared: each once, the least recently used goes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The last few values of a slow function, computed once however many ask at the same time.

    Args:
        load: what is kept; what it raises reaches whoever asked, and nothing is kept of it.
        capacity: how many values are kept.
    """

    def __init__(self, load: Callable[[Key], Value], capacity: int) -> None:
        self.load, self.capacity = load, capacity
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()
        self._loading: dict[Key, threading.Lock] = {}

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def get(self, key: Key) -> Value:
        """The value of `key`; one caller loads it, the others wait for that one alone."""
        for value in self._found(key):
            return value
        with self._lock:
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:
            for value in self._found(key):
                return value
            try:
                return self._keep(key, self.load(key))
            finally:
                self._loading.pop(key, None)

    def _found(self, key: Key) -> list[Value]:
        """The value of `key` alone, or nothing: None would be a value."""
        with self._lock:
            if key not in self._kept:
                return []
            self._kept.move_to_end(key)
            return [self._kept[key]]

    def _keep(self, key: Key, value: Value) -> Value:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self.capacity:
                self._kept.popitem(last=False)
        return value
