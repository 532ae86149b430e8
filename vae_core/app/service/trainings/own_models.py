"""Models that visitors trained or brought: each its visitor's alone, in memory, for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from vae_core import files
from vae_core.app.service.trainings.limits import Limits
from vae_core.app.service.trainings.reports import Point
from vae_core.checkpoint import archive
from vae_core.checkpoint.archive import Packed
from vae_core.config import Config
from vae_core.models import Model

NONE = "There is no such model any more; models that nobody used for a while are dropped."


class Card(TypedDict):
    """What a visitor sees of a model; `measured` on digits held out, null of one that was brought.

    `ending` is how its run ended: "done", "stopped", "time", or "brought".
    """

    name: str
    recipe: str
    title: str
    latent_dim: int
    is_variational: bool
    bytes: int
    ending: str
    measured: Point | None


@dataclass
class _Own:
    visitor: str
    packed: Packed
    card: Card
    used: float


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

    def add(self, visitor: str, packed: Packed, ending: str, measured: Point | None) -> Card:
        """Keep a model; the name in its card is new to the visitor."""
        config = Config.from_dict(files.parse_json(packed.config, archive.CONFIG))
        with self._lock:
            taken = {name for owner, name in self._models if owner == visitor}
            number = 1 + max((int(name.removeprefix("own-")) for name in taken), default=0)
            card: Card = {
                "name": f"own-{number}",
                "recipe": config.name,
                "title": config.title,
                "latent_dim": config.latent_dim,
                "is_variational": config.is_variational,
                "bytes": len(packed),
                "ending": ending,
                "measured": measured,
            }
            own = _Own(visitor, packed, card, self._clock())
            self._models[visitor, card["name"]] = own
            self._make_room(visitor)
        return card

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

    def load(self, visitor: str, name: str) -> Model:
        """The model, in evaluation mode on the CPU; ValueError as for `packed`."""
        return archive.unpack(self.packed(visitor, name))

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

    def _make_room(self, visitor: str) -> None:
        mine = [key for key in self._models if key[0] == visitor]
        if len(mine) > self.limits.models_each:
            self._drop_oldest(mine[:-1])
        while len(self._models) > self.limits.models or self._bytes() > self.limits.model_bytes:
            self._drop_oldest(list(self._models)[:-1])

    def _drop_oldest(self, keys: list[tuple[str, str]]) -> None:
        del self._models[min(keys, key=lambda key: self._models[key].used)]

    def _bytes(self) -> int:
        return sum(len(own.packed) for own in self._models.values())
