"""What whoever runs the server asks it, over a live one."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from prometheus_client.parser import text_string_to_metric_families
from serving import Served

from vae_core.app.server import health, sockets, work_queues
from vae_core.app.service.studio import Studio


def numbers(url: str) -> dict[tuple[str, ...], float]:
    """(name, label values...) -> value, as Prometheus' own parser reads them."""
    answer = httpx.get(f"{url}metrics", timeout=30).raise_for_status()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_alive_and_ready(url: str) -> None:
    assert httpx.get(f"{url}health").json() == {"status": "ok"}
    assert httpx.get(f"{url}ready").json() == {"status": "ok", "checkpoints": 2}


def test_metrics_count_decodes_answers_and_refusals(url: str, served: Served) -> None:
    client = Client(url, verbose=False, analytics_enabled=False)
    before = numbers(url)
    for _ in range(3):
        client.predict("tiny", [0, 0, 0], api_name="/decode")
    client.predict("tiny", 5, api_name="/sample")
    picture = "A" * 300
    with pytest.raises(AppError):
        client.predict("tiny", picture, api_name="/encode")
    httpx.get(f"{url}gradio_api/monitoring")
    after = numbers(url)

    def more(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert more("vae_studio_decodes_total", "tiny") == 3 + 5
    assert more("vae_studio_answers_total", "decode") == 3
    assert more("vae_studio_refusals_total", "mistake") == 1
    assert more("vae_studio_refusals_total", "request") == 1
    assert after[("vae_studio_queue_length", "live")] == 0
    assert after[("vae_studio_checkpoints",)] == 2
    assert after[("process_resident_memory_bytes",)] > 50 * 2**20
    log = served.log.read_text()
    assert "refused: mistake: encode\n" in log
    assert "refused: request: request, status 404\n" in log
    assert picture[:20] not in log


def answered(studio: Studio, path: str) -> tuple[int, dict[str, Any]]:
    routes = {
        route.path: route for route in health.routes(studio, sockets.LiveSocket({}, studio.batches))
    }
    endpoint: Any = routes[path].endpoint
    with ThreadPoolExecutor(1) as elsewhere:  # a browser test before may keep this one's loop
        answer = elsewhere.submit(asyncio.run, endpoint(SimpleNamespace())).result()
    return answer.status_code, json.loads(answer.body)


def test_without_the_library_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    status, body = answered(Studio(tmp_path, "cpu"), "/metrics")
    assert (status, body["error"]) == (501, health.MISSING)


def test_not_ready_without_a_checkpoint_or_room(
    tmp_path: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, body = answered(Studio(tmp_path, "cpu"), "/ready")
    assert (status, body["error"]) == (503, health.EMPTY)
    studio = Studio(served.log.parent / "checkpoints", "cpu")
    assert health.reason(studio) is None
    monkeypatch.setattr(work_queues.HEAVY, "waiting", 0)
    assert health.reason(studio) == health.FULL
