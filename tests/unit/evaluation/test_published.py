"""Published figures stand beside a model's own only where they bound the same thing."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vae_core import checkpoint
from vae_core.cli import evaluate as verb
from vae_core.config import Config
from vae_core.evaluation import published

SHIPPED = Path(__file__).parents[3] / "checkpoints"
FASHION = ("fashion-vae-conv", "fashion-vae-flow")


def _facts(name: str) -> tuple[Config, Any]:
    about = checkpoint.inspect(SHIPPED / name)
    return Config.from_dict(about["config"]), about["metrics"]


@pytest.mark.parametrize("name", FASHION)
def test_a_card_sets_its_own_figure_beside_the_published_with_what_differs(name: str):
    config, metrics = _facts(name)
    text = published.section(config, metrics)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows[1].startswith(f"| `{name}` | {metrics['nll']:.2f} +- ")
    (paper,) = published.of(config)
    for row, figure in zip(rows[2:], paper.figures, strict=True):
        assert f"| {figure.nll:.2f} +- {figure.sem:.2f} | 5,000 | 10,000 |" in row
        assert "arXiv 2004.04795" in row
    assert "more samples bound more tightly" in text
    assert "The 1,000 pictures here are some of those 10,000" in text
    assert f"Read: {paper.read};" in text
    assert text in (SHIPPED / name / "README.md").read_text("utf-8")


def test_nothing_is_set_beside_another_quantity():
    config, metrics = _facts(FASHION[0])
    assert published.section(config, metrics | {"nll": None}) == ""
    grey = replace(config, train=replace(config.train, binarisation="none"))
    for other in (grey, replace(config, dataset="mnist"), replace(config, conditional=True)):
        assert published.section(other, metrics) == ""


def test_a_measure_of_all_pictures_is_not_called_one_of_a_few():
    config, metrics = _facts(FASHION[0])
    assert "some of those" not in published.section(config, metrics | {"nll_images": 10_000})


@pytest.mark.parametrize(("name", "papers"), [(FASHION[1], 1), ("vae-400", 0)])
def test_the_verb_prints_them_beside_the_figures(
    name: str, papers: int, monkeypatch: pytest.MonkeyPatch
):
    def measured(model: str) -> dict[str, object]:
        return {"recipe": model}

    monkeypatch.setattr(verb.library, "evaluate", measured)
    found: Any = verb.evaluate(argparse.Namespace(checkpoint=name, part=None, dataset=None))
    assert len(found.get("published", ())) == papers
    if papers:
        assert found["published"][0]["figures"][0] == {
            "model": "VAE, normal prior",
            "nll": 228.7,
            "sem": 0.15,
        }
