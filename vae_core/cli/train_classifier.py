"""`train-classifier`: the small classifier that reads what goes in and what comes out."""

from __future__ import annotations

import argparse
from pathlib import Path

from vae_core.classifier import training
from vae_core.cli import Verbs, verb
from vae_core.data import add_arguments, load_mnist


def add(verbs: Verbs) -> None:
    about = "train the small classifier that reads digits"
    add = verb(verbs, "train-classifier", train_classifier, about)
    add_arguments(add)
    add("--out", metavar="DIR", required=True, help="the classifier's folder")
    add("--epochs", type=int, default=12, metavar="N")
    add("--batch-size", type=int, default=256, metavar="B")
    add("--seed", type=int, default=0, metavar="S")


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
