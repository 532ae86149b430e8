"""How fast the map is: pointing, pan and zoom in Chromium; geodesics and tangents in the library.

    python tests/benchmarks/bench_map.py [--model vae-flow] [--pairs 100] [--seconds 5]

The targets: pointing at 55 frames a second or more and 30 ms or less from event to paint (p95);
pan and zoom with 10,000 points at 55 or more, as dots and as digits; a geodesic in 3 s or less, no
longer than the straight line in every pair; tangents in 150 ms or less.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving
from bench_drag import MOVES_A_SECOND, OURS, p95

import vae_core
from vae_core.data.shipped import shipped
from vae_core.explore import geodesics, geometry
from vae_core.models import Model

PANEL = "[data-testid=panel-map]"
WATCH = OURS["watch"].replace("[data-testid=live-canvas]", f"{PANEL} [data-testid=live-canvas]")
PAINTS = f"""() => {{
    const canvas = document.querySelector('{PANEL} [data-testid=map-canvas]');
    window.seen = [];
    window.painting?.disconnect();
    window.painting = new MutationObserver(() => window.seen.push({{at: performance.now()}}));
    window.painting.observe(canvas, {{attributeFilter: ['data-painted']}});
}}"""


async def circle(page: Any, box: dict[str, float], seconds: float) -> None:
    """Move the mouse around the middle of the map, at a steady rate above the display's."""
    moves, start = set(), time.perf_counter()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    reach = 0.25 * min(box["width"], box["height"])
    for i in range(round(seconds * MOVES_A_SECOND)):
        await asyncio.sleep(start + i / MOVES_A_SECOND - time.perf_counter())
        angle = 2.5 * (time.perf_counter() - start)
        move = page.mouse.move(x + reach * math.cos(angle), y + reach * math.sin(angle))
        moves.add(asyncio.ensure_future(move))
    await asyncio.gather(*moves)


async def watched(page: Any, watch: str, box: dict[str, float], seconds: float) -> dict[str, float]:
    """Frames a second and p95 milliseconds from event to paint, where that is known."""
    await page.evaluate(watch)
    await circle(page, box, 1.0)
    await page.evaluate("() => { window.seen.length = 0; }")
    start = await page.evaluate("() => performance.now()")
    await circle(page, box, seconds)
    end = await page.evaluate("() => performance.now()")
    frames = [
        each for each in await page.evaluate("() => window.seen") if start < each["at"] <= end
    ]
    latencies = [frame["latency"] for frame in frames if "latency" in frame]
    return {"fps": len(frames) / (end - start) * 1000, "p95": p95(latencies)}


async def zoomed(page: Any, box: dict[str, float], seconds: float) -> dict[str, float]:
    """Frames a second while the wheel turns to and fro."""
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.evaluate(PAINTS)
    start, turns = time.perf_counter(), set()
    for i in range(round(seconds * MOVES_A_SECOND)):
        await asyncio.sleep(start + i / MOVES_A_SECOND - time.perf_counter())
        turns.add(asyncio.ensure_future(page.mouse.wheel(0, -6 if i // 60 % 2 else 6)))
    await asyncio.gather(*turns)
    spent = time.perf_counter() - start
    return {"fps": len(await page.evaluate("() => window.seen")) / spent, "p95": math.nan}


async def in_browser(arguments: argparse.Namespace) -> dict[str, dict[str, float]]:
    results = {}
    async with driving.browser_of_tasks() as chromium:
        with driving.server() as url:
            page = await (await chromium.new_context(viewport=driving.DESKTOP)).new_page()
            await page.goto(f"{url}?panel=map&model={arguments.model}&plane=pca")
            await page.wait_for_selector(f"{PANEL} .neighbour", timeout=120_000)
            await page.wait_for_timeout(1500)
            box = await page.locator(f"{PANEL} [data-testid=map-canvas]").bounding_box()
            results["pointing"] = await watched(page, WATCH, box, arguments.seconds)
            for mode in ("dots", "digits"):
                await page.click(f"{PANEL} [data-mode={mode}]")
                await page.wait_for_function(
                    f"() => document.querySelector('{PANEL} [data-testid=map-canvas]')"
                    f".dataset.showing === '{mode}'"
                )
                await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                await page.mouse.down()
                results[f"pan, {mode}"] = await watched(page, PAINTS, box, arguments.seconds)
                await page.mouse.up()
                results[f"zoom, {mode}"] = await zoomed(page, box, arguments.seconds)
    return results


def curves(model: Model, pairs: int) -> None:
    """Geodesics between random test digits, and tangents; a line each."""
    decode, noise = geometry.decoder(model), torch.Generator().manual_seed(0)
    chosen = torch.randperm(10_000, generator=noise)[: 2 * pairs]
    with torch.no_grad():
        u = model.to_sliders(model.encode(shipped("test").floats(chosen)).mean)
    seconds, gains, chords, lengths, no_longer = [], [], [], [], 0
    finer = torch.linspace(0, 1, 2 * geodesics.FINE + 1)
    for a, b in u.view(pairs, 2, -1):
        start = time.perf_counter()
        path = geodesics.straight(a, b)
        while not path.done:
            path = geodesics.improved(decode, path)
        found = geodesics.spread(decode, path)
        seconds.append(time.perf_counter() - start)
        twice = geodesics.spread(decode, path, 2 * geodesics.POINTS)
        with torch.no_grad():
            few, many = (geometry.curve_length(decode, each.codes) for each in (found, twice))
            fine = geometry.curve_length(decode, path.at(finer))
        chords.append(abs(few / many - 1))
        lengths.append(abs(found.length / fine - 1))
        gains.append(1 - found.length / found.straight)
        no_longer += found.length <= found.straight
    print(
        f"geodesic, 32 points: {statistics.median(seconds):.2f} s median, {max(seconds):.2f} s at "
        f"most; no longer than the straight line in {no_longer} of {pairs}, median gain "
        f"{statistics.median(gains):.1%}; its length, of {geodesics.FINE} chords, lies within "
        f"{max(lengths):.2%} of that of twice as many; the 32 points alone give one within "
        f"{statistics.median(chords):.2%} (median) and {max(chords):.2%} (worst) of that of 64"
    )
    times = []
    for each in u[:30]:
        start = time.perf_counter()
        with torch.no_grad():
            geometry.tangents(decode, each, 10)
        times.append(1000 * (time.perf_counter() - start))
    with torch.no_grad():
        shares = [geometry.tangents(decode, each, 10).shares.sum().item() for each in u[:30]]
    print(
        f"tangents: {statistics.median(times):.0f} ms median, {max(times[1:]):.0f} ms at most; "
        f"ten of them hold {statistics.mean(shares):.1%} of the change"
    )


def main() -> None:
    """Run both and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="vae-flow")
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-browser", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if not arguments.no_browser:
        for name, row in asyncio.run(in_browser(arguments)).items():
            said = "" if math.isnan(row["p95"]) else f", {row['p95']:.1f} ms at p95"
            print(f"{name}: {row['fps']:.1f} frames a second{said}")
    if arguments.pairs:
        curves(vae_core.load(arguments.model), arguments.pairs)


if __name__ == "__main__":
    main()
