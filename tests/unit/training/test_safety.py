"""A training loses nothing: not to a second one, not to a kill, not to weights that are no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from vae_core import Config, NetConfig, TrainConfig, checkpoint, files
from vae_core.checkpoint import held_out
from vae_core.data.digits import Digits
from vae_core.training import lock, run_data, session, state
from vae_core.training.run import TrainingRun

CONFIG = Config(
    name="tiny",
    latent_dim=3,
    net=NetConfig(hidden_dims=(16,)),
    train=TrainConfig(epochs=3, batch_size=10),
)


@pytest.fixture
def digits() -> Digits:
    images = torch.randint(0, 256, (40, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    return Digits(images.byte(), torch.zeros(40, dtype=torch.int64), torch.arange(40))


def new_session(digits: Digits, out: Path, config: Config = CONFIG) -> session._Session:
    return session._Session(TrainingRun(config), digits, digits, out)


@pytest.mark.long
def test_a_second_training_into_one_folder_is_refused(tmp_path: Path):
    hold = "import sys, pathlib, vae_core.training.lock as l\n"
    hold += "with l.held(pathlib.Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", hold, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(ValueError, match="another training"), lock.held(tmp_path):
            pass
        other.kill()  # which frees it
        other.wait()
    with lock.held(tmp_path):
        pass


def test_history_is_kept_until_the_first_save_of_weights_replaces_it(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    new_session(digits, tmp_path).go()
    history, weights = tmp_path / "history.jsonl", tmp_path / checkpoint.WEIGHTS
    before = history.read_text(), weights.read_bytes()
    assert len(before[0].splitlines()) == 3

    again = new_session(digits, tmp_path)
    monkeypatch.setattr(again, "_save", lambda finished: None)  # killed before any save
    again.go()
    assert (history.read_text(), weights.read_bytes()) == before


def test_the_first_save_comes_early_and_can_be_resumed(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "FIRST_SAVE_SECONDS", 0)
    assert session.SAVE_EVERY_SECONDS > 30
    first = new_session(digits, tmp_path)
    saved: list[int] = []
    save = first._save

    def count(finished: bool) -> None:
        saved.append(first.run.step)
        save(finished)

    monkeypatch.setattr(first, "_save", count)
    first.go()
    assert saved == [4, 12]  # at the first record, and at the end
    run = TrainingRun(CONFIG)
    assert run.resume(tmp_path / "state" / "run.safetensors") == first.history


def test_a_stop_is_saved_with_its_history(digits: Digits, tmp_path: Path):
    stopped = new_session(digits, tmp_path)
    stopped.stopped.set()
    assert stopped.go()["finished"] is False
    run = TrainingRun(CONFIG)
    history = run.resume(tmp_path / "state" / "run.safetensors")
    done = session._Session(run, digits, digits, tmp_path, history=history).go()
    assert done["finished"] is True
    assert len((tmp_path / "history.jsonl").read_text().splitlines()) == 3


def test_lost_weights_replace_nothing(digits: Digits, tmp_path: Path):
    new_session(digits, tmp_path).go()
    before = (tmp_path / checkpoint.WEIGHTS).read_bytes()
    lost = new_session(digits, tmp_path)
    with torch.no_grad():
        next(lost.run.model.parameters()).fill_(torch.nan)
    with pytest.raises(ValueError, match="no longer finite"):
        lost.go()
    assert (tmp_path / checkpoint.WEIGHTS).read_bytes() == before


def test_what_was_held_out_belongs_to_the_weights_and_to_the_state(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    new_session(digits, tmp_path).go()
    again = session._Session(TrainingRun(CONFIG), digits, digits, tmp_path, held=7)
    monkeypatch.setattr(again, "_save", lambda finished: None)  # killed before any save
    again.go()
    assert held_out.read(tmp_path) is None  # the weights there saw all digits
    assert run_data.begun_with(tmp_path) is None
    begun = TrainingRun(CONFIG)
    begun.save(tmp_path / session.STATE, held=7)  # and now before the first weights
    assert held_out.read(tmp_path) is None
    assert run_data.begun_with(tmp_path) == 7
    session._Session(begun, digits, digits, tmp_path, held=7).go()
    assert held_out.read(tmp_path) == 7


@pytest.mark.parametrize(("said", "found"), [("null", None), ("12", 12), (None, 5)])
def test_a_state_of_an_earlier_version_does_not_tell_what_was_held_out(
    said: str | None, found: int | None, tmp_path: Path
):
    about = {} if said is None else {"held_out": said}
    files.write_tensors(tmp_path / "run.safetensors", {"x": torch.zeros(1)}, about)
    assert state.read_held_out(tmp_path / "run.safetensors", 5) == found


def test_a_damaged_number_of_held_out_digits_is_refused(tmp_path: Path):
    files.write_tensors(tmp_path / "run.safetensors", {"x": torch.zeros(1)}, {"held_out": "-3"})
    with pytest.raises(ValueError, match="held out; train again without --resume"):
        state.read_held_out(tmp_path / "run.safetensors", None)
