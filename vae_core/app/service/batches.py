"""Decodes across visitors: what waits while one batch runs is decoded together as the next.

Nobody is delayed for it: a decode that meets an idle model starts at once, alone. Each place of a
page holds its newest request, and one of each page is taken before a second of any, the addresses
in rotation.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
from torch import Tensor

from vae_core.app.service.replies import Decoded
from vae_core.app.wire import Grey
from vae_core.models import Model

MOST_AT_ONCE = 128
"""Digits of a batch; twice as many take twice as long, and everybody waits for all of them."""

WAITING = 4096
"""Requests that may wait, in all."""

LONGEST_WAIT = 30.0
"""Seconds; whoever asked has given up by then."""


@dataclass(eq=False)
class Decoding:
    """A plan: decode slider values u (k, d), and for which labels, (k,) or shares (k, 10).

    `rest` is what the reply holds beside the digits and the time.
    """

    model: Model
    u: Tensor
    y: Tensor | None = None
    rest: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def labels(self) -> Tensor:
        """The labels, (k,) of -1 for unknown ones."""
        return torch.full((len(self.u),), -1) if self.y is None else self.y


@dataclass(eq=False)
class Asked:
    """A request on its way through the batches.

    Attributes:
        plan: what to decode.
        answer: called, in a thread of the batches, with all requests that it answers at once.
        about: whatever helps the asker to know it again.
        pixels: the digits (k, 28, 28), once they are decoded; None where that failed.
        milliseconds: the time of the whole batch in the decoder.
    """

    plan: Decoding
    answer: Callable[[list[Asked]], None]
    about: object = None
    since: float = field(default_factory=time.monotonic)
    pixels: Grey | None = None
    milliseconds: float = 0.0


class Rotation:
    """Requests, one a place, in rotation over addresses and then over their places."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, OrderedDict[Hashable, Asked]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._places)

    def put(self, visitor: str, place: Hashable, asked: Asked) -> bool:
        """Let a request wait in its place, instead of the one that waits there already.

        Returns:
            Whether there was none.
        """
        places = self._places.setdefault(visitor, OrderedDict())
        before = len(places)
        places[place] = asked
        return len(places) > before

    def take(self, digits: int) -> list[Asked]:
        """The next requests, of `digits` together or a little more."""
        taken = list[Asked]()
        while self._places and digits > 0:
            visitor, places = self._places.popitem(last=False)
            _, asked = places.popitem(last=False)
            if places:
                self._places[visitor] = places  # at the end: everybody else comes first
            taken.append(asked)
            digits -= len(asked.plan.u)
        return taken


class Waiting:
    """Requests for one model: those for the digit under a hand, and those for a row of digits.

    Rows get a quarter of a batch, and what single digits leave of it.
    """

    def __init__(self) -> None:
        self._single, self._rows = Rotation(), Rotation()

    def __bool__(self) -> bool:
        return bool(self._single) or bool(self._rows)

    def put(self, visitor: str, place: Hashable, asked: Asked) -> bool:
        """See `Rotation.put`."""
        rotation = self._single if len(asked.plan.u) == 1 else self._rows
        return rotation.put(visitor, place, asked)

    def take(self, most: int) -> list[Asked]:
        """The next batch, of `most` digits or a little more."""
        single = self._single.take(most if not self._rows else most - most // 4)
        return single + self._rows.take(most - len(single))


Key: TypeAlias = tuple[int, bool]
"""A model by its identity, and whether labels come as shares."""


class Batches:
    """Threads that decode what waits, one batch of a model at a time.

    Args:
        threads: models that are decoded at once.
        most: digits of a batch.
        waiting: requests that may wait.
        decode: decodes a plan at once, in the thread that calls it.
    """

    def __init__(
        self,
        decode: Callable[[Decoding], Decoded],
        threads: int = max(2, os.cpu_count() or 2),
        most: int = MOST_AT_ONCE,
        waiting: int = WAITING,
    ) -> None:
        self.decode, self.threads, self.most, self.waiting = decode, threads, most, waiting
        self._queues: OrderedDict[Key, Waiting] = OrderedDict()
        self._busy = set[Key]()
        self._count = self._started = self._idle = self.ran = 0
        self._changed = threading.Condition()

    @property
    def length(self) -> int:
        """Requests that wait now."""
        return self._count

    def ask(self, visitor: str, place: Hashable, asked: Asked) -> bool:
        """Have a request answered; one that still waits in the same place never is.

        Args:
            visitor: the address, which shares its turn among all its places.
            place: of a page, which has one for each picture that follows a hand.
            asked: the request.

        Returns:
            Whether there was room for it.
        """
        y = asked.plan.y
        key = id(asked.plan.model), y is not None and y.is_floating_point()
        with self._changed:
            if self._count >= self.waiting:
                return False
            self._count += self._queues.setdefault(key, Waiting()).put(visitor, place, asked)
            if self._idle:
                self._changed.notify()
            elif self._started < self.threads:
                self._started += 1
                name = f"batches-{self._started}"
                threading.Thread(target=self._serve, name=name, daemon=True).start()
        return True

    def _serve(self) -> None:
        while True:
            key, taken = self._next()
            try:
                self._run(taken)
            finally:
                with self._changed:
                    self._busy.discard(key)
            del taken  # a model that was dropped must not stay here until the next batch

    def _next(self) -> tuple[Key, list[Asked]]:
        with self._changed:
            while (key := next((k for k in self._queues if k not in self._busy), None)) is None:
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            queue = self._queues.pop(key)
            taken = queue.take(self.most)
            if queue:
                self._queues[key] = queue  # at the end: other models come first
            self._count -= len(taken)
            self.ran += 1
            self._busy.add(key)
            return key, taken

    def _run(self, taken: list[Asked]) -> None:
        now = time.monotonic()
        fresh = [asked for asked in taken if now - asked.since < LONGEST_WAIT]
        try:
            if fresh:
                self._decode(fresh)
        except Exception:
            logging.getLogger(__name__).exception("a batch failed")
        answers: dict[Callable[[list[Asked]], None], list[Asked]] = {}
        for asked in taken:
            answers.setdefault(asked.answer, []).append(asked)
        for answer, group in answers.items():
            try:
                answer(group)
            except Exception:
                logging.getLogger(__name__).exception("answers were lost")

    def _decode(self, asked: list[Asked]) -> None:
        made = self.decode(joined([each.plan for each in asked]))
        start = 0
        for each in asked:
            end = start + len(each.plan.u)
            each.pixels, each.milliseconds = made["pixels"][start:end], made["milliseconds"]
            start = end


def joined(plans: list[Decoding]) -> Decoding:
    """Plans of one model as one; where only some have labels, the others' are unknown, -1."""
    first, *more = plans
    if not more:
        return first
    u = torch.cat([each.u for each in plans])
    if all(each.y is None for each in plans):
        return Decoding(first.model, u)
    return Decoding(first.model, u, torch.cat([each.labels for each in plans]))
