"""`train-reader CHECKPOINT`: a small classifier for the set that a model was trained on."""

from __future__ import annotations

import argparse

from vae_core.classifier import reader_training
from vae_core.cli import Verbs, call, verb
from vae_core.cli._pictures import of_its_set
from vae_core.data.options import add_arguments, add_its_dataset


def add(verbs: Verbs) -> None:
    about = "train a small classifier for the set of a model, which then names what it shows"
    add = verb(verbs, "train-reader", train_reader, about)
    add("checkpoint", metavar="CHECKPOINT")
    add_arguments(add)
    add_its_dataset(add)
    add("--epochs", type=int, default=12, metavar="N")
    add("--batch-size", type=int, default=128, metavar="B")
    add("--seed", type=int, default=0, metavar="S")
    add("--device", metavar="D")


def train_reader(arguments: argparse.Namespace) -> dict[str, object]:
    """Train as `reader_training.train_reader` says.

    Raises:
        ValueError: a number is out of range, or another data set was named.
    """
    of_its_set(arguments)
    if arguments.epochs < 1 or arguments.batch_size < 1:
        raise ValueError("--epochs and --batch-size must be 1 or more.")
    return call(reader_training.train_reader, arguments, arguments.checkpoint)
