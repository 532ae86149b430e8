"""What a run may be asked for, and the sentences for what it may not."""

from __future__ import annotations

import pytest

from vae_core import recipes
from vae_core.app.service.trainings import request


@pytest.mark.parametrize("recipe", request.bounds()["recipes"])
def test_every_offered_recipe_trains_from_nothing_by_plain_steps(recipe: str):
    asked = request.read(recipe)
    train, own = asked.config.train, recipes.get(recipe).train
    assert (train.compile, train.fused, train.starts_from) == (False, False, None)
    assert train.epochs == own.epochs
    assert asked.digits == 9500
    assert asked.parameters <= request.PARAMETERS


def test_schedules_are_shortened_with_the_run():
    own, asked = recipes.get("vae-2d").train, request.read("vae-2d", {"digits": 6000, "epochs": 6})
    share = 6 * (6000 // 128) / (12 * (60_000 // 128))
    assert asked.config.train.beta.warmup_steps == round(own.beta.warmup_steps * share)
    assert asked.config.train.learning_rate_warmup == round(own.learning_rate_warmup * share)


def test_changes_reach_the_config():
    changes = {
        "latent_dim": 2,
        "hidden_dims": [64, 32],
        "beta": 4,
        "beta_schedule": "linear",
        "beta_start": 0.5,
        "beta_warmup": 0.5,
        "likelihood": "laplace",
        "batch_size": 100,
        "learning_rate": 0.002,
        "digits": 1000,
        "epochs": 3,
        "seed": 5,
    }
    asked = request.read("vae-400", changes)
    config, beta = asked.config, asked.config.train.beta
    assert (config.latent_dim, config.net.hidden_dims) == (2, (64, 32))
    assert (beta.kind, beta.start, beta.final, beta.warmup_steps) == ("linear", 0.5, 4.0, 15)
    # The width of a recipe that has this likelihood.
    assert (config.likelihood, config.scale) == ("laplace", recipes.get("vae-laplace").scale)
    train = config.train
    assert (train.batch_size, train.learning_rate, train.epochs) == (100, 0.002, 3)
    assert (asked.digits, asked.seed) == (1000, 5)
    noisy = request.read("ae", {"corruption": {"kind": "masking", "level": 0.5}}).config
    assert noisy.corruption is not None
    assert request.read("dae-masking", {"corruption": None}).config.corruption is None


def test_pixels_are_drawn_where_the_likelihood_takes_them():
    assert request.read("vae-burda").config.train.binarisation == "dynamic"
    grey = request.read("vae-burda", {"likelihood": "gaussian"}).config
    assert grey.train.binarisation == "none"


@pytest.mark.parametrize(
    ("recipe", "changes", "why"),
    [
        ("nothing", {}, "recipe must be one of"),
        (None, {}, "recipe must be one of"),
        ("vae-pixelcnn", {}, "too slow to watch"),
        ("vae-400", [1], "object with named fields"),
        ("vae-400", {"width": 3}, "no setting 'width'"),
        ("vae-400", {"latent_dim": 0}, "from 1 to 1000"),
        ("vae-400", {"latent_dim": float("nan")}, "from 1 to 1000"),
        ("vae-400", {"latent_dim": True}, "from 1 to 1000"),
        ("vae-400", {"hidden_dims": "400"}, "list of at most 4"),
        ("vae-400", {"hidden_dims": [4] * 5}, "list of at most 4"),
        ("vae-400", {"hidden_dims": [1025]}, "from 1 to 1024"),
        ("vae-2d", {"hidden_dims": [8, 8, 104]}, "from 8 to 96"),
        ("vae-2d", {"hidden_dims": [8, 8]}, "three stages"),
        ("vae-400", {"hidden_dims": [1024] * 4}, "parameters; at most 2,400,000"),
        ("vae-400", {"beta": -1}, "from 0 to 100"),
        ("vae-400", {"beta_schedule": "up"}, "beta_schedule must be one of"),
        ("iwae-5", {"beta": 2}, "constant at 1"),
        ("vae-400", {"likelihood": "pixelcnn"}, "likelihood must be one of"),
        ("vae-400", {"likelihood": "squared-error"}, "no meaning"),
        ("vae-400", {"corruption": {"kind": "masking", "level": 0.5}}, "deterministic"),
        ("ae", {"corruption": {"kind": "masking", "level": 1}}, "from 0.01 to 0.95"),
        ("vae-400", {"batch_size": 8}, "from 16 to 1000"),
        ("vae-400", {"batch_size": 1000, "digits": 500}, "at most the number of digits"),
        ("vae-400", {"learning_rate": 1}, "from 1e-05 to 0.1"),
        ("vae-400", {"digits": 10_000}, "from 500 to 9500"),
        ("vae-400", {"epochs": 10**400}, "from 1 to 100"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(recipe: object, changes: object, why: str):
    with pytest.raises(ValueError, match=why):
        request.read(recipe, changes)
