"""Folders of pictures, arrays and sets of the hub become 28x28 pictures with classes."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import ClassVar, get_args

import numpy as np
import pytest
import torch
from PIL import Image

from vae_core import data
from vae_core.config.parts import DatasetName
from vae_core.data import arrays, folders, gathered, hugging_face
from vae_core.data.sets import SETS


def draw(path: Path, size: tuple[int, int], shade: int, ground: int = 240) -> None:
    """A dark box in the middle of a light picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, (ground,) * 3)
    wide, high = size
    image.paste((shade,) * 3, (wide // 3, high // 3, 2 * wide // 3, 2 * high // 3))
    image.save(path)


def fill(root: Path, count: int = 24) -> None:
    for i in range(count):
        kind = ("box.png", "tall.jpg", "wide.webp")[i % 3]
        stem, end = kind.split(".")
        draw(root / stem / f"{i:02}.{end}", (30 + 7 * i, 40 + 5 * (i % 4)), 10 * (i % 9))


def test_the_settings_know_the_sets_that_there_are():
    assert set(get_args(DatasetName)) == set(SETS)


def test_a_folder_of_mixed_sizes_has_its_classes_and_a_tenth_to_test(tmp_path: Path):
    fill(tmp_path / "shapes")
    found = folders.read(tmp_path / "shapes")
    assert (found.about.title, found.about.classes) == ("shapes", ("box", "tall", "wide"))
    train, test = found.splits["train"], found.splits["test"]
    assert (len(train), len(test)) == (22, 2)
    assert train.images.shape == (22, 1, 28, 28)
    assert train.images.dtype == torch.uint8
    assert torch.cat((train.labels, test.labels)).bincount().tolist() == [8, 8, 8]
    again = folders.read(tmp_path / "shapes").splits["test"]
    assert torch.equal(again.images, test.images)


def test_light_ground_becomes_black_unless_it_is_to_be_kept(tmp_path: Path):
    fill(tmp_path)
    auto, kept = folders.read(tmp_path), folders.read(tmp_path, "keep")
    assert auto.about.inverted
    assert not kept.about.inverted
    assert torch.equal(auto.splits["train"].images, 255 - kept.splits["train"].images)
    assert auto.splits["train"].images[:, 0, 0].float().mean() < 30


def test_what_cannot_be_opened_is_left_out_and_named(tmp_path: Path):
    fill(tmp_path)
    (tmp_path / "box" / "notes.txt").write_text("no picture")
    (tmp_path / "box" / "empty.png").write_bytes(b"")
    found = folders.read(tmp_path)
    assert sum(map(len, found.splits.values())) == 24
    assert [line.split(":")[0] for line in found.words()] == [
        str(Path("box", "empty.png")),
        str(Path("box", "notes.txt")),
    ]


def test_the_list_of_what_was_left_out_is_bounded(tmp_path: Path):
    fill(tmp_path)
    for i in range(30):
        (tmp_path / "box" / f"bad{i}.png").write_bytes(b"no")
    assert len(folders.read(tmp_path).words()) == gathered.NAMED + 1
    assert folders.read(tmp_path).words()[-1] == "and 10 more"


def test_a_flat_folder_has_no_classes_and_given_splits_are_kept(tmp_path: Path):
    for i in range(25):
        draw(tmp_path / "flat" / f"{i}.png", (40, 30 + i), 5 * i)
    flat = folders.read(tmp_path / "flat")
    assert not flat.about.labelled
    assert len(flat.splits["test"]) == 2
    fill(tmp_path / "parted" / "train", 21)
    fill(tmp_path / "parted" / "val", 6)
    parted = folders.read(tmp_path / "parted")
    assert {name: len(part) for name, part in parted.splits.items()} == {"train": 21, "test": 6}
    assert parted.about.classes == ("box", "tall", "wide")


def refusal(read: object, *arguments: object) -> str:
    with pytest.raises(ValueError, match=r"\w") as error:
        read(*arguments)  # type: ignore[operator]
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_folder_that_is_none_empty_huge_or_without_pictures_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert "there is no folder" in refusal(folders.read, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "holds no files" in refusal(folders.read, tmp_path / "empty")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a")
    assert "none of the 1 files" in refusal(folders.read, tmp_path / "texts")
    fill(tmp_path / "few", 6)
    assert "at least 20" in refusal(folders.read, tmp_path / "few")
    monkeypatch.setattr(folders, "LARGEST_SET", 5)
    assert "more than 5 files" in refusal(folders.read, tmp_path / "few")
    for i in range(20):
        Image.new("L", (30, 30), 7).save(tmp_path / "empty" / f"{i}.png")
    monkeypatch.setattr(folders, "LARGEST_SET", 50)
    assert "one grey level" in refusal(folders.read, tmp_path / "empty")


def pictures(count: int = 30, side: int = 28) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side + 3), dtype=np.uint8)


def test_an_npz_file_with_labels_and_without(tmp_path: Path):
    labels = np.arange(30) % 3
    np.savez(tmp_path / "set.npz", images=pictures()[:, :, :28], labels=labels, classes=[*"abc"])
    found = arrays.read(tmp_path / "set.npz", "keep")
    assert (found.about.title, found.about.classes) == ("set", ("a", "b", "c"))
    every = torch.cat([part.images for part in found.splits.values()])
    assert sorted(every[:, 0].sum((1, 2)).tolist()) == sorted(
        pictures()[:, :, :28].sum((1, 2), dtype=np.int64).tolist()
    )
    np.savez(tmp_path / "float.npz", images=pictures(side=40) / 255)
    assert not arrays.read(tmp_path / "float.npz").about.labelled


def test_an_npz_file_that_is_none_or_holds_no_pictures_is_one_sentence(tmp_path: Path):
    file = tmp_path / "set.npz"
    assert "no file" in refusal(arrays.read, file)
    file.write_bytes(b"nothing")
    assert "cannot be read" in refusal(arrays.read, file)
    np.savez(file, images=np.array([object()], dtype=object))
    assert "cannot be read" in refusal(arrays.read, file)
    np.savez(file, pictures=pictures())
    assert "holds no array 'images'" in refusal(arrays.read, file)
    np.savez(file, images=pictures(), labels=np.full(30, -1))
    assert "labels must be 30 whole numbers" in refusal(arrays.read, file)
    np.savez(file, images=np.full((30, 28, 28), np.nan))
    assert "0 to 255" in refusal(arrays.read, file)


class ClassLabel:
    names = ("cat", "dog")


def test_a_set_of_the_hub(monkeypatch: pytest.MonkeyPatch):
    class Rows(list):  # type: ignore[type-arg]
        features: ClassVar = {"picture": Image.new("L", (1, 1)), "kind": ClassLabel()}

    def rows(count: int) -> Rows:
        every = pictures(count, 50)
        return Rows(
            {"picture": Image.fromarray(each), "kind": i % 2} for i, each in enumerate(every)
        )

    library = types.ModuleType("datasets")
    monkeypatch.setattr(library, "load_dataset", lambda _: {"train": rows(25)}, raising=False)
    monkeypatch.setitem(sys.modules, "datasets", library)
    found = hugging_face.read("somebody/pets")
    assert (found.about.title, found.about.classes) == ("somebody/pets", ("cat", "dog"))
    assert {name: len(part) for name, part in found.splits.items()} == {"train": 23, "test": 2}
    monkeypatch.setitem(sys.modules, "datasets", None)
    assert "pip install datasets" in refusal(hugging_face.read, "somebody/pets")


def test_a_set_of_ones_own_must_be_named():
    assert "--data" in refusal(lambda: data.load("train", dataset="folder"))
    assert "must be one of mnist" in refusal(lambda: data.load("train", dataset="cifar"))
