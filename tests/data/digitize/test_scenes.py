"""The digitizer on hard scenes, on other people's drawings, and on what it must refuse."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from kinds import HUGE, KINDS, render
from numpy.typing import NDArray
from refusals import LOGOS, REFUSED, as_jpeg

from vae_core.classifier.model import Classifier, load_classifier
from vae_core.data.digits import Digits
from vae_core.digitize import digitize


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return load_classifier()


def read(classifier: Classifier, pictures: list[NDArray[np.uint8]]) -> NDArray[np.int64]:
    """The digits that the classifier sees in (28, 28) pictures."""
    x = torch.from_numpy(np.stack(pictures)[:, None]).float() / 255
    return classifier.probs(x).argmax(1).numpy()


def wrong(classifier: Classifier, test: Digits, kind: str, count: int) -> float:
    """Points of accuracy that a kind of scene costs, over every (10,000 / count)th digit."""
    chosen = np.arange(count) * (len(test) // count)
    digits = test.images.numpy().reshape(-1, 28, 28)[chosen]
    labels = test.labels.numpy()[chosen]
    prepared = []
    for index, digit in zip(chosen, digits, strict=True):
        source = render(kind, digit, np.random.default_rng(int(index)))
        try:
            prepared.append(digitize(source).pixels)
        except ValueError:
            prepared.append(np.zeros((28, 28), np.uint8))
    untouched = (read(classifier, list(digits)) == labels).mean()
    return 100 * float(untouched - (read(classifier, prepared) == labels).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_digits_of_every_kind_are_read(
    kind: str, classifier: Classifier, test_digits: Digits
) -> None:
    """Eight digits only: the benchmark measures two thousand of each kind."""
    count = 3 if kind in HUGE else 8
    assert wrong(classifier, test_digits, kind, count) <= 100 / count


@pytest.mark.parametrize("place", [200, 1300, 1400, 7200])
def test_a_note_is_paper_and_not_a_zero(
    place: int, classifier: Classifier, test_digits: Digits
) -> None:
    """A pale square on a dark floor, once read for the 0 that its edge and its writing make."""
    source = render(
        "note on a carpet", test_digits.images[place, 0].numpy(), np.random.default_rng(place)
    )
    assert read(classifier, [digitize(source).pixels]) == [int(test_digits.labels[place])]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in HUGE])
def test_many_digits_of_every_kind_are_read(
    kind: str, classifier: Classifier, test_digits: Digits
) -> None:
    assert wrong(classifier, test_digits, kind, 200) <= KINDS[kind].points + 1


def test_all_uploads_are_read(uploads_dir: Path, classifier: Classifier) -> None:
    """Drawings and scans by several people: a regression set, not one to tune to."""
    with (uploads_dir / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    pictures = [digitize(uploads_dir / row["file"]).pixels for row in rows]
    seen = read(classifier, pictures)
    missed = [
        row["file"] for row, digit in zip(rows, seen, strict=True) if int(row["digit"]) != digit
    ]
    assert not missed


@pytest.mark.parametrize("kind", REFUSED | LOGOS)
def test_what_is_no_digit_is_refused_in_words(kind: str) -> None:
    for source in ((REFUSED | LOGOS)[kind](), as_jpeg((REFUSED | LOGOS)[kind]())):
        with pytest.raises(ValueError, match=r"^[A-Z0-9].*[.?]$") as caught:
            digitize(source)
        assert "\n" not in str(caught.value)
