"""A run of training as a generator of snapshots, which a `Control` holds and lets go."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Callable, Iterator
from typing import Literal

from vae_core.data.digits import Digits
from vae_core.evaluation.elbo import elbo
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.probability.protocols import can_fit
from vae_core.training import schedules
from vae_core.training.live.control import Control
from vae_core.training.live.observer import Observer, Snapshot
from vae_core.training.run import Progress, TrainingRun, fit

EVERY = 0.2
"""Seconds between two snapshots, at the least."""

SHARE = 3
"""So many times as long as the last snapshot took is trained before the next."""

WAIT = 0.5
"""Seconds at a time that a paused run waits, before it looks at the clock."""

Ending = Literal["done", "stopped", "time"]


class LiveRun:
    """A run that is watched.

    Args:
        run: on the CPU; its steps are plain, since a compiler would take longer than the run.
        digits: to train on.
        observer: what is measured.
        control: which steps may be taken.
        seconds: after so many, paused ones included, the run ends where it stands.
        clock: seconds.

    Attributes:
        ending: why it ended: all steps taken, stopped, or out of time.
        history: one line of JSON an epoch, as `history.jsonl` has them.
    """

    def __init__(
        self,
        run: TrainingRun,
        digits: Digits,
        observer: Observer,
        control: Control,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run, self.digits, self.observer, self.control = run, digits, observer, control
        self.ending: Ending = "done"
        self.history = ""
        self._clock = clock
        self._deadline = clock() + seconds
        self._next = 0.0
        self._new: list[Progress] = []
        self._epoch: list[Progress] = []
        train, size = run.config.train, min(run.config.train.batch_size, len(digits))
        self.total_steps = train.epochs * (len(digits) // size)

    def snapshots(self) -> Iterator[Snapshot]:
        """Train, and show the model at the start, at the end, and up to five times a second.

        Raises:
            ValueError: the loss is no longer finite.
        """
        yield self._snapshot()
        yield from self._pauses()
        if self.ending == "done":
            for record in fit(self.run, self.digits, every=1):
                self._add(record)
                yield from self._due()
                if record.step < record.total_steps:
                    yield from self._pauses()
                if self.ending != "done":
                    break
        if self._new:
            time.sleep(max(0.0, min(EVERY, self._next - self._clock())))
            yield self._snapshot()

    def result(self) -> Model:
        """The model as it stands; a deterministic one's codes are measured on all digits."""
        model = self.run.result()
        if can_fit(model.prior):
            model.prior.fit(posterior_means(model, self.digits))
        return model

    def _pauses(self) -> Iterator[Snapshot]:
        """Wait until the next step may be taken, or the run is over."""
        granted = False
        while not granted and self.ending == "done":
            granted = self.control.grants(EVERY if self._new else WAIT)
            if self.control.stopped:
                self.ending = "stopped"
            elif self._clock() >= self._deadline:
                self.ending = "time"
            elif not granted:
                yield from self._due()

    def _due(self) -> Iterator[Snapshot]:
        if self._new and self._clock() >= self._next:
            yield self._snapshot()

    def _add(self, record: Progress) -> None:
        if not math.isfinite(record.loss):
            raise ValueError(
                f"the loss is no longer finite at step {record.step}; try a smaller learning rate."
            )
        self._new.append(record)
        self._epoch.append(record)
        if record.epoch_done:
            self._remember(record)

    def _remember(self, record: Progress) -> None:
        found = elbo(self.run.result(), self.observer.held, with_mse=False)
        line = dataclasses.asdict(record) | _means(self._epoch)
        line |= {"held_out_distortion": found.distortion, "held_out_rate": found.rate}
        self.history += json.dumps(line) + "\n"
        self._epoch = []

    def _snapshot(self) -> Snapshot:
        started = self._clock()
        run, train = self.run, self.run.config.train
        means = _means(self._new)
        if not run.config.is_variational:
            means["rate"] = None
        self._new = []
        view = self.observer.look(run.result())
        snapshot = Snapshot(
            epoch=run.epoch,
            step=run.step,
            total_steps=self.total_steps,
            seconds=run.seconds,
            beta=schedules.beta(train.beta, run.step, self.total_steps),
            learning_rate=schedules.learning_rate(train, run.step, self.total_steps),
            **means,
            **{each.name: getattr(view, each.name) for each in dataclasses.fields(view)},
        )
        now = self._clock()
        self._next = now + max(EVERY, SHARE * (now - started))
        return snapshot


def _means(records: list[Progress]) -> dict[str, float | None]:
    """Of what the records say of the training digits; None without any."""
    count = len(records)
    if not count:
        return {"distortion": None, "rate": None, "loss": None}
    return {
        "distortion": math.fsum(each.distortion for each in records) / count,
        "rate": math.fsum(each.rate for each in records) / count,
        "loss": math.fsum(each.loss for each in records) / count,
    }
