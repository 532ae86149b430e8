"""Refusals: counted by kind, a line each, and nothing of the visitor in it."""

from __future__ import annotations

import logging

import pytest

from vae_core.app.server import refusals, work_queues
from vae_core.app.server.calls import Call

PICTURE = "iVBORw0KGgo"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(refusals, "_bound", refusals.Bounded())
    monkeypatch.setattr(refusals.LOG, "propagate", True)
    caplog.set_level(logging.INFO, refusals.LOG.name)
    return caplog


def encode(picture: object) -> object:
    if picture is None:
        raise ValueError(work_queues.BUSY)
    if picture == 1:
        raise RuntimeError("our own fault")
    raise ValueError(f"{picture} is not a picture.")


def counted(kind: str) -> int:
    return refusals.COUNTS.counts().get(kind, 0)


@pytest.mark.parametrize(
    ("picture", "kind", "line"),
    [
        (PICTURE, refusals.MISTAKE, "refused: mistake: encode"),
        (None, refusals.BUSY, f"refused: busy: encode: {work_queues.BUSY}"),
    ],
)
def test_a_refused_call_is_one_line_without_what_was_sent(
    lines: pytest.LogCaptureFixture, picture: object, kind: str, line: str
) -> None:
    before = counted(kind)
    reply = Call(encode).answer({"picture": picture})
    assert PICTURE in str(reply) or picture is None, "the visitor reads what is wrong"
    assert [record.getMessage() for record in lines.records] == [line]
    assert counted(kind) == before + 1


def test_our_fault_is_counted_as_such(lines: pytest.LogCaptureFixture) -> None:
    before = counted(refusals.FAILED)
    Call(encode).answer({"picture": 1})
    assert counted(refusals.FAILED) == before + 1


def test_a_flood_of_refusals_is_counted_but_not_all_written(
    lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(refusals, "_bound", refusals.Bounded(lambda: now[0]))
    before = counted(refusals.REQUEST)
    for _ in range(1000):
        refusals.refused(refusals.REQUEST, "request, status 404")
    assert len(lines.records) == refusals.LINES
    assert counted(refusals.REQUEST) == before + 1000
    now[0] = refusals.SECOND
    refusals.refused(refusals.REQUEST, "request, status 404")
    assert lines.records[-1].getMessage().endswith(f"({1000 - refusals.LINES} lines left out)")
