"""The service behind Use: neighbours that are the nearest, scores that are the library's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app import wire
from vae_core.app.service import training_codes
from vae_core.app.service.coding import Coding
from vae_core.app.service.labelling import Labelling
from vae_core.app.service.map_replies import Waiting
from vae_core.app.service.studio import Studio
from vae_core.app.service.use_replies import Searched
from vae_core.app.service.uses import Uses
from vae_core.data.shipped import shipped
from vae_core.models import build
from vae_core.uses import detectors
from vae_core.uses.anomaly import Mode

PLACE = 4321
DIGIT = wire.pack(shipped("train").images[PLACE, 0].numpy())


@pytest.fixture(scope="module")
def uses() -> Uses:
    return Uses(Studio(None, "cpu"))


def searched(uses: Uses, name: str, digit: str = DIGIT) -> Searched:
    for _ in range(100):
        found = uses.search(name, digit)
        if "code" in found:
            return found
    raise AssertionError("it never comes to an end")


@pytest.mark.parametrize("name", ["vae-flow-digits", "vae-2d"])
def test_a_training_digit_finds_itself(uses: Uses, name: str) -> None:
    found, train = searched(uses, name), shipped("train")
    for near in (found["code"], found["pixels"]):
        assert near["indices"][0] == train.places[PLACE]
        assert near["labels"][0] == train.labels[PLACE]
        assert near["distances"] == sorted(near["distances"])
        assert near["digits"].shape == (10, 28, 28)
        assert near["decoded"][0] is False
        assert np.array_equal(near["digits"][0], train.images[PLACE, 0])
    assert found["pixels"]["distances"][0] == 0


def test_what_is_not_at_hand_is_decoded(uses: Uses) -> None:
    """All codes of one model ship, and the pixels of a sixth of the digits."""
    near = searched(uses, "vae-flow-digits")["code"]
    assert near["searched"] == 60_000
    known = set(shipped("train").places.tolist())
    assert near["decoded"] == [index not in known for index in near["indices"]]
    assert any(near["decoded"])
    assert near["digits"].reshape(10, -1).max(1).min() > 100  # each shows something
    assert searched(uses, "vae-2d")["code"]["searched"] == 10_000


def test_the_figures_are_those_that_the_verb_kept(uses: Uses) -> None:
    found = searched(uses, "vae-flow-digits")
    assert [row["searched"] for row in found["measured"]] == [60_000, 10_000]
    assert found["measured"][0]["code"]["value"] >= 0.97
    assert found["queries"] == 1000


def test_codes_come_a_piece_at_a_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = Config(name="small", latent_dim=4, net=NetConfig(hidden_dims=(8,)))
    checkpoint.save(build(config), tmp_path / "small")
    monkeypatch.setattr(training_codes, "SECONDS", 0.0001)
    uses = Uses(Studio(tmp_path, "cpu"))
    first: Waiting = uses.search("small", DIGIT)
    assert 0 < first["progress"] < 1
    assert set(first) == {"progress"}
    assert uses.search("small", DIGIT)["progress"] > first["progress"]
    with pytest.raises(ValueError, match="not ready yet"):
        uses.training.whole("small")
    with pytest.raises(ValueError, match="There are no small models here: python"):
        uses.anomaly(DIGIT, "one", 1)


def test_a_picture_is_scored_by_the_models_that_ship(uses: Uses) -> None:
    label = int(shipped("train").labels[PLACE])
    alone = uses.anomaly(DIGIT, "one", label)
    other = uses.anomaly(DIGIT, "one", (label + 1) % 10)
    assert [score["name"] for score in alone["scores"]] == list(detectors.SHOWN)
    assert other["scores"][0]["normal"] < 0.1 < alone["scores"][0]["normal"]
    for score in alone["scores"]:
        assert score["curve_normal"] == sorted(score["curve_normal"], reverse=True)
        assert score["curve_odd"] == sorted(score["curve_odd"], reverse=True)
        trapezoid = -np.trapezoid([1, *score["curve_odd"], 0], [1, *score["curve_normal"], 0])
        assert trapezoid == pytest.approx(score["area"]["value"], abs=0.01)


def test_elbo_alone_is_fooled_by_the_one(uses: Uses) -> None:
    scores = {each["name"]: each for each in uses.anomaly(DIGIT, "held-out", 1)["scores"]}
    assert scores["elbo"]["area"]["value"] < 0.2
    assert scores["relative"]["area"]["value"] > 0.85


def test_the_shipped_models_reach_what_is_claimed() -> None:
    folder = checkpoint.resolve("vae-128")
    bounds: dict[Mode, float] = {"one": 0.965, "held-out": 0.80}
    for mode, least in bounds.items():
        kept = [detectors.read(folder, mode, digit) for digit in range(10)]
        assert np.mean([each.curves["relative"].area.value for each in kept]) >= least


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((DIGIT, "two", 1), 'mode must be one of "one", "held-out"'),
        ((DIGIT, "one", 10), "known must be a whole number from 0 to 9"),
        (("AAAA", "one", 1), "digit must be base64 of 784 grey bytes"),
    ],
)
def test_mistakes_are_named(
    uses: Uses, arguments: tuple[object, object, object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        uses.anomaly(*arguments)


def test_a_folder_without_the_training_digits_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="MNIST is not at"):
        Uses(Studio(None, "cpu"), tmp_path)


def test_a_picture_becomes_bits_and_comes_back() -> None:
    pytest.importorskip("constriction", reason="constriction is not installed")
    coding = Coding(Studio(None, "cpu"))
    found = coding.compress("vae-flow", DIGIT)
    assert found["reason"] is None
    coded = found["coded"]
    assert coded is not None
    assert coded["is_exact"]
    assert coded["bits"] - coded["first"] == pytest.approx(coded["elbo"], abs=80)
    assert coded["elbo"] < found["png"]
    assert {"vae-conv", "vae-flow"} <= {each["name"] for each in found["sets"]}
    assert all(abs(each["bits"] / each["elbo"] - 1) < 0.01 for each in found["sets"])


def test_grey_levels_are_kept_where_the_model_prices_them() -> None:
    pytest.importorskip("constriction", reason="constriction is not installed")
    found = Coding(Studio(None, "cpu")).compress("vae-logistic", DIGIT)
    coded = found["coded"]
    assert coded is not None
    assert coded["is_exact"]
    assert coded["bits"] - coded["first"] == pytest.approx(coded["elbo"], rel=0.1)
    assert len(np.unique(found["picture"])) > 20
    assert {each["name"] for each in found["sets"]} == {"vae-logistic"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("ae", "is deterministic"), ("vae-flow-digits", "is a mixture of flows")],
)
def test_a_model_that_cannot_code_says_why(name: str, sentence: str) -> None:
    pytest.importorskip("constriction", reason="constriction is not installed")
    found = Coding(Studio(None, "cpu")).compress(name, DIGIT)
    assert found["coded"] is None
    assert sentence in (found["reason"] or "")
    assert set(np.unique(found["picture"])) == {0, 255}


def test_labels_spread_over_the_digits_at_hand(uses: Uses) -> None:
    labelling = Labelling(uses.studio, uses.training)
    first: Any = labelling.spread("vae-flow", [])
    assert first["accuracy"] is None
    assert len(first["next"]) == len(first["pictures"]) == 10
    truth = shipped("train").labels
    rows = [int((truth == digit).nonzero()[place, 0]) for digit in range(10) for place in (0, 1)]
    known: Any = labelling.spread("vae-flow", [[row, None] for row in rows])
    assert known["given"] == 20
    assert known["accuracy"] > 0.7
    assert not set(known["next"]) & set(rows)
    wrong: Any = labelling.spread("vae-flow", [[row, 3] for row in rows])
    assert wrong["accuracy"] < 0.2
    assert known["measured"]["value"] >= 0.97
    refused: Any = labelling.spread("vae-flow-digits", [])
    assert "was trained with all labels" in refused["reason"]
    for given, sentence in ((3, "a list of at most"), ([[1]], "pairs"), ([[1, 12]], "label must")):
        with pytest.raises(ValueError, match=sentence):
            labelling.spread("vae-flow", given)
