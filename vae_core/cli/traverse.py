"""`traverse CHECKPOINT [IMAGE ...]`: what each slider does, at rest or to pictures, a row each."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor

from vae_core import checkpoint, explore, pictures
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import code_of, device_of, digit, load, pixels
from vae_core.explore import sliders, traits
from vae_core.models import Model


class Row(TypedDict):
    """One slider, of one picture; its name is "slant -0.84", or null where none was measured."""

    latent: int
    name: str | None


def add(verbs: Verbs) -> None:
    add = verb(verbs, "traverse", traverse, "what each slider does, a row each")
    add("checkpoint", metavar="CHECKPOINT")
    add("images", metavar="IMAGE", nargs="*", help="where to start from, instead of the mean")
    add("--named", action="store_true", help="only the sliders that have a name")
    add("--steps", type=int, default=11, metavar="N", help="positions from -2 to 2")
    add("-o", "--output", required=True, metavar="FILE", help="a .png")
    add("--device", metavar="D")


def traverse(arguments: argparse.Namespace) -> Mapping[str, object]:
    """What each slider does: a row a latent, in slider order and with its measured name.

    The columns are positions from -2 to 2; the other sliders stand at 0, or where a picture's code
    puts them, for each picture in turn.

    Raises:
        ValueError: the steps, the checkpoint, a picture or the file cannot be used.
    """
    if not 2 <= arguments.steps <= 100:
        raise ValueError(f"steps is {arguments.steps}; it must be between 2 and 100.")
    folder = checkpoint.resolve(arguments.checkpoint)
    model = load(arguments)
    rows = [
        row
        for row in _slider_rows(folder, model.latent_dim)
        if row["name"] is not None or not arguments.named
    ]
    if not rows:
        raise ValueError(f"{model.config.name} has no named sliders.")
    values = torch.linspace(-sliders.REACH, sliders.REACH, arguments.steps)
    places = _places(arguments, model)
    films = [
        explore.traverse(model, u, row["latent"], values.to(u), label)
        for u, label in places
        for row in rows
    ]
    rows = rows * len(places)
    texts = [f"z{row['latent']}  {row['name'] or ''}".rstrip() for row in rows]
    heads = [f"{value:+.2g}" if value else "0" for value in _plain(values)]
    page = pictures.labelled(pictures.grid(torch.cat(films), len(values)), texts, heads)
    pictures.save_page(page, arguments.output)
    return {"rows": rows, "values": _plain(values), "output": arguments.output}


def _places(arguments: argparse.Namespace, model: Model) -> list[tuple[Tensor, int | None]]:
    """The sliders' positions (d,) to start from, each with the label that belongs to it."""
    images: Sequence[str] = arguments.images
    if not images:
        return [(torch.zeros(model.latent_dim, device=device_of(model)), None)]
    codes = [code_of(model, pixels(digit(arguments, file)).to(device_of(model))) for file in images]
    return [(u[0], label) for u, label in codes]


def _plain(values: Tensor) -> list[float]:
    """Positions as a person writes them: 0 and not -3e-08."""
    return [round(value, 3) + 0.0 for value in values.tolist()]


def _slider_rows(folder: Path, latent_dim: int) -> list[Row]:
    """The sliders in their order."""
    about, metrics = sliders.read(folder, latent_dim), checkpoint.inspect(folder)["metrics"]
    kl = None if metrics is None else metrics.get("kl_per_dim")
    names: list[traits.Name | None] = [None] * latent_dim
    if about is not None:
        names = [each["name"] for each in about["latents"]]
    return [
        {"latent": i, "name": name and f"{name['trait']} {name['r']:+.2f}"}
        for i in sliders.order(latent_dim, kl, about)
        for name in (names[i],)
    ]
