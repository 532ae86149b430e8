"""Runs of visitors: one each, a few at once, the others in a fair queue."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from typing import cast

from vae_core.app import checks, wire
from vae_core.app.service.trainings import limits as limits_module
from vae_core.app.service.trainings import reports, request
from vae_core.app.service.trainings.frames import Frame
from vae_core.app.service.trainings.limits import Limits, Said
from vae_core.app.service.trainings.own_models import Card, OwnModels, full_name
from vae_core.app.service.trainings.process import RunProcess
from vae_core.app.service.trainings.roll import Roll, model_name, secret
from vae_core.app.service.trainings.visit import COMMANDS, NO_RUN, ORDERS, Look, Stamp, Visit
from vae_core.checkpoint import archive
from vae_core.models import Model
from vae_core.training.live.control import SLOWEST

TICK, CALM = 0.2, 5.0
"""Seconds between two looks at the clock: with runs, and with models alone."""

SPARE_SECONDS = 60.0
"""A process that waits for its run is kept so long for somebody who opened the panel."""


class Trainings:
    """The runs and the models of all visitors of one server.

    A visitor is a secret name that only its page holds. Whoever does not `look` for the time of a
    heartbeat is gone: the run is killed, or leaves the queue. All is gone with the server: a
    process whose server ended ends itself.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.models = OwnModels(self.limits)
        self._roll = Roll(self.limits)
        self._spare: RunProcess | None = None
        self._spare_until = 0.0
        self._changed = threading.Condition(threading.RLock())
        self._watching = False
        self._closed = False

    @staticmethod
    def visitor() -> str:
        """A new secret name."""
        return secrets.token_urlsafe(24)

    def said(self) -> Said:
        """The limits, for a visitor to know before anything starts."""
        return limits_module.said(self.limits)

    def prepare(self) -> None:
        """Somebody opened the panel: load the libraries of a run before it is asked for."""
        with self._changed:
            self._spare_until = time.monotonic() + SPARE_SECONDS
            if self._roll.free and not self._closed and (self._spare is None or self._spare.gone):
                self._spare = RunProcess()
            self._watch()

    def start(
        self,
        visitor: object,
        recipe: object,
        changes: object = None,
        own: object = None,
        source: str = "",
    ) -> Look:
        """Ask for a run; see `request.read`.

        Args:
            visitor: a secret name.
            recipe, changes: what to train.
            own: base64 of the 784 bytes of a digit whose reconstruction is shown, or null.
            source: the visitor's address; its second run waits behind the first ones of others.

        Raises:
            ValueError: something does not fit, the visitor has a run, or the queue is full.
        """
        name = secret(visitor)
        asked = request.read(recipe, changes)
        grey = None if own is None else wire.digit_of("own", own)
        with self._changed:
            if self._closed:
                raise ValueError("The server is about to end.")
            rank = self._roll.of(source) if source else 0
            self._roll.add(Visit(name, source, asked, grey, rank, time.monotonic()))
            self._promote()
            self._watch()
            return self.look(name)

    def look(self, visitor: object, since: object = 0) -> Look:
        """What there is to see of the run from point `since` on; this is the heartbeat."""
        name, since = secret(visitor), checks.whole("since", since, 0, 10**9)
        self.models.cards(name)
        with self._changed:
            visit = self._roll.visits.get(name)
            if visit is None:
                return NO_RUN
            visit.seen = time.monotonic()
            return visit.look(since, self._roll.place(visit))

    def stamp(self, visitor: object) -> Stamp:
        """What changes when there is something new to see; no heartbeat, and waits for nobody."""
        visit = self._roll.visits.get(secret(visitor))
        if visit is None:
            return ("none", 0, None)
        return (visit.state, len(visit.points), self._roll.place(visit))

    def hear(self, visitor: object) -> None:
        """The visitor asks for something, which may wait for its turn: a heartbeat already now."""
        if visit := self._roll.visits.get(secret(visitor)):
            visit.seen = time.monotonic()

    def command(
        self,
        visitor: object,
        name: object,
        value: object = None,
        since: object = 0,
        order: object = 0,
    ) -> Look:
        """Pause, take one step, go on, slow down to `value` seconds a step, or stop.

        A run that is stopped leaves its model as it stands. What is sent again under one number,
        its `order`, is obeyed once.

        Raises:
            ValueError: there is no such command, or no run that could obey.
        """
        mine, name = secret(visitor), checks.choice("command", name, COMMANDS)
        since = checks.whole("since", since, 0, 10**9)
        number = checks.whole("order", order, 0, 2**53)
        pace = checks.number("value", value, 0.0, SLOWEST) if name == "pace" else 0.0
        with self._changed:
            visit = self._roll.visits.get(mine)
            if visit is not None and number and number in visit.obeyed:
                return self.look(mine, since)
            if visit is None or visit.state == "ended":
                raise ValueError("There is no run; start one first.")
            visit.check_pace()
            if visit.process is None:
                if name != "stop":
                    raise ValueError("The run still waits for its turn.")
                self._end(visit, "The run was taken out of the queue.")
            else:
                visit.obey(name, pace, self.limits.grace)
            visit.obeyed = [*visit.obeyed[1 - ORDERS :], number]
            return self.look(mine, since)

    def leave(self, visitor: object) -> None:
        """The visitor is gone: kill the run, or give its place away."""
        with self._changed, contextlib.suppress(KeyError):
            self._forget(self._roll.visits[secret(visitor)])

    def cards(self, visitor: object) -> list[Card]:
        """The visitor's models."""
        return self.models.cards(secret(visitor))

    def model(self, visitor: object, name: object) -> Model:
        """One of the visitor's models; ValueError where there is none."""
        return self.models.get(full_name(model_name(name), secret(visitor)))

    def download(self, visitor: object, name: object) -> bytes:
        """One of the visitor's models as a zip of a checkpoint folder; ValueError without one."""
        return archive.to_zip(self.models.packed(secret(visitor), model_name(name)))

    def upload(self, visitor: object, data: bytes, source: str = "") -> Card:
        """Take in a zip of a checkpoint folder; ValueError where it is none."""
        mine, packed = secret(visitor), archive.from_zip(data)
        with self._changed:
            card = self.models.add(mine, packed, "brought", None, source=source)
            self._watch()
        return card

    def drop(self, visitor: object, name: object) -> None:
        """Forget one of the visitor's models."""
        self.models.drop(secret(visitor), model_name(name))

    def close(self) -> None:
        """End all runs and forget all models; waits until the processes are gone."""
        with self._changed:
            self._closed = True
            for visit in list(self._roll.visits.values()):
                self._forget(visit)
            if self._spare is not None:
                self._spare.kill()
            self.models.clear()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._roll.alive, self.limits.grace)

    def _promote(self) -> None:
        """Start whoever is next, as long as there is room."""
        for visit in self._roll.queue()[: 0 if self._closed else self._roll.free]:
            spare, self._spare = self._spare, None
            try:
                process = RunProcess() if spare is None or spare.gone else spare
            except OSError as error:
                logging.getLogger(__name__).error("a run could not be started: %s", error)
                self._end(visit, "The run could not be started; please try again later.")
                continue
            visit.process, visit.state, visit.started = process, "starting", time.monotonic()
            self._roll.alive.add(visit)
            process.take(
                visit.order(self.limits),
                lambda frame, visit=visit: self._heard(visit, frame),
                lambda status, visit=visit: self._gone(visit, status),
            )

    def _heard(self, visit: Visit, frame: Frame) -> None:
        """A message of a run's process, in its own thread."""
        with self._changed:
            if self._roll.visits.get(visit.visitor) is not visit:
                return  # its visitor left
            if frame.kind == "begun":
                visit.state = "running"
                visit.pause(visit.paused)
                visit.total_steps = cast(int, frame.values["total_steps"])
                visit.labels = cast("list[int]", frame.arrays["labels"].tolist())
            elif frame.kind == "snapshot":
                visit.add(frame)
            elif frame.kind == "model":
                visit.ending = cast(str, frame.values["ending"])
                last = visit.points[-1] if visit.points else None
                kl = None if visit.latest is None else reports.view_of(visit.latest)["kl"]
                card = self.models.add(
                    visit.visitor, reports.model_of(frame), visit.ending, last, kl, visit.source
                )
                visit.model, visit.state = card["name"], "ended"
            elif frame.kind == "failed":
                if trace := frame.values["trace"]:
                    logging.getLogger(__name__).warning("a run failed: %s", trace)
                self._end(visit, cast(str, frame.values["sentence"]))

    def _gone(self, visit: Visit, status: int) -> None:
        """A run's process has ended."""
        with self._changed:
            self._roll.alive.discard(visit)
            if visit.state != "ended":
                word = f"signal {-status}" if status < 0 else f"status {status}"
                self._end(
                    visit,
                    f"The run ended unexpectedly ({word}), and nothing of it is kept; "
                    "please start it again.",
                )
            self._promote()
            self._changed.notify_all()

    def _end(self, visit: Visit, sentence: str) -> None:
        visit.state, visit.sentence = "ended", sentence
        if visit.process is not None:
            visit.process.kill()

    def _forget(self, visit: Visit) -> None:
        del self._roll.visits[visit.visitor]
        if visit.process is not None:
            visit.process.kill()
        visit.state = "ended"

    def _watch(self) -> None:
        """See that somebody looks at the clock."""
        if not self._watching:
            self._watching = True
            threading.Thread(target=self._watches, name="trainings", daemon=True).start()
        self._changed.notify_all()

    def _watches(self) -> None:
        with self._changed:
            while not self._closed and (
                self._roll.visits or self._roll.alive or self._spare or self.models
            ):
                self._tick()
                quick = self._roll.visits or self._roll.alive or self._spare
                self._changed.wait(TICK if quick else min(CALM, self.limits.idle))
            self._watching = False

    def _tick(self) -> None:
        """End what is overdue, let in who is next, forget who is gone."""
        now = time.monotonic()
        for visit in list(self._roll.visits.values()):
            if now - visit.seen > self.limits.heartbeat:
                self._forget(visit)
            elif visit in self._roll.alive and (why := visit.overdue(self.limits, now)):
                if visit.state == "ended":
                    cast(RunProcess, visit.process).kill()
                else:
                    self._end(visit, why)
        if self._spare is not None and (self._spare.gone or now > self._spare_until):
            self._spare.kill()
            self._spare = None
        self.models.sweep()
        self._promote()
