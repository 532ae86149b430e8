"""`prepare IMAGE ...`: pictures to the 28x28 that a model sees."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image

from vae_core.cli import Verbs, verb
from vae_core.digitize import digitize


def add(verbs: Verbs) -> None:
    add = verb(verbs, "prepare", prepare, "pictures to the 28x28 a model sees")
    add("images", nargs="+", metavar="IMAGE")
    add("-o", "--output", required=True, metavar="DIR")
    add("--stages", action="store_true", help="write every stage of the preparation too")


def prepare(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Each picture as the 28x28 grey PNG that the model would see.

    Raises:
        ValueError: the folder cannot be written.
    """
    folder = Path(arguments.output)
    names = _names(arguments.images)
    return {
        "images": [
            _prepare_one(file, folder, name, arguments.stages)
            for file, name in zip(arguments.images, names, strict=True)
        ]
    }


def _names(files: list[str]) -> Iterator[str]:
    """A stem for each file, `STEM-2` and so on where two clash."""
    taken: set[str] = set()
    for file in files:
        stem, count = Path(file).stem, 1
        name = stem
        while name in taken:
            count += 1
            name = f"{stem}-{count}"
        taken.add(name)
        yield name


def _prepare_one(file: str, folder: Path, name: str, with_stages: bool) -> Mapping[str, object]:
    try:
        digit = digitize(Path(file))
    except ValueError as error:
        return {"file": file, "ok": False, "reason": str(error), "output": None}
    output = folder / f"{name}.png"
    written = {output: digit.pixels}
    if with_stages:
        for i, stage in enumerate(digit.stages):
            written[folder / f"{name}.stage-{i}-{stage.name}.png"] = stage.image
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, values in written.items():
            Image.fromarray(values).save(path)
    except OSError as error:
        raise ValueError(f"{folder} could not be written: {error}.") from error
    return {"file": file, "ok": True, "reason": None, "output": str(output)}
