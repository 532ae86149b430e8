"""The door to training: what one address may have, whose a model is, and the socket of a run."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from vae_core import VAE, checkpoint
from vae_core.app.server import train, training_socket, visitors
from vae_core.app.server.calls import Call
from vae_core.app.service.studio import Studio
from vae_core.app.service.trainings.limits import Limits
from vae_core.app.service.trainings.trainings import Trainings
from vae_core.checkpoint import archive
from vae_core.training import snapshots

A, B, C = "a" * 24, "b" * 24, "c" * 24


@pytest.fixture
def studio(model: VAE, tmp_path: Any) -> Iterator[Studio]:
    """One small model, and room in the queue but none to run."""
    checkpoint.save(model, tmp_path / "tiny")
    (tmp_path / "tiny" / "history.jsonl").write_text(
        '{"epoch": 1, "distortion": 90.0, "rate": 20.0, "beta": 1.0, "seconds": 2.0, '
        '"test_distortion": 92.0, "test_rate": 19.5}\n'
    )
    studio = Studio(tmp_path)
    studio.trainings.limits = Limits(running=0, waiting=4, runs_address=2, models_address=2)
    for part in (studio.trainings.models, studio.trainings._roll):
        part.limits = studio.trainings.limits
    yield studio
    studio.trainings.close()


@pytest.fixture
def call(studio: Studio) -> Callable[..., Any]:
    """Ask as the page does, from an address."""
    known = {each.name: each for each in train.calls(studio)}

    def ask(asked: str, address: str = "1.1.1.1", **argument: object) -> Any:
        call: Call = known[asked]
        with visitors.asking(address):
            return call.answer(argument)

    return ask


def zipped(model: VAE) -> str:
    return base64.b64encode(archive.to_zip(archive.pack(model))).decode()


def test_runs_of_one_address_are_bounded(call: Callable[..., Any]) -> None:
    for visitor in (A, B):
        assert call("start_training", visitor=visitor, recipe="vae-400")["state"] == "waiting"
    refused = call("start_training", visitor=C, recipe="vae-400")["error"]
    assert "2 runs from your network address are not over yet" in refused
    there = call("start_training", "2.2.2.2", visitor=C, recipe="vae-400")
    assert there["place"] == 2  # a first run goes before another address's second
    assert "not over yet" in call("start_training", visitor=A, recipe="vae-400")["error"]


def test_models_of_one_address_push_out_their_own(call: Callable[..., Any], model: VAE) -> None:
    there = call("upload_own_model", "2.2.2.2", visitor=C, file=zipped(model))
    assert [card["name"] for card in there["models"]] == ["own-1"]
    for visitor in (A, B, A):
        call("upload_own_model", visitor=visitor, file=zipped(model))
    counts = [len(call("own_models", visitor=each)["models"]) for each in (A, B, C)]
    assert counts == [1, 1, 1]


def test_a_model_is_its_visitors_alone(
    call: Callable[..., Any], studio: Studio, model: VAE
) -> None:
    (card,) = call("upload_own_model", visitor=A, file=zipped(model))["models"]
    assert (card["ending"], card["measured"], card["latent_dim"]) == ("brought", None, 3)
    z = [0.5, -1.0, 2.0]
    made = studio.decode(f"own-1@{A}", z)["pixels"]
    assert (made == studio.decode("tiny", z)["pixels"]).all()
    assert studio.names(f"own-1@{A}")["names"]
    assert [each["name"] for each in studio.checkpoints()] == ["tiny"]
    assert set(studio.decoded.counts()) <= studio.registry.recipes | {"own"}
    for other in ("own-1", f"own-1@{B}", f"own-2@{A}"):
        with pytest.raises(ValueError, match=r"is unknown|no such model"):
            studio.decode(other, z)
    assert "no such model" in call("download_own_model", visitor=B, name="own-1")["error"]
    call("drop_own_model", visitor=A, name="own-1")
    with pytest.raises(ValueError, match="no such model"):
        studio.decode(f"own-1@{A}", z)


def test_a_model_comes_down_in_pieces_and_goes_up_again(
    call: Callable[..., Any], model: VAE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "PIECE", 1000)
    sent = zipped(model)
    call("upload_own_model", visitor=A, file=sent)
    data, size = b"", 1
    while len(data) < size:
        piece = call("download_own_model", visitor=A, name="own-1", start=len(data))
        data, size = data + base64.b64decode(piece["data"]), piece["size"]
    assert data == base64.b64decode(sent)
    for start in (-1, size + 1, "x", None):
        refused = call("download_own_model", visitor=A, name="own-1", start=start)
        assert "start must be a whole number" in refused["error"]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (None, "must be sent as base64"),
        (7, "must be sent as base64"),
        ("no base64!", "must be sent as base64"),
        (base64.b64encode(b"no zip").decode(), "no whole zip file"),
    ],
)
def test_what_is_no_model_is_refused_in_words(
    call: Callable[..., Any], file: object, why: str
) -> None:
    assert why in call("upload_own_model", visitor=A, file=file)["error"]


def test_histories_are_read(call: Callable[..., Any], studio: Studio) -> None:
    found = call("training_history", checkpoint="tiny")
    assert found["on_test"]
    assert found["epochs"][0]["held_rate"] == 19.5
    file = studio.registry.folder("tiny") / "history.jsonl"
    file.write_text('{"epoch": "x"}\n[]\n')
    assert "cannot be read" in call("training_history", checkpoint="tiny")["error"]
    file.unlink()
    assert "No history" in call("training_history", checkpoint="tiny")["error"]
    assert "unknown" in call("training_history", checkpoint="../tiny")["error"]


def test_pictures_of_an_epoch_are_read(call: Callable[..., Any], studio: Studio) -> None:
    folder = studio.registry.folder("tiny")
    assert call("training_history", checkpoint="tiny")["pictured"] == 0
    assert "No pictures" in call("training_pictures", checkpoint="tiny", epoch=1)["error"]
    rows = np.arange(2 * 20 * 784, dtype=np.uint32).astype(np.uint8).reshape(2, 20, 28, 28)
    page = rows.transpose(0, 2, 1, 3).reshape(56, 560)
    Image.fromarray(page).save(folder / snapshots.FILE)
    assert call("training_history", checkpoint="tiny")["pictured"] == 2
    found = call("training_pictures", checkpoint="tiny", epoch=2)
    assert base64.b64decode(found["rebuilt"]) == rows[1, :10].tobytes()
    assert base64.b64decode(found["draws"]) == rows[1, 10:].tobytes()
    for epoch, why in ((0, "epoch must be"), ("x", "epoch must be"), (3, "No pictures")):
        assert why in call("training_pictures", checkpoint="tiny", epoch=epoch)["error"]


@pytest.fixture
def client(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(training_socket, "LONGEST", 30.0)
    endpoint = training_socket.TrainingSocket(studio.trainings)
    with TestClient(Starlette(routes=[WebSocketRoute(training_socket.PATH, endpoint)])) as client:
        yield client


def ask(socket: Any, visitor: str, stamp: object = None, since: int = 0) -> None:
    socket.send_text(json.dumps({"visitor": visitor, "since": since, "stamp": stamp}))


def test_an_answer_comes_when_there_is_something_new(
    client: TestClient, call: Callable[..., Any]
) -> None:
    for visitor in (A, B):
        call("start_training", visitor=visitor, recipe="vae-400")
    with client.websocket_connect(training_socket.PATH) as socket:
        ask(socket, B)
        first = socket.receive_json()
        assert first["look"]["place"] == 2
        ask(socket, B, first["stamp"])  # which waits, until the one before leaves
        call("command_training", visitor=A, command="stop")
        assert socket.receive_json()["look"]["place"] == 1


def test_a_question_that_waits_for_its_turn_is_a_heartbeat(
    client: TestClient,
    studio: Studio,
    call: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call("start_training", visitor=A, recipe="vae-400")
    visit = studio.trainings._roll.visits[A]

    async def no_turn(*_: object) -> None:
        raise ValueError("The server is busy.")

    monkeypatch.setattr(training_socket.work_queues.QUICK, "run", no_turn)
    visit.seen = before = visit.seen - 1
    with client.websocket_connect(training_socket.PATH) as socket:
        ask(socket, A)
        assert socket.receive_json() == {"error": "The server is busy."}
    assert visit.seen > before


def test_a_run_that_begins_while_its_place_is_looked_up_has_none(
    studio: Studio, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look-up holds no lock, lest a socket waits for a run."""
    call("start_training", visitor=A, recipe="vae-400")
    roll = studio.trainings._roll
    queue = roll.queue

    def begins() -> list[Any]:
        roll.visits[A].state = "starting"
        return queue()

    monkeypatch.setattr(roll, "queue", begins)
    assert studio.trainings.stamp(A)[2] is None


