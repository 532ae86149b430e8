"""What the page and programs get to know of a model, from its config and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from vae_core import checkpoint
from vae_core.app.service import groups
from vae_core.app.service.cards import Card
from vae_core.config import Config
from vae_core.explore import sliders

MOST_BARS = 128
"""Codes longer than that are shown without a bar a slider."""

UNUSED_BELOW = 0.01
"""A latent dimension with less KL than this, in nats, carries nothing."""


def card(
    name: str,
    facts: checkpoint.Facts,
    latents: sliders.Latents | None = None,
    fitted: Sequence[str] = (),
    kl: Sequence[float] | None = None,
) -> Card:
    """What the page and `/checkpoints` say of a model, from the files in its folder.

    Args:
        name: by which it is asked for.
        facts, latents: what `checkpoint.inspect` and latents.json say.
        fitted: kinds of samplers beside its prior.
        kl: the rate's share of each latent in nats, where metrics.json has none.
    """
    config, metrics = Config.from_dict(facts["config"]), facts["metrics"]
    dims = range(config.latent_dim)
    measured = kl if metrics is None else metrics.get("kl_per_dim")
    kl = [*measured] if measured and len(measured) == len(dims) else None
    return {
        "name": name,
        "title": config.title or name,
        "latent_dim": config.latent_dim,
        "objective": config.objective,
        "likelihood": config.likelihood,
        "prior": config.prior,
        **groups.kind(config),
        "parameters": facts["parameters"],
        "file_bytes": facts["file_bytes"],
        "kl_per_dim": kl,
        "moves": _moves(latents) if kl is None and len(dims) <= MOST_BARS else None,
        "order": sliders.order(len(dims), kl, latents),
        "unused": [] if kl is None else [i for i in dims if kl[i] < UNUSED_BELOW],
        "metrics": metrics or {},
        "outdated": facts["outdated"],
        "samplers": [*fitted],
        "path": sliders.first_path(latents),
        "steers": len(sliders.directions(latents)),
        "dataset": None,
    }


def _moves(latents: sliders.Latents | None) -> list[float] | None:
    entries = cast(list[Mapping[str, float | None]], latents["latents"] if latents else [])
    found = [each.get("relative_at_draws") for each in entries]
    known = [moved for moved in found if moved is not None]
    return known if known and len(known) == len(found) else None
