"""What a visitor may start from: the recipes that are quick enough to watch, and their settings."""

from __future__ import annotations

from functools import cache
from typing import TypedDict

from vae_core import recipes
from vae_core.app.service.trainings import request
from vae_core.config import Config


class Offer(TypedDict):
    """What a recipe sets, for a visitor to change; `beta_warmup` is the share of the run."""

    name: str
    title: str
    net: str
    is_variational: bool
    is_weighted: bool
    latent_dim: int
    hidden_dims: list[int]
    beta: float
    beta_schedule: str
    beta_start: float
    beta_warmup: float
    beta_cycles: int
    likelihood: str
    likelihoods: list[str]
    corruption: dict[str, object] | None
    batch_size: int
    learning_rate: float
    epochs: int


@cache
def offers() -> list[Offer]:
    """The recipes that are quick enough to watch."""
    return [
        _offer(config) for make in recipes.RECIPES.values() if request.is_quick(config := make())
    ]


def _offer(config: Config) -> Offer:
    train = config.train
    beta, steps = train.beta, train.epochs * (request.FULL_SPLIT // train.batch_size)
    own = config.corruption
    return {
        "name": config.name,
        "title": config.title or config.name,
        "net": config.net.kind,
        "is_variational": config.is_variational,
        "is_weighted": config.objective == "iwae",
        "latent_dim": config.latent_dim,
        "hidden_dims": list(config.net.hidden_dims),
        "beta": beta.final,
        "beta_schedule": beta.kind,
        "beta_start": beta.start,
        "beta_warmup": round(beta.warmup_steps / steps, 3) if beta.warmup_steps else 0.5,
        "beta_cycles": beta.cycles,
        "likelihood": config.likelihood,
        "likelihoods": [name for name in request.PIXELS if _takes(config, name)],
        "corruption": None if own is None else {"kind": own.kind, "level": own.level},
        "batch_size": train.batch_size,
        "learning_rate": train.learning_rate,
        "epochs": train.epochs,
    }


def _takes(base: Config, likelihood: str) -> bool:
    """Whether the recipe can be trained with it."""
    try:
        request.configured(base, {"likelihood": likelihood}, request.DIGITS[1])
    except ValueError:
        return False
    return True
