"""`family`: every recipe trained from nothing and measured, and the table of them all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TypedDict

from tqdm import tqdm

from vae_core import checkpoint, recipes
from vae_core.checkpoint import companions
from vae_core.cli import Verbs, verb
from vae_core.data.options import add_arguments
from vae_core.evaluation.evaluate import evaluate
from vae_core.evaluation.results_table import write_table
from vae_core.training.session import train


class Progress(TypedDict):
    """Recipes that are done, those that are left, and the file that holds the table."""

    done: list[str]
    left: list[str]
    table: str | None


def add(verbs: Verbs) -> None:
    about = "train and measure every recipe; call it again to go on"
    add = verb(verbs, "family", family, about)
    add_arguments(add)
    add("--out", metavar="DIR", help="holds a folder for each recipe; default: checkpoints")
    add("--only", nargs="+", metavar="RECIPE")
    add("--importance-samples", type=int, default=0, metavar="K", help="0: no NLL")
    add("--readme", metavar="FILE", help="write the results table between its two marks")
    add("--device", metavar="D")


def family(arguments: argparse.Namespace) -> Progress:
    """Trains and measures what is not yet there; safe to kill, and to call again.

    A recipe whose checkpoint has its config and its metrics is done; one with a state goes on.

    Raises:
        ValueError: a name, the data or a folder cannot be used.
    """
    names = arguments.only or list(recipes.RECIPES)
    for name in names:
        recipes.get(name)
    root = Path(arguments.out) if arguments.out else checkpoint.shipped_root()
    left = [name for name in names if not is_done(root, name)]
    bar = tqdm(list(left), unit="recipe", file=sys.stderr)
    for name in bar:
        bar.set_description(name)
        if not _one(root, name, arguments):
            break
        left.remove(name)
    if arguments.readme:
        write_table(Path(arguments.readme), root)
    return {"done": [n for n in names if n not in left], "left": left, "table": arguments.readme}


def is_done(root: Path, name: str) -> bool:
    """Whether the recipe's checkpoint stands, trained as the recipe says, and measured since."""
    folder = root / name
    measured = (folder / checkpoint.METRICS).is_file()
    fresh = measured and checkpoint.METRICS not in companions.outdated(folder)
    return fresh and is_trained(root, name)


def is_trained(root: Path, name: str) -> bool:
    """Whether weights stand there that were trained as the recipe says."""
    folder = root / name
    if not all((folder / file).is_file() for file in (checkpoint.CONFIG, checkpoint.WEIGHTS)):
        return False
    return checkpoint.read_config(folder) == recipes.get(name)


def _one(root: Path, name: str, arguments: argparse.Namespace) -> bool:
    """Train and measure one recipe; False when a signal stopped it."""
    out = root / name
    shared = {"data": arguments.data, "device": arguments.device, "download": arguments.download}
    resume = (out / "state" / "run.safetensors").is_file()
    # A state goes on, if only to find that it is at the end; shipped weights come without one.
    if resume or not is_trained(root, name):
        start = _start(root, name)
        if not train(name, out=out, resume=resume, init_from=start, **shared)["finished"]:
            return False
    evaluate(out, importance_samples=arguments.importance_samples, save=True, **shared)
    return True


def _start(root: Path, name: str) -> str | None:
    """The folder whose weights the recipe begins with, if it begins with any."""
    start = recipes.get(name).train.starts_from
    if start is None:
        return None
    if not (root / start / checkpoint.WEIGHTS).is_file():
        missing = f"the weights of {start!r}, which are not in {root}"
        raise ValueError(f"{name!r} begins with {missing}; train that recipe first.")
    return str(root / start)
