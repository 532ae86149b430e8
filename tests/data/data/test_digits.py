"""MNIST as it lies on the disk."""

import hashlib
from pathlib import Path

import pytest
import torch

from vae_core.data.digits import Digits

MD5 = "2646ac647ad5339dbf082846283269ea"  # of the uncompressed test images


def test_mnist_is_read_byte_for_byte(test_digits: Digits):
    header = bytes.fromhex("00000803000027100000001c0000001c")
    assert hashlib.md5(header + test_digits.images.numpy().tobytes()).hexdigest() == MD5
    assert test_digits.labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_mnist_equals_what_torchvision_reads(mnist_dir: Path, test_digits: Digits):
    datasets = pytest.importorskip("torchvision.datasets")
    theirs = datasets.MNIST(str(mnist_dir), train=False)
    assert torch.equal(test_digits.images[:, 0], theirs.data)
    assert torch.equal(test_digits.labels, theirs.targets)


def test_a_limit_spreads_over_the_split(test_digits: Digits):
    chosen = test_digits.every(500)
    assert chosen.places.tolist() == list(range(0, 10_000, 20))
    assert torch.equal(chosen.images[3], test_digits.images[60])
    for limit in (0, -1, 10_001):
        with pytest.raises(ValueError, match="limit is"):
            test_digits.every(limit)
