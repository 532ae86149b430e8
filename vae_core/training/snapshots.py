"""What a model makes of the same ten digits and the same noise after each epoch, as one PNG.

A row of pictures an epoch: ten followed digits, one of each class, as the model rebuilds them; and,
of a model with a prior to draw from, ten draws.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from vae_core import files, runtime
from vae_core.checkpoint.archive import SNAPSHOTS as FILE
from vae_core.data.digits import Digits
from vae_core.models import VAE, Model

COUNT, SIDE = 10, 28
MOST_EPOCHS, LARGEST = 1000, 10 * 10**6

Rows = NDArray[np.uint8]
"""(epochs, pictures, 28, 28): rebuilt digits, then draws."""


class Snapshots:
    """The rows of a run so far.

    Args:
        followed: digits that are not trained on.
        folder: the checkpoint's; a run that goes on finds its first rows there.
        epochs: how many the run has done.
        seed: of the draws.
    """

    def __init__(self, followed: Digits, folder: Path, epochs: int, seed: int) -> None:
        self.x = followed.floats(one_of_each(followed.labels))
        self.seed = seed
        self.rows: list[Rows] = []
        if epochs:
            known = read(folder)
            self.rows = [] if known is None else list(known[:epochs])

    @torch.no_grad()
    def add(self, model: Model, device: torch.device, epoch: int) -> None:
        """The row of `epoch` (1 is the first), of a model in evaluation mode on `device`.

        Rows that a former run did not leave stay black.
        """
        made = [model.reconstruct(self.x.to(device))]
        if isinstance(model, VAE):
            noise = runtime.generator(device, self.seed, 12)
            made.append(model.sample(COUNT, generator=noise, y=self._labels(model, device))[0])
        row = _grey(torch.cat(made))
        missing = max(0, epoch - 1 - len(self.rows))
        self.rows += [np.zeros_like(row)] * missing
        self.rows[epoch - 1 :] = [row]

    def _labels(self, model: VAE, device: torch.device) -> Tensor | None:
        """0 to 9 for a model that takes labels."""
        return torch.arange(COUNT, device=device) if model.config.takes_labels else None

    def write(self, folder: Path) -> None:
        """The rows as `FILE` in `folder`; nothing where there are none."""
        rows = self.rows[:MOST_EPOCHS]
        if not rows:
            return
        page = np.stack([row.transpose(1, 0, 2).reshape(SIDE, -1) for row in rows])
        buffer = io.BytesIO()
        Image.fromarray(page.reshape(-1, page.shape[2])).save(buffer, "PNG", optimize=True)
        files.write_bytes(folder / FILE, buffer.getvalue())


def one_of_each(labels: Tensor) -> Tensor:
    """Places of the first of each of ten classes in labels (n,); of any digit where one lacks."""
    found = [(labels == label).nonzero().flatten()[:1] for label in range(COUNT)]
    places = torch.cat(found)
    rest = torch.arange(len(labels))[: COUNT - len(places)]
    return torch.cat((places, rest))


def read(folder: Path) -> Rows | None:
    """The rows in a checkpoint folder; None where there are none that can be read."""
    try:
        files.check_plain(folder / FILE, LARGEST)
        with Image.open(folder / FILE, formats=("PNG",)) as image:
            width, height = image.size
            epochs, pictures = height // SIDE, width // SIDE
            fits = (epochs * SIDE, pictures * SIDE) == (height, width) and image.mode == "L"
            if not fits or pictures not in (COUNT, 2 * COUNT) or not 1 <= epochs <= MOST_EPOCHS:
                return None
            page = np.asarray(image)
    except (OSError, ValueError, SyntaxError):
        return None
    return page.reshape(epochs, SIDE, pictures, SIDE).transpose(0, 2, 1, 3)


def _grey(x: Tensor) -> Rows:
    """x (n, 1, 28, 28) in [0, 1] as bytes (n, 28, 28)."""
    return (255 * x[:, 0].clamp(0, 1)).round().byte().cpu().numpy()
