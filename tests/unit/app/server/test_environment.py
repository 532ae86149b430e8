"""Where the app and the data may find themselves: proxies, addresses, other people's files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.datastructures import Headers

import app
from vae_core import __main__ as cli
from vae_core import checkpoint, data
from vae_core.app.server import environment, sockets


def test_the_way_to_this_machine_goes_through_no_proxy():
    env = {"http_proxy": "http://proxy:3128", "no_proxy": "example.org"}
    environment.spare_own_address(env, "[fe80::1]")
    for name in ("no_proxy", "NO_PROXY"):
        assert {"127.0.0.1", "localhost", "::1", "fe80::1"} <= set(env[name].split(","))
    assert env["no_proxy"].startswith("example.org,")


def test_a_socks_proxy_that_cannot_be_used_is_dropped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    env = {"ALL_PROXY": "socks5://proxy:1080", "http_proxy": "http://proxy:3128"}
    assert environment.drop_socks(env) == ["ALL_PROXY"]
    assert env == {"http_proxy": "http://proxy:3128"}


def test_uploads_go_to_a_folder_of_this_process():
    env: dict[str, str] = {}
    environment.own_temporary_folder(env)
    folder = Path(env["GRADIO_TEMP_DIR"])
    assert folder.is_dir()
    assert os.name == "nt" or folder.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(folder)
    chosen = {"GRADIO_TEMP_DIR": "/somewhere"}
    environment.own_temporary_folder(chosen)
    assert chosen["GRADIO_TEMP_DIR"] == "/somewhere"


@pytest.mark.parametrize(
    ("host", "shown"),
    [("::1", "[::1]"), ("[::1]", "[::1]"), ("::", "[::]"), ("127.0.0.1", "127.0.0.1")],
)
def test_an_ipv6_address_has_brackets_in_the_browser(host: str, shown: str):
    assert app.address(host) == shown


def test_a_root_path_can_be_named(monkeypatch: pytest.MonkeyPatch):
    assert app.arguments(["--root-path", "/studio"]).root_path == "/studio"
    monkeypatch.setenv("GRADIO_ROOT_PATH", "/other")
    assert app.arguments([]).root_path == "/other"


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"origin": "http://a:8080", "host": "a:8080"}, True),
        ({"origin": "http://a:8080", "host": "a"}, True),  # nginx's $host
        ({"origin": "http://a:8080", "host": "b", "x-forwarded-host": "a:8080"}, True),
        ({"origin": "http://a", "host": "b", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://a", "host": "b", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://evil", "host": "a"}, False),
        ({"origin": "null", "host": "a"}, False),
        ({"origin": "http://a:8080", "host": "a:7860"}, False),
        ({"host": "a"}, True),
    ],
)
def test_only_own_pages_open_the_socket(headers: dict[str, str], own: bool):
    class Socket:
        def __init__(self) -> None:
            self.headers = Headers(headers)

    assert sockets.is_own_page(Socket()) is own  # type: ignore[arg-type]


def test_without_a_home_folder_the_cache_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", home)
    with pytest.raises(ValueError, match="XDG_CACHE_HOME"):
        data.cache_dir()


def test_packed_files_are_told_of(tmp_path: Path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "t10k-images-idx3-ubyte.gz").write_bytes(b"")
    with pytest.raises(ValueError, match="gunzip"):
        data.load_mnist("test", tmp_path)


ENDED = """
import os, runpy, sys, time
runpy.run_path(sys.argv[1])["prepare"]("127.0.0.1")
print(os.environ["GRADIO_TEMP_DIR"], flush=True)
while True:  # a signal that comes just before a long sleep would wait for its end
    time.sleep(0.1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal")
def test_the_folder_of_uploads_goes_when_the_server_is_ended(tmp_path: Path):
    env = {name: value for name, value in os.environ.items() if name != "GRADIO_TEMP_DIR"}
    command = [sys.executable, "-c", ENDED, environment.__file__]
    with subprocess.Popen(
        command,
        env=env | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        folder = Path(server.stdout.readline().strip())
        assert folder.is_dir()
        server.terminate()
        server.wait(30)
    assert list(tmp_path.iterdir()) == []


def test_the_hub_behind_a_socks_proxy_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    hub = pytest.importorskip("huggingface_hub")

    def needs_socksio(*_: object, **__: object) -> None:
        raise ImportError("Using SOCKS proxy, but the 'socksio' package is not installed.")

    monkeypatch.setattr(hub, "snapshot_download", needs_socksio)
    with pytest.raises(ValueError, match=r"hf:a/b could not be fetched: .*'socksio' package"):
        checkpoint.resolve("hf:a/b")


@pytest.mark.parametrize("words", [["train", "vae-400"], ["evaluate", "vae-400"], ["family"]])
def test_every_verb_that_asks_for_the_data_can_fetch_it(words: list[str]):
    parsed = cli._parser().parse_args([*words, "--download"])
    assert parsed.download
    assert parsed.data is None
