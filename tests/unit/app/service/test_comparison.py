"""The service behind Compare: whatever subset of the family is there, exact and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import vae_core
from vae_core import Config, checkpoint, data, evaluation, recipes
from vae_core.app import wire
from vae_core.app.server.assets import examples
from vae_core.app.service import comparison, groups
from vae_core.app.service.comparison import Comparison
from vae_core.app.service.studio import Studio
from vae_core.checkpoint import samplers
from vae_core.config import CorruptionConfig
from vae_core.evaluation import family
from vae_core.models import Autoencoder, Model, build
from vae_core.pictures import to_uint8
from vae_core.probability.samplers import MixtureSampler

PICTURE = examples()[0][3]
DIGIT = wire.pack(PICTURE)
SMALL = {
    "ae": {"latent_dim": 3},
    "ae-overcomplete": {"latent_dim": 900},
    "ae-linear": {"latent_dim": 4},
    "dae-masking": {"latent_dim": 3},
    "vae-400": {"latent_dim": 5},
    "beta-vae": {"latent_dim": 6},
}


def save(folder: Path, name: str) -> None:
    """A recipe's model with a small code and random weights."""
    torch.manual_seed(0)
    model = build(Config.from_dict(recipes.get(name).to_dict() | SMALL[name])).eval()
    vae_core.save(model, folder / name)
    if name == "ae-linear":
        assert isinstance(model, Autoencoder)
        rng = np.random.default_rng(0)
        images = torch.from_numpy(rng.integers(0, 255, (60, 1, 28, 28), dtype=np.uint8))
        some = data.Digits(images, torch.zeros(60).long(), torch.arange(60))
        family.write_pca(folder / name, family.fit_pca(model, some, some))


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A part of the family."""
    folder = tmp_path_factory.mktemp("checkpoints")
    for name in SMALL:
        save(folder, name)
    fitted = MixtureSampler(checkpoint.load(folder / "ae").latent_dim, 2)
    samplers.write(folder / "ae", fitted)
    return Comparison(Studio(folder, "cpu"))


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """None of the family but a stranger."""
    folder = tmp_path_factory.mktemp("non_digits")
    vae_core.save(build(Config(name="mine", latent_dim=2)).eval(), folder / "mine")
    return Comparison(Studio(folder, "cpu"))


def x() -> torch.Tensor:
    return torch.from_numpy(PICTURE.copy()).float()[None, None] / 255


def grey(pictures: torch.Tensor) -> np.ndarray:
    return to_uint8(pictures)


def model_of(part: Comparison, name: str) -> Model:
    return part.studio.registry.get(name)


# ------------------------------------------------------------------ through a group
def test_a_group_gives_each_members_reconstruction(part: Comparison) -> None:
    answer = part.through(DIGIT, "Deterministic")["models"]
    assert [one["name"] for one in answer] == ["ae", "ae-linear", "ae-overcomplete"]
    for one in answer:
        made = family.reconstruct(model_of(part, one["name"]), x())
        assert np.array_equal(one["reconstruction"][None], grey(made))
        assert one["mse"] == pytest.approx(float(((made - x()) ** 2).mean()), rel=1e-5)


def test_an_unknown_group_is_refused(part: Comparison) -> None:
    with pytest.raises(ValueError, match="group must be one of"):
        part.through(DIGIT, "everyone")


def test_a_group_without_members_is_empty(part: Comparison) -> None:
    assert part.through(DIGIT, "Better bounds and priors") == {"models": []}


@pytest.mark.parametrize("wrong", [None, "", "abc", 3, wire.pack(PICTURE[:5])])
def test_what_is_no_digit_is_refused(part: Comparison, wrong: object) -> None:
    with pytest.raises(ValueError, match=r"784 grey bytes|base64 text"):
        part.through(wrong, "Variational")


# ------------------------------------------------------------------ damage and repair
def test_everyone_repairs_the_same_damage(part: Comparison) -> None:
    answer: Any = part.repair(DIGIT, "masking", 0.5, 7)
    noise = torch.Generator().manual_seed(7)
    damaged = data.corrupt(x(), CorruptionConfig(kind="masking", level=0.5), noise)
    assert np.array_equal(answer["damaged"][None], grey(damaged))
    assert answer["mse"] == pytest.approx(float(((damaged - x()) ** 2).mean()), rel=1e-5)
    assert [one["name"] for one in answer["models"]] == ["dae-masking", "ae", "vae-400"]
    for one in answer["models"]:
        made = family.reconstruct(model_of(part, one["name"]), damaged)
        assert np.array_equal(one["reconstruction"][None], grey(made))


@pytest.mark.parametrize("kind", comparison.KINDS)
def test_no_damage_at_level_zero(part: Comparison, kind: str) -> None:
    answer: Any = part.repair(DIGIT, kind, 0)
    assert np.array_equal(answer["damaged"], PICTURE)


@pytest.mark.parametrize(
    ("kind", "level", "word"),
    [("blur", 0.5, "kind"), ("gaussian", 1.5, "level"), ("gaussian", None, "level")],
)
def test_a_wrong_damage_is_refused(part: Comparison, kind: str, level: object, word: str) -> None:
    with pytest.raises(ValueError, match=f"{word} must be"):
        part.repair(DIGIT, kind, level)


# ------------------------------------------------------------------ the other comparisons
def test_draws_are_the_studios_own(part: Comparison) -> None:
    answer = part.draws(4, 3)["models"]
    assert [(one["name"], one["sampler"]) for one in answer] == [
        ("ae", "prior"),
        ("ae", "mixture"),
        ("vae-400", "prior"),
    ]
    for one in answer:
        drawn = part.studio.sample(one["name"], 4, 3, sampler=one["sampler"])
        assert np.array_equal(one["pixels"], drawn["pixels"])


def test_pca_stands_beside_the_linear_model(part: Comparison) -> None:
    answer: Any = part.pca(DIGIT)
    pca = family.read_pca(part.studio.registry.root / "ae-linear")
    assert pca is not None
    assert answer["size"] == 4
    assert answer["angle"] == pytest.approx(float(pca.angles[0]))
    assert answer["test"] == {"ae-linear": pca.linear_mse, "PCA": pca.mse}
    second = answer["models"][1]
    assert np.array_equal(second["reconstruction"][None], grey(pca.reconstruct(x()).clamp(0, 1)))
    # Zero is mid-grey and the largest entry full, whatever its sign.
    axes = second["axes"].astype(float).reshape(4, -1)
    assert np.abs(axes - 127.5).max(1) == pytest.approx(127.5, abs=1)


def test_films_move_the_chosen_latents(part: Comparison) -> None:
    answer = part.betas(DIGIT)
    [only] = answer["models"]
    assert only["name"] == "beta-vae"
    frames = only["films"].reshape(comparison.FILM_DIMS, -1, 28, 28)
    model = model_of(part, "beta-vae")
    films = family.around(model, x(), only["dims"], torch.tensor(answer["values"]))
    assert np.array_equal(frames[1], grey(films[1]))


def test_non_digits_pass_through_the_copiers(part: Comparison) -> None:
    answer = part.non_digits(DIGIT, 2)
    assert answer["kinds"] == list(family.NON_DIGITS)
    assert [one["name"] for one in answer["models"]] == ["ae-overcomplete", "ae"]
    shown = torch.from_numpy(answer["inputs"].astype(np.float32))[:, None] / 255
    made = family.reconstruct(model_of(part, "ae"), shown)
    assert answer["models"][1]["mse"] == pytest.approx(
        evaluation.squared_error(made, shown).tolist(), abs=1e-3
    )


def test_without_the_family_every_answer_is_empty(nobody: Comparison) -> None:
    assert nobody.repair(DIGIT, "gaussian", 0.5) == {"damaged": None, "mse": None, "models": []}
    assert nobody.draws() == {"models": []}
    assert nobody.pca(DIGIT) == {"models": []}
    assert nobody.betas(DIGIT)["models"] == []
    assert nobody.non_digits(DIGIT)["models"] == []
    assert [one["name"] for one in nobody.through(DIGIT, "Variational")["models"]] == ["mine"]


def test_the_rosters_name_recipes_of_the_groups() -> None:
    known = {name for names in groups.GROUPS.values() for name in names}
    assert all(set(names) <= known for names in comparison.ROSTERS.values())
