"""A small digit classifier that reads what goes into a model and what comes out of it.

It also knows an eleventh answer, "not a digit", learnt from letters, scribbles, pairs of
digits, blobs and noise. Train it with

    python -m vae_core train-classifier --data DIR --out checkpoints/classifier
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from vae_core import checkpoint, files

DEFAULT_FOLDER = files.PACKAGE.parent / "checkpoints" / "classifier"
NOT_A_DIGIT = 10
WIDTHS = (20, 48, 64, 96)


class Reading(NamedTuple):
    """What the classifier makes of pictures.

    Attributes:
        probs: (b, 10), each row sums to 1; which digit, given that it is one.
        not_a_digit: (b,), the probability that it is no digit at all.
    """

    probs: Tensor
    not_a_digit: Tensor


class Classifier(nn.Module):
    """Four strided convolutions and a linear layer, for x (b, 1, 28, 28) in [0, 1].

    Args:
        widths: channels of the four convolutions; the first three halve the picture.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        first, second, third, fourth = widths
        self.widths = tuple(int(width) for width in widths)
        self.features = nn.Sequential(
            _block(1, first, kernel=5, stride=2),
            _block(first, second, stride=1),
            _block(second, third, stride=2),
            _block(third, third, stride=1),
            _block(third, fourth, stride=2),
        )
        self.head = nn.Linear(fourth * 4 * 4, NOT_A_DIGIT + 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (b, 11): ten digits, then "not a digit"."""
        return self.head(self.embed(x))

    def embed(self, x: Tensor) -> Tensor:
        """What the last layer reads, (b, 16 * widths[3]): the space that FID is measured in."""
        return self.features(x).flatten(1)

    @torch.no_grad()
    def read(self, x: Tensor) -> Reading:
        """Which digit, and whether it is one, for x (b, 1, 28, 28) in [0, 1].

        Raises:
            ValueError: x has another shape.
        """
        if x.ndim != 4 or x.shape[1:] != (1, 28, 28):
            raise ValueError(f"x has the shape {tuple(x.shape)}; it must be (b, 1, 28, 28).")
        logits = self(x).float()
        return Reading(logits[:, :NOT_A_DIGIT].softmax(1), logits.softmax(1)[:, NOT_A_DIGIT])

    def probs(self, x: Tensor) -> Tensor:
        """Probabilities (b, 10) of the digits for x (b, 1, 28, 28) in [0, 1]."""
        return self.read(x).probs


def _block(inputs: int, outputs: int, stride: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.SiLU(),
    )


def find(root: str | Path | None = None) -> Path:
    """The folder of the classifier that the digitizer, the app and every test of a picture ask.

    It lies among the checkpoints of `root`; where there is none, among those of VAE_CHECKPOINTS,
    and at last beside this package.

    Raises:
        ValueError: there is none.
    """
    roots = (Path(root) if root is not None else None, checkpoint.shipped_root())
    places = [*(each / DEFAULT_FOLDER.name for each in roots if each is not None), DEFAULT_FOLDER]
    for place in places:
        if (place / "config.json").is_file():
            return place
    named = " or ".join(dict.fromkeys(map(str, places)))
    raise ValueError(f"There is no classifier in {named}.")


def load_classifier(folder: str | Path | None = None, device: str = "cpu") -> Classifier:
    """The classifier that `find` finds, or the one in `folder`, in eval mode and frozen.

    Raises:
        ValueError: a file is missing, damaged, or of another network; one sentence.
    """
    folder = Path(folder) if folder is not None else find()
    weights = folder / checkpoint.WEIGHTS
    for path in (folder / checkpoint.CONFIG, weights):
        if not path.exists():
            raise ValueError(f"The classifier folder {folder.name!r} has no {path.name}.")
    try:
        widths = cast(list[int], files.read_json(folder / checkpoint.CONFIG)["widths"])
        with torch.device("meta"):  # a config may ask for more memory than there is
            checkpoint.check_fit(Classifier(widths).state_dict(), weights)
        model = Classifier(widths)
        checkpoint.load_weights(model, weights)
    except Exception as error:
        # Damaged JSON, damaged safetensors and foreign tensors raise a dozen kinds of error.
        raise ValueError(
            f"The classifier in {folder.name!r} is damaged or belongs to another network."
        ) from error
    return model.to(device).eval().requires_grad_(False)
