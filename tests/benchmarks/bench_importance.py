"""Guards of an NLL: few importance samples against many, and training digits beside test digits.

    python tests/benchmarks/bench_importance.py CHECKPOINT --data DIR [--n 500]

The bound rises towards log p(x) with the number of samples; what ten times as many still gain
says how far the reported figure is from it. Each digit is compared with itself, on the same draw
of its binarisation, so the difference has a far smaller error than either figure. A run goes on
where an earlier one was stopped; at full size it is 30 million decodes.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from vae_core import checkpoint, runtime
from vae_core.data.digits import Digits, load_mnist
from vae_core.evaluation.figures import has_evidence
from vae_core.evaluation.importance import log_evidence
from vae_core.models import VAE


def nll(model: VAE, digits: Digits, samples: int, seed: int, state: Path, split: str) -> Tensor:
    """Nats for each digit, float64 (n,)."""
    device = next(model.parameters()).device
    workers = (os.cpu_count() or 1) if device.type == "cpu" and len(digits) > 8 else 1
    name = f"guard-{split}-{samples}-{len(digits)}-{seed}.safetensors"
    values = torch.empty(0)
    with tqdm(total=len(digits), unit="digit", desc=f"{split}, IS = {samples}") as bar:
        for values in log_evidence(
            model, digits, samples, seed=seed, partial=state / name, workers=workers
        ):
            bar.update(int((~values.isnan()).sum()) - bar.n)
    return -values


def answer(values: Tensor) -> str:
    """Mean and standard error of the mean over the digits."""
    error = float(values.std()) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return f"{float(values.mean()):8.3f} +- {error:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint")
    parser.add_argument("--data", required=True)
    parser.add_argument(
        "--n", type=int, default=500, help="digits of each split: evenly spread, drawn"
    )
    parser.add_argument("--few", type=int, default=5000)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device")
    arguments = parser.parse_args()
    folder = checkpoint.resolve(arguments.checkpoint)
    model = checkpoint.load(folder, runtime.choose_device(arguments.device))
    if not has_evidence(model):
        parser.error(f"{arguments.checkpoint} has no NLL of binary pixels.")
    start = time.perf_counter()
    chosen = {
        "test": load_mnist("test", arguments.data).every(arguments.n),
        "train": load_mnist("train", arguments.data).drawn(arguments.n),
    }
    found = {
        (split, samples): nll(
            model,
            chosen[split],
            samples,
            arguments.seed,
            folder / "state",
            split,
        )
        for split, samples in (
            ("test", arguments.few),
            ("test", arguments.many),
            ("train", arguments.few),
        )
    }
    print(f"{arguments.checkpoint}, {arguments.n} digits of each split, dynamic binarisation, nats")
    for (split, samples), values in found.items():
        print(f"NLL {split:5s} IS = {samples:6d}  {answer(values)}")
    gained = found["test", arguments.few] - found["test", arguments.many]
    print(f"gained by {arguments.many // arguments.few} times the samples {answer(gained)}")
    behind = found["test", arguments.few].mean() - found["train", arguments.few].mean()
    print(f"test minus train {float(behind):.3f} (different digits: the errors above add)")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
