"""How well and how fast the digitizer reads hard synthetic scenes, as tables.

    python tests/benchmarks/bench_digitizer.py --data DIR [--count 2000] [--kinds shadow ...]

With --out FILE the rows are kept as they come, and the next run goes on from there.
The judge is the shipped classifier. "Cost" is the accuracy on the same digits untouched less
that on the prepared ones, in points. Times are of one core, the whole way from the bytes of a
file. `--speed` measures 12 and 50 megapixels and the memory they take instead.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1] / "scenes")]

import numpy as np  # noqa: E402
import torch  # noqa: E402
from kinds import KINDS, render  # noqa: E402
from PIL import Image  # noqa: E402
from tqdm import tqdm  # noqa: E402

from vae_core.classifier.model import load_classifier  # noqa: E402
from vae_core.data.digits import load_mnist  # noqa: E402
from vae_core.digitize import digitize  # noqa: E402


def labels_of(pictures: list[np.ndarray]) -> np.ndarray:
    """What the classifier reads in (28, 28) pictures."""
    reader = load_classifier()
    x = torch.from_numpy(np.stack(pictures)[:, None])
    return torch.cat([reader.probs(p.float() / 255).argmax(1) for p in x.split(500)]).numpy()


def measure(kind: str, digits: np.ndarray, labels: np.ndarray, seed: int) -> dict[str, float]:
    """Accuracy, cost, share refused, and milliseconds for one kind of scene."""
    prepared, times, refused = [], [], 0
    for index, digit in enumerate(tqdm(digits, desc=kind, leave=False)):
        source = render(kind, digit, np.random.default_rng((seed, index)))
        started = time.process_time()
        try:
            prepared.append(digitize(source).pixels)
        except ValueError:
            prepared.append(np.zeros((28, 28), np.uint8))
            refused += 1
        times.append(1000 * (time.process_time() - started))
    right = float((labels_of(prepared) == labels).mean())
    return {"accuracy": 100 * right, "refused": refused, "median_ms": float(np.median(times)),
            "p95_ms": float(np.quantile(times, 0.95))}  # fmt: skip


def table(data: Path, count: int, kinds: list[str], seed: int, out: Path | None) -> None:
    """One row per kind of scene, printed as it comes; rows that `out` holds are not repeated."""
    test = load_mnist("test", data)
    chosen = np.arange(count) * (len(test) // count)
    digits = test.images.numpy().reshape(-1, 28, 28)[chosen]
    labels = test.labels.numpy()[chosen]
    base = 100 * float((labels_of(list(digits)) == labels).mean())
    print(f"{count} test digits, untouched: {base:.2f} %\n")
    print("| scene | accuracy | cost, points | allowed | refused | ms, median | ms, p95 |")
    print("|---|---|---|---|---|---|---|")
    rows: list[dict[str, Any]] = json.loads(out.read_text()) if out and out.is_file() else []
    known = {row["kind"]: row for row in rows if (row["count"], row["seed"]) == (count, seed)}
    for kind in kinds:
        if kind not in known:
            got = measure(kind, digits, labels, seed)
            cost = base - got["accuracy"]
            known[kind] = {"kind": kind, "count": count, "seed": seed, "cost": cost, **got}
            rows.append(known[kind])
            if out:
                out.write_text(json.dumps(rows, indent=2) + "\n")
        print(line(known[kind]), flush=True)


def line(row: dict[str, Any]) -> str:
    """A row of the table."""
    return (
        f"| {row['kind']} | {row['accuracy']:.2f} % | {row['cost']:.2f} | "
        f"{KINDS[row['kind']].points:g} | {row['refused']:.0f} | "
        f"{row['median_ms']:.0f} | {row['p95_ms']:.0f} |"
    )


# Name, width and height, size of the digit as a share of an ordinary one, JPEG quality.
LARGE = (
    ("12 megapixels", (4000, 3000), 1.0, 92),
    ("12 megapixels, busy, tiny digit", (4000, 3000), 0.15, 97),
    ("50 megapixels", (8160, 6120), 1.0, 92),
)


def large_photo(size: tuple[int, int], share: float, quality: int) -> bytes:
    """A JPEG of a sheet in uneven light with paper grain and a 3 in blue ink."""
    from PIL import ImageDraw

    rng = np.random.default_rng(0)
    w, h = size
    tile = rng.normal(0, 3, (600, 800))
    grain = np.tile(tile, (h // 600 + 1, w // 800 + 1))[:h, :w]
    sheet = (225 - 70 * np.linspace(0, 1, w)[None] + grain).clip(0, 255).astype(np.uint8)
    image = Image.merge("RGB", [Image.fromarray(sheet)] * 3)
    draw, s = ImageDraw.Draw(image), share * h / 3000
    for box, start, end in (
        ((1700, 1000, 2300, 1500), 200, 90),
        ((1650, 1480, 2300, 2050), 270, 160),
    ):
        draw.arc([v * s for v in box], start, end, (30, 40, 120), max(3, round(45 * s)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def peak_megabytes(reset: bool = False) -> float:
    """The process's highest memory so far, or from now on; importing torch has a peak too."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def one_large(source: Path) -> None:
    """Run in a process of its own: median seconds and peak memory above the start, as JSON."""
    data = source.read_bytes()
    digitize(render("shadow", np.eye(28, dtype=np.uint8) * 255, np.random.default_rng(0)))
    start = peak_megabytes(reset=True)
    wall, used = [], []
    for _ in range(5):
        before, clock = time.perf_counter(), time.process_time()
        digitize(data)
        wall.append(time.perf_counter() - before)
        used.append(time.process_time() - clock)
    peak = peak_megabytes()
    got = {"wall_ms": 1000 * float(np.median(wall)), "cpu_ms": 1000 * float(np.median(used))}
    print(json.dumps({**got, "peak_mb": peak - start}))


def speed(folder: Path) -> None:
    """A table of the large pictures."""
    print("| picture | file, MB | ms, wall | ms, processor | MB above the start |")
    print("|---|---|---|---|---|")
    for name, size, share, quality in LARGE:
        path = folder / "large.jpg"
        path.write_bytes(large_photo(size, share, quality))
        command = [sys.executable, str(HERE), "--one", str(path)]
        got = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"| {name} | {path.stat().st_size / 1e6:.1f} | {got['wall_ms']:.0f} | "
              f"{got['cpu_ms']:.0f} | {got['peak_mb']:.0f} |")  # fmt: skip


def main() -> None:
    """The command line."""
    import tempfile

    parser = argparse.ArgumentParser(description="The digitizer on hard scenes.")
    parser.add_argument("--data", type=Path, help="holds MNIST/raw/*-ubyte")
    parser.add_argument("--count", type=int, default=2000, help="test digits per kind")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="JSON: rows in it are kept, new ones added")
    parser.add_argument("--speed", action="store_true", help="measure large pictures instead")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.one:
        one_large(given.one)
    elif given.speed:
        with tempfile.TemporaryDirectory() as folder:
            speed(Path(folder))
    elif given.data is None:
        parser.error("--data is needed: the folder that holds MNIST/raw")
    else:
        table(given.data, given.count, given.kinds, given.seed, given.out)


if __name__ == "__main__":
    main()
