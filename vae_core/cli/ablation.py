"""`ablation`: what each change of a recipe is worth, on held-out training digits."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from vae_core import files, recipes, runtime
from vae_core.data import hold_out, load_mnist
from vae_core.evaluation.model_card import LEVERS_FILE, write_card
from vae_core.training import ablation as library


def ablation(arguments: argparse.Namespace) -> dict[str, Any]:
    """Train and measure one change after the other, printing each row as it comes.

    Returns:
        `table`, the file that holds the table, and `rows`, how many it has.

    Raises:
        ValueError: the recipe, the data or a folder cannot be used.
    """
    recipe = recipes.get(arguments.recipe)
    epochs = arguments.epochs or recipe.train.epochs
    train, validation = hold_out(load_mnist("train", arguments.data, download=arguments.download))
    out = Path(arguments.out)
    rows: list[library.Row] = []
    text = ""
    for row in library.measure(
        library.squeezed(recipe, epochs),
        train,
        validation,
        out,
        names=arguments.only,
        device=runtime.choose_device(arguments.device),
        seed=arguments.seed,
    ):
        rows.append(row)
        text = library.report(recipe, epochs, arguments.seed, rows)
        files.write_text(out / LEVERS_FILE, text)
        print(library.table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    if arguments.card:
        files.write_text(Path(arguments.card) / LEVERS_FILE, text)
        write_card(Path(arguments.card))
    return {"table": str(out / LEVERS_FILE), "rows": len(rows)}
