"""The card tells the figures of metrics.json, and only those that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from vae_core import checkpoint
from vae_core.card import card

FOLDER = Path(__file__).parent.parent / "checkpoints" / "vae-400"
FIDELITY = {
    "fid": 17.16,
    "fid_floor": 5.5,
    "precision": 0.463,
    "recall": 0.829,
    "precision_real": 0.795,
    "recall_real": 0.828,
    "sample_entropy": 0.585,
    "test_entropy": 0.12,
    "class_histogram": [0.1] * 10,
    "not_digits": 0.0578,
    "nearest_train": {"median": 4.724, "test_median": 4.35, "closer": 0.001},
}


def test_each_figure_of_the_samples_stands_beside_that_of_real_digits():
    about = checkpoint.inspect(FOLDER)
    about["metrics"] |= FIDELITY
    rows = [line for line in card(about).splitlines() if line.startswith("| ")]
    told = {row.split(" | ")[0]: row.split(" | ")[1] for row in rows}
    values = {name.removeprefix("| ").split(" ")[0]: value for name, value in told.items()}
    assert values["FID"] == "17.2; 5.5 |"
    assert values["precision,"] == "0.46, 0.83; 0.80, 0.83 |"
    assert values["entropy"] == "0.58; 0.12 nats |"
    assert values["samples"] == "5.8 % |"
    assert values["distance"] == "4.72; 4.35 |"


def test_figures_that_were_not_measured_are_left_out():
    about = checkpoint.inspect(FOLDER)
    about["metrics"] |= dict.fromkeys(FIDELITY)
    assert "FID" not in card(about)
    assert "-ELBO" in card(about)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("vae-conv-10-beta", "dynamic, beta from 0.05 to 0.25 in 1600 steps. "),
        ("vae-cyclical", "dynamic, beta from 0 to 1 in 4 cycles. "),
        ("vae-400", "none. "),
        ("ae", "none. "),
    ],
)
def test_a_card_tells_how_the_rate_was_weighed(name: str, told: str):
    assert f"binarisation: {told}" in card(checkpoint.inspect(FOLDER.parent / name))
