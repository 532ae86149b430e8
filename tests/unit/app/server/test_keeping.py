"""What keeps a server well for months: files, results, connections, names, headers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.events import api
from gradio.queueing import Event
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from vae_core.app.server import body_limit, connections, routes, upkeep, upload_route
from vae_core.app.server.headers import SecurityHeaders
from vae_core.app.server.routes import Directory, NotHereError
from vae_core.app.server.turns import Turns
from vae_core.app.server.upload_route import WHOLE, UploadRoute
from vae_core.app.server.visitors import FullError


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser test that ran before keeps this one's event loop."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, work).result()


class Taking:
    """An upload route with its client."""

    def __init__(self, folder: Path, limit: int = upload_route.LIMIT) -> None:
        self.uploads = UploadRoute(folder, limit)
        route = Route("/upload", self.uploads.receive, methods=["POST"])
        self.client = TestClient(Starlette(routes=[route]))

    def send(self, content: bytes, name: str = "a.png") -> Path:
        answer = self.client.post("/upload", files={"files": (name, content)})
        assert answer.status_code == 200, answer.text
        return Path(answer.json()[0])

    def left(self) -> list[Path]:
        return [path for path in self.uploads.folder.rglob("*") if path.is_file()]


def test_an_upload_has_a_folder_of_its_own_and_is_swept(tmp_path: Path) -> None:
    taking = Taking(tmp_path)
    first, second = taking.send(b"same", "../../a b.png"), taking.send(b"same")
    assert first.read_bytes() == second.read_bytes() == b"same"
    assert first.parent != second.parent
    assert taking.uploads.folder in first.parents
    taking.uploads.sweep()
    assert len(taking.left()) == 2
    first.unlink()
    first.parent.rmdir()  # as its reader does
    os.utime(second.parent.parent, (0, 0))
    taking.uploads.sweep()
    assert len(list(taking.uploads.folder.iterdir())) == 1
    taking.uploads.sweep(seconds=-1)
    assert list(taking.uploads.folder.iterdir()) == []


def test_what_a_server_before_left_is_swept(tmp_path: Path) -> None:
    old = tmp_path / upload_route.HOME / "old" / WHOLE
    old.mkdir(parents=True)
    (old / "a.png").write_bytes(b"a")
    os.utime(old.parent, (0, 0))
    Taking(tmp_path).uploads.sweep()
    assert not old.exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"files": [("files", ("a.png", b"a")), ("files", ("b.png", b"b"))]}, 400),
        ({"files": [("other", ("a.png", b"a"))]}, 400),
        ({"data": {"files": "text"}, "files": [("files", ("a.png", b"a"))]}, 400),
        ({"json": {"files": "a"}}, 400),
        ({"files": [("files", ("a.png", bytes(2000)))]}, 413),
        ({"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data"}}, 400),
    ],
)
def test_an_upload_is_one_file_in_one_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: dict[str, Any], status: int
) -> None:
    monkeypatch.setattr(upload_route, "PICTURE_LIMIT", 1000)
    taking = Taking(tmp_path)
    answer = taking.client.post("/upload", **sent)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert taking.left() == []


def test_who_has_most_waiting_gives_up_the_oldest(tmp_path: Path) -> None:
    taking = Taking(tmp_path, limit=1500)
    files = [taking.send(bytes(400)) for _ in range(4)]
    assert [path.exists() for path in files] == [False, False, True, True]


def test_a_result_that_nobody_fetches_is_forgotten() -> None:
    queue: Any = SimpleNamespace(
        event_queue_per_concurrency_id={}, active_jobs=[], event_ids_to_events={"e": 1}
    )
    queue.pending_event_ids_session = {"gone": {"e"}}
    results = upkeep.Results(SimpleNamespace(_queue=queue))  # type: ignore[arg-type]
    for name in ("gone", "working"):
        queue.pending_messages_per_session[name] = asyncio.Queue()
    queue.active_jobs = [None, [SimpleNamespace(session_hash="working")]]
    results.sweep(seconds=60)
    assert len(queue.pending_messages_per_session) == 2
    results.sweep(seconds=0)
    assert list(queue.pending_messages_per_session) == ["working"]
    assert not queue.pending_event_ids_session
    assert not queue.event_ids_to_events


def test_no_flood_of_calls_takes_the_answer_of_one_that_waits() -> None:
    """Gradio's queue, which ends for good where it writes to a caller that it has given up."""

    async def flood() -> None:
        with gr.Blocks() as blocks:
            api(lambda: 1, api_name="one")
        queue, (call,) = blocks.queue()._queue, blocks.fns.values()
        upkeep.Results(blocks)
        queue.create_event_queue_for_fn(call)
        waits = Event("waits", call, Request({"type": "http"}), None)
        queue.event_queue_per_concurrency_id[call.concurrency_id].queue.append(waits)
        queue.event_ids_to_events[waits._id] = waits
        callers = queue.pending_messages_per_session
        for name in ("waits", *map(str, range(3 * upkeep.RESULTS))):
            callers[name] = asyncio.Queue()
            queue.broadcast_estimations(call.concurrency_id)
        assert callers["waits"].qsize() == 3 * upkeep.RESULTS + 1
        assert len(callers) == upkeep.RESULTS + 1
        assert "0" not in callers
        callers.pop("waits")
        queue.broadcast_estimations(call.concurrency_id)
        del callers["waits"]
        assert "waits" not in callers

    run(flood())


