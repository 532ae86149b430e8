import pytest

from vae_core import BetaConfig, TrainConfig
from vae_core.config import CodeConfig
from vae_core.training import schedules


def test_beta_warms_up_and_stays():
    config = BetaConfig(kind="linear", start=0.2, final=1.0, warmup_steps=100)
    values = [schedules.beta(config, step, 20_000) for step in (0, 50, 100, 10_000)]
    assert values == pytest.approx([0.2, 0.6, 1.0, 1.0])


def test_a_constant_beta():
    assert schedules.beta(BetaConfig(final=4.0), 7, 10) == 4.0


def test_a_cyclical_beta_rises_over_half_of_each_cycle_and_starts_again():
    config = BetaConfig(kind="cyclical", cycles=2)
    values = [schedules.beta(config, step, 80) for step in (0, 10, 20, 39, 40, 50, 79)]
    assert values == pytest.approx([0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0])


def test_a_sparse_code_narrows_over_the_first_half():
    config = CodeConfig(topk=25, topk_start=125)
    assert [schedules.topk(config, step, 100) for step in (0, 25, 50, 99)] == [125, 75, 25, 25]
    assert schedules.topk(CodeConfig(topk=7), 0, 100) == 7


def test_cosine_falls_from_the_rate_to_its_last_fraction():
    config = TrainConfig(learning_rate=2.0, decay="cosine", decay_final=0.1)
    rates = [schedules.learning_rate(config, step, 100) for step in (0, 50, 100, 200)]
    assert rates == pytest.approx([2.0, 1.1, 0.2, 0.2])


def test_step_decay_falls_three_times():
    config = TrainConfig(learning_rate=1.0, decay="step", decay_final=0.001)
    rates = [schedules.learning_rate(config, step, 100) for step in (0, 49, 50, 80, 95)]
    assert rates == pytest.approx([1.0, 1.0, 0.1, 0.01, 0.001])


def test_the_rate_warms_up_linearly():
    config = TrainConfig(learning_rate=1.0, learning_rate_warmup=10)
    rates = [schedules.learning_rate(config, step, 100) for step in (0, 4, 9, 50)]
    assert rates == pytest.approx([0.1, 0.5, 1.0, 1.0])


def test_the_average_forgets_the_start_of_a_short_run():
    config = TrainConfig(ema=0.999)
    assert schedules.average_share(config, 0) == 1
    left = 1.0
    for step in range(1, 400):
        left *= 1 - schedules.average_share(config, step)
    assert left < 1e-9
    assert schedules.average_share(config, 10**5) == pytest.approx(0.001)
