"""How long until the first decoded digit: `python app.py` against bare imports.

    python tests/benchmarks/bench_startup.py [--runs 3]

Chromium runs already and has opened the app once before (the second start of the app); the clock
runs from the start of the process to the first decode painted on the page. Runs take turns with
`python -c "import torch, gradio"`; medians are printed, and what the page weighs until then.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving

PAINTED = """() => {
    const canvas = document.querySelector('[data-testid=live-canvas]');
    return canvas && Number(canvas.dataset.frame) >= 1;
}"""


def imports() -> float:
    """Seconds of a process that only imports torch and gradio."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch, gradio"], check=True)
    return time.perf_counter() - start


def first_digit(context: Any) -> tuple[float, float]:
    """Seconds from `python app.py` to the listening port, and to the first painted decode."""
    port = driving.free_port()
    start = time.perf_counter()
    process = driving.start(port)
    try:
        listening = wait_for_port(port, process) - start
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
        page.wait_for_function(PAINTED, polling=10, timeout=60000)
        painted = time.perf_counter() - start
        page.close()
    finally:
        driving.stop(process)
    return listening, painted


def weight(chromium: Any) -> tuple[float, int]:
    """KiB that a newcomer receives before the first decode is painted, and in how many answers."""
    received: list[float] = []
    with driving.server() as url:
        context = chromium.new_context(viewport=driving.DESKTOP)
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on(
            "Network.loadingFinished", lambda done: received.append(done["encodedDataLength"])
        )
        page.goto(url, wait_until="commit")
        page.wait_for_function(PAINTED, polling=10, timeout=60000)
        found = sum(received) / 1024, len(received)
        context.close()
    return found


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> float:
    """The moment when something listens on `port`."""
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return time.perf_counter()
        time.sleep(0.01)
    raise RuntimeError(f"app.py ended with status {process.returncode}")


def main() -> None:
    """Run and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    bare, ports, digits = [], [], []
    with driving.browser() as chromium:
        context = chromium.new_context(viewport=driving.DESKTOP)
        first_digit(context)
        for _ in range(arguments.runs):
            bare.append(imports())
            port, digit = first_digit(context)
            ports.append(port)
            digits.append(digit)
        size, answers = weight(chromium)
    base, digit = statistics.median(bare), statistics.median(digits)
    print(f"import torch, gradio   {base:6.2f} s")
    print(f"app.py listens         {statistics.median(ports):6.2f} s")
    print(f"first decoded digit    {digit:6.2f} s = {digit / base:.2f} x the imports")
    print(f"received before it     {size:6.0f} KiB in {answers} answers")


if __name__ == "__main__":
    main()