def test_whoever_leaves_most_unread_loses_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "UNREAD", 5)
    queue: Any = SimpleNamespace(event_queue_per_concurrency_id={}, pending_event_ids_session={})
    results = upkeep.Results(SimpleNamespace(_queue=queue))  # type: ignore[arg-type]
    queue.active_jobs = [[SimpleNamespace(session_hash=name)] for name in ("greedy", "modest")]
    for name, count in (("greedy", 10), ("modest", 2)):
        queue.pending_messages_per_session[name] = asyncio.Queue()
        for message in range(count):
            queue.pending_messages_per_session[name].put_nowait(message)
    results.sweep()
    sizes = {name: q.qsize() for name, q in queue.pending_messages_per_session.items()}
    assert sizes == {"greedy": 3, "modest": 2}
    assert queue.pending_messages_per_session["greedy"].get_nowait() == 7


class Protocol:
    """As much of uvicorn's as is watched."""

    def __init__(self, loop: asyncio.AbstractEventLoop, config: Any, host: str) -> None:
        self.loop, self.config, self.client = loop, config, (host, 1)
        self.transport = SimpleNamespace(abort=self.abort)
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True

    def connection_made(self, transport: Any) -> None: ...
    def connection_lost(self, exc: Any) -> None: ...
    def on_message_begin(self) -> None: ...
    def on_headers_complete(self) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...
    def handle_websocket_upgrade(self) -> None: ...


@pytest.mark.parametrize(
    ("steps", "cut"),
    [
        ((), True),
        (("on_message_begin",), True),
        (("on_message_begin", "on_headers_complete"), False),
        (("on_headers_complete", "pause_writing"), True),
        (("on_headers_complete", "pause_writing", "resume_writing"), False),
        (("on_message_begin", "handle_websocket_upgrade"), False),
        (("on_headers_complete", "on_message_begin"), True),  # the next request of a connection
    ],
)
def test_a_silent_connection_is_cut(
    monkeypatch: pytest.MonkeyPatch, steps: tuple[str, ...], cut: bool
) -> None:
    monkeypatch.setattr(connections, "HEADERS", 0.01)
    monkeypatch.setattr(connections, "READING", 0.01)

    async def connect() -> bool:
        config = SimpleNamespace(forwarded_allow_ips="127.0.0.1")
        each = connections.timed(Protocol)(asyncio.get_running_loop(), config, "10.0.0.1")
        each.connection_made(each.transport)
        for step in steps:
            getattr(each, step)()
        await asyncio.sleep(0.05)
        if "handle_websocket_upgrade" not in steps:
            each.connection_lost(None)
        return each.aborted

    assert run(connect()) is cut
    assert "10.0.0.1" not in connections._open


def test_one_address_holds_so_many_connections_but_a_proxy_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS_EACH", 2)

    async def connect() -> list[list[bool]]:
        config, reply = SimpleNamespace(forwarded_allow_ips="127.0.0.1, 10.0.0.2"), []
        for host in ("10.0.0.1", "10.0.0.2"):
            loop = asyncio.get_running_loop()
            made = [connections.timed(Protocol)(loop, config, host) for _ in range(3)]
            for each in made:
                each.connection_made(each.transport)
            reply.append([each.aborted for each in made])
            for each in made:
                each.connection_lost(None)
        return reply

    assert run(connect()) == [[False, False, True], [False, False, False]]


def test_a_body_that_does_not_come_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "PAUSE", 0.01)

    async def read() -> None:
        patient = body_limit.BoundedBody(asyncio.Event().wait)  # type: ignore[arg-type]
        await patient()

    with pytest.raises(body_limit.RefusedError, match="too slowly"):
        run(read())


def test_a_body_that_comes_in_drops_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "PERIOD", 0.05)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def read() -> None:
        async for _ in body_limit.BoundedBody(receive).pieces():
            pass

    with pytest.raises(body_limit.RefusedError, match="too slowly"):
        run(read())


