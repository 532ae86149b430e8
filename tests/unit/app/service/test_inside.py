"""The service behind Inside: sums that hold, one seed that moves, code that is really there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from vae_core.app import wire
from vae_core.app.service import source_lines
from vae_core.app.service.inside import Inside
from vae_core.app.service.source_lines import FIXED, lines
from vae_core.app.service.studio import Studio
from vae_core.data.examples import examples
from vae_core.files import PACKAGE, JsonObject
from vae_core.probability import likelihoods

DIGIT = wire.pack(examples()[0][3])
VARIATIONAL = ("vae-400", "vae-flow-digits", "vae-conditional", "vae-laplace", "vae-pixelcnn")


@pytest.fixture(scope="module")
def inside() -> Inside:
    return Inside(Studio(None, "cpu"))


@pytest.mark.parametrize("name", VARIATIONAL)
def test_what_is_sent_adds_up(inside: Inside, name: str) -> None:
    found = inside.inside(name, DIGIT, seed=4)
    rate = found["rate"]
    assert rate is not None
    assert sum(found["shares"]) == pytest.approx(found["distortion"], abs=1e-2)
    assert found["elbo"] == pytest.approx(-(found["distortion"] + rate["total"]))
    if rate["kl"] is not None:
        assert sum(rate["kl"]) == pytest.approx(rate["total"], abs=1e-3)
    assert len(found["x"]) == len(found["pixels"]) == len(found["shares"]) == 784
    assert isinstance(wire.to_json(found), dict)


def test_drawing_again_changes_eps_and_what_follows_alone(inside: Inside) -> None:
    first, second = (inside.inside("vae-400", DIGIT, seed) for seed in (0, 1))
    for key in ("x", "mean", "logvar"):
        assert first[key] == second[key]
    assert first["rate"] is not None
    assert second["rate"] is not None
    assert first["rate"]["kl"] == second["rate"]["kl"]
    for key in ("eps", "z", "pixels", "shares"):
        assert first[key] != second[key]
    again = inside.inside("vae-400", DIGIT, 0)
    assert {**again, "milliseconds": 0}.keys() == first.keys()
    assert again["eps"] == first["eps"]


def test_a_conditional_model_is_told_the_label(inside: Inside) -> None:
    read = inside.inside("vae-conditional", DIGIT)
    assert read["label"] == examples()[1][3]
    other = inside.inside("vae-conditional", DIGIT, label=7)
    assert other["label"] == 7
    assert other["distortion"] > read["distortion"]
    assert inside.inside("vae-400", DIGIT, label=7)["label"] is None


def test_a_plain_autoencoder_shows_what_applies(inside: Inside) -> None:
    found = inside.inside("ae", DIGIT)
    assert found["rate"] is None
    assert found["elbo"] is None
    assert found["z"] == found["mean"]
    with pytest.raises(ValueError, match="A plain autoencoder has no p"):
        inside.evidence("ae", DIGIT)
    step = inside.step("ae", DIGIT)
    assert step["after"]["loss"] < step["before"]["loss"]
    assert step["logvar"] is None


def test_a_step_leaves_nothing_behind(inside: Inside) -> None:
    before = inside.inside("vae-conv", DIGIT)
    made = inside.step("vae-conv", DIGIT, optimiser="sgd", share=0.05)
    assert made["samples"] > 1  # an importance-weighted model takes its own objective's step
    assert made["after"]["loss"] < made["before"]["loss"]
    after = inside.inside("vae-conv", DIGIT)
    assert after["shares"] == before["shares"]


def test_log_p_lies_above_the_bound(inside: Inside) -> None:
    found = inside.evidence("vae-2d", DIGIT)
    assert found["log_p"]["value"] > found["elbo"]["value"]
    assert found["draws"] == 1000


@pytest.mark.parametrize(
    ("argument", "value"),
    [("seed", -1), ("seed", 0.5), ("label", 12), ("digit", 3), ("checkpoint", "none")],
)
def test_a_mistake_is_one_sentence(inside: Inside, argument: str, value: object) -> None:
    given: JsonObject = {"checkpoint": "vae-conditional", "digit": DIGIT}
    with pytest.raises(ValueError, match=argument):
        inside.inside(**{**given, argument: value})


@pytest.mark.parametrize("value", [0, "much", 2.0])
def test_the_size_of_a_step_is_bounded(inside: Inside, value: object) -> None:
    with pytest.raises(ValueError, match="share"):
        inside.step("vae-400", DIGIT, share=value)
    with pytest.raises(ValueError, match="optimiser"):
        inside.step("vae-400", DIGIT, optimiser=value)


# ------------------------------------------------------------------ the code that is shown
def test_every_part_shows_lines_that_stand_in_a_file(inside: Inside) -> None:
    sources = inside.sources()
    every = [*sources["parts"].values()]
    every += [each for parts in sources["likelihoods"].values() for each in parts.values()]
    for each in every:
        written = (PACKAGE.parent / each["file"]).read_text("utf-8").splitlines()
        for i, line in enumerate(each["text"].splitlines()):
            assert line.strip() == written[each["first"] - 1 + i].strip()
        name = each["name"].split(".")[-1]
        assert f"def {name}(" in written[each["first"] - 1] or "@" in written[each["first"] - 1]
        last = each["first"] + len(each["text"].splitlines())
        assert all(each["first"] <= line < last for line in each["marked"])
    assert set(sources["likelihoods"]) == set(likelihoods.LIKELIHOODS)


def test_every_part_of_every_model_has_its_lines(inside: Inside) -> None:
    named = inside.sources()["parts"]
    for name in inside.studio.registry.cards:
        model = inside.studio.registry.get(name)
        assert set(source_lines.parts(model).values()) <= set(named)


def test_a_function_that_changed_is_noticed() -> None:
    for place in FIXED.values():
        with pytest.raises(ValueError, match="no line of"):
            lines(place.function, "what no line says")


def test_no_function_is_named_by_a_text() -> None:
    """Names in strings would outlive what they name; these are the functions themselves."""
    tree = ast.parse(Path(source_lines.__file__).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    places = [call for call in calls if getattr(call.func, "id", "") == "Place"]
    assert len(places) == len(FIXED)
    assert not any(isinstance(place.args[0], ast.Constant) for place in places)
