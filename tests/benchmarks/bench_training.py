"""One epoch of `vae-400`: a stock DataLoader loop against ours, in one run.

    python tests/benchmarks/bench_training.py --data DIR [--epochs 3]

The peer is the usual loop: torchvision's MNIST, ToTensor, a DataLoader with no workers, Adam in
single precision, the same net, batch and initial seed. Epochs take turns, so that a busy machine
slows both; the test pass is not timed.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from vae_core import VAE, evaluation, recipes
from vae_core.data import Digits, load_mnist
from vae_core.objectives import elbo_terms
from vae_core.training import TrainingRun, fit


def peer_epochs(data: str, epochs: int) -> Iterator[tuple[float, VAE]]:
    """Seconds of each epoch of the stock loop, and its model after it."""
    torch.manual_seed(0)
    mnist = datasets.MNIST(data, train=True, transform=transforms.ToTensor())
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(mnist, batch_size=128, shuffle=True)
    model = VAE(recipes.get("vae-400"))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        start = time.perf_counter()
        for x, _ in loader:
            optimizer.zero_grad()
            elbo_terms(model, x, torch.randn(len(x), 20)).loss.mean().backward()
            optimizer.step()
        yield time.perf_counter() - start, model


def our_epochs(digits: Digits, epochs: int) -> Iterator[tuple[float, VAE]]:
    """Seconds of each epoch of `fit`, and its model after it."""
    config = recipes.get("vae-400")
    config = dataclasses.replace(config, train=dataclasses.replace(config.train, epochs=epochs))
    run = TrainingRun(config)
    before = 0.0
    for _ in fit(run, digits, every=10**9):
        yield run.seconds - before, run.result()
        before = run.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--epochs", type=int, default=3)
    arguments = parser.parse_args()
    test = load_mnist("test", arguments.data)
    theirs = peer_epochs(arguments.data, arguments.epochs)
    ours = our_epochs(load_mnist("train", arguments.data), arguments.epochs)
    ratios = []
    print("epoch  peer s  ours s  ratio  peer test  our test   (nats an image, grey pixels)")
    for epoch, ((a, peer), (b, model)) in enumerate(zip(theirs, ours, strict=True), 1):
        ratios.append(a / b)
        losses = [evaluation.elbo(m.eval(), test) for m in (peer, model)]
        shown = "  ".join(f"{loss.distortion + loss.rate:9.2f}" for loss in losses)
        peer.train()
        print(f"{epoch:5d}  {a:6.2f}  {b:6.2f}  {a / b:5.1f}  {shown}", flush=True)
    print(f"median ratio {statistics.median(ratios):.1f} on {torch.get_num_threads()} threads")


if __name__ == "__main__":
    main()
