"""app.py: importable without launching, and one sentence when it cannot start."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run app.py to its end; only for starts that fail."""
    command = [sys.executable, str(ROOT / "app.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_importing_it_launches_nothing_and_loads_neither_torch_nor_gradio() -> None:
    code = "import sys, app; assert not {'torch', 'gradio'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_a_start_looks_for_no_garbage_and_what_comes_after_it_does() -> None:
    import app

    with app.without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.unfreeze()
    with pytest.raises(ValueError, match="no start"), app.without_collection():
        raise ValueError("no start")
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("--port", str(port))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in done.stderr


@pytest.mark.parametrize("port", ["0", "-1", "70000", "http"])
def test_a_port_that_is_none_is_one_sentence(port: str) -> None:
    done = run("--port", port)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "1 to 65535" in done.stderr


def test_the_environment_names_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    import app

    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "1234")
    expected = app.arguments([])
    assert (expected.host, expected.port) == ("0.0.0.0", "1234")
    assert app.arguments(["--port", "99"]).port == "99"


def test_a_space_listens_on_all_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    import app

    monkeypatch.delenv("GRADIO_SERVER_NAME", raising=False)
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert app.arguments([]).host == "127.0.0.1"
    monkeypatch.setenv("SPACE_ID", "ada/studio")
    assert app.arguments([]).host == "0.0.0.0"


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--checkpoints", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--device", "abacus"], "abacus"),
    ],
)
def test_a_start_that_cannot_be_is_one_sentence(arguments: list[str], word: str) -> None:
    done = run("--port", "47861", *arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert word in done.stderr
