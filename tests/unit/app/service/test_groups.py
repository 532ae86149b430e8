"""The family in groups, and labels and long codes at the service behind the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import vae_core
from vae_core import Config, NetConfig, checkpoint, pictures, recipes
from vae_core.app import wire
from vae_core.app.server.assets import examples
from vae_core.app.service import groups
from vae_core.app.service.codes import LONG_CODE, MAX_FILMS
from vae_core.app.service.studio import FILM_LEVEL, Studio, coarse
from vae_core.models import build

LONG = LONG_CODE + 20
SHIPPED = checkpoint.shipped_root()


def save(folder: Path, config: Config) -> None:
    torch.manual_seed(0)
    vae_core.save(build(config).eval(), folder / config.name)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("checkpoints")
    net = NetConfig(hidden_dims=(16,))
    save(folder, Config(name="conditional", latent_dim=4, net=net, conditional=True))
    settings = recipes.get("sae-topk").to_dict()
    save(folder, Config.from_dict(settings | {"name": "long", "latent_dim": LONG}))
    return Studio(folder, "cpu")


DIGIT = {"pixels": wire.pack(examples()[0][3])}


# ------------------------------------------------------------------ groups
def test_every_recipe_has_a_group_and_what_ships_a_place_in_it() -> None:
    for name in recipes.RECIPES:
        found = groups.kind(recipes.get(name))
        listed = name in groups.GROUPS[found["group"]]
        assert listed or not (SHIPPED / name).is_dir(), name


def test_an_unlisted_net_of_convolutions_goes_with_its_kind() -> None:
    mine = Config.from_dict(recipes.get("vae-flow").to_dict() | {"name": "mine"})
    assert groups.group(mine) == "Variational, convolutional"


def test_titles_stand_alone_and_are_those_of_the_recipes() -> None:
    """The header shows one title by itself: "The same with 16 latents" said nothing there."""
    for name in recipes.RECIPES:
        assert "same with" not in recipes.get(name).title, name
    for folder in checkpoint.shipped():
        title = checkpoint.inspect(folder)["config"]["title"]
        assert title == recipes.get(folder.name).title, folder.name


def test_an_unknown_recipe_goes_by_its_kind() -> None:
    def kind(base: str) -> str:
        return groups.group(Config.from_dict(recipes.get(base).to_dict() | {"name": "mine"}))

    assert kind("vae-400") == "Variational"
    assert kind("iwae-5") == "Better bounds and priors"
    assert kind("dae-masking") == "Denoising"
    assert kind("sae-l1") == kind("cae") == kind("sae-topk") == "Sparse and contractive"
    assert kind("ae") == "Deterministic"


def test_models_are_listed_by_group_then_as_the_group_lists_them() -> None:
    names = ["iwae-5", "ae", "zz", "vae-400", "vae-128"]
    cards: list[Any] = [
        {"name": name, "group": "Variational"} for name in ("zz", "vae-400", "vae-128")
    ]
    cards += [{"name": "iwae-5", "group": "Better bounds and priors"}]
    cards += [{"name": "ae", "group": "Deterministic"}]
    assert {card["name"] for card in cards} == set(names)
    listed = [card["name"] for card in sorted(cards, key=groups.place)]
    assert listed == ["vae-128", "vae-400", "zz", "iwae-5", "ae"]


# ------------------------------------------------------------------ labels
def test_a_label_changes_what_a_conditional_model_paints(studio: Studio) -> None:
    model, z = studio.registry.get("conditional"), [0.5, -1.0, 0.2, 0.0]
    seven = studio.decode("conditional", z, 7)["pixels"]
    with torch.inference_mode():
        oracle = model.decode(torch.tensor([z]), torch.tensor([7])).mean
    assert np.array_equal(seven, pictures.to_uint8(oracle))
    unknown = studio.decode("conditional", z)["pixels"]
    assert np.array_equal(unknown, studio.decode("conditional", z, -1)["pixels"])
    assert not np.array_equal(unknown, studio.decode("conditional", z, 3)["pixels"])


def test_samples_and_films_take_a_label(studio: Studio) -> None:
    drawn = studio.sample("conditional", 3, 0, 1.0, 2)
    each = [studio.decode("conditional", z, 2)["pixels"][0] for z in drawn["z"]]
    away = np.abs(drawn["pixels"].astype(int) - np.stack(each)).max()
    assert away <= 1  # a batch rounds in another order
    films = studio.traversals("conditional", [0.0] * 4, label=5)
    assert not np.array_equal(
        films["pixels"], studio.traversals("conditional", [0.0] * 4)["pixels"]
    )


def test_a_code_is_read_with_its_label(studio: Studio) -> None:
    answer = studio.encode("conditional", DIGIT, label=3)
    assert answer["label"] == 3
    assert answer["z"] != studio.encode("conditional", DIGIT)["z"]
    # The shipped classifier reads the 3, wherever the models are.
    assert studio.encode("conditional", DIGIT, label="read")["label"] == 3


def test_a_path_goes_from_label_to_label(studio: Studio) -> None:
    a, b = [1.0, 0.0, 0.0, 0.5], [0.0, 1.0, 0.2, 0.0]
    way = studio.interpolate("conditional", {"z": a, "label": 2}, {"z": b, "label": 9}, 3)
    frames = way["pixels"].astype(int)
    for i, (z, label) in enumerate([(a, 2), (b, 9)]):
        alone = studio.decode("conditional", z, label)["pixels"][0]
        assert np.abs(frames[2 * i] - alone).max() <= 1
    middle = studio.between("conditional", a, b, "linear", 0.5, [2, 9])["pixels"][0]
    assert np.abs(frames[1] - middle).max() <= 1
    unlabelled = studio.interpolate("conditional", {"z": a}, {"z": b}, 3)
    assert not np.array_equal(way["pixels"], unlabelled["pixels"])


@pytest.mark.parametrize("wrong", [[1], [1, 2, 3], "12", [1, 10], {"a": 1}])
def test_wrong_labels_of_a_path_are_refused_in_a_sentence(studio: Studio, wrong: object) -> None:
    with pytest.raises(ValueError, match="labels"):
        studio.between("conditional", [0.0] * 4, [0.0] * 4, "linear", 0.5, wrong)


@pytest.mark.skipif(not (SHIPPED / "vae-conditional").is_dir(), reason="it is not shipped")
@pytest.mark.parametrize(("a", "b"), [(2, 6), (3, 4), (0, 1), (5, 8), (9, 7)])
def test_the_ends_of_a_conditional_path_are_their_digits(a: int, b: int) -> None:
    """Untold they came back as a 0 and a 9."""
    ends = [{"picture": {"pixels": wire.pack(examples()[0][label])}} for label in (a, b)]
    studio = Studio(SHIPPED, "cpu")
    way: Any = studio.interpolate("vae-conditional", ends[0], ends[1], 3, "spherical")
    frames = way["pixels"] / 255
    assert [way["readings"][i]["digit"] for i in (0, 2)] == [a, b]
    for frame, label in zip(frames[[0, 2]], (a, b), strict=True):
        assert ((frame - examples()[0][label] / 255) ** 2).mean() < 0.02


@pytest.mark.parametrize("wrong", [10, -2, 1.5, "3", True, [1]])
def test_a_wrong_label_is_refused_in_a_sentence(studio: Studio, wrong: object) -> None:
    with pytest.raises(ValueError, match="label must be a whole number from -1 to 9"):
        studio.decode("conditional", [0.0] * 4, wrong)


# ------------------------------------------------------------------ long codes
def test_a_long_code_has_films_of_the_first_latents_alone(studio: Studio) -> None:
    code = studio.encode("long", DIGIT)
    assert len(code["z"]) == LONG
    assert code["logvar"] is None
    films = studio.traversals("long", [0.0] * LONG, 3)
    assert films["dims"] == studio.card("long")["order"][:MAX_FILMS]
    assert len(films["pixels"]) == 3 * MAX_FILMS


def test_a_deterministic_model_has_a_card_without_rate(studio: Studio) -> None:
    card = studio.card("long")
    assert (card["variational"], card["prior"], card["kl_per_dim"]) == (False, "fitted", None)
    made = studio.reconstruct("long", DIGIT, {"draws": 2, "stages": False})
    assert made["rate"] is None
    assert made["elbo"] is None


def test_films_are_as_exact_as_they_are_seen(studio: Studio) -> None:
    z = [0.0] * 4
    films = studio.films("conditional", z, 5)["pixels"].astype(int)
    exact = studio.traversals("conditional", z, label=5)["pixels"].astype(int)
    assert np.abs(films - exact).max() <= FILM_LEVEL // 2
    assert set(np.unique(films % FILM_LEVEL)) <= {0, 7}
    assert np.array_equal(coarse(np.array([0, 3, 4, 252, 255], np.uint8)), [0, 0, 8, 255, 255])
