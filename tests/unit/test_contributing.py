"""The worked examples of CONTRIBUTING.md, carried out as they stand on a copy of the sources."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
CREATE = re.compile(r"Create `([^`]+)`:\n\n```\w+\n(.*?)```", re.S)
APPEND = re.compile(r"Append to `([^`]+)`:\n\n```\w+\n(.*?)```", re.S)
LINE = re.compile(r"add `([^`]+)` to `PANELS` in `([^`]+)`")

CHECK = """
import torch
import vae_core
from pathlib import Path
from vae_core import Config, recipes
from vae_core.app.server import shell
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
app = shell.build_app(studio)
assert studio.card("t")["quantity"] == "density"
given = [getattr(block, "server_fns", ()) for block in app.blocks.values()]
assert "centre" in [each.__name__ for functions in given for each in functions]
print("done")
"""


def test_the_worked_examples_work(tmp_path: Path) -> None:
    copy = tmp_path / "vae_core"
    shutil.copytree(ROOT / "vae_core", copy, ignore=shutil.ignore_patterns("__pycache__"))
    created, appended = CREATE.findall(TEXT), APPEND.findall(TEXT)
    assert (len(created), len(appended)) == (4, 1), "an example that nothing tries"
    for file, content in created:
        assert not (tmp_path / file).exists()
        (tmp_path / file).write_text(content, "utf-8")
    for file, content in appended:
        with (tmp_path / file).open("a", encoding="utf-8") as whole:
            whole.write("\n\n" + content)
    [(line, file)] = LINE.findall(TEXT)
    shell = tmp_path / file
    shell.write_text(
        shell.read_text("utf-8").replace("PANELS = (", f"PANELS = (\n    {line}"), "utf-8"
    )
    words = [sys.executable, "-c", CHECK]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "done", ran.stderr[-2000:]
