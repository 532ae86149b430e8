"""`search CHECKPOINT IMAGE ...`: the training digits most like a picture, by its code."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from vae_core import checkpoint, runtime
from vae_core.cli import Verbs, call, verb
from vae_core.data.options import add_arguments


def add(verbs: Verbs) -> None:
    add = verb(verbs, "search", search, "the training digits most like a picture, by its code")
    add("checkpoint", metavar="CHECKPOINT")
    add("images", nargs="*", metavar="IMAGE")
    add("-k", type=int, default=10, help="neighbours a picture")
    add("--evaluate", action="store_true", help="the precision at 10 of 1,000 test digits")
    add("--hold-out", type=int, metavar="N", help="of N training digits kept out instead")
    add("--seed", type=int, default=0, metavar="S", help="of the draw of test digits")
    add(
        "--save",
        action="store_true",
        help="keep the training digits' codes beside the weights; with --evaluate, the figures",
    )
    add_arguments(add)
    add("--device", metavar="D")


def search(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Neighbours by code of each picture and, where the training digits are at hand, by pixels.

    Raises:
        ValueError: nothing is asked for, or the checkpoint or the data cannot be used.
    """
    from vae_core.uses import search as library

    if not (arguments.images or arguments.evaluate or arguments.save):
        raise ValueError("name a picture, or ask for --evaluate or --save.")
    if arguments.evaluate and (arguments.images or arguments.k != library.NEIGHBOURS):
        raise ValueError("--evaluate takes no pictures, and measures ten neighbours.")
    from vae_core.cli._pictures import of_digits

    of_digits(arguments, "search among the training digits")
    if arguments.evaluate:
        return evaluate(arguments)
    result = save(arguments) if arguments.save else {}
    return {**result, "images": _images(arguments)} if arguments.images else result


def evaluate(arguments: argparse.Namespace) -> Mapping[str, object]:
    """The precision at 10, kept beside the weights where that is asked for."""
    from vae_core.uses import figures
    from vae_core.uses import search as library

    if arguments.save and arguments.hold_out is not None:
        raise ValueError("--save keeps figures of test digits, not of --hold-out.")
    found = call(library.evaluate, arguments, arguments.checkpoint)
    if arguments.save:
        figures.write(checkpoint.resolve(arguments.checkpoint), "search", found)
    return found


def save(arguments: argparse.Namespace) -> dict[str, object]:
    """Encode all training digits and keep their codes; how far rounding moved them at most."""
    from vae_core.cli._pictures import device_of, load
    from vae_core.data.digits import load_mnist
    from vae_core.uses import codes as kept

    folder, model = checkpoint.resolve(arguments.checkpoint), load(arguments)
    train = load_mnist("train", arguments.data, download=arguments.download)
    codes = kept.encode(model, train, device_of(model))
    path = kept.write(folder, codes)
    moved = (kept.rounded(codes).means - codes.means).abs().max()
    return {"file": str(path), "bytes": path.stat().st_size, "rounding": float(moved)}


def _images(arguments: argparse.Namespace) -> list[Mapping[str, object]]:
    from vae_core.cli._pictures import device_of, load, pixels
    from vae_core.digitize import digitize
    from vae_core.uses import search as library

    model, folder = load(arguments), checkpoint.resolve(arguments.checkpoint)
    train = library.training_digits(arguments.data, download=arguments.download)
    codes = library.training_codes(folder, model, train, device_of(model))
    by_code = library.by_code(codes)
    by_pixels = None if train is None else library.by_pixels(train)
    results: list[Mapping[str, object]] = []
    for file in arguments.images:
        try:
            x = pixels(digitize(Path(file)))
        except ValueError as error:
            nothing = dict.fromkeys(("neighbours", "by_pixels"))
            results.append({"file": file, "ok": False, "reason": str(error), **nothing})
            continue
        with runtime.eval_mode(model):
            z = model.encode(x.to(device_of(model))).mean.float().cpu()
        near = library.listed(by_code.nearest(z, arguments.k), codes.labels)
        looks = by_pixels and by_pixels.nearest(x.flatten(1), arguments.k)
        found = {"neighbours": near, "by_pixels": looks and library.listed(looks, codes.labels)}
        results.append({"file": file, "ok": True, "reason": None, **found})
    return results
