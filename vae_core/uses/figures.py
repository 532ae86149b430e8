"""Figures of the uses of a model, as the verbs measured them, kept beside its weights.

`uses.json` has one entry a use, with the command that measured it; all are of the same weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from vae_core import files
from vae_core.checkpoint import METRICS
from vae_core.checkpoint.companions import USES, WEIGHTS, fingerprint
from vae_core.evaluation.model_card import write_card
from vae_core.files import Json, JsonObject

MARK = "weights_sha256"


def write(
    folder: Path, use: str, found: Mapping[str, object], words: str = "--evaluate --save --data DIR"
) -> Path:
    """Keep what a verb found, and list it on the card; figures of other weights are dropped.

    Args:
        folder: of the checkpoint.
        use: the name of the verb, and of a variant after a "-".
        found: its reply.
        words: arguments of the command beside the checkpoint.

    Raises:
        ValueError: the file cannot be written, or the one that is there is damaged.
    """
    command = f"python -m vae_core {use.partition('-')[0]} {folder.name} {words}"
    entry = cast(Json, {**found, "command": command})
    kept = {**_read(folder), use: entry, MARK: fingerprint(folder / WEIGHTS)}
    files.write_json(folder / USES, kept)
    if (folder / METRICS).is_file():  # with them goes a card, which lists these figures
        write_card(folder)
    return folder / USES


def read(folder: Path, use: str) -> JsonObject | None:
    """What was kept as `use` of these weights; None where it was not kept.

    Raises:
        ValueError: the file is damaged.
    """
    found = _read(folder).get(use)
    return found if isinstance(found, dict) else None


def _read(folder: Path) -> JsonObject:
    path = folder / USES
    if not path.is_file():
        return {}
    kept = files.read_json(path)
    return kept if kept.get(MARK) == fingerprint(folder / WEIGHTS) else {}
