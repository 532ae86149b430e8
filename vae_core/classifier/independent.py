"""A second classifier, which judges draws and sliders and trained no model and no digitizer.

The shipped classifier guides the digitizer and learnt from its mistakes, and FID is measured in
its earlier weights. Whoever chooses settings by a net cannot be judged by it, so this one is of
another kind (max-pooled, plain ReLU) and learnt from digits alone. It chooses no
setting (a sampler's guidance is chosen with the frozen net of FID). Train it with

    python -m vae_core.classifier.independent --data DIR --out FILE
"""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core import files, runtime
from vae_core.data.digits import Digits, hold_out, load_mnist

FILE = files.ASSETS / "independent-classifier.safetensors"
CLASSES = 10
EPOCHS, BATCH, PEAK_RATE = 10, 200, 3e-3
HELD_OUT = 5000
"""Training digits that it is not trained on: its error on them stands in the file."""

SURE = 0.9
"""A picture is read surely where its likeliest digit has so much."""


class Readings(NamedTuple):
    """The likeliest digit of each picture (n,), int64, and its probability (n,)."""

    digits: Tensor
    sure: Tensor

    @property
    def unsure(self) -> float:
        """The share that is read with less than SURE."""
        return float((self.sure < SURE).double().mean())


class IndependentClassifier(nn.Module):
    """Four convolutions, two of them max-pooled, and a hidden layer: plain, and 99.5 % right."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            *(_block(1, 16), nn.MaxPool2d(2)),
            *(_block(16, 32), _block(32, 32), nn.MaxPool2d(2)),
            *(_block(32, 64), nn.Flatten(), nn.Linear(64 * 7 * 7, 64), nn.ReLU()),
        )
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (n, 10) of x (n, 1, 28, 28) in [0, 1]."""
        return self.head(self.net(x))

    def read(self, x: Tensor) -> Readings:
        """What pictures (n, 1, 28, 28) in [0, 1] are taken for, on the CPU, some at a time."""
        device = self.head.weight.device
        with torch.inference_mode():
            parts = [self(part.to(device)).softmax(1).cpu() for part in x.split(250)]
        best = torch.cat(parts).max(1)
        return Readings(best.indices, best.values)


def _block(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


@functools.lru_cache(maxsize=2)
def load(device: str = "cpu", file: Path = FILE) -> IndependentClassifier:
    """The shipped one, in evaluation mode and frozen.

    Raises:
        ValueError: the file is missing or damaged.
    """
    model = IndependentClassifier()
    model.load_state_dict(files.read_tensors(file), strict=True)
    return model.to(device).eval().requires_grad_(False)


def train(
    digits: Digits, *, epochs: int = EPOCHS, seed: int = 0, device: str = "cpu"
) -> IndependentClassifier:
    """Learns from digits that are shifted, turned and scaled a little; one-cycle AdamW."""
    torch.manual_seed(seed)
    noise = torch.Generator().manual_seed(seed)
    model = IndependentClassifier().to(device)
    steps = epochs * (len(digits) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps)
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(digits), generator=noise).split(BATCH)[: steps // epochs]:
            logits = model(_moved(digits.floats(rows), noise).to(device))
            loss = F.cross_entropy(logits, digits.labels[rows].long().to(device))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs} loss {total * epochs / steps:.4f}", file=sys.stderr)
    return model.eval()


def _moved(x: Tensor, noise: torch.Generator) -> Tensor:
    """x (n, 1, 28, 28) under maps near the identity: up to 8 degrees, 10 % and 2 pixels."""
    turn, scale, right, down = (torch.rand(4, len(x), generator=noise) * 2 - 1).unbind()
    turn, scale = turn * 0.14, 1 + scale * 0.1
    across, up = scale * turn.cos(), scale * turn.sin()
    theta = torch.stack([across, -up, right / 7, up, across, down / 7], 1).view(-1, 2, 3)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def main() -> None:
    """Trains, measures on the digits held out, and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="the folder that holds MNIST/raw")
    parser.add_argument("--out", default=str(FILE), help="the file to write")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--device", default=None, help="where to train")
    arguments = parser.parse_args()
    known, kept_out = hold_out(load_mnist("train", arguments.data), HELD_OUT)
    device = str(runtime.choose_device(arguments.device))
    model = train(known, seed=arguments.seed, device=device)
    wrong = model.read(kept_out.floats()).digits != kept_out.labels
    error = float(wrong.double().mean())
    about = {"held_out": str(HELD_OUT), "held_out_error": f"{error:.4f}"}
    files.write_tensors(Path(arguments.out), dict(model.cpu().state_dict()), about)
    print(f"{100 * error:.2f} % of {HELD_OUT:,} digits held out are read wrongly")


if __name__ == "__main__":
    main()
