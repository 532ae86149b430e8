"""Figures of the uses: one entry a verb, all of the same weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from vae_core import VAE, checkpoint
from vae_core.checkpoint import companions
from vae_core.evaluation import uses_card
from vae_core.uses import figures


@pytest.fixture
def folder(model: VAE, tmp_path: Path) -> Path:
    checkpoint.save(model, tmp_path / "tiny")
    return tmp_path / "tiny"


def test_each_verb_has_its_entry_and_its_command(folder: Path) -> None:
    figures.write(folder, "search", {"precision_at_10": 0.5})
    figures.write(folder, "label-svm", {"accuracy": 0.9}, "--method svm --save --data DIR")
    assert figures.read(folder, "search") == {
        "precision_at_10": 0.5,
        "command": "python -m vae_core search tiny --evaluate --save --data DIR",
    }
    assert (figures.read(folder, "label-svm") or {})["command"] == (
        "python -m vae_core label tiny --method svm --save --data DIR"
    )
    assert figures.read(folder, "compress") is None
    assert companions.outdated(folder) == []


def test_figures_of_other_weights_are_none(folder: Path) -> None:
    figures.write(folder, "search", {"precision_at_10": 0.5})
    weights = folder / companions.WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert figures.read(folder, "search") is None
    assert companions.outdated(folder) == [companions.USES]
    figures.write(folder, "label", {"accuracy": 0.9})
    assert figures.read(folder, "search") is None
    assert (figures.read(folder, "label") or {})["accuracy"] == 0.9


def test_the_card_lists_each_use(folder: Path) -> None:
    share = {"accuracy": 0.9779, "accuracy_sem": 0.0013}
    given = {"labels": 100, "method": "propagation", "seeds": [0, 1, 2]}
    figures.write(folder, "label", {**share, **given}, "--save")
    code = {"probe_error": 0.1, "probe_error_sem": 0.003, "squared_error": 0.01}
    figures.write(folder, "features", {"code": code, "numbers": 20, "tsne": {"code": 0.05}})
    listed = uses_card.section(folder, companions.outdated(folder))
    assert "from 100 labels, labels spread over the graph of codes, 3 seeds | 97.8 +- 0.1 % |" in (
        listed
    )
    assert "`python -m vae_core label tiny --save` |" in listed
    assert "linear probe error of the code; of as many (20) components of PCA" in listed
    assert "10.0 +- 0.3 %; nan" in listed
    assert uses_card.section(folder, [companions.USES]) == ""
