"""How fast the picture follows the hand: our Explore panel against 20 stock Gradio sliders.

    python tests/benchmarks/bench_drag.py [--seconds 6] [--model vae-400]

One Chromium script drags the first slider of both; then ours again through a proxy that holds
every byte back for 50 ms each way (Chromium's own emulation leaves sockets alone). A frame is a
new picture on the page. The mouse moves at a steady rate, whatever the page makes of it. The
peer's time from event to paint is that of single steps with a rest between them, which flatters
it; ours is also taken during the drag.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import statistics
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving

MOVES_A_SECOND = 75

OURS = {
    "slider": "[data-testid=panel-explore] .latent input[type=range]",
    # Every painted decode changes data-frame.
    "watch": """() => {
        const canvas = document.querySelector('[data-testid=live-canvas]');
        window.seen = [];
        new MutationObserver(() => window.seen.push({
            at: performance.now(), latency: Number(canvas.dataset.latencyMs),
        })).observe(canvas, {attributeFilter: ['data-frame']});
    }""",
}
PEER = {
    "slider": "#z0 input[type=range]",
    # Gradio makes a new img or a new src for every picture; it is on show once loaded.
    "watch": """() => {
        window.seen = [];
        document.addEventListener('load', (event) => {
            if (event.target.matches('#picture img')) window.seen.push({
                at: performance.now(), latency: performance.now() - window.moved,
            });
        }, true);
        document.addEventListener('input', (event) => { window.moved = event.timeStamp; }, true);
    }""",
}


async def drag(page: Any, target: dict[str, str], seconds: float) -> dict[str, float]:
    """Drag the slider to and fro, then step it; frames a second and p95 milliseconds."""
    slider = page.locator(target["slider"]).first
    await slider.scroll_into_view_if_needed()
    await page.evaluate(target["watch"])
    box = await slider.bounding_box()
    middle, reach, y = box["x"] + box["width"] / 2, box["width"] * 0.4, box["y"] + box["height"] / 2
    await page.mouse.move(middle, y)
    await page.mouse.down()
    await swing(page, middle, reach, y, 1.0)  # the first requests open connections
    await page.evaluate("() => { window.seen.length = 0; }")
    start = await page.evaluate("() => performance.now()")
    await swing(page, middle, reach, y, seconds)
    end = await page.evaluate("() => performance.now()")
    seen = await page.evaluate("() => window.seen")
    frames = [frame for frame in seen if start < frame["at"] <= end]
    await page.mouse.up()
    return {
        "fps": len(frames) / (end - start) * 1000,
        "drag_p95": p95([frame["latency"] for frame in frames]),
        "step_p95": p95(await steps(page, middle, reach, y)),
    }


async def swing(page: Any, middle: float, reach: float, y: float, seconds: float) -> None:
    """Move the mouse to and fro for a while, at a steady rate above the display's.

    No move waits for the answer to the one before. Chromium answers a move at the page's next
    frame, so a hand that waited would be late for every other frame of a busy machine, and the
    benchmark would measure itself.
    """
    moves = set()
    start = time.perf_counter()
    for i in range(round(seconds * MOVES_A_SECOND)):
        await asyncio.sleep(start + i / MOVES_A_SECOND - time.perf_counter())
        at = time.perf_counter() - start
        move = page.mouse.move(middle + reach * math.sin(2 * math.pi * at), y)
        moves.add(asyncio.ensure_future(move))
    await asyncio.gather(*moves)


async def steps(page: Any, middle: float, reach: float, y: float, count: int = 30) -> list[float]:
    """Single steps, each answered before the next; milliseconds from event to paint."""
    await page.mouse.move(middle, y)
    await page.mouse.down()
    await page.wait_for_timeout(400)
    found = []
    for i in range(count):
        await page.evaluate("() => { window.seen.length = 0; }")
        await page.mouse.move(middle + reach * math.sin(i + 1), y)
        await page.wait_for_function("() => window.seen.length > 0", timeout=5000)
        found.append(await page.evaluate("() => window.seen[0].latency"))
        await page.wait_for_timeout(60)
    await page.mouse.up()
    return found


def p95(values: list[float]) -> float:
    """The 95th percentile, NaN of nothing."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else math.nan


async def open_page(chromium: Any, url: str) -> Any:
    """A page at `url`, at rest."""
    page = await (await chromium.new_context(viewport=driving.DESKTOP)).new_page()
    await page.goto(url)
    await page.wait_for_selector("input[type=range]")
    await page.wait_for_timeout(1500)
    return page


@contextlib.asynccontextmanager
async def far_away(url: str, seconds: float) -> AsyncIterator[str]:
    """A URL that leads to `url` over a line on which each byte travels for `seconds`."""
    there = urlsplit(url)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(2**16):
                loop.call_later(seconds, writer.write, data)
        loop.call_later(seconds, writer.close)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        its_reader, its_writer = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(carry(reader, its_writer), carry(its_reader, writer))

    proxy = await asyncio.start_server(connect, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}/"
    finally:
        proxy.close()


async def measure(arguments: argparse.Namespace) -> dict[str, dict[str, float]]:
    """The panel, the panel behind a slow line, and the peer."""
    results = {}
    query = f"?panel=explore&model={arguments.model}"
    async with driving.browser_of_tasks() as chromium:
        with driving.server() as near:
            async with far_away(near, 0.05) as far:
                for name, url in (("Explore", near), ("Explore, 100 ms latency", far)):
                    page = await open_page(chromium, url + query)
                    results[name] = await drag(page, OURS, arguments.seconds)
                    await page.context.close()
        if not arguments.no_peer:
            peer = Path(__file__).with_name("stock_peer.py")
            with driving.server(peer, "--model", arguments.model) as url:
                page = await open_page(chromium, url)
                results["stock Gradio"] = await drag(page, PEER, arguments.seconds)
    return results


def main() -> None:
    """Run all three and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--model", default="vae-400")
    parser.add_argument("--no-peer", action="store_true")
    arguments = parser.parse_args()
    results = asyncio.run(measure(arguments))
    print(f"{'':26}{'frames/s':>10}{'p95 ms, drag':>14}{'p95 ms, step':>14}")
    for name, row in results.items():
        print(f"{name:26}{row['fps']:10.1f}{row['drag_p95']:14.1f}{row['step_p95']:14.1f}")
    if "stock Gradio" in results:
        print(f"ratio {results['Explore']['fps'] / results['stock Gradio']['fps']:.1f}")


if __name__ == "__main__":
    main()
