"""Files beside the weights that were measured on them: figures, sliders, axes, percentiles, PCA.

Each holds the SHA-256 of those weights. After another training it belongs to weights that are gone.
"""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path

from vae_core import files

WEIGHTS = "model.safetensors"
MAP = "map.safetensors"
CODES = "codes.safetensors"
USES = "uses.json"
READER = "reader.safetensors"
MARKS = {
    "metrics.json": "weights_sha256",
    "latents.json": "weights_sha256",
    "axes.safetensors": "weights_sha256",
    "pca.safetensors": "weights_sha256",
    MAP: "weights_sha256",
    CODES: "weights_sha256",
    USES: "weights_sha256",
    READER: "weights_sha256",
    "reference.safetensors": "weights",
}
"""What each file calls the mark."""

REASON = "not measured since it was trained again"


def outdated(folder: Path) -> list[str]:
    """The names of the files in a checkpoint folder that were measured on other weights.

    A file of an earlier version may hold no mark, and counts as fitting; so does a damaged one,
    of which its own reader says what is wrong.
    """
    marks = {name: _mark(folder / name) for name in MARKS}
    marked = {name: mark for name, mark in marks.items() if mark is not None}
    if not marked or not (folder / WEIGHTS).is_file():
        return []
    weights = fingerprint(folder / WEIGHTS)
    return [name for name, mark in marked.items() if mark != weights]


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file, computed once for as long as the file stays as it is."""
    found = path.stat()
    return _fingerprint(path, found.st_mtime_ns, found.st_size, found.st_ino)


@functools.lru_cache(maxsize=512)
def _fingerprint(path: Path, *_: int) -> str:
    return files.fingerprint(path)


def _mark(path: Path) -> object:
    if not path.is_file():
        return None
    with contextlib.suppress(ValueError):
        read = files.read_json if path.suffix == ".json" else files.safetensors_metadata
        return read(path).get(MARKS[path.name])
    return None
