"""The digits: MNIST in memory, splits, corruption, the shipped examples."""

from vae_core.data.digits import (
    AHEAD,
    CHECKSUMS,
    SPLITS,
    Digits,
    add_arguments,
    batches,
    binarise,
    cache_dir,
    corrupt,
    hold_out,
    load_mnist,
    permutation,
    to_floats,
)

__all__ = [
    "AHEAD",
    "CHECKSUMS",
    "SPLITS",
    "Digits",
    "add_arguments",
    "batches",
    "binarise",
    "cache_dir",
    "corrupt",
    "hold_out",
    "load_mnist",
    "permutation",
    "to_floats",
]
