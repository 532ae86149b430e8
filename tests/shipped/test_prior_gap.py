"""Every shipped variational model says how much of its rate no digit needs, and within what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vae_core import checkpoint
from vae_core.files import read_json

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"
VARIATIONAL = sorted(
    path.parent.name
    for path in CHECKPOINTS.glob("*/metrics.json")
    if "objective" in (config := read_json(path.with_name("config.json")))
    and config["objective"] != "reconstruction"
)


@pytest.mark.parametrize("name", VARIATIONAL)
def test_the_gap_lies_within_the_rate(name: str):
    metrics: Any = checkpoint.inspect(CHECKPOINTS / name)["metrics"]
    error = 4 * metrics["prior_gap_sem"]
    assert -error < metrics["prior_gap"] < metrics["prior_gap_at_most"] + error
    assert metrics["prior_gap_at_most"] < metrics["rate"]
    assert metrics["prior_gap_digits"] == metrics["prior_gap_draws"] == 10_000
    card = (CHECKPOINTS / name / "README.md").read_text("utf-8")
    assert f"at least {metrics['prior_gap']:.2f} +- {metrics['prior_gap_sem']:.2f}" in card
