"""Steps of `vae-conv`: the same nets in a plain loop over a DataLoader, against ours, in one run.

    python tests/benchmarks/bench_convolutions.py --data DIR [--model vae-conv] [--rounds 5]

The peer is the loop that a person writes: torchvision's MNIST, ToTensor, a DataLoader with no
workers, torch's Adam, single precision, the objective of `vae_core.training.objectives`, nothing
compiled. Each is a process of its own, started as a person starts it (ours with the settings of
`python -m vae_core train`), and they take turns of a few steps, so that a busy machine slows both.
The first steps, which compile, count in no figure. An epoch is reckoned from its steps.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

EPOCH = 60_000
WARM_UP = 2
"""Steps of each before any is timed."""


def peer_step(model: str, data: str) -> tuple[Callable[[], None], int]:
    """One step of the stock loop a call, and its batch size."""
    import torch
    from torch import Tensor
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    from vae_core import VAE, recipes
    from vae_core.training.objectives import Batch, terms

    config = recipes.get(model)
    size = config.train.batch_size
    mnist = datasets.MNIST(data, train=True, transform=transforms.ToTensor())
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(mnist, batch_size=size, shuffle=True)
    batches = iter(loader)
    vae = VAE(config)
    optimizer = torch.optim.Adam(vae.parameters(), lr=config.train.learning_rate)
    shape = (config.samples,) * (config.objective == "iwae") + (size, config.latent_dim)

    def step() -> None:
        x = next(batches)[0]
        if config.train.binarisation == "dynamic":
            x = torch.bernoulli(x)
        optimizer.zero_grad()
        terms(vae, Batch(x, x, None, torch.randn(shape))).loss.mean().backward()
        optimizer.step()

    return step, size


def our_step(model: str, data: str) -> tuple[Callable[[], None], int]:
    """One step of `fit` a call, with what the verb sets before."""
    from vae_core import cores, recipes
    from vae_core.data.digits import load_mnist
    from vae_core.training.run import TrainingRun, fit

    cores.keep_freed_memory()
    run = TrainingRun(recipes.get(model))
    steps = fit(run, load_mnist("train", data), every=1)
    return lambda: next(steps) and None, run.config.train.batch_size


def serve(which: str, model: str, data: str) -> None:
    """Takes as many steps as each line of the input asks for, and prints their seconds."""
    step, size = (our_step if which == "ours" else peer_step)(model, data)
    for _ in range(WARM_UP):
        step()
    print(size, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(time.perf_counter() - start, flush=True)


class Racer:
    """One of the two, in a process of its own."""

    def __init__(self, which: str, arguments: argparse.Namespace) -> None:
        words = [__file__, "--data", arguments.data, "--model", arguments.model, "--serve", which]
        environment = dict(os.environ)
        if which == "ours":
            environment |= {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": spins()}
        self.process = subprocess.Popen(
            [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment,
        )  # fmt: skip
        self.size = int(self.answer())

    def answer(self) -> str:
        return cast(IO[str], self.process.stdout).readline()

    def seconds(self, steps: int) -> float:
        """Of one step, over so many."""
        entry = cast(IO[str], self.process.stdin)
        entry.write(f"{steps}\n")
        entry.flush()
        return float(self.answer()) / steps


def spins() -> str:
    from vae_core import cores

    return cores.SPINS


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True, type=lambda name: str(Path(name).resolve()))
    parser.add_argument("--model", default="vae-conv")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=2, help="of each in a turn")
    parser.add_argument("--serve", choices=("peer", "ours"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments.serve, arguments.model, arguments.data)
    peer, ours = Racer("peer", arguments), Racer("ours", arguments)
    ratios: list[float] = []
    print("round  peer s/step  ours s/step  ratio  epoch of ours s")
    for turn in range(1, arguments.rounds + 1):
        a, b = (racer.seconds(arguments.steps) for racer in (peer, ours))
        ratios.append(a / b)
        line = f"{turn:5d}  {a:11.3f}  {b:11.3f}  {a / b:5.2f}  {EPOCH // ours.size * b:15.0f}"
        print(line, flush=True)
    for racer in (peer, ours):
        racer.process.kill()
    print(f"median ratio {statistics.median(ratios):.2f}, least {min(ratios):.2f}")


if __name__ == "__main__":
    main()
