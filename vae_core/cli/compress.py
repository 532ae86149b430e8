"""`compress CHECKPOINT IMAGE ...`: digits in about as many bits as -ELBO says."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from vae_core import checkpoint
from vae_core.cli import Verbs, call, verb


def add(verbs: Verbs) -> None:
    add = verb(verbs, "compress", compress, "pictures as one small file, by bits-back coding")
    add("checkpoint", metavar="CHECKPOINT")
    add("images", nargs="*", metavar="IMAGE", help="pictures, or folders of them")
    add("-o", "--output", metavar="FILE")
    add("--evaluate", action="store_true", help="the test digits, there and back")
    add("--limit", type=int, metavar="N", help="of every (10,000 / N)th test digit")
    add("--save", action="store_true", help="keep the figures beside the weights")
    add("--seed", type=int, default=0, metavar="S", help="by which grey pixels turn black or white")


def compress(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Write pictures as one file, or measure what the test digits take.

    Raises:
        ValueError: the arguments do not go together, no picture can be used, or the model or the
            file cannot be.
    """
    if arguments.evaluate:
        if arguments.images or arguments.output:
            raise ValueError("--evaluate takes no pictures and writes no file.")
        return _evaluate(arguments)
    if not arguments.images or arguments.output is None or arguments.save or arguments.limit:
        raise ValueError("name pictures and a file with -o, or ask for --evaluate.")
    return _write(arguments)


def _evaluate(arguments: argparse.Namespace) -> Mapping[str, object]:
    from vae_core.uses import compression, figures

    if arguments.save and arguments.limit is not None:
        raise ValueError("--save keeps figures of all test digits, without --limit.")
    found = call(compression.evaluate, arguments, arguments.checkpoint)
    if arguments.save:
        figures.write(
            checkpoint.resolve(arguments.checkpoint), "compress", found, "--evaluate --save"
        )
    return found


def _write(arguments: argparse.Namespace) -> Mapping[str, object]:
    """A refused picture has `ok: false` and a reason, and is not in the file."""
    import torch

    from vae_core.cli._pictures import pixels, prepared
    from vae_core.uses import bits_back, compression

    folder = checkpoint.resolve(arguments.checkpoint)
    model = bits_back.check(checkpoint.load(folder))
    images: list[Mapping[str, object]] = []
    taken: list[torch.Tensor] = []
    for file in _files(arguments.images):
        try:
            taken.append(pixels(prepared(arguments, file)))
            images.append({"file": str(file), "ok": True, "reason": None})
        except ValueError as error:
            images.append({"file": str(file), "ok": False, "reason": str(error)})
    if not taken:
        raise ValueError(f"none of the pictures can be used; the first: {images[0]['reason']}")
    chosen = bits_back.pixels_of(model).taken(torch.cat(taken), arguments.seed)
    path = Path(arguments.output)
    bits = 32 * int(compression.write(path, folder, model, chosen).size)
    facts = {"bits": bits, "bits_per_image": bits / len(taken), "bytes": path.stat().st_size}
    first = 32 * int(bits_back.first_words(model).size)
    return {"file": str(path), **facts, "first_bits": first, "images": images}


def _files(given: list[str]) -> list[Path]:
    """The pictures that were named, and the files of the folders that were."""
    found: list[Path] = []
    for path in map(Path, given):
        inside = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else []
        if path.is_dir() and not inside:
            raise ValueError(f"{path} holds no files.")
        found += inside or [path]
    return found
