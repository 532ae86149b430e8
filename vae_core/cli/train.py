"""`train RECIPE`: a run that can be killed at any time and resumed."""

from __future__ import annotations

import argparse

from vae_core import cores
from vae_core.cli import Verbs, call, verb
from vae_core.data.options import add_arguments, add_dataset
from vae_core.training import session


def add(verbs: Verbs) -> None:
    add = verb(verbs, "train", train, "train a recipe into a checkpoint folder")
    add("recipe", metavar="RECIPE")
    add_arguments(add)
    add_dataset(add)
    out = "the checkpoint folder; default: checkpoints/RECIPE, of another set RECIPE-SET"
    add("--out", metavar="DIR", help=out)
    add("--epochs", type=int, metavar="N")
    add("--batch-size", type=int, metavar="B")
    add("--device", metavar="D", help="cpu, cuda, cuda:N or mps; default: the best there is")
    add("--seed", type=int, default=0, metavar="S")
    add("--resume", action="store_true", help="go on, bit for bit, from the state in the folder")
    add("--init-from", metavar="CHECKPOINT", help="start a new run from these weights")
    held = "keep N training digits out and follow them, not the test digits: to choose settings"
    add("--hold-out", type=int, metavar="N", help=held)


def train(arguments: argparse.Namespace) -> session.Trained:
    """Train as `session.train` says."""
    cores.keep_freed_memory()
    return call(session.train, arguments)
