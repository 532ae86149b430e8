"""Models that visitors trained or brought: each its visitor's alone, in memory, for a while."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from vae_core import files
from vae_core.app.service import cards
from vae_core.app.service.card_making import card
from vae_core.app.service.trainings.limits import Limits
from vae_core.app.service.trainings.reports import Point
from vae_core.checkpoint import Facts, archive
from vae_core.checkpoint.archive import Packed
from vae_core.config import Config
from vae_core.models import Model

NONE = "There is no such model any more; models that nobody used for a while are dropped."
GROUP = "Yours, on this server alone"
AT = "@"
FULL = re.compile(rf"own-\d{{1,9}}{AT}[\w-]{{22,64}}", re.ASCII)
"""The full name of a model: what the page calls it, and the secret name of its visitor."""

TITLE = 120
"""Characters of a title that are shown; who brings a model may have written anything."""


class Card(cards.Card):
    """What a visitor sees of a model; `measured` on digits held out, null of one that was brought.

    `ending` is how its run ended: "done", "stopped", "time", or "brought".
    """

    recipe: str
    bytes: int
    ending: str
    measured: Point | None


@dataclass
class _Own:
    visitor: str
    source: str
    packed: Packed
    card: Card
    used: float
    model: Model | None = None
    loading: threading.Lock = field(default_factory=threading.Lock)


class OwnModels:
    """Models by their visitor's secret name; the longest unused one makes room for a new one.

    Args:
        limits: how many and how large.
        clock: seconds.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits, self._clock = limits, clock
        self._models: dict[tuple[str, str], _Own] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._models)

    def add(
        self,
        visitor: str,
        packed: Packed,
        ending: str,
        measured: Point | None,
        kl: Sequence[float] | None = None,
        source: str = "",
    ) -> Card:
        """Keep a model; the name in its card is new to the visitor.

        Args:
            visitor: its secret name.
            packed: the files.
            ending, measured: see `Card`.
            kl: the rate's share of each latent, in nats.
            source: the visitor's address.
        """
        about = _facts(packed)
        with self._lock:
            taken = {name for owner, name in self._models if owner == visitor}
            number = 1 + max((int(name.removeprefix("own-")) for name in taken), default=0)
            made: Card = {
                **card(f"own-{number}", about, kl=kl),
                "title": about["title"][:TITLE],
                "group": GROUP,
                "recipe": about["recipe"][:TITLE],
                "bytes": len(packed),
                "ending": ending,
                "measured": measured,
            }
            own = _Own(visitor, source, packed, made, self._clock())
            self._models[visitor, made["name"]] = own
            self._make_room(own)
        return made

    def cards(self, visitor: str) -> list[Card]:
        """Those of one visitor, who is there: none of them is dropped for a while."""
        with self._lock:
            mine = [own for own in self._models.values() if own.visitor == visitor]
            for own in mine:
                own.used = self._clock()
            return [own.card for own in mine]

    def packed(self, visitor: str, name: str) -> Packed:
        """The files of a model.

        Raises:
            ValueError: the visitor has no such model.
        """
        with self._lock:
            own = self._models.get((visitor, name))
            if own is None:
                raise ValueError(NONE)
            own.used = self._clock()
            return own.packed

    def is_here(self, name: str) -> bool:
        """Whether `name` is the full name of a model.

        Raises:
            ValueError: it was one.
        """
        if not FULL.fullmatch(name):
            return False
        self._own(name)
        return True

    def knows(self, name: str) -> bool:
        """Whether `name` is the full name of a model that is here."""
        return bool(FULL.fullmatch(name)) and _key(name) in self._models

    def card(self, name: str) -> Card:
        """The card of a model by its full name; ValueError where there is none."""
        return self._own(name).card

    def is_loaded(self, name: str) -> bool:
        """Whether `get` of that full name would answer at once."""
        own = self._models.get(_key(name)) if FULL.fullmatch(name) else None
        return own is not None and own.model is not None

    def get(self, name: str, device: torch.device | str = "cpu") -> Model:
        """The model of a full name, in evaluation mode, loaded once; ValueError without one."""
        own = self._own(name)
        with own.loading:
            if own.model is None:
                own.model = archive.unpack(own.packed, device)
            return own.model

    def _own(self, name: str) -> _Own:
        own = self._models.get(_key(name))
        if own is None:
            raise ValueError(NONE)
        own.used = self._clock()
        return own

    def drop(self, visitor: str, name: str) -> None:
        """Forget a model."""
        with self._lock:
            self._models.pop((visitor, name), None)

    def sweep(self) -> None:
        """Forget what nobody came back for."""
        with self._lock:
            oldest = self._clock() - self.limits.idle
            for key in [key for key, own in self._models.items() if own.used < oldest]:
                del self._models[key]

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._models.clear()

    def _make_room(self, new: _Own) -> None:
        """Drop what is too much: of the visitor, of the address, at last of whoever has most."""
        mine = [key for key in self._models if key[0] == new.visitor]
        if len(mine) > self.limits.models_each:
            self._drop_oldest(mine[:-1])
        near = [key for key, own in self._models.items() if own.source == new.source != ""]
        if len(near) > self.limits.models_address:
            self._drop_oldest(near[:-1])
        while len(self._models) > self.limits.models or self._bytes() > self.limits.model_bytes:
            self._drop_oldest(list(self._models)[:-1])

    def _drop_oldest(self, keys: list[tuple[str, str]]) -> None:
        del self._models[min(keys, key=lambda key: self._models[key].used)]

    def _bytes(self) -> int:
        return sum(len(own.packed) for own in self._models.values())


def full_name(name: str, visitor: str) -> str:
    """By which a model of a visitor is asked for, as any other checkpoint."""
    return f"{name}{AT}{visitor}"


def _key(full: str) -> tuple[str, str]:
    name, _, visitor = full.partition(AT)
    return visitor, name


def _facts(packed: Packed) -> Facts:
    """What a checkpoint's folder would say of itself; nothing in it was measured."""
    config = Config.from_dict(files.parse_json(packed.config, archive.CONFIG))
    return {
        "recipe": config.name,
        "title": config.title or config.name,
        "config": config.to_dict(),
        "parameters": archive.parameters(packed),
        "file_bytes": len(packed.weights),
        "metrics": None,
        "outdated": [],
    }
