"""`evaluate CHECKPOINT`: the figures of a model."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict

from vae_core import checkpoint
from vae_core.cli import Verbs, call, verb
from vae_core.cli._pictures import of_its_set
from vae_core.data.options import add_arguments, add_its_dataset
from vae_core.evaluation import evaluate as library
from vae_core.evaluation import published


def add(verbs: Verbs) -> None:
    add = verb(verbs, "evaluate", evaluate, "measure a checkpoint on the data set that it names")
    add("checkpoint", metavar="CHECKPOINT")
    add_arguments(add)
    add_its_dataset(add)
    add("--importance-samples", type=int, default=0, metavar="K", help="0: no NLL")
    add("--limit", type=int, metavar="N", help="every (10000 / N)th test digit, no FID")
    held = "measure the N training digits that train --hold-out N kept out"
    add("--hold-out", type=int, metavar="N", help=held)
    add("--seeds", type=int, nargs="+", default=[0], metavar="S", help="binarisation draws")
    add("--device", metavar="D")
    add("--save", action="store_true", help="write metrics.json and the card beside the model")
    again = "only the samples' figures with the ELBO's error, the gap, the MIG; the rest is kept"
    add("--refresh", action="store_const", dest="run", const=refresh, help=again)
    parts = (
        "of --refresh, only this: what samples are worth, KL(q(z) || p(z)), or the traits' latents"
    )
    add("--part", choices=library.PARTS, help=parts)


def evaluate(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Measure as `evaluation.evaluate.evaluate` says; with what papers give, where it is known.

    Raises:
        ValueError: a part was asked for, which is for --refresh alone, or another data set.
    """
    of_its_set(arguments)
    if arguments.part is not None:
        raise ValueError("--part goes with --refresh.")
    found = call(library.evaluate, arguments, arguments.checkpoint)
    config = checkpoint.read_config(checkpoint.resolve(arguments.checkpoint))
    papers = [asdict(paper) for paper in published.of(config)]
    return {**found, "published": papers} if papers else found


def refresh(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Measure a part again, as `evaluation.evaluate.refresh` says.

    Raises:
        ValueError: other digits or samples were asked for than metrics.json has.
    """
    of_its_set(arguments)
    if arguments.limit is not None or arguments.importance_samples:
        raise ValueError("--refresh takes the digits and samples of metrics.json, no others.")
    return call(library.refresh, arguments, arguments.checkpoint)
