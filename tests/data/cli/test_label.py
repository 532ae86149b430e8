"""The verb `label`: the figure that is claimed, and what it refuses."""

from __future__ import annotations

import pytest
from running_verbs import Capture, refused, run

from vae_core import checkpoint
from vae_core.uses import figures


def test_the_figures_that_are_kept_are_what_is_claimed() -> None:
    folder = checkpoint.resolve("vae-flow")
    spread, alone = (figures.read(folder, use) for use in ("label", "label-svm"))
    assert spread is not None
    assert alone is not None
    assert spread["labels"] == 100
    assert spread["seeds"] == list(range(10))
    assert isinstance(spread["accuracy"], float)
    assert isinstance(alone["accuracy"], float)
    assert spread["accuracy"] >= 0.97 > alone["accuracy"] > 0.85


def test_the_class_as_a_latent_names_96_of_100_test_digits() -> None:
    found = figures.read(checkpoint.resolve("vae-flow"), "label-m1+m2")
    assert found is not None
    assert (found["labels"], found["queries"], found["digits"]) == (100, "test", 10_000)
    assert found["seeds"] == list(range(10))
    assert isinstance(found["accuracy"], float)
    assert found["accuracy"] >= 0.96


@pytest.mark.slow
def test_a_seed_of_the_class_as_a_latent_is_repeated(capsys: Capture) -> None:
    words = ("label", "vae-flow", "--method", "m1+m2", "--seeds", "1", "--device", "cpu")
    kept = figures.read(checkpoint.resolve("vae-flow"), "label-m1+m2")
    assert kept is not None
    assert isinstance(kept["accuracies"], list)
    # Sums go another way on other machines, and 4,000 steps carry that far.
    assert run(capsys, *words)["accuracy"] == pytest.approx(kept["accuracies"][1], abs=0.01)


@pytest.mark.slow
def test_a_machine_of_a_hundred_codes_repeats_its_figure(capsys: Capture) -> None:
    found = run(capsys, "label", "vae-flow", "--method", "svm", "--seeds", "0", "--device", "cpu")
    kept = figures.read(checkpoint.resolve("vae-flow"), "label-svm")
    assert kept is not None
    assert isinstance(kept["accuracies"], list)
    assert found["accuracy"] == pytest.approx(kept["accuracies"][0], abs=0.003)


@pytest.mark.slow
def test_propagation_repeats_its_figure(capsys: Capture) -> None:
    found = run(capsys, "label", "vae-flow", "--seeds", "0", "1", "--device", "cpu")
    kept = figures.read(checkpoint.resolve("vae-flow"), "label")
    assert kept is not None
    assert isinstance(kept["accuracies"], list)
    assert found["accuracies"] == pytest.approx(kept["accuracies"][:2], abs=0.003)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("vae-flow", "--method", "knn"), "must be one of propagation, svm"),
        (("vae-flow-digits",), "was trained with all labels"),
        (("vae-flow", "--save", "--hold-out", "9"), "not of --hold-out"),
        (("vae-2d", "--data", "/nowhere"), "MNIST is not at"),
    ],
)
def test_a_mistake_is_one_line(capsys: Capture, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(capsys, "label", *words)
