"""Epochs and decodes on a GPU: stock loops against ours, in one run.

    python tests/benchmarks/bench_gpu.py --data DIR [--epochs 10] [--checkpoint vae-flow]

An epoch is timed on the host's clock from its first launch to its last number read; evaluation and
saving are not in it. The peer is the usual loop: torchvision's MNIST, ToTensor, a DataLoader with
no workers, Adam, the same net, moved to the GPU a batch at a time; and the same loop over tensors
that lie on the GPU already. Our first two epochs record and compile, and count in no median.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable

import torch
from bench_training import stock_loss
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from vae_core import VAE, Config, checkpoint, recipes, runtime
from vae_core.data.digits import Digits, load_mnist
from vae_core.training.run import TrainingRun, fit

GPU = torch.device("cuda")
SKIPPED = 2
SECONDS = 1.0


def ours(config: Config, digits: Digits, epochs: int, compiles: bool) -> tuple[float, float, float]:
    """Median milliseconds of an epoch, seconds of the first two, and the last training loss."""
    train = dataclasses.replace(config.train, epochs=epochs + SKIPPED)
    run = TrainingRun(dataclasses.replace(config, train=train), GPU)
    run.compiles = compiles
    taken, loss, before = [], 0.0, time.perf_counter()
    for record in fit(run, digits, every=None):
        now, loss = time.perf_counter(), record.loss
        taken.append(now - before)
        before = now
    return 1000 * statistics.median(taken[SKIPPED:]), sum(taken[:SKIPPED]), loss


def stock(data: str, batch: int) -> float:
    """Milliseconds of the second epoch of the DataLoader loop."""
    mnist = datasets.MNIST(data, train=True, transform=transforms.ToTensor())
    loader = DataLoader(mnist, batch_size=batch, shuffle=True)
    return _timed(lambda: ((x.to(GPU) for x, _ in loader)), epochs=1)


def stock_resident(digits: Digits, batch: int) -> float:
    """Milliseconds of the second epoch of the loop over tensors on the GPU."""
    images = digits.floats().to(GPU)

    def batches() -> object:
        order = torch.randperm(len(images), device=GPU)[: len(images) // batch * batch]
        return (images[rows] for rows in order.view(-1, batch))

    return _timed(batches, epochs=2)


def _timed(batches: Callable[[], object], epochs: int) -> float:
    torch.manual_seed(0)
    model = VAE(recipes.get("vae-400")).to(GPU)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    milliseconds = 0.0
    for _ in range(epochs):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for x in batches():  # type: ignore[attr-defined]
            optimizer.zero_grad()
            stock_loss(model, x).backward()
            optimizer.step()
        torch.cuda.synchronize()
        milliseconds = 1000 * (time.perf_counter() - start)
    return milliseconds


@torch.inference_mode()
def decodes(name: str, batch: int) -> float:
    """Decodes a second, from the sliders to pixels on the GPU."""
    model = checkpoint.load(name, GPU)
    noise = runtime.generator(GPU, 0)
    count, start = 0, 0.0
    for turn in range(10**6):
        if turn == 20:
            torch.cuda.synchronize()
            start = time.perf_counter()
        u = torch.randn(batch, model.latent_dim, generator=noise, device=GPU)
        pictures = model.decode(model.from_sliders(u)).mean
        assert pictures.shape == (batch, 1, 28, 28)
        if turn >= 20:
            count += batch
            if turn % 20 == 0:
                torch.cuda.synchronize()
                if time.perf_counter() - start > SECONDS:
                    break
    return count / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--checkpoint", default="vae-flow")
    arguments = parser.parse_args()
    digits = load_mnist("train", arguments.data).to(GPU)
    print(f"{runtime.device_label(GPU)}, torch {torch.__version__}")
    print("an epoch of vae-400                ms  first two s  loss")
    for batch in (128, 512):
        for compiles in (False, True):
            config = recipes.get("vae-400")
            train = dataclasses.replace(config.train, batch_size=batch)
            config = dataclasses.replace(config, train=train)
            ms, first, loss = ours(config, digits, arguments.epochs, compiles)
            label = f"batch {batch}, {'compiled' if compiles else 'recorded'}"
            print(f"{label:30s}  {ms:7.1f}  {first:10.1f}  {loss:7.2f}", flush=True)
        print(f"{f'batch {batch}, tensors on the GPU':30s}  {stock_resident(digits, batch):7.1f}")
    print(f"{'batch 128, DataLoader':30s}  {stock(arguments.data, 128):7.1f}", flush=True)
    for batch in (1, 32, 256):
        rate = decodes(arguments.checkpoint, batch)
        print(f"{arguments.checkpoint}, batch {batch}: {rate:,.0f} decodes a second", flush=True)


if __name__ == "__main__":
    main()
