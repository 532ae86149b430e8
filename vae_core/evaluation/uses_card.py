"""The part of a card that says what the code is good for, from the figures that verbs kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from vae_core import files
from vae_core.checkpoint import companions
from vae_core.files import Json, JsonObject

METHODS = {
    "propagation": "labels spread over the graph of codes",
    "svm": "a support vector machine of the labelled codes alone",
    "m1+m2": "M1+M2, a VAE of the codes with the class as a latent",
    "m2": "M2, the same on pixels",
}


def section(folder: Path, outdated: list[str]) -> str:
    """A table in Markdown of uses.json; empty where there is none of these weights.

    Args:
        folder: of the checkpoint.
        outdated: names of its files that are of other weights.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / companions.USES
    if not path.is_file() or companions.USES in outdated:
        return ""
    kept = files.read_json(path)
    found = {use: each for use in sorted(kept) if isinstance(each := kept[use], dict)}
    rows = [
        f"| {words} | {value} | `{each.get('command')}` |"
        for use, each in found.items()
        for words, value in _ROWS.get(use.partition("-")[0], _nothing)(each)
    ]
    if not rows:
        return ""
    head = ["## What its code is good for", "", "| figure on test digits | value | by |"]
    return "\n".join(["", *head, "|---|---|---|", *rows, ""])


Rows = list[tuple[str, str]]


def _nothing(_: JsonObject) -> Rows:
    return []


def _search(found: JsonObject) -> Rows:
    words = (
        f"search: the share of the ten nearest of {_count(found, 'searched')} training digits that "
        f"have the label of {_count(found, 'digits')} test digits; by pixels"
    )
    values = [_share(part, "precision_at_10") for part in (found, _part(found, "pixels"))]
    return [(words, "; ".join(values))]


def _compress(found: JsonObject) -> Rows:
    rivals = _part(found, "rivals")
    words = (
        f"compression of {_count(found, 'images')} test digits, {found.get('pixels')} pixels, by "
        f"{found.get('scheme')}: bits a digit; -ELBO; xz of all in one; a PNG each"
    )
    numbers = [found.get("bits_per_image"), found.get("elbo_bits"), rivals.get("xz")]
    return [(words, "; ".join(f"{_number(each):.1f}" for each in [*numbers, rivals.get("png")]))]


def _label(found: JsonObject) -> Rows:
    seeds = found.get("seeds")
    words = (
        f"test digits named rightly from {found.get('labels')} labels, "
        f"{METHODS.get(str(found.get('method')), found.get('method'))}, "
        f"{len(seeds) if isinstance(seeds, list) else 0} seeds"
    )
    return [(words, _share(found, "accuracy"))]


def _features(found: JsonObject) -> Rows:
    code, pca, pixels = (_part(found, name) for name in ("code", "pca", "pixels"))
    tsne, as_many = _part(found, "tsne"), f"as many ({found.get('numbers')}) components of PCA"
    flat = [f"{100 * _number(tsne.get(name)):.1f} %" for name in ("code", "pixels")]
    return [
        (
            f"squared error a pixel of grey digits, kept in [0, 1], by the code; by {as_many}",
            "; ".join(_error(part, "squared_error") for part in (code, pca)),
        ),
        *(
            (
                f"{words} of the code; of {as_many}; of pixels",
                "; ".join(_share(part, key) for part in (code, pca, pixels)),
            )
            for words, key in (
                ("linear probe error", "probe_error"),
                ("5-NN error", "knn_error"),
            )
        ),
        ("error of a vote of ten on a t-SNE of the code; of pixels", "; ".join(flat)),
    ]


_ROWS: Mapping[str, Callable[[JsonObject], Rows]] = {
    "search": _search,
    "compress": _compress,
    "label": _label,
    "features": _features,
}


def _part(found: JsonObject, name: str) -> JsonObject:
    part = found.get(name)
    return part if isinstance(part, dict) else {}


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _count(found: JsonObject, name: str) -> str:
    return f"{_number(found.get(name)):,.0f}"


def _share(found: JsonObject, key: str) -> str:
    """In percent, with its standard error."""
    value, sem = _number(found.get(key)), _number(found.get(f"{key}_sem"))
    return f"{100 * value:.1f} +- {100 * sem:.1f} %"


def _error(found: JsonObject, key: str) -> str:
    return f"{_number(found.get(key)):.5f} +- {_number(found.get(f'{key}_sem')):.5f}"
