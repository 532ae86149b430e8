"""Runs that are watched: when steps may be taken, and what is shown of the model."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
import torch

from vae_core import Config, NetConfig, TrainConfig
from vae_core.data.digits import hold_out
from vae_core.data.shipped import shipped
from vae_core.evaluation.elbo import elbo
from vae_core.training.live import Control, LiveRun, Observer
from vae_core.training.live.observer import turned
from vae_core.training.run import TrainingRun, fit

SMALL = NetConfig(hidden_dims=(32,))
REST, HELD = hold_out(shipped("train"), 100)


def config(**changes: object) -> Config:
    settings = {"latent_dim": 3, "net": SMALL, "train": TrainConfig(epochs=2, batch_size=50)}
    return Config(name="t", **{**settings, **changes})


def live(config: Config, control: Control | None = None, seconds: float = 60.0) -> LiveRun:
    run = TrainingRun(config, seed=1)
    own = HELD.images[0, 0].numpy()
    digits = REST.at(torch.arange(500))
    return LiveRun(run, digits, Observer(HELD, own), control or Control(), seconds)


def test_a_paused_run_takes_the_steps_that_it_is_granted():
    control = Control()
    assert control.grants(0)
    assert control.grants(0)
    control.pause()
    assert not control.grants(0)
    control.step()
    control.step()
    assert [control.grants(0) for _ in range(3)] == [True, True, False]
    control.go()
    assert control.grants(0)
    control.stop()
    assert not control.grants(10)


def test_slow_motion_spaces_the_steps():
    now = [0.0]
    control = Control(clock=lambda: now[0])
    control.pace(2.0)
    assert control.grants(0)
    assert not control.grants(0)
    now[0] = 1.9
    assert not control.grants(0)
    now[0] = 2.0
    assert control.grants(0)
    control.pace(0)
    assert control.grants(0)
    with pytest.raises(ValueError, match="pace"):
        control.pace(float("nan"))


def test_being_watched_changes_nothing_of_what_is_trained():
    watched = live(config())
    last = list(watched.snapshots())[-1]
    plain = TrainingRun(config(), seed=1)
    for _ in fit(plain, watched.digits):
        pass
    for name, weight in plain.result().state_dict().items():
        assert torch.equal(weight, watched.result().state_dict()[name])
    assert (last.step, last.total_steps, watched.ending) == (20, 20, "done")
    found = elbo(plain.result(), HELD, with_mse=False)
    assert last.held_distortion == found.distortion
    assert last.held_negative_elbo == pytest.approx(found.distortion + (found.rate or 0))
    lines = [json.loads(line) for line in watched.history.splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2]
    assert lines[1]["held_out_distortion"] == found.distortion


def test_a_snapshot_shows_the_model():
    watched = live(config())
    first, *_, last = watched.snapshots()
    assert first.negative_elbo is None
    assert last.negative_elbo is not None
    assert last.kl is not None
    assert last.held_rate == pytest.approx(float(last.kl.sum()), rel=1e-4)
    assert last.samples.shape == (16, 28, 28)
    assert last.samples.dtype == np.uint8
    assert last.codes.shape == (100, 2)
    model, own = watched.result(), watched.observer.own
    assert own is not None
    back = (model.reconstruct(own) * 255).round()
    assert last.own is not None
    assert np.abs(last.own.astype(int) - back[0, 0].numpy()).max() <= 1


def test_two_latents_are_shown_as_they_are_and_a_code_without_a_prior_has_no_rate():
    from vae_core.explore.posterior_means import posterior_means

    two = live(config(latent_dim=2))
    *_, last = two.snapshots()
    assert np.array_equal(last.codes, posterior_means(two.result(), HELD).numpy())
    plain = live(
        config(objective="reconstruction", likelihood="squared-error", prior="fitted", latent_dim=1)
    )
    *_, last = plain.snapshots()
    assert (last.rate, last.held_rate, last.negative_elbo, last.kl) == (None,) * 4
    assert not last.codes[:, 1].any()


def test_the_plane_does_not_turn_between_two_snapshots():
    places = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    turn = torch.tensor([[0.6, 0.8], [0.8, -0.6]])  # turned and mirrored
    assert torch.allclose(turned(places @ turn, places), places, atol=1e-5)


def test_snapshots_come_at_most_five_times_a_second():
    times = [time.monotonic() for _ in live(config()).snapshots()]
    assert min(np.diff(times)) >= 0.19


def test_a_run_ends_when_it_is_stopped_or_out_of_time():
    control = Control()
    control.pause()
    control.step()
    watched = live(config(), control)
    seen = watched.snapshots()
    assert next(seen).step == 0
    assert next(seen).step == 1
    control.stop()
    assert list(seen) == []
    assert watched.ending == "stopped"
    late = live(config(), seconds=0)
    assert [each.step for each in late.snapshots()] == [0]
    assert late.ending == "time"


def test_a_loss_that_explodes_ends_the_run_in_words():
    rates = TrainConfig(epochs=2, batch_size=50, learning_rate=1e30)
    with pytest.raises(ValueError, match="no longer finite"):
        list(live(config(train=rates)).snapshots())
