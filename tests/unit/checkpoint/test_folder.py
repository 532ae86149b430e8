import errno
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from vae_core import VAE, checkpoint, files
from vae_core.config import Config, NetConfig
from vae_core.models import build


@pytest.fixture
def folder(model: VAE, tmp_path: Path) -> Path:
    return checkpoint.save(model, tmp_path / "tiny")


def test_save_and_load_agree_bit_for_bit(model: VAE, folder: Path):
    back = checkpoint.load(folder)
    assert back.config == model.config
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, back.state_dict()[name])
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(model.reconstruct(x), back.reconstruct(x))
    assert not back.training
    assert not any(p.requires_grad for p in back.parameters())


def test_others_may_read_what_was_saved(folder: Path):
    """The server need not run as the user who trained."""
    assert all(file.stat().st_mode & 0o044 == 0o044 for file in folder.iterdir() if file.is_file())


def test_inspect_reads_headers(model: VAE, folder: Path):
    about = checkpoint.inspect(folder)
    assert about["parameters"] == sum(p.numel() for p in model.parameters())
    assert about["file_bytes"] == (folder / "model.safetensors").stat().st_size
    assert about["config"]["latent_dim"] == 3
    assert about["metrics"] is None


def test_a_name_is_looked_up_among_the_shipped(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VAE_CHECKPOINTS", str(folder.parent))
    assert checkpoint.resolve("tiny") == folder
    assert checkpoint.shipped() == [folder]
    with pytest.raises(ValueError, match="there are: tiny"):
        checkpoint.resolve("large")


@pytest.mark.parametrize("name", ["../tiny", "", ".", "tiny/../tiny"])
def test_a_path_is_not_a_shipped_name(name: str, folder: Path):
    """Only an existing folder or an exact name is accepted, and a folder must be a checkpoint."""
    with pytest.raises(ValueError, match=r"no checkpoint|not a checkpoint"):
        checkpoint.load(name, root=folder.parent)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_missing_file_is_named(folder: Path, file: str):
    (folder / file).unlink()
    with pytest.raises(ValueError, match=file):
        checkpoint.load(folder)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
@pytest.mark.parametrize("keep", [0, 5, 0.5])
def test_a_truncated_file_is_refused(folder: Path, file: str, keep: float):
    whole = (folder / file).read_bytes()
    (folder / file).write_bytes(whole[: int(keep * len(whole)) if keep < 1 else int(keep)])
    with pytest.raises(ValueError, match="damaged"):
        checkpoint.load(folder)


def test_foreign_tensors_are_refused(model: VAE, folder: Path):
    weights = folder / "model.safetensors"
    state = model.state_dict()
    save_file({**state, "extra": torch.zeros(1)}, weights)
    with pytest.raises(ValueError, match="'extra' is unknown"):
        checkpoint.load(folder)
    state.pop("decoder.0.0.bias")
    save_file(state, weights)
    with pytest.raises(ValueError, match=r"'decoder.0.0.bias' is missing"):
        checkpoint.load(folder)


def test_a_wrong_shape_is_refused(model: VAE, folder: Path):
    state = model.state_dict() | {"decoder.0.0.bias": torch.zeros(3)}
    save_file(state, folder / "model.safetensors")
    with pytest.raises(ValueError, match="shape"):
        checkpoint.load(folder)


def test_nan_is_refused(model: VAE, folder: Path):
    state = model.state_dict()
    state["decoder.0.0.bias"] = torch.full_like(state["decoder.0.0.bias"], torch.nan)
    save_file(state, folder / "model.safetensors")
    with pytest.raises(ValueError, match="NaN"):
        checkpoint.load(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "model.pt", "pytorch_model.bin"])
def test_a_pickle_is_refused_with_the_reason(model: VAE, folder: Path, name: str):
    (folder / "model.safetensors").unlink()
    with (folder / name).open("wb") as file:
        pickle.dump({"a": 1}, file)
    with pytest.raises(ValueError, match="can run any code"):
        checkpoint.load(folder)


def test_a_torch_archive_is_refused_with_the_reason(model: VAE, folder: Path):
    torch.save(model.state_dict(), folder / "model.safetensors")
    with pytest.raises(ValueError, match="can run any code"):
        checkpoint.load(folder)


def test_an_unknown_key_in_the_config_is_refused(folder: Path):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"betta": 1}))
    with pytest.raises(ValueError, match="'betta'"):
        checkpoint.load(folder)


def test_a_full_disk_leaves_the_previous_checkpoint_whole(
    model: VAE, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    before = (folder / "model.safetensors").read_bytes()

    def full(tensors: object, path: Path, metadata: object) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "save_file", full)
    with pytest.raises(ValueError, match=r"could not be written .*No space left"):
        checkpoint.save(model, folder)
    assert (folder / "model.safetensors").read_bytes() == before
    assert not list(folder.glob("*.part"))


def test_a_really_full_disk(model: VAE):
    with pytest.raises(ValueError, match="could not be written"):
        checkpoint.save(model, "/dev/full/tiny")


def test_a_hub_name_that_is_none_is_refused():
    with pytest.raises(ValueError, match="hf:"):
        checkpoint.load("hf:not a name")


def test_shapes_are_compared_before_anything_is_allocated(tmp_path: Path) -> None:
    made = build(Config(name="tiny", latent_dim=2, net=NetConfig(hidden_dims=(8,))))
    checkpoint.save(made, tmp_path)
    answer: Any = files.read_json(tmp_path / "config.json")
    answer["net"]["hidden_dims"] = [65_536, 65_536]  # 17 GB
    files.write_json(tmp_path / "config.json", answer)
    with pytest.raises(ValueError, match="does not fit"):
        checkpoint.load(tmp_path)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bool, torch.complex64])
def test_weights_of_another_type_are_refused(tmp_path: Path, dtype: torch.dtype) -> None:
    made = build(Config(name="tiny", latent_dim=2, net=NetConfig(hidden_dims=(8,))))
    checkpoint.save(made, tmp_path)
    weights = {key: value.to(dtype) for key, value in made.state_dict().items()}
    files.write_tensors(tmp_path / "model.safetensors", weights)
    with pytest.raises(ValueError, match="of the type"):
        checkpoint.load(tmp_path)
