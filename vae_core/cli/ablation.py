"""`ablation`: what each change of a recipe is worth, on held-out training digits."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TypedDict

from vae_core import files, recipes, runtime
from vae_core.cli import Verbs, verb
from vae_core.data import add_arguments, hold_out, load_mnist
from vae_core.evaluation.model_card import ABLATION_FILE, write_card
from vae_core.training import ablation as library
from vae_core.training.lock import Held


class Table(TypedDict):
    """The file that holds the table, and how many rows it has."""

    table: str
    rows: int


def add(verbs: Verbs) -> None:
    about = "what each change of a recipe is worth, on held-out training digits"
    add = verb(verbs, "ablation", ablation, about)
    add("recipe", metavar="RECIPE")
    add_arguments(add)
    add("--out", metavar="DIR", required=True, help="runs and the table; call again to go on")
    add("--epochs", type=int, metavar="N", help="of each run; default: the recipe's")
    add("--seeds", type=int, nargs="+", default=[0], metavar="S", help="of each change's runs")
    shared = "shares the runs with others that name it, such as sqlite:///table.db (needs Optuna)"
    add("--storage", metavar="URL", help=shared)
    add("--only", nargs="+", metavar="NAME", help="of the changes")
    add("--card", metavar="CHECKPOINT", help="put the table into this card too")
    add("--device", metavar="D")


def ablation(arguments: argparse.Namespace) -> Table:
    """Train and measure one change after the other, printing each row as it comes.

    Raises:
        ValueError: the recipe, the data or a folder cannot be used.
    """
    recipe = recipes.get(arguments.recipe)
    epochs = arguments.epochs or recipe.train.epochs
    train, validation = hold_out(load_mnist("train", arguments.data, download=arguments.download))
    bench = library.Bench(
        base=library.squeezed(recipe, epochs),
        train=train,
        validation=validation,
        out=Path(arguments.out),
        seeds=tuple(dict.fromkeys(arguments.seeds)),
        device=runtime.choose_device(arguments.device),
    )
    if arguments.storage:
        library.measure_shared(bench, arguments.storage, arguments.only)
    rows: list[library.Row] = []
    text = ""
    for name in library.checked(arguments.only):
        try:
            rows += library.measure(bench, [name])
        except Held:
            print(f"{name}: another worker is at it; call again", file=sys.stderr, flush=True)
            continue
        text = library.report(recipe, epochs, bench.seeds, rows)
        files.write_text(bench.out / ABLATION_FILE, text)
        print(library.table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    if arguments.card:
        files.write_text(Path(arguments.card) / ABLATION_FILE, text)
        write_card(Path(arguments.card))
    if not rows:
        raise ValueError("other workers are at all of these runs; call again when they are done.")
    return {"table": str(bench.out / ABLATION_FILE), "rows": len(rows)}
