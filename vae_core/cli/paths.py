"""`paths`: what lies between two test digits, by each kind of path."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from vae_core import checkpoint
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import of_digits
from vae_core.data import add_arguments, load_mnist


def add(verbs: Verbs) -> None:
    add = verb(verbs, "paths", measure, "does every picture between two digits read as a digit?")
    add("checkpoint", metavar="CHECKPOINT")
    add_arguments(add)
    add("-n", type=int, default=100, metavar="N", help="pairs of test digits, drawn at random")
    add("--steps", type=int, default=10, metavar="N", help="pictures on a way")
    add("--seed", type=int, default=0, metavar="S", help="of which digits")
    saved = "choose on training digits which path the app offers first, into latents.json"
    add("--save", action="store_true", help=saved)


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Walk between random pairs of test digits.

    Returns:
        `paths`, the figures of each kind (see `path_table.PathFigures`), and how they were taken;
        with `--save` all that latents.json then holds.

    Raises:
        ValueError: an argument, the model or the data cannot be used.
    """
    from vae_core.classifier import independent
    from vae_core.evaluation import path_table
    from vae_core.explore import sliders
    from vae_core.explore.paths import PATHS

    of_digits(arguments, "reading what lies between two digits")
    folder = checkpoint.resolve(arguments.checkpoint)
    model = checkpoint.load(folder)
    if arguments.save:
        train = load_mnist("train", arguments.data, download=arguments.download)
        return sliders.add(folder, "paths", path_table.offered(model, train))
    test = load_mnist("test", arguments.data, download=arguments.download)
    pairs = test.drawn(2 * arguments.n, arguments.seed)
    judge, steps = independent.load(), arguments.steps
    rows = [path_table.measure(model, pairs, judge.read, kind, steps=steps) for kind in PATHS]
    return {
        "recipe": model.config.name,
        "pairs": arguments.n,
        "steps": steps,
        "seed": arguments.seed,
        "judge": independent.FILE.name,
        "paths": [asdict(row) for row in rows],
    }
