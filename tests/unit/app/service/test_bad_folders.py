"""One bad folder of checkpoints stops nobody: it is left out, with the reason, or does without."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from vae_core import VAE, checkpoint
from vae_core.app.server import shell
from vae_core.app.service.registry import Registry
from vae_core.app.service.studio import Studio
from vae_core.explore import sliders

CPU = torch.device("cpu")
DEEP = "[" * 100_000
HUGE = "1" * 400


@pytest.fixture
def root(model: VAE, tmp_path: Path) -> Path:
    for name in ("bad", "good"):  # the bad one comes first
        checkpoint.save(model, tmp_path / name)
    return tmp_path


def changed(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def metrics(**values: Any) -> str:
    return json.dumps(values)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("metrics.json", metrics(kl_per_dim=3)),
        ("metrics.json", metrics(kl_per_dim=["a", "b", "c"])),
        ("metrics.json", metrics(kl_per_dim=[None] * 3)),
        ("metrics.json", metrics(kl_per_dim=[[1], [2], [3]])),
        ("metrics.json", metrics(rate="much")),
        ("metrics.json", metrics(elbo=[1])),
        ("metrics.json", '{"elbo": ' + HUGE + "}"),
        ("metrics.json", '{"elbo": ' + DEEP),
        ("metrics.json", '{"elbo": NaN}'),
        ("latents.json", '{"order": 3}'),
        ("latents.json", '{"order": [[0], [1], [2]], "latents": [1, 2, 3]}'),
        ("latents.json", '{"order": [0, 1, 2], "latents": [1, 2, 3]}'),
        ("latents.json", '{"order": [0, 1, 2], "latents": [{"name": "slant"}, {}, {}]}'),
        ("latents.json", '{"order": ' + DEEP),
        ("config.json", '{"latent_dim": ' + DEEP),
        ("config.json", '{"latent_dim": 3, "scale": ' + HUGE + "}"),
        ("config.json", '{"latent_dim": 3, "name": "\\ud800"}'),
    ],
)
def test_what_cannot_be_used_is_left_out_with_the_reason(root: Path, file: str, text: str):
    (root / "bad" / file).write_text(text)
    registry = Registry(root, CPU)
    assert list(registry.cards) == ["good"]
    assert registry.broken["bad"]
    assert str(root) not in registry.broken["bad"]
    assert len(registry.broken["bad"]) <= 500
    registry.get("good")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has named pipes")
@pytest.mark.parametrize("file", ["config.json", "metrics.json", "latents.json"])
def test_a_named_pipe_hangs_nothing(root: Path, file: str):
    (root / "bad" / file).unlink(missing_ok=True)
    os.mkfifo(root / "bad" / file)
    registry = Registry(root, CPU)
    assert "not a file" in registry.broken["bad"]


def test_whatever_else_is_raised_stops_nothing(root: Path, monkeypatch: pytest.MonkeyPatch):
    read = sliders.read

    def strange(folder: Path, latent_dim: int) -> Any:
        if folder.name == "bad":
            raise MemoryError("no room")
        return read(folder, latent_dim)

    monkeypatch.setattr(sliders, "read", strange)
    registry = Registry(root, CPU)
    assert list(registry.cards) == ["good"]
    assert registry.broken["bad"] == "its files cannot be used (MemoryError: no room)."


def test_a_model_that_cannot_be_loaded_says_so_and_the_app_is_built(root: Path):
    """It comes first, so the page would open on its digit."""
    changed(root / "bad" / "config.json", latent_dim=4)
    studio = Studio(root, "cpu")
    shell.head(studio)
    with pytest.raises(ValueError, match="does not fit"):
        studio.registry.get("bad")
    studio.registry.get("good")


@pytest.mark.skipif(os.name == "nt", reason="names are texts there")
def test_a_name_that_is_no_text_is_left_out(model: VAE, tmp_path: Path):
    checkpoint.save(model, Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")))
    registry = Registry(tmp_path, CPU)
    assert registry.cards == {}
    assert len(registry.broken) == 1


def test_folders_beyond_the_most_are_left_out(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vae_core.app.service.registry.MOST_FOLDERS", 1)
    registry = Registry(root, CPU)
    assert list(registry.cards) == ["bad"]
    assert "there are 2" in registry.broken["all from good on"]


def test_damaged_percentiles_are_done_without(root: Path):
    (root / "good" / "reference.safetensors").write_bytes(b"\x10" * 100)
    assert Registry(root, CPU).percentiles_of("good") is None
