"""What is sent: readable by whoever gets it, and as small as can be soon after it was asked for."""

from __future__ import annotations

import gzip
import json
import threading
from typing import Any

import brotli
import pytest
from starlette.datastructures import MutableHeaders

from vae_core.app.server.compression import BEST, MOST, MOST_WAITING, Compressor, json_once

TEXT = "".join(f"line {i} of {i * i}\n" for i in range(800)).encode()
OPEN = {"br": brotli.decompress, "gzip": gzip.decompress}


def encoded(compressor: Compressor, accepted: str, content: bytes = TEXT) -> tuple[bytes, Any]:
    headers = MutableHeaders({"content-length": "0"})
    body = compressor.encode(content, accepted, headers)
    assert headers["content-length"] == str(len(body))
    assert headers["vary"] == "accept-encoding"
    return body, headers.get("content-encoding")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip;q=1.0", "gzip"), ("deflate", None), ("", None)],
)
def test_whoever_asks_can_read_it(accepted: str, coding: str | None) -> None:
    body, given = encoded(Compressor(), accepted)
    assert given == coding
    assert (OPEN[coding](body) if coding else body) == TEXT


def test_it_is_as_small_as_can_be_once_there_was_time() -> None:
    compressor = Compressor()
    first, _ = encoded(compressor, "br")
    compressor.settle()
    second, _ = encoded(compressor, "br")
    assert second == brotli.compress(TEXT, quality=BEST)
    assert len(second) < len(first)


def test_what_is_small_already_stays_so() -> None:
    assert encoded(Compressor(), "br", b"short") == (b"short", None)


def test_it_keeps_the_newest_alone() -> None:
    compressor = Compressor()
    for i in range(MOST + 5):
        encoded(compressor, "gzip", TEXT[:300] + str(i).encode())
    assert len(compressor._kept) == MOST


@pytest.mark.parametrize("accepted", ["br", "gzip", ""])
def test_a_large_answer_is_compressed_for_itself(accepted: str) -> None:
    reply = {"pixels": "abcd" * 4000, "milliseconds": 1.5}
    answer = json_once(reply, accepted)
    assert answer.headers.get("content-encoding", "") == accepted
    body = bytes(answer.body)
    assert json.loads(OPEN[accepted](body) if accepted else body) == reply
    assert len(body) < 2000 or not accepted
    assert "content-encoding" not in json_once({"error": "no"}, accepted).headers


def test_what_waits_for_its_smallest_form_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    compressor, block = Compressor(), threading.Event()
    monkeypatch.setattr(compressor, "_work", block.wait)
    for page in range(MOST_WAITING + 50):
        compressor.encode(b"%d " % page * 200, "br", MutableHeaders())
    assert compressor._waiting.qsize() == MOST_WAITING
    block.set()
