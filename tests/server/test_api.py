"""The six named endpoints over a live server, through `gradio_client` and plain HTTP."""

from __future__ import annotations

import base64
import io
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from serving import Served

from vae_core.app.server.assets import examples

HEAD = "data:image/png;base64,"


@pytest.fixture
def uploads(served: Served) -> Path:
    return served.uploads


@pytest.fixture(scope="module")
def caller(served: Served) -> Client:
    return Client(served.url, verbose=False, analytics_enabled=False)


@pytest.fixture
def client(caller: Client, url: str) -> Client:
    """A client, for a test that leaves no traceback in the server's log."""
    return caller


@pytest.fixture(scope="module")
def digit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("digit") / "seven.png"
    Image.fromarray(examples()[0][7]).save(path)
    return path


def grey(uri: str) -> np.ndarray:
    """The picture of a data URI, which must be a 28x28 8-bit grey PNG."""
    assert uri.startswith(HEAD)
    with Image.open(io.BytesIO(base64.b64decode(uri.removeprefix(HEAD)))) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "L", (28, 28))
        return np.asarray(image)


def left_over(uploads: Path) -> list[Path]:
    """Uploaded files still on the disk; Gradio keeps an empty folder of its own there."""
    return [path for path in uploads.rglob("*") if path.is_file()]


def post(url: str, name: str, body: str) -> tuple[str, Any]:
    """Plain HTTP as the documentation of Gradio has it: the event and its data."""
    started = httpx.post(
        f"{url}gradio_api/call/{name}",
        content=body,
        headers={"content-type": "application/json"},
    )
    event = started.raise_for_status().json()["event_id"]
    lines = httpx.get(f"{url}gradio_api/call/{name}/{event}", timeout=30).text.splitlines()
    return lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))


def test_checkpoints(client: Client) -> None:
    keys = {"name", "title", "latent_dim", "objective", "likelihood", "prior", "parameters"}
    cards = {card["name"]: card for card in client.predict(api_name="/checkpoints")}
    assert all(keys <= set(card) for card in cards.values())
    assert {name: card["latent_dim"] for name, card in cards.items()} == {"tiny": 3, "labelled": 4}


def test_decode(client: Client, served: Served) -> None:
    answer = client.predict("tiny", [0, 1.5, -2], api_name="/decode")
    with torch.inference_mode():
        mean = served.model.decode(torch.tensor([[0, 1.5, -2]])).mean[0, 0].numpy()
    assert np.array_equal(grey(answer["image"]), np.rint(mean * 255))
    assert answer["milliseconds"] >= 0


def test_sample_and_its_defaults(client: Client) -> None:
    plain = client.predict("tiny", api_name="/sample")
    spelled = client.predict("tiny", 16, 0, 1.0, None, "default", api_name="/sample")
    assert plain == spelled
    assert len(plain["images"]) == len(plain["z"]) == 16
    assert plain["seed"] == 0
    assert grey(plain["images"][0]).any()


def test_encode_and_reconstruct_keep_an_mnist_digit(client: Client, digit: Path) -> None:
    code = client.predict("tiny", handle_file(digit), api_name="/encode")
    made = client.predict("tiny", handle_file(digit), api_name="/reconstruct")
    with Image.open(digit) as image:
        for answer in (code, made):
            assert np.array_equal(grey(answer["input"]), np.asarray(image))
    assert code["z"] == code["mean"] == made["z"]
    assert len(code["logvar"]) == 3
    costs = {"distortion", "rate"}
    assert set(made) == {"input", "reconstruction", "z", "mean", "logvar", "label"} | costs
    assert code["label"] is made["label"] is None
    assert grey(made["reconstruction"]).shape == (28, 28)


def test_interpolate_and_its_defaults(client: Client, digit: Path) -> None:
    same = handle_file(digit), handle_file(digit)
    plain = client.predict("tiny", *same, api_name="/interpolate")
    spelled = client.predict("tiny", *same, 10, "linear", None, api_name="/interpolate")
    assert plain == spelled
    assert len(plain["images"]) == len(plain["z"]) == 10
    arc = client.predict("tiny", *same, 3, "spherical", api_name="/interpolate")
    assert len(arc["images"]) == 3


def test_a_label_is_told_where_a_model_takes_one(client: Client, digit: Path) -> None:
    z, seven = [0.5, -1.0, 0.2, 2.0], handle_file(digit)
    made = [client.predict("labelled", z, label, api_name="/decode") for label in (3, 8)]
    assert [one["label"] for one in made] == [3, 8]
    assert made[0]["image"] != made[1]["image"]
    for endpoint in ("/encode", "/reconstruct"):
        result = [client.predict("labelled", seven, label, api_name=endpoint) for label in (3, 8)]
        assert [one["label"] for one in result] == [3, 8]
        assert result[0]["z"] != result[1]["z"]
        assert result[0]["mean"] == result[1]["mean"]
    way = client.predict("labelled", seven, seven, 2, "linear", 8, api_name="/interpolate")
    assert way["labels"] == [8, 8]
    assert way["z"][0] == pytest.approx(result[1]["z"], abs=1e-5)


def test_a_label_means_nothing_to_other_models(client: Client, digit: Path) -> None:
    untold, result = (
        client.predict("tiny", handle_file(digit), label, api_name="/reconstruct")
        for label in (None, 3)
    )
    assert result["label"] is None
    assert result == untold


def test_draws_are_by_the_best_sampler_unless_another_is_asked_for(client: Client) -> None:
    default, diffusion, prior = (
        client.predict("labelled", 4, 1, 1.0, 8, sampler, api_name="/sample")
        for sampler in ("default", "diffusion", "prior")
    )
    assert default == diffusion
    assert prior["z"] != default["z"]
    assert default["labels"] == prior["labels"] == [8] * 4
    with pytest.raises(AppError, match="has no sampler 'mixture'"):
        client.predict("labelled", 4, 1, 1.0, None, "mixture", api_name="/sample")


