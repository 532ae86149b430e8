"""What the page knows before any call: the models' cards in short, the first digit, the panels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from vae_core.app import wire
from vae_core.app.server import assets, sheets
from vae_core.app.service import groups
from vae_core.app.service.cards import Card
from vae_core.app.service.studio import Studio
from vae_core.checkpoint.examples import COLUMNS
from vae_core.files import Json, JsonObject

METRICS = (
    *("nll", "importance_samples", "elbo", "distortion", "rate", "mse", "n_images"),
    *("active_units", "fid", "fid_floor", "sample_entropy", "test_entropy", "not_digits"),
    *("prior_gap", "prior_gap_at_most", "prior_gap_digits"),
)
"""Figures that the page shows."""
DIGITS, BAR_DIGITS = 7, 4
"""Significant ones of a figure, and of the length of a slider's bar."""
DEFAULT_MODEL = "vae-flow-digits"
FIRST_EXAMPLE = 3
"""Place in the example sheet of the digit that the app opens on."""


def boot(studio: Studio, panels: Sequence[str], first: Json | None) -> str:
    """JSON of all that, safe inside a `<script>`."""
    cards = sorted(studio.checkpoints(), key=groups.place)
    facts = {
        "models": [in_short(card) for card in cards],
        "chosen": chosen(studio),
        "first": first,
        "panels": list(panels),
        "device": studio.device_label,
        "examples": assets.sheet(),
    }
    return json.dumps(facts, separators=(",", ":")).replace("<", "\\u003c")


def chosen(studio: Studio) -> str | None:
    """The model that the app opens with, None where there is none."""
    names = [card["name"] for card in sorted(studio.checkpoints(), key=groups.place)]
    return DEFAULT_MODEL if DEFAULT_MODEL in names else next(iter(names), None)


def in_short(card: Card) -> dict[str, object]:
    """A card in as many characters as the page shows; `boot.js` puts a left out order back."""
    bars = {key: _rounded(card[key], BAR_DIGITS) for key in ("kl_per_dim", "moves")}
    lengths = next((each for each in bars.values() if each), [0.0] * card["latent_dim"])
    falling = sorted(range(len(lengths)), key=lambda dim: -lengths[dim])
    order = {} if falling == card["order"] else {"order": card["order"]}
    rest = {key: value for key, value in card.items() if key != "order"}
    if (its := card["dataset"]) is not None:
        rest["dataset"] = {**its, "columns": COLUMNS, "url": sheets.address(card["name"])}
    return rest | bars | order | {"metrics": shown(card["metrics"])}


def shown(metrics: Mapping[str, object]) -> dict[str, object]:
    """The figures of a card that the page shows."""
    return {key: _short(metrics[key], DIGITS) for key in METRICS if key in metrics}


def _rounded(values: Sequence[float] | None, digits: int) -> list[float] | None:
    return values and [float(f"{value:.{digits}g}") for value in values]  # type: ignore[return-value]


def _short(value: object, digits: int) -> object:
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def first_digit(studio: Studio) -> JsonObject | None:
    """An example digit and its code, sent with the page so that it opens on a real picture."""
    name = chosen(studio)
    if name is None:
        return None
    digits, labels, _ = assets.examples()
    digit = {"pixels": wire.pack(digits[FIRST_EXAMPLE])}
    try:
        code = studio.encode(name, digit, label=labels[FIRST_EXAMPLE])
        made = studio.decode(name, code["z"], code["label"])
    except Exception:  # a model that cannot be used: the panel says why when it asks
        return None
    about = {key: code[key] for key in ("input", "z", "nearer", "label")}
    shown = {"checkpoint": name, "place": FIRST_EXAMPLE, **about, "pixels": made["pixels"]}
    return cast(JsonObject, wire.to_json(shown))
