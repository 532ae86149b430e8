"""How OpenMP's threads wait for each other while a run trains: spinning, or asleep.

Spinning, a step of `vae-400` takes 2.2 ms on two idle cores, and 5 asleep; beside one busy process
it takes 13 and 3.3, since a thread that spins for another burns the core that the other needs. So
both ways are tried now and then, and the faster one goes on. The order of sums depends on the
number of threads alone: the run stays the same bit for bit.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Generator

import torch

from vae_core import cores

WINDOW = 20
"""Steps that one way of waiting is measured by."""
TRY_EVERY = 10.0
"""Seconds of training from one try of the other way to the next. A try that has taken as long as
the way before took for all of its steps has lost, and ends."""
SLOWER, TRY_AGAIN = 1.5, 1.0
"""A window that takes so much longer than the one before asks for one at once, seconds apart."""


class Crowd:
    """Threads at rest that make GNU's OpenMP let all others sleep while they wait.

    It reads once, as torch loads it, for how long threads are to spin. But while there are more
    OpenMP threads than processors, they spin less, and not at all where the policy is PASSIVE (its
    manual, GOMP_SPINCOUNT). A thread that has computed something holds a team of its own.
    """

    def __init__(self) -> None:
        self.members: list[threading.Thread] = []
        self.over = threading.Event()

    def turn(self) -> None:
        """Gathers where it has left, and leaves where it has gathered."""
        if self.members:
            self.leave()
        else:
            self.gather()

    def gather(self) -> None:
        """Starts as many as it takes."""
        team = torch.get_num_threads()
        lacking = cores.available() + 1 - team
        self.over.clear()
        for _ in range(max(1, -(-lacking // (team - 1)))):
            ready = threading.Event()
            member = threading.Thread(target=self._hold, args=(ready,), daemon=True)
            member.start()
            ready.wait()
            self.members.append(member)

    def _hold(self, ready: threading.Event) -> None:
        torch.zeros(1 << 18).add_(1)  # large enough to be shared among a team
        ready.set()
        self.over.wait()

    def leave(self) -> None:
        """Ends them, and their teams with them."""
        self.over.set()
        for member in self.members:
            member.join()
        self.members = []


class Waiting:
    """Counts a run's steps, and finds the faster way.

    Args:
        turn: changes the way.
        clock: seconds.
    """

    def __init__(
        self, turn: Callable[[], None], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.turn, self.clock = turn, clock
        self.known: float | None = None  # seconds of the last window, waited for as now
        self.rival: float | None = None  # and of the other way's, while this one is tried
        self.tried = -TRY_EVERY
        self.last = self.clock()  # when the last step was over
        self.restart()

    def restart(self) -> None:
        """Begins a window: what was done since the last step was none, and is no training time."""
        self.steps, self.since = 0, self.clock()
        self.tried += self.since - self.last
        self.last = self.since

    def step(self) -> None:
        """After each step."""
        self.steps, self.last = self.steps + 1, self.clock()
        seconds = self.last - self.since
        has_lost = self.rival is not None and seconds > self.rival
        if self.steps == WINDOW or has_lost:
            self._judge(seconds)
            self.restart()

    def _judge(self, seconds: float) -> None:
        if self.rival is not None:
            self._decide(seconds, self.rival)
        elif self.known is None:  # The first steps of all may compile.
            self.known = seconds
        elif self._due(seconds, self.known):
            self.rival, self.tried = seconds, self.clock()
            self.turn()
        else:
            self.known = seconds

    def _decide(self, seconds: float, rival: float) -> None:
        if seconds > rival:
            self.turn()
        self.known, self.rival = min(seconds, rival), None

    def _due(self, seconds: float, known: float) -> bool:
        age = self.clock() - self.tried
        return age >= TRY_EVERY or (age >= TRY_AGAIN and seconds > SLOWER * known)


@contextlib.contextmanager
def found(device: torch.device) -> Generator[Waiting]:
    """For a run's length: the faster way, where the threads were let spin (`cores.prepare`)."""
    crowd = Crowd()
    shared = device.type == "cpu" and torch.get_num_threads() > 1
    turn = crowd.turn if shared and cores.may_spin(os.environ) else _stay
    try:
        yield Waiting(turn)
    finally:
        crowd.leave()


def _stay() -> None:
    """Nothing to change."""