def test_turns_go_round_the_addresses() -> None:
    async def all_of_them() -> list[str]:
        turns, order, tasks = Turns(1, 2, "full"), list[str](), []

        async def once(visitor: str, name: str) -> None:
            async with turns.turn(visitor):
                order.append(name)
                await asyncio.sleep(0)

        async with turns.turn("first"):
            for visitor, name in (("greedy", "g1"), ("greedy", "g2"), ("modest", "m1")):
                tasks.append(asyncio.create_task(once(visitor, name)))
            await asyncio.sleep(0)
            with pytest.raises(FullError, match="full"):
                await once("greedy", "g3")
        await asyncio.gather(*tasks)
        return order

    assert run(all_of_them()) == ["g1", "m1", "g2"]


def test_a_turn_passes_over_whoever_left() -> None:
    async def leave() -> int:
        turns = Turns(1, 2, "full")
        async with turns.turn("first"):
            left = asyncio.create_task(turns._enter("second"))
            await asyncio.sleep(0)
            left.cancel()
            await asyncio.sleep(0)
        async with turns.turn("third"):
            assert turns.free == 0
        return turns.free

    assert run(leave()) == 1


def test_headers_are_added_where_an_answer_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_FRAMES", "https://school.example")

    async def answer(_: Any) -> PlainTextResponse:
        return PlainTextResponse("a", headers={"referrer-policy": "no-referrer"})

    app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(SecurityHeaders)])
    headers = TestClient(app).get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'self' https://school.example" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]


def names(argument: Any) -> None: ...


DIRECTORY = Directory(
    SimpleNamespace(  # type: ignore[arg-type]
        fns={0: SimpleNamespace(api_name="encode"), 1: SimpleNamespace(api_name="decode")},
        blocks={7: SimpleNamespace(server_fns=[names])},
        _queue=SimpleNamespace(
            event_ids_to_events={"a": 1},
            pending_messages_per_session={"b": 1},
            pending_event_ids_session={"s": {"c"}},
        ),
    ),
    takes_picture={"encode"},
)
CALL = {"component_id": 7, "fn_name": "names", "data": {"picture": "p"}, "session_hash": "s"}


@pytest.mark.parametrize(
    ("path", "body", "pictures"),
    [
        ("call/encode", {"data": ["vae-400", "p"]}, ["p"]),
        ("call/v2/encode", {"image": "p"}, ["p"]),
        ("run/decode", {"data": ["vae-400", []]}, []),
        ("queue/join", {"fn_index": 0, "data": ["vae-400", "p"], "session_hash": "s"}, ["p"]),
        ("component_server/", CALL, ["p"]),
        ("cancel", {"session_hash": "s"}, []),
    ],
)
def test_what_there_is_can_be_called(path: str, body: dict, pictures: list[str]) -> None:
    DIRECTORY.check(f"{routes.API}/{path}", body, pictures)


@pytest.mark.parametrize(
    ("path", "body", "pictures", "kind"),
    [
        ("call/none", {"data": []}, [], NotHereError),
        ("call/decode", {"data": ["p"]}, ["p"], OverflowError),
        ("call/encode", {"data": {"a": "p"}}, ["p"], OverflowError),
        ("queue/join", {"fn_index": 9, "data": []}, [], NotHereError),
        ("queue/join", {"fn_index": True, "data": []}, [], NotHereError),
        ("queue/join", {"fn_index": 0, "data": [], "session_hash": "s" * 200}, [], ValueError),
        ("component_server", {**CALL, "component_id": 8}, [], NotHereError),
        ("component_server", {**CALL, "component_id": "7"}, [], NotHereError),
        ("component_server", {**CALL, "fn_name": "__init__"}, [], NotHereError),
        ("component_server", {"component_id": 7, "fn_name": "names"}, [], ValueError),
        ("component_server", {**CALL, "data": ["p"]}, ["p"], OverflowError),
        ("reset", {"event_id": "p"}, ["p"], OverflowError),
    ],
)
def test_what_there_is_not_is_refused(
    path: str, body: dict, pictures: list[str], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        DIRECTORY.check(f"{routes.API}/{path}", body, pictures)


def test_only_results_that_wait_are_known() -> None:
    assert [DIRECTORY.knows_event(each) for each in "abcd"] == [True, True, True, False]


@pytest.mark.parametrize(
    ("path", "is_rendered"),
    [("/", True), ("/config", True), ("/gradio_api/info", True), ("/assets/index.js", False)],
)
def test_what_is_rendered_takes_turns(path: str, is_rendered: bool) -> None:
    assert bool(routes.RENDERED.fullmatch(path)) is is_rendered
