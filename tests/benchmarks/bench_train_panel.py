"""How soon a curve has its first point after Play, and what a run costs who drags beside it.

    python tests/benchmarks/bench_train_panel.py [--turns 3] [--seconds 6]

Play is pressed as soon as the panel allows it, and then after a rest, when the libraries of a run
are there already. Then one visitor trains, three wait in the queue, and another drags a slider of
`vae-flow`. Each turn is a server of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving
from bench_drag import OURS, drag, open_page

START = "[data-testid=train-start]"
POINT = "() => Number(document.querySelector('[data-testid=train-curve]').dataset.points) > 0"
LONG = "?panel=train&recipe=vae-400&settings=epochs:100"
WAITING = 3
REST = 6.0
"""Seconds that a visitor looks at the settings before Play."""


async def trainer(chromium: Any, url: str, rest: float = 0.0) -> tuple[Any, float]:
    """A page whose run is asked for, and when it was."""
    page = await (await chromium.new_context(viewport=driving.DESKTOP)).new_page()
    await page.goto(url + LONG)
    await page.wait_for_selector(f"{START}:not(:disabled)")
    await asyncio.sleep(rest)
    await page.click(START)
    return page, time.perf_counter()


async def first_point(chromium: Any, url: str, rest: float) -> float:
    """Seconds from Play to the first point of the curve."""
    page, pressed = await trainer(chromium, url, rest)
    await page.wait_for_function(POINT, timeout=60_000)
    spent = time.perf_counter() - pressed
    await page.context.close()
    return spent


async def beside(chromium: Any, url: str, seconds: float) -> dict[str, float]:
    """A drag while one run trains and others wait."""
    page = (await trainer(chromium, url))[0]
    await page.wait_for_function(POINT, timeout=60_000)
    for _ in range(WAITING):
        await trainer(chromium, url)
    explore = await open_page(chromium, url + "?panel=explore&model=vae-flow")
    found = await drag(explore, OURS, seconds)
    assert await page.evaluate("() => document.querySelector('.train-status').textContent !== ''")
    return found


async def measure(arguments: argparse.Namespace) -> None:
    """Print both tables."""
    async with driving.browser_of_tasks() as chromium:
        for name, rest in (("at once", 0.0), (f"after {REST:.0f} s", REST)):
            spent = []
            for _ in range(arguments.turns):
                with driving.server() as url:
                    spent.append(await first_point(chromium, url, rest))
            print(f"Play {name}: first point after {statistics.median(spent):.2f} s, ", end="")
            print(f"{min(spent):.2f} to {max(spent):.2f}", flush=True)
        with driving.server() as url:
            found = await beside(chromium, url, arguments.seconds)
    print(f"a drag beside one run and {WAITING} in the queue: ", end="")
    print(f"{found['fps']:.1f} frames a second, {found['drag_p95']:.1f} ms at p95")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
