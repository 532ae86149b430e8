"""Data sets in memory, splits, corruption, the shipped examples."""

from vae_core.data.checksums import MNIST as CHECKSUMS
from vae_core.data.digits import (
    AHEAD,
    SPLITS,
    Digits,
    batches,
    binarise,
    cache_dir,
    corrupt,
    hold_out,
    load_mnist,
    permutation,
    to_floats,
)
from vae_core.data.loading import describe, load
from vae_core.data.options import add_arguments, add_dataset
from vae_core.data.sets import SETS, DataSet, must_be_digits

__all__ = [
    "AHEAD",
    "CHECKSUMS",
    "SETS",
    "SPLITS",
    "DataSet",
    "Digits",
    "add_arguments",
    "add_dataset",
    "batches",
    "binarise",
    "cache_dir",
    "corrupt",
    "describe",
    "hold_out",
    "load",
    "load_mnist",
    "must_be_digits",
    "permutation",
    "to_floats",
]
