"""How soon a visitor on a slow phone sees a digit, and for how many bytes; a stock page beside it.

    python tests/benchmarks/bench_page.py [--runs 3] [--json]

Each visit is a newcomer's: an empty cache, 1.6 Mbit/s, 150 ms to and fro, by Chromium's own
throttling, a phone's window. The clock runs from the visit to the first digit decoded for this
visit on our live canvas, and to that of a stock Gradio page with one slider and one image; the two
take turns. Medians are printed; also when any digit is on show, as our page brings one with it, and
when the network is idle: of stock Gradio's, a font of 100 kB comes before the digit or after it.
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
    const canvas = document.querySelector('[data-testid=live-canvas]');
    return canvas && Number(canvas.dataset.frame) >= 1;
}"""
STOCK_SHOWS = """() => {
    const image = document.querySelector('#picture img');
    return image && image.complete && image.naturalWidth === 28;
}"""
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

    def _finish(self, event: dict[str, Any]) -> None:
        self.whole[event["requestId"]] = event["encodedDataLength"]


def visit(chromium: Any, url: str, shows: str, at_once: str, then: str) -> Visit:
    """A newcomer's first visit until each of three states holds: `at_once`, `shows`, `then`."""
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
    until(then)
    page.wait_for_load_state("networkidle", timeout=120_000)
    at_rest = time.perf_counter() - start
    visited = Visit(seconds, size, answers, on_show, first, at_rest, received.bytes())
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
        own_page = (own, OURS_SHOWS, ANY_SHOWS, OURS_RESTS)
        peer_page = (peer, STOCK_SHOWS, STOCK_SHOWS, STOCK_SHOWS)
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
    print("        digit of this visit          any digit        all of the page")
    for name, each in (("ours", ours), ("stock", stock)):
        print(
            f"{name:6} {each.received / 1000:5.0f} kB {each.seconds:6.2f} s in {each.answers:3.0f}"
            f" {each.received_on_show / 1000:8.0f} kB {each.on_show:5.2f} s"
            f" {each.received_at_rest / 1000:8.0f} kB {each.at_rest:5.2f} s"
        )
    print(f"ratios {ratios['bytes']:.2f} of the bytes, {ratios['seconds']:.2f} of the time")
    whole = ours.received_at_rest / stock.received_at_rest
    print(f"       {whole:.2f} of the bytes of the whole page")


if __name__ == "__main__":
    main()
