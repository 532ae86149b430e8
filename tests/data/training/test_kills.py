"""A run that is killed again and again ends with the weights of one that was left alone."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from vae_core import files
from vae_core.training.session import STATE

KILLS = 20
EPOCHS = 60
"""Long enough that compiling the step pays on any machine, so that both runs choose the same."""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL is tried on POSIX")
def test_twenty_kills_change_no_bit(mnist_dir: Path, tmp_path: Path) -> None:
    def begin(out: Path) -> subprocess.Popen[bytes]:
        words = ["train", "vae-400", "--data", str(mnist_dir), "--out", str(out)]
        more = ["--epochs", str(EPOCHS), "--json", *["--resume"] * (out / STATE).is_file()]
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-m", "vae_core", *words, *more]
        return subprocess.Popen(command, stdout=quiet, stderr=quiet)

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert begin(whole).wait() == 0
    moments = random.Random(0)
    for _ in range(KILLS):
        process = begin(broken)
        try:
            process.wait(moments.uniform(0.5, 16))
        except subprocess.TimeoutExpired:
            process.kill()
        assert process.wait() == -9, "it was over before it was killed: give it more epochs"
    assert begin(broken).wait() == 0

    for name in ("model.safetensors", STATE):
        one, other = (files.read_tensors(out / name) for out in (whole, broken))
        assert one.keys() == other.keys()
        different = [key for key in one if not one[key].equal(other[key])]
        assert different == [], name
    figures = [
        [{k: v for k, v in line.items() if k != "seconds"} for line in map(json.loads, lines)]
        for lines in ((out / "history.jsonl").read_text().splitlines() for out in (whole, broken))
    ]
    assert figures[0] == figures[1]
