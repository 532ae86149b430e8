"""Checkpoints as zip files: there and back again, and what nobody should send."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import safetensors.torch
import torch

import vae_core
from vae_core import VAE
from vae_core.checkpoint import archive
from vae_core.checkpoint.archive import Packed


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def members(model: VAE) -> dict[str, bytes]:
    """Those of a sound checkpoint."""
    packed = archive.pack(model)
    return {"config.json": packed.config, "model.safetensors": packed.weights}


def test_a_zip_unpacks_to_a_folder_that_load_takes(model: VAE, tmp_path: Path):
    data = archive.to_zip(archive.pack(model, '{"epoch": 1}\n'))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.namelist() == ["config.json", "model.safetensors", "history.jsonl"]
        file.extractall(tmp_path)
    loaded = vae_core.load(tmp_path)
    assert loaded.config == model.config
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, loaded.state_dict()[name])


def test_a_folder_and_a_zip_hold_the_same_bytes(model: VAE, tmp_path: Path):
    vae_core.save(model, tmp_path)
    packed = archive.pack(model)
    assert (tmp_path / "config.json").read_bytes() == packed.config
    assert (tmp_path / "model.safetensors").read_bytes() == packed.weights


def test_a_zip_comes_back_as_the_model(model: VAE, members: dict[str, bytes]):
    members["README.md"] = b"whatever"  # known, and not read
    packed = archive.from_zip(zipped(members))
    again = archive.unpack(packed)
    assert again.config == model.config
    assert not again.training
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])


def refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        archive.from_zip(data)


@pytest.mark.parametrize(
    "name",
    ["../config.json", "/etc/passwd", "a/config.json", "model.pt", "C:\\x", "CONFIG.JSON"],
)
def test_other_members_are_refused(members: dict[str, bytes], name: str):
    refused(zipped({**members, name: b"x"}), "only the files of a checkpoint")


def test_links_are_refused(members: dict[str, bytes]):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        link = zipfile.ZipInfo("config.json")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("model.safetensors", members["model.safetensors"])
    refused(buffer.getvalue(), "is a link")


def test_bombs_are_refused(members: dict[str, bytes]):
    refused(zipped({**members, "model.safetensors": bytes(11 * 10**6)}), "too large")
    refused(zipped({**members, "config.json": b" " * 10**6}), "too large")
    refused(bytes(archive.ZIP_LIMIT + 1), "too large")
    refused(zipped({str(i): b"" for i in range(100)}), "more than the files")


def test_a_header_that_lies_about_the_size_is_not_believed(members: dict[str, bytes]):
    data = bytearray(zipped({**members, "config.json": b" " * 10**6}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    refused(bytes(data), "zip|JSON|damaged")


def test_twice_the_same_member_is_refused(members: dict[str, bytes]):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("config.json", members["config.json"])
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("config.json", members["config.json"])
    refused(buffer.getvalue(), "more than the files")


def test_damaged_files_are_refused(members: dict[str, bytes]):
    whole = zipped(members, zipfile.ZIP_STORED)
    refused(b"", "no whole zip file")
    refused(b"PK\x03\x04 and so on", "no whole zip file")
    refused(whole[:-40], "no whole zip file")
    flipped = bytearray(whole)
    flipped[200] ^= 255
    refused(bytes(flipped), "no whole zip file")
    refused(zipped({"config.json": members["config.json"]}), "does not hold model.safetensors")
    refused(zipped(members, zipfile.ZIP_BZIP2), "packed strangely")
    locked = bytearray(whole)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    refused(bytes(locked), "locked")


def test_what_does_not_fit_is_refused(model: VAE, members: dict[str, bytes]):
    config = json.loads(members["config.json"])
    refused(zipped({**members, "config.json": b"[1]"}), "JSON object")
    refused(zipped({**members, "config.json": b"\xff"}), "damaged")
    refused(zipped({**members, "config.json": json.dumps({**config, "x": 1}).encode()}), "unknown")
    larger = json.dumps({**config, "latent_dim": 4}).encode()
    refused(zipped({**members, "config.json": larger}), "does not fit")
    refused(zipped({**members, "model.safetensors": b"\x80\x02pickle"}), "damaged")
    broken = {key: each * float("nan") for key, each in model.state_dict().items()}
    data = safetensors.torch.save(broken)
    refused(zipped({**members, "model.safetensors": data}), "NaN")
    with pytest.raises(ValueError, match="does not fit"):
        archive.unpack(Packed(members["config.json"], safetensors.torch.save({})))
