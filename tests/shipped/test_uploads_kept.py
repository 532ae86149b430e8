"""What the default model gives back of real uploads still reads as the digit that was drawn."""

import csv
from pathlib import Path

import torch

import vae_core
from vae_core.classifier.model import load_classifier
from vae_core.digitize import digitize


def test_a_reconstruction_keeps_the_label_of_the_upload(uploads_dir: Path):
    with (uploads_dir / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    prepared = [torch.from_numpy(digitize(uploads_dir / row["file"]).pixels.copy()) for row in rows]
    x = torch.stack(prepared).float()[:, None] / 255
    labels = torch.tensor([int(row["digit"]) for row in rows])
    with torch.inference_mode():
        back = vae_core.load("vae-conv").reconstruct(x)
        read = load_classifier().read(back).probs.argmax(-1)
    assert int((read == labels).sum()) >= 37
