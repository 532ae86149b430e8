"""One visitor's run as the server follows it, and what is said of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from vae_core.app.service.trainings import reports
from vae_core.app.service.trainings.frames import Array, Frame
from vae_core.app.service.trainings.limits import Limits
from vae_core.app.service.trainings.process import RunProcess
from vae_core.app.service.trainings.reports import Point, View
from vae_core.app.service.trainings.request import Request
from vae_core.evaluation import family
from vae_core.files import JsonObject
from vae_core.probability.likelihoods.registry import Quantity

POINTS = 4000
"""Points that are kept of a curve; five a second over the longest run are fewer."""

COMMANDS = ("pause", "step", "go", "pace", "stop")
CALLS = 20
"""Commands a second."""

ORDERS = 64
"""Numbers of commands that are remembered, lest one that is sent again is obeyed again."""

Stamp: TypeAlias = "tuple[str, int, int | None]"
"""The state of a run, its points, and its place in the queue."""

State = Literal["none", "waiting", "starting", "running", "paused", "ended"]


class Look(TypedDict):
    """What a visitor sees of a run.

    `place` counts from 1, the next to start; null for a run that does not wait. `quantity` says
    what the distortion counts. `points` are those from the asked one on, `next` is what to ask for
    then. `view` is there with new points. `model` names what the run left, `sentence` says why it
    left nothing, or what else there is to say.
    """

    state: State
    place: int | None
    total_steps: int | None
    epochs: int
    quantity: Quantity | None
    labels: list[int]
    points: list[Point]
    next: int
    view: View | None
    model: str | None
    ending: str | None
    sentence: str | None


NO_RUN: Look = {
    "state": "none",
    "place": None,
    "total_steps": None,
    "epochs": 0,
    "quantity": None,
    "labels": [],
    "points": [],
    "next": 0,
    "view": None,
    "model": None,
    "ending": None,
    "sentence": None,
}


@dataclass(eq=False)
class Visit:
    """A run, from its place in the queue to its end; changed under the lock of `Trainings`.

    `rank` is how many runs of the same address were there before it, `seen` when its visitor was
    last heard of, `obeyed` the numbers of its last commands.
    """

    visitor: str
    source: str
    request: Request
    own: NDArray[np.uint8] | None
    rank: int
    seen: float
    state: State = "waiting"
    paused: bool = False
    process: RunProcess | None = None
    started: float = 0.0
    stop_by: float | None = None
    total_steps: int | None = None
    labels: list[int] = field(default_factory=list[int])
    points: list[Point] = field(default_factory=list[Point])
    latest: Frame | None = None
    model: str | None = None
    ending: str | None = None
    sentence: str | None = None
    calls: list[float] = field(default_factory=list[float])
    obeyed: list[int] = field(default_factory=list[int])

    def order(self, limits: Limits) -> Frame:
        """What the process is sent."""
        arrays: dict[str, Array] = {} if self.own is None else {"own": self.own}
        return Frame(
            "train",
            {
                "config": cast(JsonObject, self.request.config.to_dict()),
                "digits": self.request.digits,
                "seed": self.request.seed,
                "seconds": limits.run_seconds,
                "memory": limits.memory,
            },
            arrays,
        )

    def pause(self, paused: bool) -> None:
        """Note whether the run is paused, which may be asked before it has begun."""
        self.paused = paused
        if self.state in ("running", "paused"):
            self.state = "paused" if paused else "running"

    def obey(self, command: str, pace: float, grace: float) -> None:
        """Pass a command on to the process, which has `grace` seconds for a stop."""
        assert self.process is not None
        self.process.send(Frame(command, {"seconds": pace} if command == "pace" else {}))
        if command == "stop":
            self.stop_by = self.stop_by or time.monotonic() + grace
        elif command != "pace":
            self.pause(command != "go")

    def add(self, frame: Frame) -> None:
        """Take in a snapshot."""
        if len(self.points) < POINTS:
            self.points.append(reports.point_of(frame))
        self.latest = frame

    def overdue(self, limits: Limits, now: float) -> str | None:
        """Why the process must be killed; None as long as it need not."""
        assert self.process is not None
        ready = self.process.ready
        if self.stop_by is not None and now > self.stop_by:
            return "The run was stopped before it had a model to keep."
        if ready is None:
            late = now > self.started + limits.starting
            return "The run could not be started in time; please try again." if late else None
        if now > max(ready, self.started) + limits.run_seconds + limits.grace:
            return f"The run took longer than its {limits.run_seconds:g} seconds and was ended."
        return None

    def check_pace(self) -> None:
        """Count a command; ValueError where they come faster than anybody presses buttons."""
        now = time.monotonic()
        self.calls = [each for each in self.calls if each > now - 1]
        if len(self.calls) >= CALLS:
            raise ValueError("That was too fast; please try again in a second.")
        self.calls.append(now)

    def look(self, since: int, place: int | None) -> Look:
        """What there is to see from point `since` on."""
        points = self.points[since:]
        view = reports.view_of(self.latest) if points and self.latest is not None else None
        return {
            "state": self.state,
            "place": place,
            "total_steps": self.total_steps,
            "epochs": self.request.config.train.epochs,
            "quantity": family.quantity(self.request.config),
            "labels": self.labels,
            "points": points,
            "next": len(self.points),
            "view": view,
            "model": self.model,
            "ending": self.ending,
            "sentence": self.sentence,
        }
