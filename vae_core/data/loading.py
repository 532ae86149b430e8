"""One split of any data set, by the set's name: what every verb that reads data goes through."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from vae_core.data.digits import Digits, load_idx
from vae_core.data.gathered import Gathered
from vae_core.data.sets import OWN, DataSet, known

_READERS = {"folder": "folders", "npz": "arrays", "huggingface": "hugging_face"}
"""Modules of this package, imported when asked for: a model of MNIST needs none of them."""


def load(
    split: str,
    data: str | Path | None = None,
    *,
    dataset: str = "mnist",
    polarity: str = "auto",
    download: bool = False,
) -> Digits:
    """One split, `train` or `test`, of the set called `dataset`.

    Args:
        split: a set without splits is parted by a seed, a tenth for the test.
        data: the folder that holds MNIST/raw and its cousins (the cache when None), the folder of
            pictures, the .npz file, or the name of a set of the hub.
        dataset: one of `sets.SETS`.
        polarity: of what a person brings; see `gathered.gathered`.
        download: fetch what is missing, of the sets that torchvision knows.

    Raises:
        ValueError: there is no such set, or its files cannot be used.
    """
    known(dataset)
    if dataset not in OWN:
        return load_idx(dataset, split, data, download=download)
    return opened(dataset, data, polarity).splits[split]


def describe(dataset: str, data: str | Path | None = None, polarity: str = "auto") -> DataSet:
    """What there is to say of a set; one that a person brings is read for it."""
    return opened(dataset, data, polarity).about if dataset in OWN else known(dataset)


@dataclass(frozen=True)
class Pictures:
    """A set and its place; see `load`."""

    dataset: str = "mnist"
    data: str | Path | None = None
    polarity: str = "auto"
    download: bool = False

    def split(self, name: str) -> Digits:
        """`train` or `test`, as `load` reads it."""
        return load(
            name,
            self.data,
            dataset=self.dataset,
            polarity=self.polarity,
            download=self.download,
        )

    def about(self) -> DataSet:
        """What the set is."""
        return describe(self.dataset, self.data, self.polarity)


def opened(dataset: str, data: str | Path | None, polarity: str = "auto") -> Gathered:
    """A set that a person brings, read once; says on stderr what it had to leave out.

    Raises:
        ValueError: no data is named, or it cannot be used.
    """
    if data is None:
        raise ValueError(f"name the pictures of --dataset {dataset} with --data.")
    return _opened(dataset, str(data), polarity, _changed(Path(data)))


@functools.lru_cache(maxsize=2)
def _opened(dataset: str, data: str, polarity: str, _: float) -> Gathered:
    module = importlib.import_module(f"{__package__}.{_READERS[dataset]}")
    found = cast("Callable[[str, str], Gathered]", module.read)(data, polarity)
    for line in found.words():
        print(f"left out: {line}", file=sys.stderr, flush=True)
    return found


def _changed(path: Path) -> float:
    """When the path was last changed; 0 of what is on no disk."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
