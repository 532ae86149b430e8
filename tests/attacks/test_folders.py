"""A visitor asks for checkpoints whose files claim far more than they hold; another drags."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import bodies
import pytest
from harness import Server, dragging, measured, server

from vae_core import checkpoint

pytestmark = pytest.mark.slow
GOOD, HOSTILE = "vae-400", ("wide", "claims", "deep")


def spoil(folder: Path, name: str) -> None:
    """Turn a copy of a sound checkpoint into one that claims gigabytes."""
    config = json.loads((folder / checkpoint.CONFIG).read_text())
    if name == "wide":
        config["net"]["hidden_dims"] = [60_000, 60_000]
    if name == "deep":
        config["net"]["hidden_dims"] = [4_000] * 12
    (folder / checkpoint.CONFIG).write_text(json.dumps({**config, "name": name}))
    if name == "claims":
        entry = {"dtype": "F32", "shape": [100_000, 100_000], "data_offsets": [0, 40_000_000_000]}
        header = json.dumps({"decoder.0.weight": entry}).encode()
        (folder / checkpoint.WEIGHTS).write_bytes(struct.pack("<Q", len(header)) + header)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Server]:
    good = checkpoint.shipped_root() / GOOD
    shutil.copytree(good, tmp_path / GOOD)
    for name in HOSTILE:
        shutil.copytree(good, tmp_path / name)
        spoil(tmp_path / name, name)
    with server("--checkpoints", str(tmp_path)) as running:
        with dragging(running, 2):
            pass
        yield running


def hostile_folders(app: Server) -> None:
    for name in HOSTILE * 3:
        bodies.component(app, "sample", {"checkpoint": name, "n": 4, "seed": 0, "temperature": 1})
        bodies.component(app, "decode", {"checkpoint": name, "z": [0.0] * 20})


def test_a_folder_that_claims_gigabytes_takes_none(app: Server) -> None:
    found = measured(app, hostile_folders)
    print(f"\nhostile_folders: {found}")
    assert not found.failed
    assert found.gap <= 0.5
    assert found.above <= 400
