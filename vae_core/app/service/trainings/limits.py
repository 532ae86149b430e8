"""What runs of visitors may take, in all and each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from vae_core import cores
from vae_core.app.service.trainings.request import Bounds, bounds


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of a server; times in seconds, sizes in bytes.

    Attributes:
        running, waiting: runs at once, and in the queue for that.
        run_seconds: from a run's start to its end, pauses included.
        grace: a run that is to end and does not is killed after so many more.
        starting: the longest time from a process's start to its first word.
        heartbeat: a visitor not heard of for so long is gone, and the run with it.
        memory: of a run, beside what its libraries take.
        runs_address: of one address that are not over; a class may share one.
        models, models_each, models_address: kept at once, in all, of one visitor, and of one
            address.
        model_bytes: of all models together.
        idle: a model is dropped when its visitor is not heard of for so long.
    """

    running: int = field(default_factory=lambda: max(1, min(4, cores.available() - 1)))
    waiting: int = 8
    runs_address: int = 6
    run_seconds: float = 600.0
    grace: float = 10.0
    starting: float = 60.0
    heartbeat: float = 15.0
    memory: int = 768 * 2**20
    models: int = 32
    models_each: int = 4
    models_address: int = 16
    model_bytes: int = 128 * 2**20
    idle: float = 1800.0


class Said(TypedDict):
    """The limits as the page states them before a run starts."""

    running: int
    waiting: int
    run_seconds: float
    heartbeat_seconds: float
    memory_megabytes: int
    models: int
    idle_seconds: float
    bounds: Bounds


def said(limits: Limits) -> Said:
    """The limits of a run, and of its settings."""
    return {
        "running": limits.running,
        "waiting": limits.waiting,
        "run_seconds": limits.run_seconds,
        "heartbeat_seconds": limits.heartbeat,
        "memory_megabytes": limits.memory // 2**20,
        "models": limits.models_each,
        "idle_seconds": limits.idle,
        "bounds": bounds(),
    }
