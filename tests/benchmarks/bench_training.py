"""One epoch of `vae-400`: a stock DataLoader loop against ours, in one run.

    python tests/benchmarks/bench_training.py --data DIR [--epochs 10]

The peer is the usual loop: torchvision's MNIST, ToTensor, a DataLoader with no workers, Adam in
single precision, torch's own losses, the same net, batch and initial seed. The two take turns at
each tenth of an epoch, so that a busy machine slows both; the test pass is not timed. Our first
epoch compiles the step, and counts in no median. The last column is the physical limit: the bare
matrix products of the epoch in bf16, and nothing else.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from vae_core import VAE, evaluation, recipes
from vae_core.data.digits import Digits, load_mnist
from vae_core.training.run import TrainingRun, fit
from vae_core.training.run_state import Model

PART = 47
"""Steps of one id: ten turns are an epoch of 468 steps, or of 469 with its short last batch."""
TURNS = 10


def peer_parts(data: str, epochs: int) -> Iterator[VAE]:
    """The stock loop, which stops after each turn."""
    torch.manual_seed(0)
    mnist = datasets.MNIST(data, train=True, transform=transforms.ToTensor())
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(mnist, batch_size=128, shuffle=True)
    model = VAE(recipes.get("vae-400"))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        for step, (x, _) in enumerate(loader, 1):
            optimizer.zero_grad()
            stock_loss(model, x).backward()
            optimizer.step()
            if step % PART == 0:
                yield model
        yield model


def stock_loss(model: VAE, x: Tensor) -> Tensor:
    """Binary cross-entropy + KL by torch's own functions, a mean over the batch in nats."""
    mean, logvar = model.encoder(x).chunk(2, dim=-1)
    z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
    error = F.binary_cross_entropy_with_logits(model.decoder(z), x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mean**2 - logvar.exp())
    return (error + kl) / len(x)


def bare_products(count: int, batch: int = 128) -> float:
    """Seconds of the matrix products of one epoch in bf16: forward, and back to each weight."""
    widths = ((784, 400), (400, 40), (20, 400), (400, 784))
    layers = [
        (
            torch.randn(batch, i).bfloat16(),
            torch.randn(i, o).bfloat16(),
            torch.randn(batch, o).bfloat16(),
        )
        for i, o in widths
    ]
    start = time.perf_counter()
    for _ in range(count // batch):
        for place, (x, w, gradient) in enumerate(layers):
            torch.mm(x, w)
            torch.mm(x.T, gradient)
            if place > 0:  # Nothing asks for the gradient of the pixels.
                torch.mm(gradient, w.T)
    return time.perf_counter() - start


def our_parts(digits: Digits, epochs: int) -> Iterator[TrainingRun]:
    """`fit`, which stops after each turn."""
    config = recipes.get("vae-400")
    config = dataclasses.replace(config, train=dataclasses.replace(config.train, epochs=epochs))
    run = TrainingRun(config)
    run.compiles = True
    for _ in fit(run, digits, every=PART):
        yield run


def take_turns(
    theirs: Iterator[VAE], ours: Iterator[TrainingRun]
) -> tuple[float, float, VAE, Model]:
    """Seconds of the next epoch of each, and their models after it."""
    a = b = 0.0
    for _ in range(TURNS):
        start = time.perf_counter()
        peer = next(theirs)
        middle = time.perf_counter()
        run = next(ours)
        a, b = a + middle - start, b + time.perf_counter() - middle
    return a, b, peer, run.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--epochs", type=int, default=10)
    arguments = parser.parse_args()
    if arguments.epochs < 2:
        parser.error("--epochs must be 2 or more: the first one compiles.")
    test = load_mnist("test", arguments.data)
    theirs = peer_parts(arguments.data, arguments.epochs)
    ours = our_parts(load_mnist("train", arguments.data), arguments.epochs)
    peers, mine = [], []
    print("epoch  peer s  ours s  ratio  peer test  our test  limit s   (nats, grey pixels)")
    for epoch in range(1, arguments.epochs + 1):
        a, b, peer, model = take_turns(theirs, ours)
        peers.append(a)
        mine.append(b)
        losses = [evaluation.elbo(m.eval(), test) for m in (peer, model)]
        shown = "  ".join(f"{-loss.elbo:9.2f}" for loss in losses if loss.elbo is not None)
        peer.train()
        limit = bare_products(60_000)
        print(f"{epoch:5d}  {a:6.2f}  {b:6.2f}  {a / b:5.1f}  {shown}  {limit:7.2f}", flush=True)
    ratio = statistics.median(a / b for a, b in zip(peers[1:], mine[1:], strict=True))
    print(f"median ratio after the first epoch {ratio:.1f} on {torch.get_num_threads()} threads")
    print(f"compiling took about {mine[0] - statistics.median(mine[1:]):.1f} s of our first epoch")


if __name__ == "__main__":
    main()
