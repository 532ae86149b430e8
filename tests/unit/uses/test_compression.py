"""The coder, bits-back coding and its file: round trips bit for bit, and what they take."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from small_models import flow_model, sparse

from vae_core import VAE, Config, NetConfig, checkpoint
from vae_core.uses import ans, bits_back, code_length, compression, pixel_codes
from vae_core.uses.ans import Stack

pytest.importorskip("constriction", reason="constriction is not installed")

RNG = np.random.default_rng(0)


def random_words(count: int) -> ans.Words:
    return RNG.integers(0, 2**32, count, dtype=np.uint32)


def some_pictures(count: int) -> pixel_codes.Pixels:
    return np.random.default_rng(3).random((count, 784)) < 0.2


def test_what_is_pushed_is_popped_and_takes_its_entropy() -> None:
    stack, count = Stack(np.zeros(0, np.uint32)), 4000
    mean, std = RNG.uniform(-900, 900, count), np.exp(RNG.uniform(1, 7, count))
    values = np.rint(RNG.normal(mean, std)).astype(np.int32)
    p = RNG.random(count)
    on = (RNG.random(count) < p).astype(np.int32)
    stack.push_gaussian(values, mean, std)
    spent = stack.bits
    stack.push_binary(on, p)
    gaussian = 0.5 * np.log2(2 * np.pi * std**2) + ((values - mean) / std) ** 2 / 2 / math.log(2)
    binary = -np.log2(np.where(on, p, 1 - p))
    assert spent == pytest.approx(gaussian.sum(), rel=1e-3)
    assert stack.bits - spent == pytest.approx(binary.sum(), rel=1e-3)
    again = Stack(stack.words)
    assert np.array_equal(again.pop_binary(p), on)
    assert np.array_equal(again.pop_gaussian(mean, std), values)


def test_what_is_popped_is_a_draw_that_can_be_given_back() -> None:
    words, count = random_words(9000), 20_000
    stack = Stack(words, is_sealed=False)
    mean, std = RNG.uniform(-900, 900, count), np.repeat([2.0, 500.0], count // 2)
    drawn = stack.pop_gaussian(mean, std)
    standard = (drawn - mean) / std
    assert abs(standard.mean()) < 0.03
    assert standard[: count // 2].std() == pytest.approx(math.sqrt(1 + 1 / 12 / 4), abs=0.02)
    assert standard[count // 2 :].std() == pytest.approx(1, abs=0.02)
    assert abs(standard).max() < ans.WIDTHS + 1
    stack.push_gaussian(drawn, mean, std)
    assert np.array_equal(stack.rest(), words)


def test_a_value_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="too far out"):
        Stack(random_words(3)).push_gaussian(np.array([99], np.int32), np.zeros(1), np.ones(1))


@pytest.mark.parametrize("kind", ["normal", "flow"])
def test_pictures_come_back_and_take_what_the_elbo_says(kind: str) -> None:
    torch.manual_seed(1)
    config = Config(name="normal", latent_dim=5, net=NetConfig(hidden_dims=(16,)))
    model = VAE(config).eval() if kind == "normal" else flow_model()
    pictures = some_pictures(400)
    words = bits_back.encode(model, pictures)
    assert np.array_equal(bits_back.decode(model, words, 400), pictures)
    first = 32 * bits_back.first_words(model).size
    spent = (32 * words.size - first) / 400
    assert spent == pytest.approx(code_length.bound(model, pictures).bits, rel=0.01)
    with pytest.raises(ValueError, match=r"come out even|too far out"):
        bits_back.decode(model, words[::-1].copy(), 400)


def test_batches_hold_every_picture_once_and_grow() -> None:
    for count in (1, 17, 999):
        sizes = bits_back.sizes(count)
        assert sum(sizes) == count
        assert max(sizes) <= bits_back.MOST
    assert bits_back.sizes(999)[:32] == [1] * 32


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"likelihood": "gaussian"}, "does not say how likely each level"),
        ({"conditional": True}, "does not say how likely each level"),
        ({"prior": "flow", "labelled_prior": True}, "is a mixture of flows"),
    ],
)
def test_models_that_cannot_are_named(config: dict[str, object], sentence: str) -> None:
    given = {"latent_dim": 4, "net": NetConfig(hidden_dims=(8,)), **config}
    model = VAE(Config(name="odd", **given))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=sentence):
        bits_back.check(model)
    with pytest.raises(ValueError, match="is deterministic"):
        bits_back.check(sparse(3))


def test_without_the_library_one_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_: str) -> None:
        raise ImportError

    monkeypatch.setattr(ans.importlib, "import_module", missing)
    with pytest.raises(ValueError, match=r"pip install .*compress"):
        ans.constriction()


@pytest.fixture
def written(model: VAE, tmp_path: Path) -> tuple[Path, Path]:
    """A checkpoint's folder and a file of forty pictures."""
    folder = tmp_path / "tiny"
    checkpoint.save(model, folder)
    compression.write(tmp_path / "a.vae", folder, bits_back.check(model), some_pictures(40))
    return folder, tmp_path / "a.vae"


def test_a_file_gives_its_pictures_back(written: tuple[Path, Path]) -> None:
    folder, path = written
    found, words = compression.read(path, folder, bits_back.check(checkpoint.load(folder)))
    assert np.array_equal(found, some_pictures(40))
    assert path.stat().st_size - 4 * words.size < 400


def broken(content: bytes, how: str) -> bytes:
    start = len(compression.MAGIC) + compression.LENGTH
    head = json.loads(content[start : content.index(b"}") + 1])
    changed = {
        "cut": content[:-5],
        "cut in its head": content[: start + 9],
        "longer": content + b"more",
        "foreign": b"\x89PNG\r\n" + content,
        "empty": b"",
        "other pixels": content[:-40] + bytes(40),
        "other weights": content.replace(head["weights_sha256"].encode(), b"0" * 64),
        "no count": content.replace(b'"pictures": 40', b'"pictures": -1'),
        "a long head": content[: start - 4] + b"\xff\xff\xff\xff" + content[start:],
        "no JSON": content[:start] + b"!" + content[start + 1 :],
    }
    return changed[how]


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("cut", "is cut short"),
        ("cut in its head", "is cut short"),
        ("longer", "or something was added"),
        ("foreign", "is not a file of pictures that compress wrote"),
        ("empty", "is not a file of pictures that compress wrote"),
        ("other pixels", "is damaged, or was written on another kind of machine"),
        ("other weights", "was written with tiny, or other weights of it"),
        ("no count", "is not a file of pictures that compress wrote"),
        ("a long head", "is not a file of pictures that compress wrote"),
        ("no JSON", "is damaged"),
    ],
)
def test_a_bad_file_is_one_sentence(written: tuple[Path, Path], how: str, sentence: str) -> None:
    folder, path = written
    path.write_bytes(broken(path.read_bytes(), how))
    with pytest.raises(ValueError, match=sentence):
        compression.read(path, folder, bits_back.check(checkpoint.load(folder)))
