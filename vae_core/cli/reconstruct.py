"""`reconstruct CHECKPOINT IMAGE ...`: pictures through the model."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import torch
from torch import Tensor

from vae_core import evaluation, pictures, runtime
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import device_of, load, pixels, prepared
from vae_core.models import Model

DRAWS = 32
"""Posterior draws behind one picture's distortion, with a fixed seed: the app uses the same."""


def add(verbs: Verbs) -> None:
    add = verb(verbs, "reconstruct", reconstruct, "pictures through the model")
    add("checkpoint", metavar="CHECKPOINT")
    add("images", nargs="+", metavar="IMAGE")
    add("-o", "--output", metavar="FILE", help="a .png with each digit beside its reconstruction")
    add("--device", metavar="D")


def reconstruct(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Each picture as the model sees it and gives it back; figures in nats an image.

    A picture that cannot be read has `ok` false and a reason.
    """
    model = load(arguments)
    results: list[Mapping[str, object]] = []
    rows: list[Tensor] = []
    for file in arguments.images:
        result, pair = _reconstruct_one(arguments, model, file)
        results.append(result)
        rows += [pair] if pair is not None else []
    if arguments.output and rows:
        pictures.save_grid(torch.cat(rows), arguments.output, columns=2)
    return {"images": results}


def _reconstruct_one(
    arguments: argparse.Namespace, model: Model, file: str
) -> tuple[Mapping[str, object], Tensor | None]:
    try:
        x = pixels(prepared(arguments, file))
    except ValueError as error:
        nothing = dict.fromkeys(("distortion", "rate", "mse"))
        return {"file": file, "ok": False, "reason": str(error), **nothing}, None
    with runtime.eval_mode(model):
        x = x.to(device_of(model))
        many = x.expand(DRAWS, -1, -1, -1)
        found = evaluation.measure(model, many, _noise(model).to(x.device))
        back = model.reconstruct(x)
    figures = {
        "distortion": float(found["distortion"].mean()),
        "rate": float(found["rate"].mean()) if "rate" in found else None,
        "mse": float(((back - x) ** 2).mean()),
    }
    return {"file": file, "ok": True, "reason": None, **figures}, torch.cat([x, back])


def _noise(model: Model) -> Tensor:
    return torch.randn(DRAWS, model.latent_dim, generator=torch.Generator().manual_seed(0))
