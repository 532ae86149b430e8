"""Runs of visitors in processes of their own, and the models that they leave."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import vae_core
from vae_core import VAE
from vae_core.app import wire
from vae_core.app.service.trainings.limits import Limits
from vae_core.app.service.trainings.own_models import OwnModels, full_name
from vae_core.app.service.trainings.process import RunProcess
from vae_core.app.service.trainings.trainings import Trainings
from vae_core.app.service.trainings.visit import CALLS, Look
from vae_core.checkpoint import archive
from vae_core.data.shipped import shipped

PATIENCE = 120.0
SMALL = {"hidden_dims": [64], "latent_dim": 4, "digits": 2000, "epochs": 4}
LONG = {**SMALL, "digits": 9500, "epochs": 100}
OWN = base64.b64encode(shipped("test").images[0].numpy().tobytes()).decode()


@pytest.fixture
def service() -> Iterator[Callable[..., Trainings]]:
    """Makes services with limits of their own, whose processes are all gone afterwards."""
    made: list[Trainings] = []

    def make(**limits: float) -> Trainings:
        service = Trainings(Limits(**{"running": 1, "heartbeat": 300.0, **limits}))  # pyright: ignore[reportArgumentType]
        made.append(service)
        return service

    yield make
    for each in made:
        pids = processes(each)
        each.close()
        assert not any(is_there(pid) for pid in pids)


def processes(service: Trainings) -> list[int]:
    return [each.process.pid for each in service._roll.alive if each.process is not None]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def until(service: Trainings, visitor: str, holds: Callable[[Look], object]) -> list[Look]:
    """What the visitor sees, up to where `holds` does."""
    end, looks = time.monotonic() + PATIENCE, [service.look(visitor)]
    while not holds(looks[-1]):
        assert time.monotonic() < end, looks[-1]
        time.sleep(0.02)
        looks.append(service.look(visitor, looks[-1]["next"]))
    return looks


def ended(look: Look) -> bool:
    return look["state"] == "ended"


def files_below(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.long
def test_a_run_from_its_start_to_its_model(
    service: Callable[..., Trainings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    trainings, visitor = service(), Trainings.visitor()
    trainings.start(visitor, "vae-400", SMALL, OWN)
    looks = until(trainings, visitor, ended)
    last = looks[-1]
    assert (last["ending"], last["model"], last["sentence"]) == ("done", "own-1", None)
    points = trainings.look(visitor)["points"]
    assert points[0]["step"] == 0
    assert points[-1]["step"] == last["total_steps"] == 4 * (2000 // 128)
    assert points[-1]["held_distortion"] < points[0]["held_distortion"] / 2

    views = [(look["next"], look["view"]) for look in looks if look["view"] is not None]
    assert all(len(json.dumps(wire.to_json(view))) < 40_000 for _, view in views)
    view = trainings.look(visitor)["view"]
    assert view is not None
    assert view["samples"].shape == (16, 28, 28)
    assert view["own"] is not None
    assert view["own"].shape == (28, 28)
    assert len(view["codes"]) == len(last["labels"]) == 300
    assert view["kl"] is not None
    assert sum(view["kl"]) == pytest.approx(points[-1]["held_rate"], rel=1e-2)

    (card,) = trainings.cards(visitor)
    assert card["measured"] == points[-1]
    folder = tmp_path / "unpacked"
    data = trainings.download(visitor, "own-1")
    assert files_below(tmp_path) == set()  # so far, nothing of it was on the disk
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    loaded, kept = vae_core.load(folder), trainings.model(visitor, "own-1")
    assert all(
        torch.equal(each, kept.state_dict()[name]) for name, each in loaded.state_dict().items()
    )
    assert len((folder / "history.jsonl").read_text().splitlines()) == 4
    assert trainings.upload(visitor, data)["name"] == "own-2"

    stranger = Trainings.visitor()
    assert trainings.cards(stranger) == []
    assert trainings.look(stranger)["state"] == "none"
    with pytest.raises(ValueError, match="no such model"):
        trainings.download(stranger, "own-1")


@pytest.mark.long
def test_pause_step_go_and_stop(service: Callable[..., Trainings]):
    trainings, visitor = service(), Trainings.visitor()
    trainings.prepare()
    trainings.start(visitor, "vae-400", LONG)
    looks = until(trainings, visitor, lambda look: look["points"] and look["points"][-1]["step"])
    assert trainings.command(visitor, "pause")["state"] == "paused"

    def resting() -> int:
        """The step at which the run came to rest."""
        while True:
            before = trainings.look(visitor)["points"][-1]["step"]
            time.sleep(0.8)
            if trainings.look(visitor)["points"][-1]["step"] == before:
                return before

    at = resting()
    for _ in range(2):  # sent again, since no answer came
        assert trainings.command(visitor, "step", order=7)["state"] == "paused"
    until(trainings, visitor, lambda look: look["points"] and look["points"][-1]["step"] > at)
    assert resting() == at + 1
    trainings.command(visitor, "go")
    until(trainings, visitor, lambda look: look["points"] and look["points"][-1]["step"] > at + 3)
    trainings.command(visitor, "stop")
    looks = until(trainings, visitor, ended)
    assert (looks[-1]["ending"], looks[-1]["model"]) == ("stopped", "own-1")
    with pytest.raises(ValueError, match="no run"):
        trainings.command(visitor, "go", order=8)
    assert trainings.command(visitor, "step", order=7)["state"] == "ended"
    with pytest.raises(ValueError, match="command must be one of"):
        trainings.command(visitor, "train")


@pytest.mark.long
def test_time_and_memory_end_a_run(service: Callable[..., Trainings]):
    trainings = service(run_seconds=0.5, running=2)
    visitor, other = Trainings.visitor(), Trainings.visitor()
    trainings.start(visitor, "vae-400", LONG)
    assert until(trainings, visitor, ended)[-1]["ending"] == "time"
    assert len(trainings.cards(visitor)) == 1
    greedy = service(memory=2**24)
    greedy.start(other, "vae-2d", {"batch_size": 1000})
    sentence = until(greedy, other, ended)[-1]["sentence"]
    assert sentence == "The run needs more than its 16 MB of memory."
    assert greedy.cards(other) == []


def test_a_crash_is_a_sentence_and_the_next_run_starts(service: Callable[..., Trainings]):
    trainings = service()
    first, second = Trainings.visitor(), Trainings.visitor()
    assert trainings.start(first, "vae-400", SMALL)["state"] == "starting"
    assert trainings.start(second, "vae-400", SMALL)["place"] == 1
    os.kill(processes(trainings)[0], signal.SIGKILL)
    look = until(trainings, first, ended)[-1]
    assert look["sentence"] is not None
    assert "ended unexpectedly (signal 9)" in look["sentence"]
    until(trainings, second, lambda look: look["state"] == "starting")


@pytest.mark.long
def test_a_process_that_hangs_is_killed(service: Callable[..., Trainings]):
    trainings = service(grace=0.3, starting=100.0, run_seconds=1.0)

    def hangs() -> str:
        visitor = Trainings.visitor()
        trainings.start(visitor, "vae-400", LONG)
        until(trainings, visitor, lambda look: look["state"] == "starting")
        os.kill(processes(trainings)[0], signal.SIGSTOP)
        return visitor

    def sentence(visitor: str) -> str:
        look = until(trainings, visitor, ended)[-1]
        assert look["model"] is None
        return look["sentence"] or ""

    stopped = hangs()
    trainings.command(stopped, "stop")
    assert "stopped before it had a model" in sentence(stopped)
    late = hangs()
    (visit,) = trainings._roll.alive
    assert visit.process is not None
    visit.process.ready = visit.started
    assert "took longer than its 1 seconds" in sentence(late)
    trainings = service(starting=0.3)
    assert "could not be started in time" in sentence(hangs())


def test_who_does_not_look_is_gone(service: Callable[..., Trainings]):
    trainings = service(heartbeat=1.5)
    gone, there, queued = (Trainings.visitor() for _ in range(3))
    trainings.start(gone, "vae-400", LONG)
    (pid,) = processes(trainings)
    trainings.start(queued, "vae-400", LONG)
    trainings.start(there, "vae-400", LONG)
    until(trainings, there, lambda look: look["state"] == "starting")
    assert not is_there(pid)
    assert trainings.look(gone)["state"] == trainings.look(queued)["state"] == "none"
    (pid,) = processes(trainings)
    trainings.leave(there)
    end = time.monotonic() + PATIENCE
    while processes(trainings) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_there(pid)


def test_the_queue_is_fair_and_bounded(service: Callable[..., Trainings]):
    trainings = service(waiting=3)
    runs, *waits, late = (Trainings.visitor() for _ in range(5))
    trainings.start(runs, "vae-400", SMALL, source="1.1.1.1")
    with pytest.raises(ValueError, match="Your run is not over yet"):
        trainings.start(runs, "vae-400", SMALL)
    for visitor, source in zip(waits, ("1.1.1.1", "2.2.2.2", "2.2.2.2"), strict=True):
        trainings.start(visitor, "vae-400", SMALL, source=source)
    places = [trainings.look(visitor)["place"] for visitor in waits]
    assert places == [2, 1, 3]  # an address's first run before another's second
    with pytest.raises(ValueError, match="Too many runs wait already"):
        trainings.start(late, "vae-400", SMALL)
    with pytest.raises(ValueError, match="waits for its turn"):
        trainings.command(waits[1], "pause")
    look = trainings.command(waits[1], "stop")
    assert (look["state"], look["sentence"]) == ("ended", "The run was taken out of the queue.")
    assert trainings.look(waits[0])["place"] == 1
    for _ in range(CALLS):
        trainings.command(runs, "pause")
    with pytest.raises(ValueError, match="too fast"):
        trainings.command(runs, "pause")


def test_a_run_begins_where_nothing_of_torch_was_used_before(
    service: Callable[..., Trainings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    trainings, visitor = service(), Trainings.visitor()
    trainings.start(visitor, "vae-128", {**SMALL, "digits": 500, "epochs": 1, "hidden_dims": [32]})
    last = until(trainings, visitor, ended)[-1]
    assert (last["ending"], last["sentence"]) == ("done", None)
    assert files_below(tmp_path) == set()  # no folder of a compiler's either


@pytest.mark.long
def test_a_process_ends_with_its_server():
    process = RunProcess()
    process._orders.close()
    end = time.monotonic() + PATIENCE
    while not process.gone and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_there(process.pid)


@pytest.mark.parametrize("visitor", [None, "", "short", "x" * 65, "a b" * 10, 7, ["x" * 30]])
def test_a_visitor_is_a_secret_name(service: Callable[..., Trainings], visitor: object):
    trainings = service()
    for call in (trainings.look, trainings.cards, trainings.leave):
        with pytest.raises(ValueError, match="secret name"):
            call(visitor)


def test_what_a_visitor_sends_is_refused_in_words(service: Callable[..., Trainings]):
    trainings, visitor = service(), Trainings.visitor()
    with pytest.raises(ValueError, match="latent_dim must be"):
        trainings.start(visitor, "vae-400", {"latent_dim": 0})
    with pytest.raises(ValueError, match="own must be base64 of 784"):
        trainings.start(visitor, "vae-400", SMALL, "AAAA")
    with pytest.raises(ValueError, match="since must be"):
        trainings.look(visitor, -1)
    with pytest.raises(ValueError, match="no whole zip file"):
        trainings.upload(visitor, b"nothing")
    assert trainings.said()["run_seconds"] == 600
    assert trainings.look(visitor)["state"] == "none"


def test_models_are_bounded_in_number_size_and_time(model: VAE):
    now, packed = [0.0], archive.pack(model)
    bounds = Limits(models=4, models_each=2, model_bytes=3 * len(packed), idle=1800)
    models = OwnModels(bounds, clock=lambda: now[0])
    a, b, c = "a" * 22, "b" * 22, "c" * 22
    for now[0], visitor in enumerate((a, a, a, b)):
        models.add(visitor, packed, "done", None)
    now[0] += 1
    assert [card["name"] for card in models.cards(a)] == ["own-2", "own-3"]
    models.add(c, packed, "done", None)  # the size of four is too much
    assert (len(models), len(models.cards(b))) == (3, 0)
    now[0] += 1700
    assert len(models.cards(a)) == 2
    now[0] += 200
    models.sweep()
    assert (len(models.cards(a)), len(models.cards(c))) == (2, 0)
    assert np.isclose(len(models.packed(a, "own-3")), len(packed))
    models.drop(a, "own-3")
    with pytest.raises(ValueError, match="no such model"):
        models.get(full_name("own-3", a))
