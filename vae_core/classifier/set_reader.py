"""A small classifier for any labelled set, kept beside a model: `reader.safetensors`.

It says what a picture shows of the classes of that set, and no more: unlike the classifier of
digits it was shown nothing else, so it names a class for anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from vae_core import checkpoint, files
from vae_core.checkpoint.companions import READER
from vae_core.classifier.model import WIDTHS, Classifier
from vae_core.data.sets import CLASS_LIMIT, NAME_LIMIT


class SetNet(Classifier):
    """The digit classifier's convolutions under a layer of as many outputs as there are classes."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(WIDTHS[-1] * 4 * 4, classes)

    @torch.no_grad()
    def probabilities(self, x: Tensor) -> Tensor:
        """Of each class, (b, classes), for x (b, 1, 28, 28) in [0, 1]."""
        return self(x).float().softmax(1)


@dataclass(frozen=True)
class SetReader:
    """A net in evaluation mode, the names of its classes, and its error on the test pictures."""

    net: SetNet
    classes: tuple[str, ...]
    error: float | None = None


def write(folder: Path, reader: SetReader, facts: dict[str, str]) -> Path:
    """Beside the weights in `folder`, bound to them; in half precision, which moves no reading.

    Raises:
        ValueError: the file cannot be written.
    """
    tensors = {
        name: value.half() if value.is_floating_point() else value
        for name, value in reader.net.state_dict().items()
    }
    about = {
        "weights_sha256": files.fingerprint(folder / checkpoint.WEIGHTS),
        "classes": json.dumps([*reader.classes]),
        "test_error": "" if reader.error is None else f"{reader.error:.6f}",
    }
    files.write_tensors(folder / READER, tensors, {**about, **facts})
    return folder / READER


def read(folder: Path, device: torch.device | str = "cpu") -> SetReader | None:
    """The reader beside the weights in `folder`; None where there is none of these weights.

    Raises:
        ValueError: it is damaged.
    """
    path = folder / READER
    if not path.is_file():
        return None
    facts = files.safetensors_metadata(path)
    if facts.get("weights_sha256") != files.fingerprint(folder / checkpoint.WEIGHTS):
        return None
    classes = _classes(path, facts.get("classes", ""))
    tensors = files.read_tensors(path)
    net = SetNet(len(classes))
    whole = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
    found = {k: (tuple(v.shape), checkpoint.DTYPES.get(v.dtype, "")) for k, v in whole.items()}
    checkpoint.check_slices(net.state_dict(), found, path)
    checkpoint.fill(net, whole, path)
    error = facts.get("test_error", "")
    net = net.to(device).eval().requires_grad_(False)
    return SetReader(net, classes, float(error) if error else None)


def _classes(path: Path, text: str) -> tuple[str, ...]:
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        names = None
    listed = cast("list[object]", names) if isinstance(names, list) else []
    fine = 2 <= len(listed) <= CLASS_LIMIT and all(isinstance(name, str) for name in listed)
    if not fine:
        raise ValueError(f"{path} is damaged: it does not name its classes.")
    return tuple(str(name)[:NAME_LIMIT] for name in listed)
