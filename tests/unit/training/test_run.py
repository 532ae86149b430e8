import copy
import dataclasses
from pathlib import Path

import pytest
import torch
from small_models import random_digits, tiny_config, trained

from vae_core import BetaConfig, NetConfig
from vae_core.data.digits import Digits
from vae_core.training.objectives import elbo_terms
from vae_core.training.run import TrainingRun, fit


@pytest.fixture
def digits() -> Digits:
    return random_digits(45)


def weights(run: TrainingRun) -> dict[str, torch.Tensor]:
    return run.result().state_dict()


def assert_equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> None:
    for name in a:
        assert torch.equal(a[name], b[name]), name


def test_fit_yields_and_can_be_left(digits: Digits):
    run = TrainingRun(tiny_config())
    assert [record.step for record in trained(run, digits, steps=2)] == [1, 2]
    assert run.step == 2


def test_the_records_count_steps_and_epochs(digits: Digits):
    records = trained(TrainingRun(tiny_config()), digits)
    assert [r.step for r in records] == list(range(1, 9))
    assert [r.step for r in records if r.epoch_done] == [4, 8]
    assert {r.total_steps for r in records} == {8}


@pytest.mark.parametrize("at", [1, 4, 6])
@pytest.mark.parametrize("binarisation", ["none", "dynamic"])
def test_a_resumed_run_equals_an_uninterrupted_one(
    digits: Digits, tmp_path: Path, at: int, binarisation: str
):
    settings = tiny_config(binarisation=binarisation)
    whole = TrainingRun(settings)
    trained(whole, digits)
    first = TrainingRun(settings)
    trained(first, digits, steps=at)
    first.save(tmp_path / "run.safetensors")
    second = TrainingRun(settings, seed=99)
    second.resume(tmp_path / "run.safetensors")
    records = trained(second, digits)
    assert [r.step for r in records] == list(range(at + 1, 9))
    assert_equal(weights(whole), weights(second))
    assert_equal(whole.model.state_dict(), second.model.state_dict())


def test_other_settings_cannot_be_resumed(digits: Digits, tmp_path: Path):
    TrainingRun(tiny_config()).save(tmp_path / "run.safetensors")
    with pytest.raises(ValueError, match="other settings"):
        TrainingRun(tiny_config(batch_size=5)).resume(tmp_path / "run.safetensors")


def test_a_run_may_be_resumed_for_more_epochs(digits: Digits, tmp_path: Path):
    run = TrainingRun(tiny_config())
    trained(run, digits)
    run.save(tmp_path / "run.safetensors")
    longer = TrainingRun(tiny_config(epochs=3))
    longer.resume(tmp_path / "run.safetensors")
    assert [r.step for r in trained(longer, digits)] == [9, 10, 11, 12]


def test_the_seed_fixes_a_run(digits: Digits):
    runs = [TrainingRun(tiny_config(), seed=seed) for seed in (1, 1, 2)]
    for run in runs:
        trained(run, digits)
    assert_equal(weights(runs[0]), weights(runs[1]))
    first = "encoder.1.0.weight"
    assert not torch.equal(weights(runs[0])[first], weights(runs[2])[first])


def test_a_step_is_adam_on_the_loss(digits: Digits):
    """The first update against torch's own Adam, written out."""
    settings = tiny_config(ema=0.0, clip_norm=None, batch_size=45, decay="none", epochs=1)
    run, twin = TrainingRun(settings), TrainingRun(settings)
    optimizer = torch.optim.Adam(twin.model.parameters(), lr=1e-3)
    eps = torch.randn(45, 3, generator=torch.Generator().set_state(run.noise.get_state()))
    from vae_core import data, runtime

    images, _ = next(data.batches(digits, 45, runtime.generator("cpu", 0, 0, 2)))
    elbo_terms(twin.model, data.to_floats(images), eps).loss.mean().backward()  # type: ignore
    optimizer.step()
    trained(run, digits)
    for mine, theirs in zip(run.model.parameters(), twin.model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_the_average_follows_the_weights(digits: Digits):
    run = TrainingRun(tiny_config(ema=0.9))
    shadow = None
    for _ in fit(run, digits, every=1):
        now = run.model.state_dict()["encoder.1.0.weight"].clone()
        step = run.step - 1
        decay = min(0.9, (1 + step) / (10 + step))
        shadow = now if shadow is None else decay * shadow + (1 - decay) * now
    torch.testing.assert_close(weights(run)["encoder.1.0.weight"], shadow)


@pytest.mark.parametrize("begin", ["afresh", "from weights", "resumed"])
def test_a_short_run_ships_nothing_of_its_start(digits: Digits, tmp_path: Path, begin: str):
    """0.999 of the start for each step would be all but all of it after so few."""
    run = TrainingRun(tiny_config(ema=0.999, learning_rate=0.05, decay="none"))
    if begin == "from weights":
        run.start_from(TrainingRun(tiny_config(), seed=3).result())
    start = copy.deepcopy(run.model.state_dict())
    trained(run, digits, steps=5)
    if begin == "resumed":
        run.save(tmp_path / "run.safetensors")
        run = TrainingRun(run.config, seed=7)
        run.resume(tmp_path / "run.safetensors")
    trained(run, digits)
    name = "encoder.1.0.weight"
    shipped, now = weights(run)[name], run.model.state_dict()[name]
    assert (shipped - now).norm() < 0.5 * (shipped - start[name]).norm()


def test_beta_is_warmed_up(digits: Digits):
    beta = BetaConfig(kind="linear", start=0.0, final=1.0, warmup_steps=4)
    records = trained(TrainingRun(tiny_config(beta=beta)), digits)
    assert [r.beta for r in records[:5]] == [0.25, 0.5, 0.75, 1.0, 1.0]


def test_weights_of_another_net_are_refused():
    run = TrainingRun(tiny_config())
    other = TrainingRun(
        dataclasses.replace(tiny_config(), net=NetConfig(hidden_dims=(48,)))
    ).result()
    with pytest.raises(ValueError, match="do not fit"):
        run.start_from(other)


def test_a_code_of_another_length_leaves_only_its_own_layers_fresh():
    wide = dataclasses.replace(tiny_config(), net=NetConfig(hidden_dims=(64,)))
    source = TrainingRun(wide).result()
    run = TrainingRun(dataclasses.replace(wide, latent_dim=wide.latent_dim + 2), seed=5)
    fresh = copy.deepcopy(run.model.state_dict())
    run.start_from(source)
    for name, tensor in run.model.state_dict().items():
        given = source.state_dict()[name]
        fits = given.shape == tensor.shape
        assert torch.equal(tensor, given if fits else fresh[name]), name


def test_a_flow_starts_as_the_standard_normal_under_weights_from_a_model_without():
    source = TrainingRun(tiny_config()).result()
    run = TrainingRun(dataclasses.replace(tiny_config(), prior="flow"))
    run.start_from(source)
    assert_equal(run.model.encoder.state_dict(), source.encoder.state_dict())
    z = torch.randn(7, tiny_config().latent_dim)
    assert torch.allclose(run.model.prior.log_prob(z), source.prior.log_prob(z), atol=1e-5)


def test_a_new_run_starts_from_given_weights(digits: Digits):
    run = TrainingRun(tiny_config())
    trained(run, digits, steps=3)
    successor = TrainingRun(tiny_config(), seed=5)
    successor.start_from(run.result())
    assert_equal(weights(successor), weights(run))
    assert successor.step == 0
