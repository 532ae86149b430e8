"""What the verbs that draw share: models, pictures in and tensors out."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from vae_core import checkpoint, runtime
from vae_core.checkpoint import examples
from vae_core.classifier import load_classifier
from vae_core.data.options import must_be_its
from vae_core.data.sets import must_be_digits
from vae_core.digitize import Digit, digitize
from vae_core.digitize.other_sets import fitted
from vae_core.models import Model


def of_digits(arguments: argparse.Namespace, what: str) -> None:
    """ValueError where the checkpoint of the command line is of another set, which `what` needs."""
    folder = checkpoint.resolve(arguments.checkpoint)
    must_be_digits(checkpoint.read_config(folder).dataset, what)


def of_its_set(arguments: argparse.Namespace) -> None:
    """ValueError where --dataset names another set than the checkpoint of the command line."""
    folder = checkpoint.resolve(arguments.checkpoint)
    must_be_its(arguments.dataset, checkpoint.read_config(folder).dataset)


def load(arguments: argparse.Namespace) -> Model:
    """The checkpoint of the command line, on its device."""
    return checkpoint.load(arguments.checkpoint, runtime.choose_device(arguments.device))


def prepared(arguments: argparse.Namespace, file: str | Path) -> Digit:
    """A picture file as the model of the command line sees it: a digit, or one of its set.

    Raises:
        ValueError: it cannot be opened, or shows no digit.
    """
    folder = checkpoint.resolve(arguments.checkpoint)
    about = examples.about(folder, checkpoint.read_config(folder).dataset)
    return digitize(Path(file)) if about.digits else fitted(Path(file), about)


def device_of(model: Model) -> torch.device:
    return next(model.parameters()).device


def digit(arguments: argparse.Namespace, file: str) -> Digit:
    """As `prepared`; a ValueError names the file."""
    try:
        return prepared(arguments, file)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def pixels(digit: Digit) -> Tensor:
    """The prepared digit as x (1, 1, 28, 28)."""
    return torch.from_numpy(digit.pixels.copy()).float()[None, None] / 255


def code_of(model: Model, x: Tensor) -> tuple[Tensor, int | None]:
    """Where the sliders stand for x (1, 1, 28, 28), (1, d), and the label that the model is given.

    A model that takes labels is given what the classifier reads; any other is given none.
    """
    label = None
    if model.config.takes_labels:
        label = int(load_classifier().probs(x.cpu()).argmax())
    y = None if label is None else torch.tensor([label], device=x.device)
    with runtime.eval_mode(model):
        mean = model.encode(x, y if model.config.conditional else None).mean
        return model.to_sliders(mean, y), label
