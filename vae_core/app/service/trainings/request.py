"""What a visitor may ask of a run: a recipe, and changes of it within bounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict, cast

import torch

from vae_core import recipes
from vae_core.app import checks
from vae_core.config import BetaConfig, Config, CorruptionConfig, NetConfig, TrainConfig
from vae_core.models import build
from vae_core.probability import likelihoods
from vae_core.training.live.observer import CODES

HELD_OUT = 500
"""Of the 10,000 training digits that ship, so many are kept out of every run."""

DIGITS = (500, 10_000 - HELD_OUT)
LATENT_DIM, LAYERS, WIDTH, CHANNELS = (1, 1000), 4, (1, 1024), (8, 96)
BATCH_SIZE, EPOCHS, LEARNING_RATE = (16, 1000), (1, 100), (1e-5, 0.1)
BETA, WARMUP, CYCLES = (0.0, 100.0), (0.01, 1.0), (1, 20)
PARAMETERS = 2_400_000
"""Largest model, so that no file of it has 10 MB; those that ship have 1,800,000."""

SCHEDULES: tuple[Literal["constant", "linear", "cyclical"], ...] = (
    "constant",
    "linear",
    "cyclical",
)
CORRUPTIONS: tuple[Literal["gaussian", "masking", "salt-pepper"], ...] = (
    "gaussian",
    "masking",
    "salt-pepper",
)
LEVELS = {"gaussian": (0.01, 2.0), "masking": (0.01, 0.95), "salt-pepper": (0.01, 0.95)}
PIXELS = [name for name, each in likelihoods.LIKELIHOODS.items() if not each.is_slow]
FULL_SPLIT = 60_000
"""Digits that the recipes' own schedules count on."""

assert CODES <= HELD_OUT


class Bounds(TypedDict):
    """What each setting of a request may be: [lowest, highest], or the names to choose from."""

    recipes: list[str]
    latent_dim: list[int]
    layers: list[int]
    width: list[int]
    channels: list[int]
    beta: list[float]
    schedules: list[str]
    beta_warmup: list[float]
    beta_cycles: list[int]
    likelihoods: list[str]
    corruptions: dict[str, list[float]]
    batch_size: list[int]
    learning_rate: list[float]
    digits: list[int]
    epochs: list[int]
    parameters: int


def bounds() -> Bounds:
    """All of them, for the page to show before a run starts."""
    return {
        "recipes": [name for name, make in recipes.RECIPES.items() if is_quick(make())],
        "latent_dim": list(LATENT_DIM),
        "layers": [0, LAYERS],
        "width": list(WIDTH),
        "channels": list(CHANNELS),
        "beta": list(BETA),
        "schedules": list(SCHEDULES),
        "beta_warmup": list(WARMUP),
        "beta_cycles": list(CYCLES),
        "likelihoods": PIXELS,
        "corruptions": {name: list(level) for name, level in LEVELS.items()},
        "batch_size": list(BATCH_SIZE),
        "learning_rate": list(LEARNING_RATE),
        "digits": list(DIGITS),
        "epochs": list(EPOCHS),
        "parameters": PARAMETERS,
    }


@dataclass(frozen=True)
class Request:
    """A run as it was asked for and found fit: what to train, on how many digits, from which seed.

    `parameters` is the size of its model.
    """

    config: Config
    digits: int
    seed: int
    parameters: int


def read(recipe: object, changes: object = None) -> Request:
    """Check a request at the door.

    Args:
        recipe: the name of a recipe.
        changes: an object with any of `latent_dim`, `hidden_dims`, `beta`, `beta_schedule`,
            `beta_start`, `beta_warmup` (the share of the run in which a linear one rises),
            `beta_cycles`, `likelihood`, `corruption` ({kind, level} or null), `batch_size`,
            `learning_rate`, `digits`, `epochs`, `seed`.

    Raises:
        ValueError: one plain sentence about what does not fit.
    """
    given = checks.mapping("changes", changes)
    unknown = sorted(str(name) for name in given if name not in READERS)
    if unknown:
        known = ", ".join(READERS)
        raise ValueError(f"there is no setting {checks.shown(unknown[0])}; there are: {known}.")
    base = recipes.get(checks.choice("recipe", recipe, list(recipes.RECIPES)))
    if not is_quick(base) and "likelihood" not in given:
        raise ValueError(f"{base.name} draws pixel by pixel, which is too slow to watch.")
    values = {name: READERS[name](name, value) for name, value in given.items()}
    digits, seed = cast(int, values.get("digits", DIGITS[1])), cast(int, values.get("seed", 0))
    config = configured(base, values, digits)
    size = config.train.batch_size
    if size > digits:
        raise ValueError(
            f"batch_size is {size}; it must be at most the number of digits, {digits}."
        )
    return Request(config, digits, seed, _parameters(config))


def is_quick(config: Config) -> bool:
    """Whether its pictures are made all pixels at once."""
    return config.likelihood in PIXELS


