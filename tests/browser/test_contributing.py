"""The worked examples of CONTRIBUTING.md, carried out as they stand on a copy of the sources."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import driving
import httpx
import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
CREATE = re.compile(r"Create `([^`]+)`:\n\n```\w+\n(.*?)```", re.S)
APPEND = re.compile(r"Append to `([^`]+)`:\n\n```\w+\n(.*?)```", re.S)
LINE = re.compile(r"add `([^`]+)` to the end of `PANELS` in `([^`]+)`")
LISTED = re.compile(r"(?<=^PANELS = \(\n)(.*?)(?=^\))", re.S | re.M)

RUN = """
import json, sys
from pathlib import Path

import torch

import app
import vae_core
from vae_core import Config, recipes
from vae_core.app.service.studio import Studio
from vae_core.models import build

assert recipes.get("vae-64").net.hidden_dims == (64,)
model = build(Config(name="t", latent_dim=2, likelihood="student-t", scale=0.3))
x, z = torch.rand(3, 1, 28, 28), torch.zeros(3, 2)
p = model.decode(z)
theirs = torch.distributions.StudentT(3.0, p.mean, torch.tensor(0.3))
torch.testing.assert_close(p.log_prob(x), theirs.log_prob(x).sum((1, 2, 3)))
assert p.sample().shape == x.shape
vae_core.save(model.eval(), Path("checkpoints/t"))
studio = Studio(Path("checkpoints"))
assert studio.card("t")["quantity"] == "density"
print(json.dumps(studio.decode("t", [0, 0])["pixels"][0].tolist()), flush=True)
sys.exit(app.main(["--port", sys.argv[1], "--checkpoints", "checkpoints"]))
"""


class House(NamedTuple):
    """The app with the examples in it: its address, and the digit that the new panel shows."""

    url: str
    digit: list[list[int]]


def follow(folder: Path) -> None:
    """Do in a copy of the sources what the text says."""
    shutil.copytree(ROOT / "vae_core", folder / "vae_core", ignore=_compiled)
    shutil.copy(ROOT / "app.py", folder)
    created, appended = CREATE.findall(TEXT), APPEND.findall(TEXT)
    assert (len(created), len(appended)) == (4, 1), "an example that nothing tries"
    for file, content in created:
        assert not (folder / file).exists()
        (folder / file).write_text(content, "utf-8")
    for file, content in appended:
        with (folder / file).open("a", encoding="utf-8") as whole:
            whole.write("\n\n" + content)
    [(line, file)] = LINE.findall(TEXT)
    shell = (folder / file).read_text("utf-8")
    longer, count = LISTED.subn(rf"\1    {line}\n", shell)
    assert count == 1
    (folder / file).write_text(longer, "utf-8")


_compiled = shutil.ignore_patterns("__pycache__")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, port = tmp_path_factory.mktemp("house"), str(driving.free_port())
    follow(folder)
    log = folder / "log.txt"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", RUN, port],
            cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True,
            env={**os.environ, "GRADIO_TEMP_DIR": str(folder / "uploads")},
        ) as process,
    ):  # fmt: skip
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said, log.read_text()[-2000:]
            url = f"http://127.0.0.1:{port}/"
            driving.wait_for(url, process)
            yield House(url, json.loads(said))
        finally:
            process.kill()


@pytest.mark.long
def test_the_worked_examples_work(house: House) -> None:
    parts = httpx.get(f"{house.url}config").json()["components"]
    assert "centre" in [name for part in parts for name in part["props"].get("server_fns") or ()]


@pytest.mark.long
@pytest.mark.browser
def test_the_new_panel_shows_its_picture(desktop: Any, house: House) -> None:
    desktop.goto(f"{house.url}?panel=mean")
    desktop.wait_for_function(
        """(digit) => {
            const canvas = document.querySelector("[data-testid=panel-mean] canvas");
            const data = canvas?.getContext("2d").getImageData(0, 0, 28, 28).data;
            return data && digit.flat().every((level, i) => Math.abs(level - data[4 * i]) <= 1);
        }""",
        arg=house.digit,
    )
