"""Long work on a host that lends a GPU by the second, by a stand-in for the package that does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from vae_core import checkpoint, recipes
from vae_core.app.service import draws, zero_gpu
from vae_core.config import Config
from vae_core.models import build

SPACES = """
import json, os
asked = []
def GPU(function, duration):
    def lent(*arguments):
        asked.append([arguments[0], duration(*arguments)])
        if os.environ["LENDS"] == "no":
            raise RuntimeError("quota exceeded")
        return function("cpu", *arguments[1:])
    functions.append(function.__name__)
    return lent
functions = []
"""
SCRIPT = """
import json, sys
import torch
torch.cuda.is_available = lambda: True  # as the package claims everywhere
from vae_core.app.service.studio import Studio
studio = Studio(sys.argv[1])
z = [0.0] * 3
studio.decode("slow", z), studio.decode("quick", z)
studio.sample("slow", 1), studio.sample("quick", 256)
import spaces
idle = len(spaces.asked)
drawn = studio.sample("slow", 3, 5)["pixels"]
print(json.dumps({"device": studio.device_label, "functions": spaces.functions, "idle": idle,
                  "asked": spaces.asked, "pixels": drawn.tolist()}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two checkpoints, one of which paints pixel by pixel, beside the stand-in."""
    root = tmp_path_factory.mktemp("zero")
    (root / "spaces.py").write_text(SPACES)
    for name, recipe in (("slow", "vae-pixelcnn"), ("quick", "vae-400")):
        torch.manual_seed(0)
        config = Config.from_dict({**recipes.get(recipe).to_dict(), "latent_dim": 3})
        checkpoint.save(build(config), root / "checkpoints" / name)
    return root


def started(folder: Path, lends: str) -> dict[str, Any]:
    """What an app does on such a host: the package decides as it is imported, so a process."""
    given = {"SPACES_ZERO_GPU": "true", "LENDS": lends, "OMP_NUM_THREADS": "1"}
    paths = os.pathsep.join([str(folder), str(Path(__file__).parents[4])])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder / "checkpoints")],
        env={**os.environ, **given, "PYTHONPATH": paths},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ("no GPU was lent (RuntimeError)" in done.stderr) == (lends == "no")
    return json.loads(done.stdout)


@pytest.mark.long
def test_long_work_borrows_a_gpu_and_live_work_none(folder: Path) -> None:
    lent, refused = started(folder, "yes"), started(folder, "no")
    assert lent["device"] == "CPU"
    assert lent["functions"] == ["draw_elsewhere"]
    assert lent["idle"] == 0
    assert lent["asked"] == [["cuda", draws.STARTING + draws.OF_A_BATCH]]
    assert lent["pixels"] == refused["pixels"], "without a GPU the CPU draws the same"
    assert refused["asked"] == lent["asked"]


def test_more_digits_ask_for_more_seconds() -> None:
    asked = [draws.Draw(n=n, seed=0, label=None) for n in (1, 64, 65, 256)]
    times = [draws.seconds("cuda", "folder", "prior", each, 1.0) for each in asked]
    assert times == sorted(times)
    assert times[-1] <= 60, "the share of a visitor who did not sign in is two minutes a day"
    assert len(set(times)) == 3


def test_elsewhere_nothing_changes() -> None:
    assert not zero_gpu.HERE
    assert "spaces" not in sys.modules
    assert zero_gpu.device(None) is None
    assert zero_gpu.borrows(lambda device: 1)(lambda device: device)() == "cpu"