@pytest.mark.parametrize(("code", "state"), [(1001, "none"), (1000, "waiting")])
def test_who_leaves_the_page_leaves_the_queue(
    client: TestClient, studio: Studio, call: Callable[..., Any], code: int, state: str
) -> None:
    """A socket that breaks otherwise may come back before the heartbeat is missed."""
    call("start_training", visitor=A, recipe="vae-400")
    with client.websocket_connect(training_socket.PATH) as socket:
        ask(socket, A)
        socket.receive_json()
        socket.close(code)
    assert studio.trainings.look(A)["state"] == state


@pytest.mark.parametrize(
    "message", ["", "[]", "{}", '{"visitor": "x", "since": 0}', '{"since": -1}', "x" * 600]
)
def test_what_is_no_question_closes_the_socket(client: TestClient, message: str) -> None:
    with client.websocket_connect(training_socket.PATH) as socket:
        socket.send_text(message)
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_pages_of_other_hosts_open_no_socket(client: TestClient) -> None:
    foreign = {"origin": "https://elsewhere.test", "host": "studio.test"}
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(training_socket.PATH, headers=foreign),
    ):
        pass


def test_the_server_takes_runs_and_models_with_it(model: VAE) -> None:
    trainings = Trainings(Limits(running=0))
    trainings.upload(A, archive.to_zip(archive.pack(model)))
    trainings.start(A, "vae-400")
    trainings.close()
    assert trainings.look(A)["state"] == "none"
    assert trainings.cards(A) == []
    with pytest.raises(ValueError, match="about to end"):
        trainings.start(A, "vae-400")
