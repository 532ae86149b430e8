"""Threads spin or sleep, whichever is faster: judged by a clock of our own, and tried for real."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from vae_core import cores
from vae_core.training import waiting
from vae_core.training.waiting import WINDOW, Crowd, Waiting


class Machine:
    """A clock on which a step takes as long as its way of waiting costs."""

    def __init__(self, spinning: float, asleep: float) -> None:
        self.now, self.costs, self.asleep, self.slept = 0.0, [spinning, asleep], False, 0
        self.waiting = Waiting(self.turn, lambda: self.now)

    def turn(self) -> None:
        self.asleep = not self.asleep

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.now += self.costs[self.asleep]
            self.slept += self.asleep
            self.waiting.step()


def test_the_faster_way_goes_on_and_the_other_costs_a_try_now_and_then():
    machine = Machine(spinning=0.002, asleep=0.005)
    machine.steps(20_000)  # 40 seconds
    assert not machine.asleep
    assert 3 <= machine.slept / WINDOW * (0.005 / 0.002) <= 5  # a try ends once it has lost
    machine = Machine(spinning=0.013, asleep=0.0033)
    machine.steps(20_000)
    assert machine.asleep
    assert machine.slept >= 20_000 * 0.98


def test_a_machine_that_becomes_busy_is_noticed_within_two_windows_and_an_idle_one_in_time():
    machine = Machine(spinning=0.002, asleep=0.005)
    machine.steps(2000)
    machine.costs[0] = 0.013
    machine.steps(3 * WINDOW)
    assert machine.asleep
    machine.costs[0] = 0.002
    before = machine.now
    while machine.asleep:
        machine.steps(1)
    assert machine.now - before <= waiting.TRY_EVERY + 2 * WINDOW * 0.005


def test_a_first_step_that_compiles_does_not_decide():
    machine = Machine(spinning=0.002, asleep=0.005)
    machine.now += 10
    machine.steps(4 * WINDOW)
    assert not machine.asleep


def test_what_is_done_between_two_steps_is_not_theirs():
    machine = Machine(spinning=0.002, asleep=0.005)
    machine.steps(2 * WINDOW + 3)
    machine.now += 60
    machine.waiting.restart()
    machine.steps(WINDOW)
    assert machine.waiting.known == pytest.approx(WINDOW * 0.002)


def test_time_between_records_brings_no_try():
    machine = Machine(spinning=0.002, asleep=0.005)
    machine.steps(3 * WINDOW)
    slept = machine.slept
    for _ in range(30):
        machine.now += 5
        machine.waiting.restart()
        machine.steps(WINDOW)
    assert machine.slept == slept


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_a_crowd_is_more_threads_than_processors_and_leaves_none_behind(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(cores, "available", lambda: 4)
    before, crowd = threading.active_count(), Crowd()
    crowd.turn()
    assert threading.active_count() == before + 3  # each with a second thread of OpenMP's own
    crowd.turn()
    assert threading.active_count() == before


@pytest.mark.usefixtures("two_threads")
def test_only_where_the_command_line_lets_threads_spin(monkeypatch: pytest.MonkeyPatch):
    for name in cores.WAITING:
        monkeypatch.delenv(name, raising=False)
    for verb, spins in (("evaluate", False), ("train", True)):
        env: dict[str, str] = {}
        cores.prepare(env, verb)
        assert cores.may_spin(env) is spins
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        for kind, expected in (("cpu", spins), ("meta", False)):
            with waiting.found(torch.device(kind)) as threads:
                assert (threads.turn is not waiting._stay) is expected
