"""The verbs that print tables of sliders, draws and paths, and the one that fits a sampler."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from vae_core import checkpoint
from vae_core.__main__ import main
from vae_core.checkpoint import samplers

Capture = pytest.CaptureFixture[str]
MODEL = "vae-flow-digits"


def printed(capsys: Capture, *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def data(data_dir: Path) -> str:
    return str(data_dir)


def test_named_sliders_keep_the_digit_and_move_their_trait(capsys: Capture, data: str):
    found = printed(capsys, "sliders", MODEL, "--data", data, "-n", "40")
    rows = found["sliders"]
    assert isinstance(rows, list)
    assert [row["trait"] for row in rows] == ["slant", "stroke width", "width", "height"]
    assert all(row["kept"] >= 0.85 and row["moved"] >= 1.2 and row["rank"] >= 0.9 for row in rows)
    assert isinstance(found["as_asked"], float)
    assert found["as_asked"] >= 0.95


def test_a_model_without_named_sliders_says_so(capsys: Capture, data: str, tmp_path: Path):
    folder = Path(shutil.copytree(checkpoint.resolve("vae-2d"), tmp_path / "vae-2d"))
    (folder / "latents.json").unlink()
    assert main(["sliders", str(folder), "--data", data]) == 2
    assert "no named sliders" in capsys.readouterr().err


def test_ways_between_digits_read_as_digits(capsys: Capture, data: str):
    found = printed(capsys, "paths", MODEL, "--data", data, "-n", "10")
    rows = found["paths"]
    assert isinstance(rows, list)
    assert [row["path"] for row in rows] == ["linear", "spherical"]
    assert all(row["sure"] >= 0.8 and row["others"] <= 1 for row in rows)


@pytest.mark.parametrize("kind", ["diffusion", "mixture"])
def test_a_sampler_is_fitted_beside_the_weights(
    capsys: Capture, data: str, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("vae_core.training.samplers.COMPONENTS", (1, 2))
    monkeypatch.setattr("vae_core.training.samplers.FITTED", 1000)
    # Of dense layers, which encode the training digits in a tenth of the time of convolutions.
    folder = Path(shutil.copytree(checkpoint.resolve("vae-128"), tmp_path / "vae-128"))
    for name in samplers.FILES.values():
        (folder / name).unlink(missing_ok=True)
    found = printed(
        capsys, "fit-sampler", str(folder), kind, "--data", data, "--steps", "3", "--device", "cpu"
    )
    assert found["kind"] == kind
    assert samplers.kinds(folder) == [kind]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["draws", MODEL, "--guidance", "-1"], "--guidance is -1.0; it must be between 0 and 10."),
        (["draws", "vae-2d", "--sampler", "diffusion"], "has no sampler 'diffusion'"),
        (["fit-sampler", MODEL, "diffusion", "--steps", "0"], "--steps is 0; it must be 1 or more"),
    ],
)
def test_a_mistake_is_one_line(capsys: Capture, data: str, arguments: list[str], sentence: str):
    assert main([*arguments, "--data", data]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
