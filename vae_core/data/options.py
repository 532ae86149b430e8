"""The options of the commands that read data."""

from __future__ import annotations

from collections.abc import Callable

from vae_core.data.gathered import POLARITIES
from vae_core.data.sets import SETS


def add_arguments(add: Callable[..., object]) -> None:
    """The two options of every command that reads data, through a parser's `add_argument`."""
    add("--data", metavar="DIR", help="holds MNIST/raw; default: the cache folder")
    add("--download", action="store_true", help="fetch MNIST where it is missing")


def add_dataset(add: Callable[..., object]) -> None:
    """Which set a new model is of, for the commands that begin with none."""
    own = "folder: pictures under --data; npz: a file; huggingface: a name of the hub"
    add("--dataset", choices=[*SETS], metavar="SET", help=f"{', '.join(SETS)} ({own})")
    swap = "swap light and dark of pictures of your own: where most borders are light (auto)"
    add("--polarity", choices=POLARITIES, default="auto", help=swap)
