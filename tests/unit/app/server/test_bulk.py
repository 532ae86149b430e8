"""Answers of many pictures: what the head says follows it, and nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import brotli
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from vae_core.app import animation, wire
from vae_core.app.server import bulk, calls, visitors
from vae_core.app.server.calls import API, Call

DIGITS = np.arange(3 * 784, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28)
CODES = np.linspace(-3, 3, 12, dtype=np.float32).reshape(3, 4).tolist()


def read(message: bytes) -> dict[str, Any]:
    """As a page does."""
    (length,) = bulk.LENGTH.unpack_from(message)
    place = bulk.LENGTH.size + length
    head = json.loads(message[bulk.LENGTH.size : place])
    assert place % bulk.ALIGNED == 0
    for name, (kind, *shape) in head.pop("arrays").items():
        array = np.frombuffer(message, f"<{kind}", int(np.prod(shape)), place)
        head[name], place = array.reshape(shape), place + array.nbytes
    assert place == len(message)
    return head


@pytest.mark.parametrize("seed", [1, 12, 123, 1234])
def test_pictures_and_codes_arrive_as_they_left(seed: int) -> None:
    found = read(bulk.message({"pixels": DIGITS, "seed": seed, "z": CODES, "labels": [1, None]}))
    assert (found["pixels"] == DIGITS).all()
    assert found["pixels"].dtype == np.uint8
    assert found["z"].astype(float).tolist() == CODES
    assert (found["seed"], found["labels"]) == (seed, [1, None])


def test_one_code_is_part_of_the_head() -> None:
    found = read(bulk.message({"noisy": DIGITS, "denoised": DIGITS, "z": CODES[0]}))
    assert found["z"] == CODES[0]
    assert (found["noisy"] == DIGITS).all()
    assert (found["denoised"] == DIGITS).all()


def test_nothing_to_show_is_nothing() -> None:
    assert read(bulk.message({"pixels": wire.NO_DIGITS, "z": []}))["pixels"].size == 0
    assert read(bulk.message({"error": "No."})) == {"error": "No."}


def test_a_film_is_a_file() -> None:
    found = read(bulk.message({"gif": wire.Film(DIGITS)}))
    assert found["gif"].tobytes() == animation.gif(DIGITS)


def draw(checkpoint: object, n: object = 1) -> dict[str, Any]:
    if not isinstance(n, int):
        raise ValueError("n must be a number.")
    return {"pixels": np.zeros((n, 28, 28), np.uint8), "asker": visitors.at_hand()}


@pytest.fixture
def client() -> Iterator[TestClient]:
    listed = {"sample": (Call(draw, bulk=True), Call(dict, "slow")), API: (Call(draw, bulk=True),)}
    app = Starlette(routes=[bulk.route(calls.bulk_calls(listed))])
    with TestClient(app, client=("10.0.0.7", 1)) as client:
        yield client


def test_an_answer_is_bytes_compressed_as_a_whole(client: TestClient) -> None:
    body = {"data": {"checkpoint": "one", "n": 64}}
    with client.stream(
        "POST", "/studio/bulk/draw", json=body, headers={"accept-encoding": "br"}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-type"] == bulk.TYPE
    assert len(raw) < 64 * 784 / 100
    found = read(brotli.decompress(raw))
    assert found["pixels"].shape == (64, 28, 28)
    assert found["asker"] == "10.0.0.7"


def test_a_mistake_is_a_sentence(client: TestClient) -> None:
    for argument, sentence in (
        ({"checkpoint": "one", "n": "many"}, "n must be a number."),
        ([1], "The argument must be an object with named values."),
    ):
        answer = client.post("/studio/bulk/draw", json={"data": argument})
        assert read(answer.content) == {"error": sentence}


@pytest.mark.parametrize("name", ["slow", "nothing"])
def test_other_names_are_not_here(client: TestClient, name: str) -> None:
    answer = client.post(f"/studio/bulk/{name}", json={"data": {}})
    assert answer.status_code == 404
    assert answer.json()["error"].endswith(".")