def test_uploads_are_gone_after_use(client: Client, digit: Path, uploads: Path) -> None:
    client.predict("tiny", handle_file(digit), api_name="/reconstruct")
    assert left_over(uploads) == []


@pytest.mark.parametrize("content", [b"hello", b"", b"\x89PNG\r\n\x1a\n0000"])
def test_what_is_no_picture_is_refused_in_words_and_deleted(
    client: Client, tmp_path: Path, uploads: Path, content: bytes
) -> None:
    path = tmp_path / "notes.png"
    path.write_bytes(content)
    with pytest.raises(AppError, match=r"empty|not a picture|damaged"):
        client.predict("tiny", handle_file(path), api_name="/reconstruct")
    assert left_over(uploads) == []


def test_a_blank_page_is_refused_in_words(client: Client, tmp_path: Path) -> None:
    Image.new("RGB", (200, 200), "white").save(tmp_path / "blank.png")
    with pytest.raises(AppError, match=r"(?i)nothing"):
        client.predict("tiny", handle_file(tmp_path / "blank.png"), api_name="/encode")


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("/decode", ("tiny", [0, 1]), "z must hold 3 numbers"),
        ("/decode", ("tiny", ["0", 1, 2]), r"z\[0\] must be a number"),
        ("/decode", ("tiny", [0, 1, 11]), r"z\[2\] must be a number from -10 to 10, not 11"),
        ("/decode", ("nope", [0, 1, 2]), "checkpoint 'nope' is unknown; there are: labelled, tiny"),
        ("/sample", ("tiny", 0), "n must be a whole number from 1 to 256, not 0"),
        ("/sample", ("tiny", -1), "n must be a whole number"),
        ("/sample", ("tiny", 10**9), "n must be a whole number"),
        ("/sample", ("tiny", True), "n must be a whole number"),
        ("/sample", ("tiny", 1, 0, 9.0), "temperature must be a number from 0 to 3"),
        ("/reconstruct", ("tiny", None), "No picture"),
        ("/encode", ("tiny", "abc"), "base64|not a picture"),
    ],
)
def test_mistakes_get_a_sentence(
    client: Client, name: str, arguments: tuple[Any, ...], words: str
) -> None:
    with pytest.raises(AppError, match=words):
        client.predict(*arguments, api_name=name)


@pytest.mark.parametrize(
    ("steps", "path", "words"), [(1, "linear", "steps"), (5, "zigzag", "path must be one of")]
)
def test_interpolate_refuses_bad_arguments(
    client: Client, digit: Path, steps: int, path: str, words: str
) -> None:
    ends = handle_file(digit), handle_file(digit)
    with pytest.raises(AppError, match=words):
        client.predict("tiny", *ends, steps, path, api_name="/interpolate")


@pytest.mark.parametrize("entry", ["NaN", "Infinity", "-Infinity", "null", "1e999", '"1"', "true"])
def test_raw_posts_of_what_is_no_number(url: str, entry: str) -> None:
    event, data = post(url, "decode", f'{{"data": ["tiny", [0, {entry}, 0]]}}')
    assert event == "error"
    assert data["error"].startswith("z[1] must be a number from -10 to 10, not ")


def test_plain_http_may_leave_arguments_out(url: str) -> None:
    event, data = post(url, "sample", '{"data": ["tiny"]}')
    assert event == "complete"
    assert len(data[0]["images"]) == 16
    event, data = post(url, "sample", '{"data": []}')
    assert event == "error"
    assert "checkpoint null is unknown" in data["error"]


def test_plain_http_may_send_base64(url: str, digit: Path) -> None:
    text = HEAD + base64.b64encode(digit.read_bytes()).decode("ascii")
    event, data = post(url, "reconstruct", json.dumps({"data": ["tiny", text]}))
    assert event == "complete"
    assert grey(data[0]["input"]).any()


@pytest.mark.parametrize("where", ["/etc/hostname", "../../etc/hostname", "a\u0000b", "", "."])
def test_no_file_but_an_upload_is_read_or_deleted(url: str, where: str) -> None:
    event, data = post(url, "reconstruct", json.dumps({"data": ["tiny", {"path": where}]}))
    assert event == "error"
    assert "must be an uploaded file" in data["error"]
    assert Path("/etc/hostname").exists()


def test_many_callers_at_once(url: str, digit: Path) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            mine = Client(url, verbose=False, analytics_enabled=False)
            for _ in range(3):
                mine.predict("tiny", handle_file(digit), api_name="/reconstruct")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_schema_reads_well(url: str) -> None:
    """Names, types with ranges, defaults, meanings and examples instead of "1st" and "..."."""
    named = httpx.get(f"{url}gradio_api/info").json()["named_endpoints"]
    for name, about in named.items():
        assert about["description"].endswith("."), name
        for each in about["parameters"]:
            assert each["label"] == each["parameter_name"], (name, each)
            assert each["python_type"]["description"], (name, each)
            assert each["type"].keys() & {"type", "anyOf"}, (name, each)
            assert each["example_input"] not in ("...", {}, None), (name, each)
    sample = {each["parameter_name"]: each for each in named["/sample"]["parameters"]}
    assert sample["n"]["type"]["maximum"] == 256
    assert sample["n"]["parameter_default"] == sample["n"]["example_input"] == 16
    assert sample["sampler"]["type"]["enum"] == ["default", "prior", "diffusion", "mixture"]
    assert sample["label"]["parameter_has_default"]
    assert sample["checkpoint"]["parameter_has_default"] is False
