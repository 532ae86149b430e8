"""`hand CHECKPOINT IMAGE...`: the same hand writes 0 to 9."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch

from vae_core import pictures, runtime
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import code_of, device_of, digit, load, pixels
from vae_core.models import CLASSES


def add(verbs: Verbs) -> None:
    about = "the same hand writes 0 to 9, for a model whose prior knows digits"
    add = verb(verbs, "hand", hand, about)
    add("checkpoint", metavar="CHECKPOINT")
    add("images", metavar="IMAGE", nargs="+")
    add("-o", "--output", required=True, metavar="FILE", help="a .png")
    add("--device", metavar="D")


def hand(arguments: argparse.Namespace) -> Mapping[str, object]:
    """A row a picture: the digit, then its style under each of the ten labels.

    Raises:
        ValueError: the model takes no labels, or a picture or the file cannot be used.
    """
    model = load(arguments)
    if not model.config.takes_labels:
        raise ValueError(f"{model.config.name} takes no labels: it has no row of digits.")
    every = torch.arange(CLASSES, device=device_of(model))
    rows, read = list[torch.Tensor](), list[int | None]()
    for file in arguments.images:
        x = pixels(digit(arguments, file)).to(device_of(model))
        u, label = code_of(model, x)
        with runtime.eval_mode(model):
            style = u.expand(CLASSES, -1)
            written = model.decode(model.from_sliders(style, every), every).mean
        rows.append(torch.cat([x, written.float()]))
        read.append(label)
    texts = [Path(file).name for file in arguments.images]
    sheet = pictures.grid(torch.cat(rows), 1 + CLASSES)
    heads = ["x", *map(str, range(CLASSES))]
    pictures.save_page(pictures.labelled(sheet, texts, heads), arguments.output)
    return {"images": arguments.images, "read": read, "output": arguments.output}
