"""The card tells the figures of metrics.json, and only those that there are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from vae_core import checkpoint
from vae_core.evaluation import card_index
from vae_core.evaluation.model_card import card, write_card

FOLDER = Path(__file__).parents[3] / "checkpoints" / "vae-400"
FIDELITY = {
    "fid": 17.16,
    "fid_floor": 2.081,
    "fid_floor_sem": 0.02,
    "fid_features": "0" * 64,
    "sample_unsure": 0.321,
    "sample_unsure_sem": 0.0047,
    "test_unsure": 0.052,
    "test_unsure_sem": 0.0022,
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
    about: Any = checkpoint.inspect(FOLDER)
    about["metrics"] |= FIDELITY
    rows = [line for line in card(about).splitlines() if line.startswith("| ")]
    answer = {row.split(" | ")[0]: row.split(" | ")[1] for row in rows}
    values = {name.removeprefix("| ").split(" ")[0]: value for name, value in answer.items()}
    assert values["FID"] == "17.16; 2.08 +- 0.02 |"
    assert values["precision,"] == "0.46, 0.83; 0.80, 0.83 |"
    assert values["entropy"] == "0.58; 0.12 nats |"
    assert values["samples"] == "5.8 % |"
    assert "less than 0.9; test digits | 32.1 +- 0.5 %; 5.2 +- 0.2 % |" in card(about)
    assert values["distance"] == "4.72; 4.35 |"


def test_figures_that_were_not_measured_are_left_out():
    about: Any = checkpoint.inspect(FOLDER)
    about["metrics"] |= dict.fromkeys(FIDELITY)
    assert "FID" not in card(about)
    assert "-ELBO" in card(about)


def test_figures_with_a_floor_of_one_group_of_writers_are_left_out():
    about: Any = checkpoint.inspect(FOLDER)
    about["metrics"] |= FIDELITY | {"fid_features": None}
    assert "FID" not in card(about)


def test_an_nll_is_told_with_both_of_its_errors():
    about: Any = checkpoint.inspect(FOLDER)
    about["metrics"] |= {"elbo_sem_digits": 0.2549, "importance_samples": 500, "nll_images": 500}
    about["metrics"] |= {"nll": 79.41, "nll_sem": 0.169, "nll_sem_digits": 0.894}
    row = "NLL, dynamic binarisation, 500 importance samples, 500 digits | 79.41 nats"
    errors = " +- 0.89 over digits, +- 0.17 over draws of the binarisation |"
    assert row + errors in card(about)
    assert "105.40 nats an image +- 0.25 over digits |" in card(about)
    about["metrics"] |= {"nll_sem": None}
    assert row + " +- 0.89 over digits |" in card(about)


def test_a_bound_on_what_the_label_leaves_open_is_marked():
    about: Any = checkpoint.inspect(FOLDER.parent / "vae-conditional")
    about["metrics"] |= {"bounds": "log p(x|y)", "nll": 90.0, "nll_images": 500}
    rows = [line for line in card(about).splitlines() if "NLL," in line or "-ELBO," in line]
    assert len(rows) == 3
    assert all("given the label: bounds log p(x\\|y), not log p(x) |" in row for row in rows)
    about["metrics"]["bounds"] = "log p(x)"
    assert "given the label" not in card(about)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("vae-conv-10-beta", "dynamic, beta from 0.05 to 0.25 in 1600 steps. "),
        ("vae-cyclical", "dynamic, beta from 0 to 1 in 4 cycles. "),
        ("vae-400", "none. "),
        ("ae", "none. "),
    ],
)
def test_a_card_tells_how_the_rate_was_weighed(name: str, answer: str):
    assert f"binarisation: {answer}" in card(checkpoint.inspect(FOLDER.parent / name))


def test_a_card_tells_what_training_did_not_see():
    about: Any = checkpoint.inspect(FOLDER)
    assert "Trained on all 60,000 training digits for 10 epochs" in card(about)
    answer = (
        "Trained on 59,000 training digits, the other 1,000 kept out to choose settings by, for"
    )
    assert answer in card(about, held=1000)


def test_a_card_tells_what_the_sliders_follow():
    about, r = checkpoint.inspect(FOLDER), {"slant": 0.2, "width": -0.7}
    latents: Any = {
        "traits": ["slant", "width"],
        "latents": [
            {"correlations": r, "relative_at_zero": 1.0, "relative_at_draws": 0.25},
            {
                "correlations": {"slant": -0.9, "width": 0.1},
                "relative_at_zero": 0.125,
                "relative_at_draws": 1.0,
            },
        ],
    }
    answer = card(about, latents)
    assert "at draws from the prior | 0.125; 0.250 |" in answer
    assert "Pearson's r | slant z1 -0.90, width z0 -0.70 |" in answer
    assert "Pearson's r" not in card(about)


def test_shipped_cards_are_those_of_the_files_beside_them(tmp_path: Path):
    for folder in checkpoint.shipped(FOLDER.parent):
        copy = tmp_path / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("state"))
        write_card(copy)
        assert (copy / "README.md").read_text() == (folder / "README.md").read_text(), folder.name


def test_the_hub_reads_the_head_of_each_shipped_card():
    folders = checkpoint.shipped(FOLDER.parent)
    assert folders
    for folder in folders:
        about = checkpoint.inspect(folder)
        loaded: Any = ModelCard.load(folder / "README.md", ignore_metadata_errors=False).data
        dataset = str(about["config"]["dataset"])
        assert (loaded.library_name, loaded.license) == ("vae-core", "mit")
        draws = about["config"]["objective"] != "reconstruction"
        task = "unconditional-image-generation" if draws else "image-feature-extraction"
        assert loaded.pipeline_tag == task
        assert loaded.datasets == [card_index.DATASETS[dataset]]
        assert loaded.model_name == about["recipe"]
        assert {dataset, "safetensors"} < set(loaded.tags)
        metrics: Any = about["metrics"]
        figures = {each.metric_type: each.metric_value for each in loaded.eval_results}
        assert {each.dataset_split for each in loaded.eval_results} == {"test"}
        for key in ("nll", "fid", "knn_error", "probe_error"):
            answer = figures.get(key)
            known = metrics[key] if key != "fid" or "fid_features" in metrics else None
            assert answer is None if known is None else answer == round(known, 4), (folder, key)


def test_a_card_without_figures_has_no_index():
    about: Any = checkpoint.inspect(FOLDER)
    about["metrics"] = None
    assert "model-index" not in card(about)
