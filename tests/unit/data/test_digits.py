from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import torch

from vae_core.data.digits import AHEAD, Digits, batches, binarise, hold_out, load_mnist


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="--data"):
        load_mnist("test", tmp_path / "nowhere")


def test_a_truncated_file_is_refused(tmp_path: Path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "t10k-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + b"\0" * 100)
    with pytest.raises(ValueError, match="damaged"):
        load_mnist("test", tmp_path)


def counted(count: int) -> Digits:
    """Digits whose label and first pixel are their number."""
    numbers = torch.arange(count)
    images = numbers.byte()[:, None, None, None].expand(-1, 1, 28, 28)
    return Digits(images, numbers, numbers)


def test_drawn_digits_stand_for_both_groups_of_writers():
    """MNIST's training digits alternate: every sixth one is of one group alone."""
    split = counted(60_000)
    assert (split.every(10_000).labels % 2 == 0).all()
    for seed in range(3):
        chosen = split.drawn(10_000, seed)
        assert len(chosen.labels.unique()) == 10_000
        assert float((chosen.labels % 2).double().mean()) == pytest.approx(0.5, abs=0.02)
        assert float(chosen.labels.double().mean()) == pytest.approx(30_000, abs=700)
        assert torch.equal(chosen.places, chosen.labels)
    assert torch.equal(split.drawn(50, 1).places, split.drawn(10_000, 1).places[:50])
    assert not torch.equal(split.drawn(50, 1).places, split.drawn(50, 2).places)


@pytest.mark.parametrize("count", [0, -1, 11])
def test_more_cannot_be_drawn_than_there_are(count: int):
    with pytest.raises(ValueError, match=f"count is {count}; it must be between 1 and 10"):
        counted(10).drawn(count)


def test_held_out_digits_stand_for_the_whole():
    train, held = hold_out(counted(60_000), 1000)
    assert torch.cat((train.places, held.places)).sort().values.tolist() == list(range(60_000))
    assert float((held.labels % 2).double().mean()) == pytest.approx(0.5, abs=0.05)
    assert float(held.labels.double().mean()) == pytest.approx(30_000, abs=2000)
    for part in (train, held):
        assert torch.equal(part.places, part.places.sort().values)
        assert torch.equal(part.labels, part.places)
    assert torch.equal(hold_out(counted(60_000), 1000)[1].places, held.places)


def labels_of(count: int, size: int, **kwargs: Any) -> list[list[int]]:
    found = list(batches(counted(count), size, torch.Generator().manual_seed(0), **kwargs))
    for images, labels in found:
        assert images.shape == (len(labels), 1, 28, 28)
        assert images[:, 0, 3, 5].tolist() == labels.tolist()
    return [labels.tolist() for _, labels in found]


@pytest.mark.parametrize("size", [2, 10, 100])
def test_an_epoch_visits_every_digit_once(size: int):
    assert sorted(chain(*labels_of(100, size))) == list(range(100))


def test_a_short_rest_is_left_out():
    assert [len(labels) for labels in labels_of(105, 10)] == [10] * 10


@pytest.mark.parametrize("start", [0, 1, AHEAD - 1, AHEAD, 2 * AHEAD + 1, 50])
def test_an_epoch_goes_on_at_any_batch(start: int):
    assert labels_of(251, 5, start=start) == labels_of(251, 5)[start:]


def test_binarisation_has_the_mean_of_the_pixel():
    x = torch.full((1, 1, 500, 500), 0.3)
    drawn = binarise(x, torch.Generator().manual_seed(0))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    assert abs(drawn.mean() - 0.3) < 0.005
