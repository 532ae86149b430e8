"""Training of a small classifier for the set of a checkpoint; see `set_reader`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from vae_core import checkpoint, runtime
from vae_core.checkpoint import examples
from vae_core.classifier import set_reader
from vae_core.classifier.set_reader import SetNet, SetReader
from vae_core.data.digits import Digits
from vae_core.data.loading import Pictures
from vae_core.data.sets import DataSet

PEAK_RATE, SMOOTHING, SHIFT = 4e-3, 0.02, 2


def train_reader(
    model: str | Path,
    *,
    data: str | Path | None = None,
    epochs: int = 12,
    batch_size: int = 128,
    seed: int = 0,
    device: str | None = None,
    download: bool = False,
) -> dict[str, object]:
    """Train a reader for the set of a checkpoint, measure it and put it beside the weights.

    Args:
        model: the checkpoint; `data` and `download` as for `data.load`.
        epochs, batch_size, seed, device: of the training; the best device when None.

    Returns:
        `{"file", "classes", "test_error", "n_images", "seconds"}`, the error a fraction.

    Raises:
        ValueError: the set has no classes, is of digits (which have a classifier), or the
            checkpoint or the data cannot be used.
    """
    started, folder = time.perf_counter(), checkpoint.resolve(model)
    pictures = examples.pictures(
        folder, checkpoint.read_config(folder).dataset, data, download=download
    )
    about = _labelled(pictures)
    chosen = runtime.choose_device(device)
    train, test = pictures.split("train"), pictures.split("test")
    net = _trained(train, len(about.classes), epochs, batch_size, seed, chosen)
    reader = SetReader(net, about.classes, _error(net, test, chosen))
    path = set_reader.write(folder, reader, {"epochs": str(epochs), "seed": str(seed)})
    return {
        "file": str(path),
        "classes": [*about.classes],
        "test_error": reader.error,
        "n_images": len(test),
        "seconds": round(time.perf_counter() - started, 1),
    }


def _labelled(pictures: Pictures) -> DataSet:
    """What the set is; ValueError where there is nothing to learn."""
    about = pictures.about()
    if about.digits:
        raise ValueError(f"{about.title} has a reader already: the shipped classifier of digits.")
    if len(about.classes) < 2:
        raise ValueError(f"{about.title} has no classes: there is nothing to read.")
    return about


def _trained(
    train: Digits, classes: int, epochs: int, batch_size: int, seed: int, device: torch.device
) -> SetNet:
    """One-cycle AdamW on shifted pictures, and an exponential average of the weights."""
    torch.manual_seed(seed)
    noise = torch.Generator().manual_seed(seed)
    net, size = SetNet(classes).to(device), min(batch_size, len(train))
    steps = epochs * (len(train) // size)
    optimizer = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps)
    memory = torch.optim.swa_utils.get_ema_multi_avg_fn(min(0.998, 1 - 10 / max(steps, 11)))
    average = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=memory, use_buffers=True)
    with tqdm(total=steps, unit="step", file=sys.stderr, desc="reader") as bar:
        for _ in range(epochs):
            order = torch.randperm(len(train), generator=noise)
            for rows in order.split(size)[: len(train) // size]:
                x = shifted(train.images[rows], noise).to(device).float() / 255
                y = train.labels[rows].to(device)
                loss = F.cross_entropy(net(x), y, label_smoothing=SMOOTHING)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                schedule.step()
                average.update_parameters(net)
                bar.update()
    averaged = average.module.eval()
    assert isinstance(averaged, SetNet)
    return averaged


def shifted(images: Tensor, noise: torch.Generator) -> Tensor:
    """A batch (b, 1, 28, 28) moved as one by up to two pixels, the border's grey going on."""
    down, right = (int(torch.randint(2 * SHIFT + 1, (), generator=noise)) for _ in range(2))
    wide = F.pad(images.float(), (SHIFT,) * 4, mode="replicate").to(images.dtype)
    side = images.shape[-1]
    return wide[..., down : down + side, right : right + side]


def _error(net: SetNet, test: Digits, device: torch.device) -> float:
    """The share of test pictures that it reads as another class."""
    parts = [
        net.probabilities(part.to(device).float() / 255).argmax(1).cpu()
        for part in test.images.split(500)
    ]
    return float((torch.cat(parts) != test.labels).double().mean())
