"""Training of the digit classifier: a few minutes on one core of a processor."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core import runtime
from vae_core.classifier.model import NOT_A_DIGIT, Classifier, Reading
from vae_core.classifier.negatives import negatives
from vae_core.classifier.pictures import mistaken
from vae_core.data import Digits

PEAK_RATE = 4e-3
SMOOTHING = 0.02
# How many lessons in "not a digit": drawn ones, and the digitizer's own mistakes.
DRAWN, MISTAKEN = 10_000, 6_000


def augment(x: Tensor, generator: torch.Generator) -> Tensor:
    """Light affine maps and bends, and for a third of them another pen; x (b, 1, 28, 28)."""
    count = len(x)

    def spread(scale: float, *shape: int) -> Tensor:
        return (torch.rand(count, *shape, generator=generator) * 2 - 1) * scale

    turn, slant = spread(0.18), spread(0.2)
    sx, sy = 1 + spread(0.12), 1 + spread(0.12)
    rows = [sx * turn.cos(), turn.sin() + slant, spread(0.1), -turn.sin(), sy * turn.cos()]
    theta = torch.stack([*rows, spread(0.1)], 1).view(count, 2, 3)
    grid = F.affine_grid(theta, [count, 1, 28, 28], align_corners=False)
    bend = F.interpolate(spread(0.1, 2, 4, 4), 28, mode="bicubic", align_corners=False)
    moved = F.grid_sample(x, grid + bend.permute(0, 2, 3, 1), align_corners=False)
    return _another_pen(moved, torch.rand(count, 1, 1, 1, generator=generator))


def _another_pen(x: Tensor, draw: Tensor) -> Tensor:
    """Strokes made fatter (draw < 0.15), thinner (< 0.25) or softer (< 0.35)."""
    fat = F.max_pool2d(x, 3, 1, 1)
    x = torch.where(draw < 0.15, x + (fat - x) * (draw / 0.15), x)
    thin = -F.max_pool2d(-x, 3, 1, 1)
    x = torch.where((draw >= 0.15) & (draw < 0.25), 0.5 * (x + thin), x)
    return torch.where((draw >= 0.25) & (draw < 0.35), F.avg_pool2d(x, 3, 1, 1), x)


def train(
    images: Tensor, labels: Tensor, epochs: int, batch: int, seed: int, log: bool = True
) -> Classifier:
    """A classifier trained on images uint8 (n, 1, 28, 28) and labels (n,), 10 for "no digit".

    One-cycle AdamW, and an exponential average of the weights as the result.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = Classifier().to(memory_format=torch.channels_last)
    steps = epochs * (len(images) // batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps)
    memory = torch.optim.swa_utils.get_ema_multi_avg_fn(min(0.998, 1 - 10 / steps))
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=memory, use_buffers=True)
    for epoch in range(epochs):
        started, total = time.perf_counter(), 0.0
        order = torch.randperm(len(images), generator=generator)
        for rows in order.split(batch)[: len(images) // batch]:
            x = augment(images[rows].float() / 255, generator)
            loss = _step(model, x, labels[rows], optimizer)
            schedule.step()
            average.update_parameters(model)
            total += loss
        if log:
            seconds = time.perf_counter() - started
            mean = total / (len(images) // batch)
            print(f"epoch {epoch + 1}/{epochs} loss {mean:.4f} {seconds:.0f} s", file=sys.stderr)
    averaged = average.module.eval()
    assert isinstance(averaged, Classifier)
    return averaged


def _step(model: Classifier, x: Tensor, y: Tensor, optimizer: torch.optim.Optimizer) -> float:
    with runtime.autocast(torch.device("cpu"), "bf16"):
        logits = model(x.contiguous(memory_format=torch.channels_last))
    loss = F.cross_entropy(logits.float(), y, label_smoothing=SMOOTHING)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()


def measure(model: nn.Module, images: Tensor) -> Reading:
    """The classifier's reading of uint8 images (n, 1, 28, 28), in batches."""
    assert isinstance(model, Classifier)
    parts = [model.read(part.float() / 255) for part in images.split(500)]
    return Reading(torch.cat([p.probs for p in parts]), torch.cat([p.not_a_digit for p in parts]))


def run(
    digits: Digits, test: Digits, out: Path, epochs: int = 12, batch: int = 256, seed: int = 0
) -> dict[str, object]:
    """Train on `digits`, measure on `test` and on 2,000 fresh negatives, and save into `out`."""
    started = time.perf_counter()
    pictures, labels = digits.images[:, 0].numpy(), digits.labels.long()
    others = np.concatenate([negatives(DRAWN, pictures, seed), mistaken(MISTAKEN, seed)])
    images = torch.from_numpy(np.concatenate([pictures, others]))[:, None]
    targets = torch.cat([labels, torch.full((len(others),), NOT_A_DIGIT)])
    model = train(images, targets, epochs, batch, seed)
    truth = test.labels.long()
    reading = measure(model, test.images)
    negative = measure(
        model, torch.from_numpy(negatives(2000, test.images[:, 0].numpy(), seed + 1))[:, None]
    )
    metrics = {
        "test_error": (reading.probs.argmax(1) != truth).double().mean().item(),
        "n_images": len(truth),
        "digits_called_none": (reading.not_a_digit > 0.5).double().mean().item(),
        "negatives_missed": (negative.not_a_digit <= 0.5).double().mean().item(),
        "parameters": sum(p.numel() for p in model.parameters()),
        "epochs": epochs, "batch_size": batch, "seed": seed, "device": "cpu",
        "seconds": round(time.perf_counter() - started, 1),
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
        "command": f"python -m vae_core train-classifier --data DATA --epochs {epochs} "
        f"--batch-size {batch} --seed {seed} --out checkpoints/classifier",
    }  # fmt: skip
    save(model, out, metrics)
    return metrics


def save(model: Classifier, out: Path, metrics: dict[str, object]) -> None:
    """Write config.json, model.safetensors (float32) and metrics.json."""
    from safetensors.torch import save_file

    out.mkdir(parents=True, exist_ok=True)
    config = {
        "model_type": "digit-classifier",
        "widths": list(model.widths),
        "classes": NOT_A_DIGIT + 1,
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    tensors = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(tensors, out / "model.safetensors", metadata={"format": "pt"})
    metrics["file_bytes"] = (out / "model.safetensors").stat().st_size
    (out / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
