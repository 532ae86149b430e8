"""A checkpoint's way to the hub and back, over a local one that speaks its routes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from local_hub import Hub, running

import vae_core
from vae_core import VAE, Config, NetConfig, checkpoint

# HF_ENDPOINT is read as huggingface_hub is imported: a process asks everything in turn.
SCRIPT = """
import json, sys
import vae_core

def answer(kind, name, options):
    if kind == "push":
        return {"url": vae_core.push(sys.argv[2], name, **options)}
    model = vae_core.load(name, **options)
    weights = {key: value.flatten().tolist() for key, value in model.state_dict().items()}
    return {"name": model.config.name, "weights": weights}

answers = {}
for about, *step in json.loads(sys.argv[1]):
    try:
        answers[about] = answer(*step)
    except ValueError as error:
        answers[about] = {"error": str(error)}
print(json.dumps(answers))
"""
WRITER, STRANGER = {"token": "hf_writer"}, {"token": "hf_stranger"}
FILES = {"README.md", "config.json", "model.safetensors"}


def saved(folder: Path) -> VAE:
    """A checkpoint, and beside it what is none of it."""
    torch.manual_seed(0)
    model = VAE(Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(16,)))).eval()
    vae_core.save(model, folder)
    (folder / "state").mkdir()
    (folder / "state" / "run.json").write_text("{}")
    (folder / "notes.py").write_text("print()")
    return model


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def answers(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each step came to."""
    home = tmp_path_factory.mktemp("home")
    saved(home / "tiny")
    weights = (home / "tiny" / "model.safetensors").read_bytes()
    config = (home / "tiny" / "config.json").read_bytes()
    hub.repos["ada/cut"] = {"main": {"config.json": config, "model.safetensors": weights[:-8]}}
    hub.repos["ada/bare"] = {"main": {"README.md": b"nothing yet"}}
    kept = {"cache_dir": str(home / "cache")}
    steps = [
        ("push", "push", "ada/tiny", {**WRITER, "private": True}),
        ("load", "load", "hf:ada/tiny", {**kept, "token": "hf_reader"}),
        ("branch", "push", "ada/other", {**WRITER, "revision": "v2"}),
        ("of the branch", "load", "hf:ada/other", {**kept, "revision": "v2"}),
        ("request", "push", "ada/other", {**WRITER, "create_pr": True}),
        ("stranger", "push", "ada/mine", STRANGER),
        ("missing", "load", "hf:ada/none", kept),
        ("cut", "load", "hf:ada/cut", kept),
        ("bare", "load", "hf:ada/bare", kept),
    ]
    left = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    given = {"HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(home / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(steps), str(home / "tiny")],
        env={**left, **given}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.long
def test_there_and_back_it_is_the_same(answers: dict[str, Any], hub: Hub, tmp_path: Path) -> None:
    assert answers["push"]["url"].startswith(f"{hub.url}/ada/tiny/commit/")
    assert set(hub.repos["ada/tiny"]["main"]) == FILES, "no state of a training, no script"
    assert hub.private["ada/tiny"]
    model = saved(tmp_path / "tiny")
    assert answers["load"]["name"] == "tiny"
    kept = {key: value.flatten().tolist() for key, value in model.state_dict().items()}
    assert answers["load"]["weights"] == kept
    assert "Bearer hf_reader" in hub.tokens


@pytest.mark.long
def test_each_push_is_one_commit(answers: dict[str, Any], hub: Hub) -> None:
    assert hub.commits == 3


@pytest.mark.long
def test_a_branch_and_a_pull_request_leave_the_main_branch(
    answers: dict[str, Any], hub: Hub
) -> None:
    assert answers["of the branch"]["name"] == "tiny"
    assert not hub.private["ada/other"]
    assert answers["request"]["url"] == f"{hub.url}/ada/other/discussions/1"
    assert set(hub.repos["ada/other"]["refs/pr/1"]) == FILES
    assert not hub.repos["ada/other"]["main"]


@pytest.mark.long
def test_a_stranger_and_a_missing_repository_get_a_sentence(
    answers: dict[str, Any], hub: Hub
) -> None:
    assert "could not be sent to ada/mine: " in answers["stranger"]["error"]
    assert "ada/mine" not in hub.repos
    assert answers["missing"]["error"].startswith("hf:ada/none could not be fetched: ")


@pytest.mark.long
def test_what_comes_from_the_hub_is_read_strictly(answers: dict[str, Any]) -> None:
    assert "is damaged or cut short" in answers["cut"]["error"]
    assert "config.json is missing" in answers["bare"]["error"]


def test_what_is_damaged_is_not_sent(tmp_path: Path) -> None:
    saved(tmp_path / "tiny")
    weights = tmp_path / "tiny" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(ValueError, match="is damaged or cut short"):
        vae_core.push(tmp_path / "tiny", "ada/other", token="hf_writer")


def test_options_of_the_hub_go_with_the_hub_alone(tmp_path: Path) -> None:
    saved(tmp_path / "tiny")
    with pytest.raises(ValueError, match="go with hf:user/name"):
        checkpoint.load(tmp_path / "tiny", revision="main")
    with pytest.raises(ValueError, match="on the hub already"):
        vae_core.push("hf:ada/tiny", "ada/other")
