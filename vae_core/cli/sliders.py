"""`sliders`: what a model's named sliders do to real digits."""

from __future__ import annotations

import argparse
from dataclasses import asdict

import numpy as np
from torch import Tensor

from vae_core import checkpoint
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import of_digits
from vae_core.data import add_arguments, load_mnist
from vae_core.explore import sliders as described
from vae_core.models import Model


def add(verbs: Verbs) -> None:
    about = "does the digit stay while a named slider moves, and does its trait move?"
    add = verb(verbs, "sliders", sliders, about)
    add("checkpoint", metavar="CHECKPOINT")
    add_arguments(add)
    add("-n", type=int, default=500, metavar="N", help="test digits, drawn at random")
    add("--seed", type=int, default=0, metavar="S", help="of which digits")
    saved = (
        "find names and directions on training digits, and put those that hold into latents.json"
    )
    add("--save", action="store_true", help=saved)


def sliders(arguments: argparse.Namespace) -> dict[str, object]:
    """Move each named slider over [-1.5, 1.5] on test digits.

    Returns:
        `sliders`, the figures of each (see `slider_table.SliderFigures`); `as_asked`, for a model
        that takes labels, the share of digits rewritten as 0 to 9 that are read as asked, and
        its standard error; `directions`, the same figures of the directions that codes are steered
        along; `judge`, the classifier that read them. With `--save` what latents.json then holds.

    Raises:
        ValueError: the model has no named sliders or directions, or the data cannot be used.
    """
    of_digits(arguments, "a slider with a name")
    if arguments.save:
        return _save(arguments)
    return _measured(arguments)


def _measured(arguments: argparse.Namespace) -> dict[str, object]:
    from vae_core.classifier import independent
    from vae_core.evaluation import slider_table

    model, named, ways = _named(arguments.checkpoint)
    test = load_mnist("test", arguments.data, download=arguments.download)
    digits = test.drawn(arguments.n, arguments.seed)
    judge = independent.load()

    def read(x: Tensor) -> Tensor:
        return judge.read(x).digits

    rows = slider_table.sliders(model, digits, read, named)
    steered = [
        slider_table.steered(model, digits, read, way["trait"], np.array(way["direction"]))
        for way in ways
    ]
    result: dict[str, object] = {
        "recipe": model.config.name,
        "digits": len(digits),
        "seed": arguments.seed,
        "judge": independent.FILE.name,
        "sliders": [
            {"slider": dim, **asdict(row)} for (dim, *_), row in zip(named, rows, strict=True)
        ],
        "directions": [asdict(row) for row in steered],
    }
    if model.config.takes_labels:
        share, sem = slider_table.another_digit(model, digits, read)
        result |= {"as_asked": share, "as_asked_sem": sem}
    return result


def _save(arguments: argparse.Namespace) -> dict[str, object]:
    """Find the names and directions that hold, write them, and return what latents.json holds."""
    from vae_core.evaluation import naming

    folder = checkpoint.resolve(arguments.checkpoint)
    train = load_mnist("train", arguments.data, download=arguments.download)
    return {**naming.rename(folder, checkpoint.load(folder), train)}


def _named(
    name: str,
) -> tuple[Model, list[tuple[int, str, float]], list[described.Direction]]:
    """The model, (dimension, trait, sign) of each of its named sliders, and its directions."""
    folder = checkpoint.resolve(name)
    model = checkpoint.load(folder)
    about = described.read(folder, model.latent_dim)
    named = [
        (dim, found["trait"], found["r"])
        for dim, latent in enumerate(about["latents"] if about else [])
        if (found := latent["name"])
    ]
    ways = described.directions(about)
    if not named and not ways:
        raise ValueError(f"{model.config.name} has no named sliders or directions.")
    return model, named, ways
