"""Libraries that a killed compiler left unfinished are removed, and no others."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
import torch

from vae_core import compile_cache

WHOLE = Path(torch._C.__file__ or "").read_bytes()


def left(folder: Path, content: bytes, seconds_ago: float = 100.0) -> Path:
    """A library in the folder, as it was so long ago."""
    library = folder / "ab" / "cabc.main.so"
    library.parent.mkdir(exist_ok=True)
    library.write_bytes(content)
    then = library.stat().st_mtime - seconds_ago
    os.utime(library, (then, then))
    return library


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    compile_cache.clean.cache_clear()
    return tmp_path


@pytest.mark.parametrize("size", [0, 3, 63, 64, 1000, len(WHOLE) // 2])
def test_one_that_ends_too_early_is_removed(folder: Path, size: int):
    library = left(folder, WHOLE[:size])
    compile_cache.clean()
    assert not library.exists()


@pytest.mark.parametrize(
    "content", [WHOLE, b"\xcf\xfa\xed\xfe" + bytes(100)], ids=["whole", "other"]
)
def test_a_whole_one_and_another_systems_stay(folder: Path, content: bytes):
    library = left(folder, content)
    compile_cache.clean()
    assert library.read_bytes() == content


def test_one_that_is_still_being_written_is_waited_for(folder: Path):
    library = left(folder, WHOLE[:1000], seconds_ago=0)
    cleaning = threading.Thread(target=compile_cache.clean)
    cleaning.start()
    library.write_bytes(WHOLE)
    cleaning.join(timeout=60)
    assert not cleaning.is_alive()
    assert library.exists()


def test_one_from_the_future_is_waited_for_no_longer_than_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(compile_cache, "QUIET_SECONDS", 0.2)
    library = left(folder, WHOLE[:1000], seconds_ago=-3600)
    compile_cache.clean()
    assert not library.exists()


def test_what_is_no_file_is_not_opened(folder: Path):
    pipe = folder / "ab" / "pipe.so"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    compile_cache.clean()
    assert pipe.exists()


def test_another_users_folder_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR", raising=False)
    monkeypatch.setattr(compile_cache.tempfile, "gettempdir", lambda: str(tmp_path))
    (folder := tmp_path / "torchinductor_somebody").mkdir()
    library = left(folder, WHOLE[:1000])
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    compile_cache.clean.cache_clear()
    compile_cache.clean()
    assert library.exists()
    monkeypatch.setattr(os, "getuid", lambda: me)
    compile_cache.clean.cache_clear()
    compile_cache.clean()
    assert not library.exists()


def test_a_folder_that_is_not_there_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(folder / "none"))
    compile_cache.clean()
