"""What a request may carry: sizes, names, pictures put aside; and that waiting holds no thread."""

from __future__ import annotations

import asyncio
import base64
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from vae_core.app import wire
from vae_core.app.pending_pictures import DroppedError, PendingPictures
from vae_core.app.server.body_reader import LONG, SMALL, BodyError, BodyReader
from vae_core.app.server.routes import is_open
from vae_core.app.server.visitors import FullError, Shares, home
from vae_core.app.server.work_queues import WorkQueue
from vae_core.app.service.limiter import Limiter


def read_body(body: bytes, size: int = 1000, pending: PendingPictures | None = None) -> BodyReader:
    reader = BodyReader(pending or PendingPictures(), "someone")
    for start in range(0, len(body), size):
        reader.feed(body[start : start + size])
    return reader


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_long_text_is_put_aside_and_the_rest_is_kept_as_it_is(size: int) -> None:
    pending = PendingPictures()
    picture = (b"a" * 60 + b'\\/b\\"') * (LONG // 60 + 10)
    body = b'{"x": "q\\"[", "picture": "%b", "n": [1, "\\\\"]}' % picture
    reader = read_body(body, size, pending)
    (name,) = reader.aside
    assert bytes(reader.kept) == body.replace(picture, name.encode())
    assert pending.take(name) == picture
    with pytest.raises(ValueError, match="send it again"):
        pending.take(name)
    assert pending.held == 0


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":[' + b"[]," * 1000,
        b'{"data":[' + b"1," * 30_000,
        b'{"data":"' + b"\\" * 10_000,
        b'{"data":[' + b" " * SMALL + b" ",
        b'["%b","%b","%b"]' % (3 * (b"a" * (LONG + 1),)),
    ],
)
def test_bodies_that_no_page_sends_are_refused(body: bytes) -> None:
    with pytest.raises(BodyError):
        read_body(body, 64 * 1024)


def test_who_holds_most_gives_up_what_is_unfinished() -> None:
    pending = PendingPictures(limit=100)
    mine = pending.begin("greedy")
    pending.add(mine, bytes(90))
    other = pending.begin("modest")
    pending.add(other, bytes(50))
    with pytest.raises(DroppedError):
        pending.add(mine, b"more")
    pending.finish(other)
    assert pending.take(other) == bytes(50)


def test_base64_in_slices_is_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SLICE", 8)
    data = bytes(range(100))
    text = base64.b64encode(data).decode()
    assert wire.picture_bytes("data:image/png;base64," + text) == data
    for wrong in ("AAA=" * 4, "AAAA!AAA", "é"):
        with pytest.raises(ValueError, match="base64"):
            wire.picture_bytes(wrong)


@pytest.mark.parametrize(
    ("method", "path", "open_"),
    [
        ("POST", "/gradio_api/process_recording", False),
        ("POST", "/gradio_api/call/upload", True),  # an endpoint of that name, bounded as any other
        ("GET", "/gradio_api/file=http://example.org/a.png", False),
        ("GET", "/gradio_api/proxy=https://a.hf.space/", False),
        ("GET", "/gradio_api/deep_link", False),
        ("PUT", "/", False),
        ("GET", "/", True),
        ("GET", "/gradio_api/login_check", True),
        ("GET", "/gradio_api/app_id", True),
        ("POST", "/gradio_api/component_server/", True),
        ("POST", "/studio/bulk/sample", True),
        ("POST", "/studio/bulk/", False),
        ("POST", "/studio/socket", False),
    ],
)
def test_only_what_the_app_needs_is_open(method: str, path: str, open_: bool) -> None:
    assert is_open(method, path) is open_


def test_one_address_holds_its_share_and_no_more() -> None:
    shares = Shares(total=3, each=2, sentence="full")
    with shares.place("a"), shares.place("a"):
        with pytest.raises(FullError, match="full"), shares.place("a"):
            pass
        with shares.place("b"):
            assert shares.held == 3
    assert shares.held == 0
    assert home("2001:db8::1") == home("2001:db8::2")
    assert home("::ffff:10.0.0.1") == "10.0.0.1"


def test_visitors_are_served_in_rotation_and_waiting_holds_no_thread() -> None:
    queue, release, served = WorkQueue("test", 1, waiting=4), threading.Event(), []

    def work(who: str) -> Any:
        def run() -> None:
            release.wait(10)
            served.append(who)

        return run

    async def all_at_once() -> list[Any]:
        first = asyncio.create_task(queue.run(work("first"), "greedy"))
        await asyncio.sleep(0.1)
        greedy = [asyncio.create_task(queue.run(work(f"g{i}"), "greedy")) for i in range(4)]
        await asyncio.sleep(0)
        modest = asyncio.create_task(queue.run(work("modest"), "modest"))
        await asyncio.sleep(0)
        assert sum(each.name.startswith("test-") for each in threading.enumerate()) == 1
        release.set()
        return await asyncio.gather(first, *greedy, modest, return_exceptions=True)

    # In a thread of its own: a browser test that ran before keeps this one's event loop.
    with ThreadPoolExecutor(1) as elsewhere:
        results = elsewhere.submit(asyncio.run, all_at_once()).result()
    assert served.index("modest") <= 2
    refused = [result for result in results if isinstance(result, ValueError)]
    assert [str(each) for each in refused] == [
        "Many pictures are being worked on; please try again in a moment."
    ]
    assert results[-1] is None


def test_a_place_goes_to_whoever_waits_longest() -> None:
    limiter, order, inside = Limiter(running=1), [], threading.Event()

    def greedy() -> None:
        for turn in range(3):
            with limiter():
                inside.set()
                order.append("greedy")
                while turn == 0 and not limiter.waiting:
                    pass

    thread = threading.Thread(target=greedy)
    thread.start()
    inside.wait(5)
    with limiter():
        order.append("other")
    thread.join()
    assert order.index("other") == 1


def test_work_knows_the_request_that_it_is_for() -> None:
    whose: contextvars.ContextVar[str] = contextvars.ContextVar("whose", default="nobody")

    async def ask(queue: WorkQueue, name: str) -> str:
        whose.set(name)
        return await queue.run(whose.get, name)

    async def both() -> list[str]:
        queue = WorkQueue("test", 1)
        return list(await asyncio.gather(ask(queue, "ada"), ask(queue, "emmy")))

    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(asyncio.run, both()).result() == ["ada", "emmy"]
