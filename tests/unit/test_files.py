"""What may lie on a disk under the names of our files, and how it is refused."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from vae_core import Config, checkpoint, files, recipes
from vae_core.models import build

DEEP = "[" * 100_000


def refused_json(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(ValueError, match=r"x\.json") as caught:
        files.read_json(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": ' + "1" * 400 + "}", "400 digits"),
        ('{"a": ' + "1" * 5000 + "}", "5000 digits"),
        ('{"a": 1e999}', "not a finite number"),
        ('{"a": NaN}', "not a finite number"),
        ('{"a": -Infinity}', "not a finite number"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"a": ' + DEEP, "damaged"),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "too deep"),
        ("[1]", "must hold a JSON object"),
        ("", "damaged"),
    ],
)
def test_json_that_nobody_can_use_is_refused_in_a_sentence(tmp_path: Path, text: str, reason: str):
    assert reason in refused_json(tmp_path / "x.json", text)


def test_json_is_read_as_it_was_written(tmp_path: Path):
    value = {"a": [1, 2.5, -3e-7, None, True, {"b": ["ü", 12345678901234567]}]}
    files.write_json(tmp_path / "x.json", value)
    assert files.read_json(tmp_path / "x.json") == value


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has named pipes")
@pytest.mark.parametrize("name", ["x.json", "x.safetensors"])
def test_a_named_pipe_is_never_opened(tmp_path: Path, name: str):
    """Reading it would wait for ever."""
    os.mkfifo(tmp_path / name)
    read = files.read_json if name == "x.json" else files.read_tensors
    with pytest.raises(ValueError, match="not a file"):
        read(tmp_path / name)
    with pytest.raises(ValueError, match="not a file"):
        files.fingerprint(tmp_path / name)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="POSIX has devices")
def test_a_device_is_never_read(tmp_path: Path):
    (tmp_path / "x.json").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match="not a file"):
        files.read_json(tmp_path / "x.json")


def test_a_file_without_end_is_not_read(tmp_path: Path):
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(files.TEXT_LIMIT + 1)
    with pytest.raises(ValueError, match="at most 16 MB"):
        files.read_json(path)


@pytest.mark.parametrize("name", ["x.json", "x.safetensors"])
def test_a_pointer_of_git_lfs_is_told_as_one(tmp_path: Path, name: str):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    (tmp_path / name).write_text(pointer)
    read = files.read_json if name == "x.json" else files.read_tensors
    with pytest.raises(ValueError, match="git lfs pull"):
        read(tmp_path / name)


@pytest.mark.parametrize("size", [640, 896, 1152, 1408])
def test_a_header_as_long_as_a_pickle_begins_is_read(tmp_path: Path, size: int):
    """The first bytes are the header's length: 80 02 to 80 05, as of a pickle."""
    path = tmp_path / "x.safetensors"
    tensors = {"a": torch.arange(3.0)}
    files.write_tensors(path, tensors, {"pad": ""})
    short = int.from_bytes(path.read_bytes()[:8], "little")
    files.write_tensors(path, tensors, {"pad": " " * (size - short)})
    assert path.read_bytes()[:2] == bytes((0x80, size >> 8))
    assert torch.equal(files.read_tensors(path)["a"], torch.arange(3.0))
    assert files.safetensors_metadata(path)["pad"].strip() == ""


def test_vae_128_with_two_latents_can_be_saved_and_loaded(tmp_path: Path):
    config = dataclasses.replace(recipes.get("vae-128"), name="mine", latent_dim=2)
    folder = checkpoint.save(build(config), tmp_path / "mine")
    assert checkpoint.load(folder).latent_dim == 2


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="Linux tells what is mapped")
def test_what_was_read_is_not_mapped_to_its_file(tmp_path: Path):
    """Windows lets nobody replace a mapped file."""
    path = tmp_path / "x.safetensors"
    files.write_tensors(path, {"a": torch.zeros(10_000)})
    held = files.read_tensors(path)
    assert str(path) not in Path("/proc/self/maps").read_text()
    assert held["a"].sum() == 0


def test_files_are_flushed_by_who_may_write_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Windows answers a flush of a file opened for reading with EBADF."""
    fcntl = pytest.importorskip("fcntl")
    flushed = []

    def fsync(descriptor: int) -> None:
        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(9, "Bad file descriptor")
        flushed.append(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    files.write_json(tmp_path / "x.json", {})
    files.write_tensors(tmp_path / "x.safetensors", {"a": torch.zeros(1)})
    assert len(flushed) == 2


def test_one_damaged_config_does_not_hide_the_others(tmp_path: Path):
    checkpoint.save(build(recipes.get("vae-128")), tmp_path / "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "config.json").write_text("{")
    assert checkpoint.resolve("good", tmp_path) == tmp_path / "good"
    assert checkpoint.shipped(tmp_path) == [tmp_path / "good"]
    with pytest.raises(ValueError, match="damaged"):
        checkpoint.load("bad", root=tmp_path)


def test_where_no_checkpoints_are_the_folder_and_the_variable_are_named(tmp_path: Path):
    with pytest.raises(ValueError, match=r"does not exist \(VAE_CHECKPOINTS"):
        checkpoint.resolve("vae-400", tmp_path / "nowhere")


def test_a_width_without_end_is_refused():
    wide: Any = recipes.get("vae-128").to_dict()
    wide["net"]["hidden_dims"] = [10**9]
    with pytest.raises(ValueError, match="at most 65536"):
        Config.from_dict(wide)
    wide["net"]["hidden_dims"] = [8] * 1000
    with pytest.raises(ValueError, match="1000 layers"):
        Config.from_dict(wide)
    json.dumps(wide)
