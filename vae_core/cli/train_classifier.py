"""`train-classifier`: the small classifier that reads what goes in and what comes out."""

from __future__ import annotations

import argparse
from pathlib import Path

from vae_core.classifier import training
from vae_core.data import load_mnist


def train_classifier(arguments: argparse.Namespace) -> dict[str, object]:
    """Train, measure and save the classifier.

    Returns:
        Its metrics; see `classifier.training.run`.

    Raises:
        ValueError: the data or the folder cannot be used.
    """
    digits, test = (
        load_mnist(split, arguments.data, download=arguments.download)
        for split in ("train", "test")
    )
    settings = (arguments.epochs, arguments.batch_size, arguments.seed)
    return training.run(digits, test, Path(arguments.out), *settings)
