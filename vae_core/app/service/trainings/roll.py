"""Who is there: the runs of all visitors, their processes, and the order in which they wait."""

from __future__ import annotations

import re

from vae_core.app import checks
from vae_core.app.service.trainings.limits import Limits
from vae_core.app.service.trainings.visit import Visit

SECRET = re.compile(r"[\w-]{22,64}", re.ASCII)

ENDED = 64
"""Ended runs whose curves are kept, for visitors who are still there."""


class Roll:
    """Runs by their visitor's secret name.

    Attributes:
        visits: one a visitor, in the order of arrival.
        alive: those whose process is not gone yet, also where their visitor is.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.visits: dict[str, Visit] = {}
        self.alive: set[Visit] = set()

    def add(self, visit: Visit) -> None:
        """Write a new run down, in place of its visitor's last one.

        Raises:
            ValueError: that one is not over, or too many wait.
        """
        current, waiting = self.visits.get(visit.visitor), len(self.queue())
        if current is not None and current.state != "ended":
            raise ValueError("Your run is not over yet; stop it before you start another.")
        if visit.source and self.of(visit.source) >= self.limits.runs_address:
            raise ValueError(
                f"{self.limits.runs_address} runs from your network address are not over yet; "
                "please try again when one of them is."
            )
        if waiting >= self.limits.waiting + self.free:
            raise ValueError(
                f"Too many runs wait already ({waiting}); please try again in some minutes."
            )
        self.visits.pop(visit.visitor, None)
        over = [key for key, each in self.visits.items() if each.state == "ended"]
        for key in over[: max(0, len(over) - ENDED)]:
            del self.visits[key]
        self.visits[visit.visitor] = visit

    def of(self, source: str) -> int:
        """Runs from one address that are not over."""
        return sum(each.source == source and each.state != "ended" for each in self.visits.values())

    def queue(self) -> list[Visit]:
        """Those who wait, the next first: an address's first run before another's second."""
        every = list(self.visits.values())  # at once: `stamp` holds no lock
        waiting = [each for each in every if each.state == "waiting"]
        return sorted(waiting, key=lambda each: each.rank)

    def place(self, visit: Visit) -> int | None:
        """In the queue, from 1; None where the run does not wait."""
        queue = self.queue()  # once: `stamp` holds no lock, and the run may begin meanwhile
        return queue.index(visit) + 1 if visit in queue else None

    @property
    def free(self) -> int:
        """How many more may run."""
        return max(0, self.limits.running - len(self.alive))


def secret(visitor: object) -> str:
    """A visitor's secret name; ValueError where it cannot be one."""
    if not isinstance(visitor, str) or not SECRET.fullmatch(visitor):
        raise ValueError("visitor must be the secret name that the page was given.")
    return visitor


def model_name(name: object) -> str:
    """The name of a model; ValueError where it cannot be one."""
    if not isinstance(name, str):
        raise ValueError(f"name must be that of a model, not {checks.shown(name)}.")
    return name
