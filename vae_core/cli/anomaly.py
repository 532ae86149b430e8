"""`anomaly CHECKPOINT IMAGE ...`: how odd a picture is to a model."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch

from vae_core.cli import Verbs, call, verb
from vae_core.data.digits import Digits
from vae_core.data.options import add_arguments
from vae_core.uses.anomaly_scores import SCORES

MODES = ("one", "held-out")


def add(verbs: Verbs) -> None:
    add = verb(verbs, "anomaly", anomaly, "how odd a picture is to a model")
    add("checkpoint", metavar="CHECKPOINT")
    add("images", nargs="*", metavar="IMAGE")
    add("--score", default=SCORES[0], metavar="NAME", help=", ".join(SCORES))
    add("--mode", choices=MODES, help="by a small model trained with one digit, or without it")
    add("--digit", type=int, metavar="D", help="that digit; with --evaluate all ten by default")
    add("--evaluate", action="store_true", help="the AUROC of the small models")
    add("--hold-out", type=int, metavar="N", help="on N training digits kept out, not on the test")
    add("--save", action="store_true", help="keep all twenty small models, with their curves")
    add("--seed", type=int, default=0, metavar="S", help="of the small models")
    add_arguments(add)
    add("--device", metavar="D")


def anomaly(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Score pictures, or measure the scores.

    Raises:
        ValueError: the arguments do not go together, or the model or the data cannot be used.
    """
    from vae_core.uses import anomaly as library

    if arguments.save:
        return save(arguments)
    if arguments.evaluate:
        if arguments.images or arguments.mode is None:
            raise ValueError("--evaluate takes --mode one or --mode held-out, and no pictures.")
        return call(library.evaluate, arguments, arguments.checkpoint)
    if not arguments.images:
        raise ValueError("name a picture, or ask for --evaluate or --save.")
    if (arguments.mode is None) != (arguments.digit is None) or arguments.hold_out is not None:
        raise ValueError("--mode and --digit go together; --hold-out goes with --evaluate.")
    return {"images": _images(arguments)}


def save(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Train and keep the twenty small models, which the page shows.

    Raises:
        ValueError: more is asked for, or the model or the data cannot be used.
    """
    from vae_core.uses import detectors

    if arguments.evaluate or arguments.images or arguments.mode or arguments.hold_out:
        raise ValueError("--save measures all twenty models; it takes no pictures and no --mode.")
    return call(detectors.save, arguments, arguments.checkpoint)


def _images(arguments: argparse.Namespace) -> list[Mapping[str, object]]:
    """Scores and percentiles, 0 to 100, among test digits that are normal to the model."""
    from vae_core import checkpoint
    from vae_core.digitize import digitize
    from vae_core.uses import anomaly as library
    from vae_core.uses.anomaly_scores import scores

    name, score = arguments.checkpoint, arguments.score
    library.check(checkpoint.read_config(checkpoint.resolve(name)), score, arguments.digit)
    make = library.whole_model if arguments.mode is None else library.small_model
    detector, normal = call(make, arguments, name)
    usual = scores(detector, normal)[score]
    results: list[Mapping[str, object]] = []
    for file in arguments.images:
        try:
            pixels = torch.from_numpy(digitize(Path(file)).pixels.copy())[None, None]
        except ValueError as error:
            nothing = {"score": None, "percentile": None}
            results.append({"file": file, "ok": False, "reason": str(error), **nothing})
            continue
        one = Digits(pixels, torch.zeros(1, dtype=torch.int64), torch.zeros(1, dtype=torch.int64))
        value = scores(detector, one)[score]
        below = 100 * float((usual < value).double().mean())
        found = {"score": float(value), "percentile": below}
        results.append({"file": file, "ok": True, "reason": None, **found})
    return results
