import dataclasses
import json

import pytest

from vae_core import BetaConfig, Config, NetConfig, TrainConfig, recipes


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_recipe_survives_json(name: str):
    config = recipes.get(name)
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_a_config_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipes.get("vae-400").latent_dim = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"latnt_dim": 3}, "unknown key 'latnt_dim'"),
        ({"latent_dim": 0}, "latent_dim is 0"),
        ({"latent_dim": True}, "whole number"),
        ({"latent_dim": "3"}, "whole number"),
        ({"net": {"kind": "rnn"}}, "config.net.kind is 'rnn'; allowed: mlp, conv, grid"),
        ({"net": {"kind": "conv", "hidden_dims": [8, 8]}}, "three stages"),
        ({"net": {"kind": "conv", "hidden_dims": [8, 8, 9]}}, "multiples of 8"),
        ({"net": [1]}, "must be an object"),
        ({"likelihood": "gauss"}, "allowed: bernoulli"),
        ({"train": {"learning_rate": -1}}, "learning_rate is -1"),
        ({"train": {"beta": {"kind": "linear"}}}, "warmup_steps is 0"),
        ({"name": " "}, "name"),
    ],
)
def test_nonsense_is_refused_in_words(change: dict, words: str):
    values = recipes.get("vae-400").to_dict() | change
    with pytest.raises(ValueError, match=words):
        Config.from_dict(values)


AE = {"objective": "reconstruction", "likelihood": "squared-error", "prior": "fitted"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": {"topk": 5}}, "code.topk is 5, which has no meaning for a variational model"),
        ({"net": {"tied": True}}, "net.tied is True, which has no meaning for a variational model"),
        (AE | {"net": {"kind": "conv", "hidden_dims": [8, 8, 8], "tied": True}}, "net.tied"),
        (AE | {"code": {"topk": 5, "topk_start": 4}}, "topk_start is 4; it must be at least"),
        (AE | {"code": {"topk": 5, "topk_start": 21}}, "topk_start is 21; it must be at most"),
        ({"contraction": 0.1}, "contraction is 0.1, which has no meaning"),
        ({"corruption": {"kind": "masking", "level": 0.5}}, "corruption"),
        ({"samples": 5}, "samples is 5, which has no meaning for the objective elbo"),
        ({"objective": "iwae", "free_bits": 0.1}, "free_bits is 0.1"),
        ({"prior": "fitted"}, "prior is 'fitted'"),
        ({"likelihood": "laplace", "train": {"binarisation": "dynamic"}}, "none for"),
        ({"likelihood": "pixelcnn"}, "dynamic for pixelcnn"),
        (AE | {"code": {"topk": 21}}, "code.topk is 21; it must be at most the code's size, 20"),
        (AE | {"free_bits": 1.0}, "free_bits is 1.0, which has no meaning for a deterministic"),
        (AE | {"conditional": True}, "conditional"),
        (AE | {"prior": "normal"}, "prior is 'normal'; it must be fitted"),
        (AE | {"likelihood": "laplace"}, "bernoulli or squared-error"),
        (AE | {"sparsity": {"kind": "kl", "weight": 1.0}}, "sigmoid in every layer"),
        (AE | {"sparsity": {"kind": "l1", "weight": 1.0, "rho_hat": 1.0}}, "rho_hat is 1.0"),
        (AE | {"sparsity": {"kind": "l1", "weight": 1.0, "layer_weights": [1.0]}}, "2 weights"),
        (AE | {"corruption": {"kind": "masking", "level": 1.5}}, "level is 1.5"),
        (AE | {"corruption": {"kind": "masking"}}, "incomplete"),
    ],
)
def test_parts_that_do_not_combine_are_refused_in_words(change: dict, words: str):
    values = recipes.get("vae-400").to_dict() | change
    with pytest.raises(ValueError, match=words):
        Config.from_dict(values)


def test_a_missing_name_is_refused():
    with pytest.raises(ValueError, match="incomplete"):
        Config.from_dict({"latent_dim": 2})


@pytest.mark.parametrize(
    "build",
    [
        lambda: NetConfig(kind="conv", hidden_dims=()),
        lambda: NetConfig(hidden_dims=(0,)),
        lambda: NetConfig(blocks=-1),
        lambda: BetaConfig(final=float("nan")),
        lambda: TrainConfig(epochs=0),
        lambda: TrainConfig(batch_size=10**9),
        lambda: TrainConfig(ema=1.0),
        lambda: TrainConfig(clip_norm=0.0),
    ],
)
def test_values_out_of_range_are_refused(build):
    with pytest.raises(ValueError, match="it must be"):
        build()


def test_an_unknown_recipe_names_the_known_ones():
    with pytest.raises(ValueError, match="vae-400"):
        recipes.get("vae-4000")
