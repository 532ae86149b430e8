"""What a run trains on: its recipe, another set than the recipe's, digits held out, examples."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import cast

from vae_core import recipes
from vae_core.checkpoint import examples, held_out
from vae_core.config import Config
from vae_core.config.parts import DatasetName
from vae_core.data.digits import Digits
from vae_core.data.digits import hold_out as split_off
from vae_core.data.loading import Pictures
from vae_core.data.sets import OWN, SETS, known
from vae_core.training import state


def config(
    recipe: str | Config,
    epochs: int | None,
    batch_size: int | None,
    dataset: str | None = None,
    pictures: str | Path | None = None,
) -> Config:
    """A recipe with other lengths; of another set it bears that set's name too, and starts anew.

    Raises:
        ValueError: there is no such recipe or set.
    """
    base = recipe if isinstance(recipe, Config) else recipes.get(recipe)
    given = {"epochs": epochs, "batch_size": batch_size}
    changes = {name: value for name, value in given.items() if value is not None}
    config = dataclasses.replace(base, train=dataclasses.replace(base.train, **changes))
    if dataset is None or dataset == config.dataset:
        return config
    known(dataset)
    return dataclasses.replace(
        config,
        name=f"{config.name}-{_slug(dataset, pictures)}",
        dataset=cast(DatasetName, dataset),
        train=dataclasses.replace(config.train, starts_from=None),
    )


def _slug(dataset: str, pictures: str | Path | None) -> str:
    """A word for a set of one's own, from where it lies."""
    if dataset not in OWN or pictures is None:
        return dataset
    place = Path(pictures)
    stem = place.stem if dataset == "npz" else place.resolve().name
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40] or dataset


def splits(
    config: Config, pictures: Pictures, out: Path, hold_out: int | None, *, resume: bool
) -> tuple[Digits, Digits]:
    """Those to train on, and those to follow: test digits, or what `hold_out` keeps out.

    Raises:
        ValueError: a run would go on with digits in training that it had kept out, or without
            some that it had trained on; or the model takes labels that the set has not.
    """
    train = pictures.split("train")
    if config.takes_labels and len(pictures.about().classes) != len(SETS["mnist"].classes):
        raise ValueError(f"{config.name} takes one of ten labels; this set has other classes.")
    if resume and (before := begun_with(out)) != hold_out:
        said = "none" if before is None else before
        raise ValueError(f"hold_out is {hold_out}; the run in {out} was begun with {said}.")
    if hold_out is None:
        return train, pictures.split("test")
    return split_off(train, hold_out)


def write_examples(folder: Path, pictures: Pictures) -> None:
    """Test pictures beside the weights, of any set but MNIST; see `checkpoint.examples`."""
    if pictures.dataset == "mnist":
        examples.remove(folder)
    else:
        examples.write(folder, pictures.about(), pictures.split("test"))


STATE = "state/run.safetensors"


def begun_with(out: Path) -> int | None:
    """How many digits the run in `out` keeps out: its state knows, whatever weights lie there."""
    of_weights, path = held_out.read(out), out / STATE
    return state.read_held_out(path, of_weights) if path.is_file() else of_weights
