"""The options of the commands that read data."""

from __future__ import annotations

from collections.abc import Callable

from vae_core.data.gathered import POLARITIES
from vae_core.data.sets import SETS, known


def add_arguments(add: Callable[..., object]) -> None:
    """The two options of every command that reads data, through a parser's `add_argument`.

    A checkpoint names its set, so that none of the others is asked for.
    """
    where = "holds MNIST/raw, or the raw files of the model's own set; default: the cache folder"
    add("--data", metavar="DIR", help=where)
    add("--download", action="store_true", help="fetch the set where it is missing")


def add_dataset(add: Callable[..., object]) -> None:
    """Which set a new model is of, for the commands that begin with none."""
    own = "folder: pictures under --data; npz: a file; huggingface: a name of the hub"
    add("--dataset", choices=[*SETS], metavar="SET", help=f"{', '.join(SETS)} ({own})")
    swap = "swap light and dark of pictures of your own: where most borders are light (auto)"
    add("--polarity", choices=POLARITIES, default="auto", help=swap)


def add_its_dataset(add: Callable[..., object]) -> None:
    """The set of a checkpoint, for the commands that measure it on that set; see `must_be_its`."""
    own = "the set that the checkpoint names, which is taken anyway; another is refused"
    add("--dataset", choices=[*SETS], metavar="SET", help=own)


def must_be_its(dataset: str | None, its: str) -> None:
    """Refuse another set than the one a checkpoint was trained on.

    Args:
        dataset: what was asked for; None for nothing.
        its: the name of the checkpoint's own set.

    Raises:
        ValueError: it is another.
    """
    if dataset not in (None, its):
        raise ValueError(
            f"--dataset is {dataset}, but this checkpoint was trained on {known(its).title} "
            f"({its}), and is measured on that; leave --dataset out."
        )
