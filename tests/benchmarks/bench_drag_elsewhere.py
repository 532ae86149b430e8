"""How fast the picture follows the hand in Firefox and in WebKitGTK, which paints without a GPU.

    python tests/benchmarks/bench_drag_elsewhere.py [firefox webkit] [--model vae-flow] [--script]

A frame is a new picture on the page, as in bench_drag.py. The mouse is moved by the browser's own
driver, as often as that can; how often that was is printed beside, for no page answers more moves
than there are, and how many display frames there were with and without the drag. With --script a
script in the page moves the slider once a display frame, for Firefox's driver does not reach 57.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving
import webdriver
from webdriver import DOWN, UP, Driven, move

MOVES_A_SECOND = 75
READY = """() => new Promise((done) => {
  const look = () => {
    const slider = document.querySelector("[data-testid=panel-explore] .latent input[type=range]");
    const canvas = document.querySelector("[data-testid=live-canvas]");
    if (!slider || !(Number(canvas?.dataset.frame) >= 1)) return setTimeout(look, 50);
    slider.scrollIntoView({ block: "center" });
    const { left, top, width, height } = slider.getBoundingClientRect();
    setTimeout(() => done([left, top, width, height]), 1500);
  };
  look();
})"""
WATCH = """() => {
  const canvas = document.querySelector("[data-testid=live-canvas]");
  window.seen = { frames: [], moves: 0, shown: 0, from: 0 };
  document.addEventListener("input", () => { seen.moves++; }, true);
  new MutationObserver(() => seen.frames.push(Number(canvas.dataset.latencyMs)))
    .observe(canvas, { attributeFilter: ["data-frame"] });
  const count = () => { seen.shown++; requestAnimationFrame(count); };
  requestAnimationFrame(count);
}"""
BEGIN = """() => {
  Object.assign(seen, { moves: 0, shown: 0, from: performance.now() });
  seen.frames.length = 0;
}"""
END = "() => [seen.frames, seen.moves, seen.shown, performance.now() - seen.from]"
HAND = """(seconds) => new Promise((done) => {
  const slider = document.querySelector("[data-testid=panel-explore] .latent input[type=range]");
  const [low, high] = [Number(slider.min), Number(slider.max)];
  const from = performance.now();
  const move = () => {
    const at = (performance.now() - from) / 1000;
    if (at > seconds) return done();
    slider.value = String((low + high) / 2 + 0.4 * (high - low) * Math.sin(2 * Math.PI * at));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(move);
  };
  move();
})"""
IDLE = "() => new Promise((done) => setTimeout(done, 2000))"


def swing(page: Driven, place: tuple[float, float, float], seconds: float, script: bool) -> None:
    """Move the mouse to and fro for a while, at a steady rate; or let a script move the slider.

    Firefox moves it by itself on a long way, and waits after each action; WebKitGTK jumps to its
    end, however long it may take.
    """
    middle, reach, y = place
    if script:
        page.run(HAND, seconds)
        return
    if isinstance(page, webdriver.Firefox):
        ends = (middle + reach * (-1) ** i for i in range(round(2 * seconds)))
        page.act([move(x, y, 500) for x in ends])
        return
    each = 1000 / MOVES_A_SECOND
    angles = (2 * math.pi * i / MOVES_A_SECOND for i in range(round(seconds * MOVES_A_SECOND)))
    page.act([move(middle + reach * math.sin(at), y, round(each)) for at in angles])


def measure(name: str, url: str, seconds: float, script: bool) -> tuple[float, ...]:
    """Frames a second, their time at p95 in ms, moves, and display frames: dragged, idle."""
    with webdriver.browser(name) as page:
        page.open(url)
        left, top, width, height = page.run(READY)
        place = left + width / 2, width * 0.4, top + height / 2
        page.run(WATCH)
        page.run(BEGIN)
        page.run(IDLE)
        _, _, idle, idle_ms = page.run(END)
        page.act([move(place[0], place[2]), DOWN])
        swing(page, place, 1.0, script)
        page.run(BEGIN)
        swing(page, place, seconds, script)
        frames, moves, shown, spent = page.run(END)
        page.act([UP])
    p95 = statistics.quantiles(frames, n=20)[-1] if len(frames) > 1 else math.nan
    rates = [1000 * count / spent for count in (len(frames), moves, shown)]
    return rates[0], p95, *rates[1:], 1000 * idle / idle_ms


def main() -> None:
    """Run and print a row a browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("browsers", nargs="*", default=["firefox", "webkit"])
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--model", default="vae-flow")
    parser.add_argument("--script", action="store_true")
    arguments = parser.parse_args()
    heads = ("frames/s", "p95 ms", "moves/s", "display", "idle")
    print(f"{'':10}" + "".join(f"{head:>10}" for head in heads))
    with driving.server() as url:
        query = f"?panel=explore&model={arguments.model}"
        for name in arguments.browsers:
            row = measure(name, url + query, arguments.seconds, arguments.script)
            print(f"{name:10}" + "".join(f"{value:10.1f}" for value in row), flush=True)


if __name__ == "__main__":
    main()
