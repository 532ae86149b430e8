"""Many visitors drag at once: decodes a second each, and how long an answer takes.

    python tests/benchmarks/bench_visitors.py [--visitors 32] [--model vae-flow] [--seconds 60]
        [--heavy] [--rows] [--requests] [--json]
    python tests/benchmarks/bench_visitors.py --table [--seconds 60]

Each visitor does what a page does while a slider moves: sixty positions a second over a socket,
several on the way as the round trip needs, the newest wins. They take turns in one thread (see
`scripted_visitors`), and how much of the cores that takes is printed. With --heavy one more
visitor, in a process of its own, sends photographs of 12 megapixels, asks the whole family for one
of them and draws 256 samples, over and over; with --rows each page also asks for its row of ten
digits, five times a second, as Explore does for a model that knows digits. --requests are pages
that cannot open a socket, in threads. --table runs 100 and 32 visitors of vae-flow, 100 of vae-400
and 32 of vae-flow beside the heavy one, each with a server of its own, and prints a line each.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripted_visitors import Crowd, Frames, Visitor
from visitors_by_requests import Page, Requests

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving

from vae_core import checkpoint

WARM_UP = 2.0
PLAIN = {"visitors": 32, "model": "vae-flow", "heavy": False, "rows": False, "requests": False}
ROWS: dict[str, dict[str, object]] = {
    "100 drag vae-flow": {"visitors": 100},
    "32 drag vae-flow": {},
    "100 drag vae-400": {"visitors": 100, "model": "vae-400"},
    "32 drag vae-flow beside a heavy one": {"heavy": True},
}
"""What the table holds, by what differs from `PLAIN`."""


def quantile(values: list[float], share: float) -> float:
    """Of values, NaN of none."""
    return sorted(values)[int(share * (len(values) - 1))] if values else math.nan


def processor_seconds(process: int) -> float:
    """What a process has taken so far; Linux alone says it."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return math.nan


@contextlib.contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The app in a process of its own: its URL and its process id."""
    port = driving.free_port()
    process = driving.start(port)
    url = f"http://127.0.0.1:{port}/"
    try:
        driving.wait_for(url, process)
        yield url, process.pid
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def heavy_visitor(url: str) -> Iterator[list[str]]:
    """Beside the block one visitor asks for all that takes long; what was answered, afterwards."""
    script, answered = Path(__file__).with_name("heavy_visitor.py"), list[str]()
    command = [sys.executable, str(script), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield answered
        assert process.poll() is None, "the heavy visitor got an error"
        process.kill()
        assert process.stdout is not None
        answered += process.stdout.read().split()


def measure(arguments: argparse.Namespace) -> dict[str, float]:
    """Let all of them drag."""
    model = arguments.model
    dims = checkpoint.read_config(checkpoint.resolve(model)).latent_dim
    with served() as (url, process):
        crowd: Crowd | Requests
        if arguments.requests:
            crowd = Requests(url, arguments.visitors, model, dims)
        else:
            crowd = Crowd(url, arguments.visitors, Frames(model, dims, arguments.rows))
        crowd.drag(WARM_UP)  # the model is loaded, and connections are open
        crowd.forget()
        with heavy_visitor(url) if arguments.heavy else contextlib.nullcontext([]) as answered:
            server, own = processor_seconds(process), time.process_time()
            crowd.drag(arguments.seconds)
            server, own = processor_seconds(process) - server, time.process_time() - own
        crowd.close()
    return {
        **numbers(crowd.visitors, arguments.seconds),
        "heavy_answers": len(answered),
        "server_cores": round(server / arguments.seconds, 2),
        "server_s_per_1000": round(1e3 * server / sum(len(v.waits) for v in crowd.visitors), 3),
        "visitors_cores": round(own / arguments.seconds, 2),
    }


def numbers(visitors: Sequence[Visitor | Page], seconds: float) -> dict[str, float]:
    """What the visitors saw."""
    rates = [len(each.waits) / seconds for each in visitors]
    waits = [1e3 * wait for each in visitors for wait in each.waits]
    return {
        "slowest_per_second": round(min(rates), 1),
        "median_per_second": round(statistics.median(rates), 1),
        "p50_ms": round(quantile(waits, 0.5), 1),
        "p95_ms": round(quantile(waits, 0.95), 1),
        "slowest_p95_ms": round(1e3 * max(quantile(each.waits, 0.95) for each in visitors), 1),
        "errors": sum(each.errors for each in visitors),
        "overtaken": sum(each.overtaken for each in visitors),
        "frame_bytes": max((max(each.sizes) for each in visitors if each.sizes), default=0),
    }


def table(seconds: float) -> None:
    """Print the standing rows; the shares are of all cores of the machine."""
    heads = ("slowest/s", "p95 ms", "errors", "bytes", "server", "visitors")
    print(f"{'':36}" + "".join(f"{head:>11}" for head in heads), flush=True)
    cores = os.cpu_count() or 1
    for words, row in ROWS.items():
        found = measure(argparse.Namespace(**PLAIN | row | {"seconds": seconds}))
        shares = (found[f"{who}_cores"] / cores for who in ("server", "visitors"))
        plain = (found[key] for key in ("slowest_per_second", "p95_ms", "errors", "frame_bytes"))
        words_of = [f"{value:>11}" for value in plain] + [f"{share:>10.1%} " for share in shares]
        print(f"{words:36}" + "".join(words_of).rstrip(), flush=True)


def main() -> None:
    """Run and print a line a number, or a line a row."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--model", default="vae-flow")
    parser.add_argument("--heavy", action="store_true")
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("--requests", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--table", action="store_true")
    arguments = parser.parse_args()
    if arguments.table:
        return table(arguments.seconds)
    found = measure(arguments)
    if arguments.json:
        return print(json.dumps(found))
    for name, value in found.items():
        print(f"{name:20} {value:10}")


if __name__ == "__main__":
    main()