def configured(base: Config, values: Mapping[str, object], digits: int) -> Config:
    """The recipe with the changes; its own schedules are shortened with the run."""
    changes: dict[str, object] = {}
    if "latent_dim" in values:
        changes["latent_dim"] = values["latent_dim"]
    if "hidden_dims" in values:
        changes["net"] = _net(base, cast("tuple[int, ...]", values["hidden_dims"]))
    if "corruption" in values:
        if base.is_variational and values["corruption"] is not None:
            raise ValueError(f"corruption is for a deterministic autoencoder; {base.name} is none.")
        changes["corruption"] = values["corruption"]
    likelihood = cast(str, values.get("likelihood", base.likelihood))
    if likelihood != base.likelihood:
        changes |= _pixels(base, likelihood)
    changes["train"] = _train(base, values, digits, likelihood)
    changes["title"] = f"Trained here: {base.title}"
    return dataclasses.replace(base, **changes)


def _net(base: Config, dims: tuple[int, ...]) -> NetConfig:
    lowest, highest = CHANNELS if base.net.kind == "conv" else WIDTH
    if base.net.kind == "mlp" and len(dims) > LAYERS:
        raise ValueError(f"hidden_dims must be at most {LAYERS} widths, not {len(dims)}.")
    for i, width in enumerate(dims):
        checks.whole(f"hidden_dims[{i}]", width, lowest, highest)
    return dataclasses.replace(base.net, hidden_dims=dims, decoder_dims=None)


def _pixels(base: Config, likelihood: str) -> dict[str, object]:
    """The likelihood with the width and link of a recipe that has it."""
    fitting = (make() for make in recipes.RECIPES.values())
    same = [each for each in fitting if each.likelihood == likelihood]
    alike = [each for each in same if each.is_variational == base.is_variational]
    twin = (alike or same or [base])[0]
    return {"likelihood": likelihood, "scale": twin.scale, "link": twin.link}


def _train(base: Config, values: Mapping[str, object], digits: int, likelihood: str) -> TrainConfig:
    own = base.train
    names = ("epochs", "batch_size", "learning_rate")
    changes = {name: values[name] for name in names if name in values}
    train = dataclasses.replace(own, **changes, compile=False, fused=False, starts_from=None)
    steps = train.epochs * max(1, digits // train.batch_size)
    share = steps / (own.epochs * (FULL_SPLIT // own.batch_size))
    kind = likelihoods.get(likelihood)
    needs = {"required": "dynamic", "refused": "none"}.get(kind.binary, own.binarisation)
    return dataclasses.replace(
        train,
        beta=_beta(own.beta, values, steps, share),
        learning_rate_warmup=round(own.learning_rate_warmup * share),
        binarisation=cast(Literal["none", "dynamic"], needs),
    )


def _beta(own: BetaConfig, values: Mapping[str, object], steps: int, share: float) -> BetaConfig:
    kind = cast(Literal["constant", "linear", "cyclical"], values.get("beta_schedule", own.kind))
    warmup = max(1, round(own.warmup_steps * share)) if own.warmup_steps else round(steps / 2)
    if "beta_warmup" in values:
        warmup = max(1, round(cast(float, values["beta_warmup"]) * steps))
    return BetaConfig(
        kind=kind,
        start=cast(float, values.get("beta_start", own.start)),
        final=cast(float, values.get("beta", own.final)),
        warmup_steps=max(1, warmup) if kind == "linear" else 0,
        cycles=cast(int, values.get("beta_cycles", own.cycles)),
    )


def _parameters(config: Config) -> int:
    """The size of the model, for which nothing is allocated.

    Raises:
        ValueError: it is too large.
    """
    with torch.device("meta"):
        count = sum(weight.numel() for weight in build(config).parameters())
    if count > PARAMETERS:
        raise ValueError(
            f"the model would have {count:,} parameters; at most {PARAMETERS:,} are trained here."
        )
    return count


def _widths(name: str, value: object) -> tuple[int, ...]:
    entries = checks.listed(value)
    if entries is None or len(entries) > LAYERS:
        raise ValueError(f"{name} must be a list of at most {LAYERS} widths.")
    return tuple(checks.whole(f"{name}[{i}]", each, *WIDTH) for i, each in enumerate(entries))


def _corruption(name: str, value: object) -> CorruptionConfig | None:
    if value is None:
        return None
    given = checks.mapping(name, value)
    kind = checks.choice(f"{name}.kind", given.get("kind"), CORRUPTIONS)
    level = checks.number(f"{name}.level", given.get("level"), *LEVELS[kind])
    return CorruptionConfig(kind=kind, level=level)


def _whole(low: int, high: int) -> Callable[[str, object], object]:
    return lambda name, value: checks.whole(name, value, low, high)


def _number(low: float, high: float) -> Callable[[str, object], object]:
    return lambda name, value: checks.number(name, value, low, high)


READERS: Mapping[str, Callable[[str, object], object]] = {
    "latent_dim": _whole(*LATENT_DIM),
    "hidden_dims": _widths,
    "beta": _number(*BETA),
    "beta_schedule": lambda name, value: checks.choice(name, value, SCHEDULES),
    "beta_start": _number(*BETA),
    "beta_warmup": _number(*WARMUP),
    "beta_cycles": _whole(*CYCLES),
    "likelihood": lambda name, value: checks.choice(name, value, PIXELS),
    "corruption": _corruption,
    "batch_size": _whole(*BATCH_SIZE),
    "learning_rate": _number(*LEARNING_RATE),
    "digits": _whole(*DIGITS),
    "epochs": _whole(*EPOCHS),
    "seed": _whole(0, checks.SEED_LIMIT),
}
"""What is done with each setting of a request."""
