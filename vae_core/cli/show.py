"""`recipes` and `inspect`: what there is, without reading a weight."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import torch

from vae_core import checkpoint, recipes
from vae_core.cli import Verbs, verb
from vae_core.models import build


def add(verbs: Verbs) -> None:
    verb(verbs, "recipes", list_recipes, "list the named runs")
    add = verb(verbs, "inspect", inspect, "config and metrics of a checkpoint")
    add("checkpoint", metavar="CHECKPOINT")


def list_recipes(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Every recipe with its net, objective, likelihood, prior and size."""
    return {"recipes": [_row(name) for name in recipes.RECIPES]}


def inspect(arguments: argparse.Namespace) -> Mapping[str, object]:
    """Config, parameters and metrics of a checkpoint."""
    return checkpoint.inspect(arguments.checkpoint)


def _row(name: str) -> Mapping[str, object]:
    config = recipes.get(name)
    with torch.device("meta"):
        parameters = sum(p.numel() for p in build(config).parameters())
    return {
        "name": name,
        "net": config.net.kind,
        "objective": config.objective,
        "likelihood": config.likelihood,
        "prior": config.prior,
        "latent_dim": config.latent_dim,
        "parameters": parameters,
    }
