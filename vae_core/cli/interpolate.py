"""`interpolate CHECKPOINT A B`: the way between two pictures."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import torch

from vae_core import explore, pictures, runtime
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import device_of, digit, load, pixels


def add(verbs: Verbs) -> None:
    add = verb(verbs, "interpolate", interpolate, "the way between two pictures")
    add("checkpoint", metavar="CHECKPOINT")
    add("a", metavar="A")
    add("b", metavar="B")
    add("--steps", type=int, default=10, metavar="N")
    add("--path", choices=("linear", "spherical"), default="linear")
    add("-o", "--output", required=True, metavar="FILE", help="a .png strip or a .gif film")
    add("--device", metavar="D")


def interpolate(arguments: argparse.Namespace) -> Mapping[str, object]:
    """The way between two pictures through the latent space, as a strip or a film.

    Raises:
        ValueError: the steps, a picture, the checkpoint or the file cannot be used.
    """
    if not 2 <= arguments.steps <= 1000:
        raise ValueError(f"steps is {arguments.steps}; it must be between 2 and 1000.")
    model = load(arguments)
    ends = torch.cat([pixels(digit(arguments, file)) for file in (arguments.a, arguments.b)])
    with runtime.eval_mode(model):
        a, b = model.to_sliders(model.encode(ends.to(device_of(model))).mean)
        between = explore.path(a, b, arguments.steps, arguments.path)
        shown = model.decode(model.from_sliders(between)).mean
    pictures.save_path(shown, arguments.output)
    return {"steps": arguments.steps, "path": arguments.path, "output": arguments.output}
