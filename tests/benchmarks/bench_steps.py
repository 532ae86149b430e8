"""A model's training steps: a plain loop over a DataLoader, against ours, each its own process.

    python tests/benchmarks/bench_steps.py --data DIR [--model vae-400] [--steps 468] [--rounds 10]

The peer is the loop that a person writes: torchvision's MNIST, ToTensor, a DataLoader with no
workers, torch's Adam, single precision, torch's own losses where the objective is the ELBO, nothing
compiled. Each process is started as a person starts it (ours with the settings of
`python -m vae_core train`), and they take turns of so many steps, so that a busy machine slows
both. The first steps, which compile, count in no figure; nor do those before each turn, in which
caches are filled again that the other has emptied. A recipe that starts from the weights of another
model starts here from those that it ships with, in both. The last two columns are the bare matrix
products of `vae-400` in bf16, which our process computes after each of its turns, and their share.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice, repeat
from typing import IO, cast

from vae_core import cores

WARM_UP = 2
"""Turns of each before any is timed."""
PARTS = 9
"""Of a turn: one more is taken before it. Nine parts of 52 steps are an epoch of `vae-400`."""


Turn = Callable[[], object]


def peer_turn(model: str, data: str, steps: int) -> Turn:
    """The stock loop, so many steps a call."""
    import torch
    from bench_training import stock_loss
    from torch import Tensor
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    from vae_core import VAE, checkpoint, recipes
    from vae_core.training.objectives import Batch, terms

    config = recipes.get(model)
    size = config.train.batch_size
    mnist = datasets.MNIST(data, train=True, transform=transforms.ToTensor())
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(
        mnist, batch_size=size, shuffle=True, drop_last=True
    )
    batches = chain.from_iterable(repeat(loader))
    vae = VAE(config)
    if config.train.starts_from:
        vae.load_state_dict(checkpoint.load(checkpoint.shipped_root() / model).state_dict())
    optimizer = torch.optim.Adam(vae.parameters(), lr=config.train.learning_rate)

    def loss(x: Tensor) -> Tensor:
        if config.train.binarisation == "dynamic":
            x = torch.bernoulli(x)
        if config.objective == "elbo":
            return stock_loss(vae, x)
        eps = torch.randn(config.samples, size, config.latent_dim)
        return terms(vae, Batch(x, x, None, eps)).loss.mean()

    def turn() -> None:
        for x, _ in islice(batches, steps):
            optimizer.zero_grad()
            loss(x).backward()
            optimizer.step()

    return turn


def our_turn(model: str, data: str, steps: int) -> Turn:
    """`fit`, compiled as a run long enough is, with what the verb sets before."""
    from vae_core import checkpoint, cores, recipes
    from vae_core.data.digits import load_mnist
    from vae_core.training.run import TrainingRun, fit

    cores.keep_freed_memory()
    config = recipes.get(model)
    config = replace(config, train=replace(config.train, epochs=100))
    run = TrainingRun(config)
    run.compiles = True
    if config.train.starts_from:
        run.start_from(checkpoint.load(checkpoint.shipped_root() / model))
    digits = load_mnist("train", data)
    steps = min(steps, len(digits) // config.train.batch_size)
    return fit(run, digits, every=steps).__next__


def serve(arguments: argparse.Namespace) -> None:
    """Takes a turn for each line of the input; prints its seconds and those of the products."""
    from bench_training import bare_products

    ours = arguments.serve == "ours"
    part = max(1, arguments.steps // PARTS)
    parts = arguments.steps // part
    turn = (our_turn if ours else peer_turn)(arguments.model, arguments.data, part)
    for _ in range(WARM_UP * parts):
        turn()
    print("ready", flush=True)
    for _ in sys.stdin:
        turn()
        start = time.perf_counter()
        for _ in range(parts):
            turn()
        seconds = time.perf_counter() - start
        print(seconds, bare_products(128 * part * parts) if ours else 0.0, flush=True)


class Racer:
    """One of the two, in a process of its own."""

    def __init__(self, which: str) -> None:
        environment = dict(os.environ)
        if which == "ours":
            cores.prepare(environment, "train")
        self.process = subprocess.Popen(
            [sys.executable, *sys.argv, "--serve", which],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        self.answer()

    def answer(self) -> str:
        return cast(IO[str], self.process.stdout).readline()

    def turn(self) -> tuple[float, float]:
        """Seconds of its next steps, and of the products."""
        entry = cast(IO[str], self.process.stdin)
        entry.write("\n")
        entry.flush()
        seconds, products = self.answer().split()
        return float(seconds), float(products)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default="vae-400")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=468, help="of each in a turn")
    parser.add_argument("--serve", choices=("peer", "ours"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments)
    peer, ours = Racer("peer"), Racer("ours")
    ratios: list[float] = []
    shares: list[float] = []
    print("round  peer s  ours s  ratio  products s  share")
    for turn in range(1, arguments.rounds + 1):
        (a, _), (b, products) = peer.turn(), ours.turn()
        ratios.append(a / b)
        shares.append(products / b)
        line = f"{turn:5d}  {a:6.2f}  {b:6.2f}  {a / b:5.2f}  {products:10.3f}  {products / b:5.2f}"
        print(line, flush=True)
    for racer in (peer, ours):
        racer.process.kill()
    ratio, share = statistics.median(ratios), statistics.median(shares)
    print(f"medians: ratio {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), share {share:.2f}")


if __name__ == "__main__":
    main()
