"""`map`: a t-SNE of the shipped test digits' codes, for the map of the app."""

from __future__ import annotations

import argparse

import torch

from vae_core import checkpoint, runtime
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import of_digits


def add(verbs: Verbs) -> None:
    about = "lay out the codes of the shipped test digits by t-SNE, for the app's map"
    add = verb(verbs, "map", draw_map, about)
    add("checkpoint", metavar="CHECKPOINT")
    add("--save", action="store_true", help="keep it beside the weights")
    add("--seed", type=int, default=0, metavar="S")


def draw_map(arguments: argparse.Namespace) -> dict[str, object]:
    """Lay out the codes of the 10,000 test digits that ship; no data set is needed.

    Returns:
        `digits`, how many; `vote_error`, the error of a vote among the ten nearest, in the codes
        and on the map; `file`, where it was kept, or null.

    Raises:
        ValueError: the model or the folder cannot be used.
    """
    from vae_core.data.shipped import shipped
    from vae_core.explore import tsne
    from vae_core.explore.posterior_means import BATCH, slider_codes

    of_digits(arguments, "the map of test digits")
    folder = checkpoint.resolve(arguments.checkpoint)
    model, digits = checkpoint.load(folder), shipped("test")
    noise = torch.Generator()
    with torch.inference_mode():
        pieces = runtime.pieces(digits.images, BATCH)
        u = torch.cat([slider_codes(model, each, noise).u for each in pieces])
    places = tsne.embed(u, arguments.seed)
    kept = tsne.write(folder, places) if arguments.save else None
    return {
        "recipe": model.config.name,
        "digits": len(digits),
        "seed": arguments.seed,
        "vote_error": tsne.neighbours_kept(u, places, digits.labels),
        "file": None if kept is None else str(kept),
    }
