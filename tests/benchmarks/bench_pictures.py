"""How the digitizer reads a folder of labelled pictures, as tables.

    python tests/benchmarks/bench_pictures.py FOLDER [FOLDER ...]

Each folder holds pictures and labels.csv: a column `file`, and `digits` (or `digit`), what the
picture shows in reading order, or "none". The judge is the shipped classifier.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from vae_core.classifier.model import load_classifier
from vae_core.digitize import Options, digitize

NONE = "none"


class Outcome(NamedTuple):
    """One picture: what it shows, what was read, the refusal if any, processor milliseconds."""

    file: str
    expected: str
    read: str
    refusal: str
    ms: float

    @property
    def right(self) -> bool:
        return self.read == ("" if self.expected == NONE else self.expected)


def outcome(path: Path, expected: str) -> Outcome:
    """Read one picture; a lone digit is the chosen one, several are all that were found."""
    started = time.process_time()
    try:
        first = digitize(path)
    except ValueError as refusal:
        return Outcome(
            path.name, expected, "", str(refusal), 1000 * (time.process_time() - started)
        )
    ms = 1000 * (time.process_time() - started)
    prepared = [first.pixels]
    if len(expected) > 1:
        prepared = [digitize(path, Options(choose=i)).pixels for i in range(len(first.boxes))]
    x = torch.from_numpy(np.stack(prepared)[:, None]).float() / 255
    read = "".join(str(int(digit)) for digit in load_classifier().probs(x).argmax(1))
    return Outcome(path.name, expected, read, "", ms)


def outcomes(folder: Path) -> list[Outcome]:
    """All pictures that the folder's labels.csv names."""
    with (folder / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [outcome(folder / row["file"], row.get("digits") or row["digit"]) for row in rows]


def table(folder: Path) -> None:
    """Every picture with several digits or read wrongly, then how many of each kind are right."""
    found = outcomes(folder)
    print(f"{folder}\n\n| picture | shows | read | found | ms |\n|---|---|---|---|---|")
    for one in found:
        if not one.right or (one.expected != NONE and len(one.expected) > 1):
            print(f"| {one.file} | {one.expected} | {one.read or one.refusal} | {len(one.read)} | "
                  f"{one.ms:.0f} |")  # fmt: skip
    print()
    for name, kind in (
        ("several", [o for o in found if len(o.expected) > 1 and o.expected != NONE]),
        ("one", [o for o in found if len(o.expected) == 1]),
        ("none", [o for o in found if o.expected == NONE]),
    ):
        if kind:
            right = sum(one.right for one in kind)
            word = "refused" if name == NONE else "read wholly and in order"
            print(f"{name}: {right} of {len(kind)} {word}; "
                  f"{np.median([one.ms for one in kind]):.0f} ms in the middle")  # fmt: skip
    print()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="The digitizer on labelled pictures.")
    parser.add_argument("folders", nargs="+", type=Path, help="each with its labels.csv")
    torch.set_num_threads(1)
    for folder in parser.parse_args().folders:
        table(folder)


if __name__ == "__main__":
    main()
