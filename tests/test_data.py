import hashlib
from pathlib import Path

import pytest
import torch

from vae_core.data import Digits, batches, binarise, load_mnist

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


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="--data"):
        load_mnist("test", tmp_path / "nowhere")


def test_a_truncated_file_is_refused(tmp_path: Path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "t10k-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + b"\0" * 100)
    with pytest.raises(ValueError, match="damaged"):
        load_mnist("test", tmp_path)


def test_a_limit_spreads_over_the_split(test_digits: Digits):
    chosen = test_digits.every(500)
    assert chosen.places.tolist() == list(range(0, 10_000, 20))
    assert torch.equal(chosen.images[3], test_digits.images[60])
    for limit in (0, -1, 10_001):
        with pytest.raises(ValueError, match="limit is"):
            test_digits.every(limit)


def test_an_epoch_visits_every_digit_once():
    seen = torch.cat(list(batches(100, 10, torch.Generator().manual_seed(0))))
    assert sorted(seen.tolist()) == list(range(100))


def test_a_short_rest_is_left_out():
    sizes = [len(b) for b in batches(105, 10, torch.Generator().manual_seed(0))]
    assert sizes == [10] * 10


def test_binarisation_has_the_mean_of_the_pixel():
    x = torch.full((1, 1, 500, 500), 0.3)
    drawn = binarise(x, torch.Generator().manual_seed(0))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    assert abs(drawn.mean() - 0.3) < 0.005
