"""What whoever runs the server asks it: is it alive, may it get visitors, how is it doing.

`/metrics` is Prometheus' text, by its own client library, an extra (`vae-studio[metrics]`).
Numbers are counted where they arise, as plain integers; the library reads them when it is asked.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vae_core.app.pending_pictures import HERE
from vae_core.app.server import calls, refusals, work_queues
from vae_core.app.server.sockets import LiveSocket
from vae_core.app.service.studio import Studio

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

MISSING = "Metrics need the package prometheus_client: pip install 'vae-studio[metrics]'."
EMPTY = "There is no checkpoint that can be used."
FULL = "The queue for heavy work is full."
QUEUES = (work_queues.QUICK, work_queues.ASIDE, work_queues.HEAVY, work_queues.PICTURES)


def routes(studio: Studio, socket: LiveSocket) -> list[Route]:
    """`/health`, `/ready` and `/metrics` of an app."""
    registry: list[CollectorRegistry] = []

    async def health(_: Request) -> Response:
        """Alive: this process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        """Ready: there is something to show, and room for one more."""
        problem = reason(studio)
        if problem is not None:
            return JSONResponse({"status": "not ready", "error": problem}, 503)
        return JSONResponse({"status": "ok", "checkpoints": len(studio.checkpoints())})

    async def metrics(_: Request) -> Response:
        """The numbers as text."""
        if importlib.util.find_spec("prometheus_client") is None:
            return JSONResponse({"error": MISSING, "detail": MISSING}, 501)
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        if not registry:
            registry.append(collected(studio, socket))
        return Response(generate_latest(registry[0]), headers={"content-type": CONTENT_TYPE_LATEST})

    answers = {"/health": health, "/ready": ready, "/metrics": metrics}
    return [Route(path, answer, methods=["GET"]) for path, answer in answers.items()]


def reason(studio: Studio) -> str | None:
    """Why the server should get no visitors now; None where it should."""
    if not studio.checkpoints():
        return EMPTY
    return FULL if work_queues.HEAVY.length >= work_queues.HEAVY.waiting else None


def collected(studio: Studio, socket: LiveSocket) -> CollectorRegistry:
    """A registry of its own: several apps of one process do not add up."""
    from prometheus_client import CollectorRegistry, ProcessCollector

    registry = CollectorRegistry()
    registry.register(Numbers(studio, socket))
    ProcessCollector(registry=registry)  # memory, processor time, open files
    return registry


class Numbers:
    """What prometheus_client collects; see its `registry.Collector`."""

    def __init__(self, studio: Studio, socket: LiveSocket) -> None:
        self.studio, self.socket = studio, socket

    def collect(self) -> Iterator[Metric]:
        """The counters and gauges as they stand now."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        counters = (
            ("decodes", "Digits decoded", "model", self.studio.decoded.counts()),
            ("answers", "Calls that were answered", "call", calls.ANSWERED.counts()),
            ("refusals", "Calls and requests refused", "kind", refusals.COUNTS.counts()),
        )
        for name, about, label, counts in counters:
            counter = CounterMetricFamily(f"vae_studio_{name}", about, labels=[label])
            for key, count in counts.items():
                counter.add_metric([key], count)
            yield counter
        batches = self.studio.batches.ran
        yield CounterMetricFamily("vae_studio_batches", "Decodes of many visitors", value=batches)
        queue = GaugeMetricFamily("vae_studio_queue_length", "Calls that wait", labels=["queue"])
        for each in QUEUES:
            queue.add_metric([each.name], each.length)
        queue.add_metric(["batches"], self.studio.batches.length)
        yield queue
        for name, about, value in self._gauges():
            yield GaugeMetricFamily(f"vae_studio_{name}", about, value=value)

    def _gauges(self) -> Iterator[tuple[str, str, float]]:
        yield "sockets", "Pages that follow a hand", self.socket.open
        yield "heavy_waiting", "Threads that wait for heavy work", self.studio.at_work.waiting
        yield "pending_picture_bytes", "Pictures on their way in", HERE.held
        yield "checkpoints", "Checkpoints that can be used", len(self.studio.checkpoints())
        if self.studio.device.type == "cuda":
            used = torch.cuda.memory_allocated(self.studio.device)
            yield "device_memory_bytes", "Memory of the GPU that is taken", used
