"""Promises of the package as a whole."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vae_core import checkpoint
from vae_core.data.digits import Digits
from vae_core.evaluation.figures import slice_figures

ROOT = Path(__file__).parents[2]
HEAVY = ("gradio", "matplotlib", "skimage", "sklearn", "scipy", "torchvision", "zuko")


COMPILER = ("torch._dynamo", "sympy")


@pytest.mark.long
def test_importing_the_package_is_light():
    code = f"import sys, vae_core; print([m for m in {(*HEAVY, *COMPILER)} if m in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.long
def test_the_app_starts_without_the_compiler_and_the_sciences():
    code = (
        "import sys, app; app.build();"
        f"print([m for m in {('matplotlib', 'skimage', 'sklearn', 'scipy', *COMPILER)}"
        " if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_only_the_panels_import_gradio():
    found = [
        path
        for path in (ROOT / "vae_core").rglob("*.py")
        if "import gradio" in path.read_text() and "server" not in path.parts
    ]
    assert found == []


def test_only_training_the_classifier_needs_scikit_image():
    sources = (ROOT / "vae_core").rglob("*.py")
    found = [path for path in sources if "import skimage" in path.read_text("utf-8")]
    assert found == [ROOT / "vae_core" / "classifier" / "pictures.py"]


SHIPPED = [path.name for path in checkpoint.shipped(ROOT / "checkpoints")]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_checkpoint_repeats_its_figure(name: str, pictures_of: Callable[[str], Digits]):
    folder = ROOT / "checkpoints" / name
    card = json.loads((folder / "metrics.json").read_text())
    found = slice_figures(checkpoint.load(folder), pictures_of(name))
    for key, value in found.items():
        expected = card["slice"][key]
        assert value == (expected if expected is None else pytest.approx(expected, abs=0.05)), key


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_checkpoint_is_whole_and_small(name: str):
    folder = ROOT / "checkpoints" / name
    for file in ("config.json", "model.safetensors", "metrics.json", "history.jsonl", "README.md"):
        assert (folder / file).is_file(), file
        assert (folder / file).stat().st_size < 10_000_000
    about: Any = checkpoint.inspect(folder)
    assert about["metrics"]["parameters"] > 0
