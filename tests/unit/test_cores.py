"""How many threads, and how they wait: chosen before torch is imported, unless the user chose."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vae_core import cores

# Ends the process where torch would be imported, and prints what OpenMP would find there.
AT_TORCH = """
import os, sys
class Torch:
    def find_spec(self, name, *_):
        if name == "torch":
            print(os.environ.get("OMP_WAIT_POLICY"), flush=True)
            os._exit(0)
sys.meta_path.insert(0, Torch())
sys.argv = [{argv0!r}]
import vae_core
"""


@pytest.mark.parametrize(("argv0", "found"), [("-m", "PASSIVE"), ("notebook.py", "None")])
def test_the_command_line_lets_threads_sleep_and_a_library_leaves_them(argv0: str, found: str):
    env = {key: value for key, value in os.environ.items() if key not in cores.WAITING}
    code = AT_TORCH.format(argv0=argv0)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout.strip() == found, done.stderr


@pytest.mark.parametrize("name", cores.WAITING)
def test_a_users_own_way_of_waiting_stays(name: str):
    env = {name: "100"}
    cores.prepare(env)
    assert {key: env[key] for key in env if key in cores.WAITING} == {name: "100"}


def test_a_quota_bounds_the_threads_unless_the_user_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cores, "_visible", lambda: 16)
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "cpu.max")
    for text, expected in (("150000 100000", "2"), ("1000 100000", "1"), ("max 100000", None)):
        cores.QUOTA.write_text(text + "\n")
        env: dict[str, str] = {}
        cores.prepare(env)
        assert env.get("OMP_NUM_THREADS") == expected
    cores.QUOTA.write_text("150000 100000\n")
    env = {"OMP_NUM_THREADS": "5"}
    cores.prepare(env)
    assert env["OMP_NUM_THREADS"] == "5"


@pytest.mark.parametrize("text", ["", "max", "one two", "100 0"])
def test_a_quota_that_cannot_be_read_is_none(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cores, "_visible", lambda: 3)
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "cpu.max")
    cores.QUOTA.write_text(text)
    assert cores.available() == 3


@pytest.mark.skipif(sys.platform != "linux", reason="of GNU's allocator")
def test_what_is_freed_is_kept_for_the_next_step():
    code = """
import resource
from vae_core import cores
import numpy as np
cores.keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    np.ones(10**6)
before = faults()
for _ in range(20):
    np.ones(10**6)  # 8 MB, nearly 2,000 pages
print(faults() - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert int(done.stdout) < 1000, done.stderr
