"""What the verbs that draw share: models, pictures in and tensors out."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from vae_core import checkpoint, runtime
from vae_core.classifier import load_classifier
from vae_core.digitize import Digit, digitize
from vae_core.models import Model


def load(arguments: argparse.Namespace) -> Model:
    """The checkpoint of the command line, on its device."""
    return checkpoint.load(arguments.checkpoint, runtime.choose_device(arguments.device))


def device_of(model: Model) -> torch.device:
    return next(model.parameters()).device


def digit(file: str) -> Digit:
    """A picture file as a digit; a ValueError names the file."""
    try:
        return digitize(Path(file))
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
