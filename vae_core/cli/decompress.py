"""`decompress CHECKPOINT FILE -o DIR`: the pictures that `compress` wrote, bit for bit."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from vae_core import checkpoint
from vae_core.cli import Verbs, verb


def add(verbs: Verbs) -> None:
    add = verb(verbs, "decompress", decompress, "pictures out of a file that compress wrote")
    add("checkpoint", metavar="CHECKPOINT")
    add("file", metavar="FILE")
    add("-o", "--output", required=True, metavar="DIR")


def decompress(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Write each picture of a file as a grey PNG.

    Raises:
        ValueError: the file is foreign, damaged or of another model, or the folder cannot be
            written.
    """
    from vae_core.uses import bits_back, compression

    folder, output = checkpoint.resolve(arguments.checkpoint), Path(arguments.output)
    model = bits_back.check(checkpoint.load(folder))
    found, words = compression.read(Path(arguments.file), folder, model)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for i, each in enumerate(bits_back.pixels_of(model).shown(found)):
            Image.fromarray(each.reshape(compression.SIDE, -1)).save(output / f"{i:05}.png")
    except OSError as error:
        raise ValueError(f"{output} could not be written: {error}.") from error
    bits = 32 * int(words.size)
    return {"images": len(found), "bits": bits, "bits_per_image": bits / len(found)}
