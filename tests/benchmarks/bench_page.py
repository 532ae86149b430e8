"""How soon a visitor on a slow phone sees a digit, and for how many bytes; a stock page beside it.

    python tests/benchmarks/bench_page.py [--runs 3] [--json]

Each visit is a newcomer's: an empty cache, 1.6 Mbit/s, 150 ms to and fro, by Chromium's own
throttling, a phone's window. The clock runs from the visit to the first digit decoded for this
visit, which our page asks for over its socket before its scripts come, and to that of a stock
Gradio page with one slider and one image; the two take turns. Medians are printed; also when any
digit is on show, as our page brings one with it, when the canvas among the sliders shows its first,
and when the network is idle: of stock Gradio's, a font of 100 kB comes before the digit or after.
What comes over a socket counts too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving

STOCK = Path(__file__).parent / "stock_page.py"
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
OURS_SHOWS = """() => {
    const decoded = "[data-testid=first-digit] img, [data-testid=live-canvas]";
    return Number(document.querySelector(decoded)?.dataset.frame) >= 1;
}"""
OURS_FOLLOWS = """() => {
    const canvas = document.querySelector('[data-testid=live-canvas]');
    return canvas && Number(canvas.dataset.frame) >= 1;
}"""
STOCK_SHOWS = """() => {
    const image = document.querySelector('#picture img');
    return image && image.complete && image.naturalWidth === 28;
}"""
FRAME_HEAD = 4
OURS_RESTS = "() => window.studio?.callsUnderWay() === 0"


ANY_SHOWS = """() => {
    const digits = "[data-testid=first-digit] img, [data-testid=live-canvas]";
    const first = document.querySelector(digits);
    return first !== null && first.complete !== false;
}"""


class Visit(NamedTuple):
    """What a newcomer waited for: bytes on the wire until the digit, in how many answers."""

    seconds: float
    received: float
    answers: float
    on_show: float
    received_on_show: float
    awake: float
    received_awake: float
    at_rest: float
    received_at_rest: float


class Received:
    """The bytes of each answer, heads and all: of whole ones, and of those under way.

    Chromium counts what came of a compressed answer only at its end.
    """

    def __init__(self, network: Any) -> None:
        self.whole: dict[str, float] = {}
        self.parts: dict[str, float] = {}
        self.packed: set[str] = set()
        network.on("Network.responseReceived", self._begin)
        network.on("Network.dataReceived", lambda event: self._add(event, event))
        network.on("Network.loadingFinished", self._finish)
        network.on("Network.webSocketHandshakeResponseReceived", self._opened)
        network.on("Network.webSocketFrameReceived", self._framed)

    def bytes(self) -> int:
        """Of all together until now."""
        return round(sum({**self.parts, **self.whole}.values()))

    def _begin(self, event: dict[str, Any]) -> None:
        if "content-encoding" in {name.lower() for name in event["response"]["headers"]}:
            self.packed.add(event["requestId"])
        self._add(event, event["response"])

    def _add(self, event: dict[str, Any], part: dict[str, Any]) -> None:
        name = event["requestId"]
        came = part["encodedDataLength"] or (
            0 if name in self.packed else part.get("dataLength", 0)
        )
        self.parts[name] = self.parts.get(name, 0) + came

    def _opened(self, event: dict[str, Any]) -> None:
        self._count(event, len(event["response"].get("headersText", "")))

    def _framed(self, event: dict[str, Any]) -> None:
        text, is_text = event["response"]["payloadData"], event["response"]["opcode"] == 1
        self._count(event, FRAME_HEAD + (len(text) if is_text else len(text) * 3 // 4))

    def _count(self, event: dict[str, Any], came: int) -> None:
        self.whole[event["requestId"]] = self.whole.get(event["requestId"], 0) + came

    def _finish(self, event: dict[str, Any]) -> None:
        self.whole[event["requestId"]] = event["encodedDataLength"]


def visit(chromium: Any, url: str, at_once: str, shows: str, follows: str, then: str) -> Visit:
    """A newcomer's first visit until each of these states holds."""
    context = chromium.new_context(viewport=driving.PHONE, is_mobile=True, has_touch=True)
    page = context.new_page()
    network = context.new_cdp_session(page)
    received = Received(network)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", LINE)
    start = time.perf_counter()

    def until(state: str) -> float:
        page.wait_for_function(state, polling=10, timeout=120_000)
        return time.perf_counter() - start

    page.goto(url, wait_until="commit")
    on_show, first = until(at_once), received.bytes()
    seconds, size, answers = until(shows), received.bytes(), len(received.whole)
    awake, by_then = until(follows), received.bytes()
    until(then)
    page.wait_for_load_state("networkidle", timeout=120_000)
    at_rest = time.perf_counter() - start
    at_first = (seconds, size, answers, on_show, first)
    visited = Visit(*at_first, awake, by_then, at_rest, received.bytes())
    context.close()
    return visited


def middle(visits: list[Visit]) -> Visit:
    """The median of each figure."""
    return Visit(*(statistics.median(figures) for figures in zip(*visits, strict=True)))


def main() -> None:
    """Visit both in turns and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    ours, stock = [], []
    with (
        driving.server() as own,
        driving.server(STOCK) as peer,
        driving.browser() as chromium,
    ):
        own_page = (own, ANY_SHOWS, OURS_SHOWS, OURS_FOLLOWS, OURS_RESTS)
        peer_page = (peer, *[STOCK_SHOWS] * 4)
        for page in (own_page, peer_page):  # what is compressed as it is first asked for
            visit(chromium, *page)
        for _ in range(asked.runs):
            ours.append(visit(chromium, *own_page))
            stock.append(visit(chromium, *peer_page))
    report(middle(ours), middle(stock), as_json=asked.json)


def report(ours: Visit, stock: Visit, as_json: bool) -> None:
    """Print both and their ratios."""
    ratios = {"bytes": ours.received / stock.received, "seconds": ours.seconds / stock.seconds}
    if as_json:
        print(json.dumps({"ours": ours._asdict(), "stock": stock._asdict(), "ratios": ratios}))
        return
    print("        digit of this visit          any digit      among its sliders  all of the page")
    for name, each in (("ours", ours), ("stock", stock)):
        print(
            f"{name:6} {each.received / 1000:5.0f} kB {each.seconds:6.2f} s in {each.answers:3.0f}"
            f" {each.received_on_show / 1000:8.0f} kB {each.on_show:5.2f} s"
            f" {each.received_awake / 1000:8.0f} kB {each.awake:5.2f} s"
            f" {each.received_at_rest / 1000:8.0f} kB {each.at_rest:5.2f} s"
        )
    print(f"ratios {ratios['bytes']:.2f} of the bytes, {ratios['seconds']:.2f} of the time")
    whole = ours.received_at_rest / stock.received_at_rest
    print(f"       {whole:.2f} of the bytes of the whole page")


if __name__ == "__main__":
    main()
