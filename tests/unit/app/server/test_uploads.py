"""Uploads leave the disk at once and the memory soon after, with nobody asking."""

import time
from pathlib import Path

import pytest

from vae_core.app.server.uploads import Uploads


def test_an_upload_leaves_disk_and_memory_by_itself(tmp_path: Path):
    file = tmp_path / "made" / "digit.png"
    file.parent.mkdir()
    file.write_bytes(b"picture")
    uploads = Uploads(tmp_path, seconds=0.2)
    assert uploads.take(str(file)) == b"picture"
    assert not file.exists()
    assert uploads.take(str(file)) == b"picture"  # a second caller who sent the same
    deadline = time.monotonic() + 10
    while uploads._recent and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not uploads._recent
    with pytest.raises(ValueError, match="send it again"):
        uploads.take(str(file))


def test_two_callers_may_send_the_same_file(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    (tmp_path / "hash").mkdir()
    path = tmp_path / "hash" / "seven.png"
    path.write_bytes(b"picture")
    assert uploads.take(str(path)) == b"picture"
    assert not path.parent.exists()
    assert uploads.take(str(path)) == b"picture"


def test_deleted_bytes_are_forgotten(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, seconds=0)
    (tmp_path / "hash").mkdir()
    path = tmp_path / "hash" / "seven.png"
    path.write_bytes(b"picture")
    uploads.take(str(path))
    with pytest.raises(ValueError, match="gone; please send it again"):
        uploads.take(str(path))
