"""A file of binary pictures by bits-back coding, and what it takes beside PNG and xz."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import math
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from vae_core import checkpoint, files, runtime
from vae_core.checkpoint.companions import WEIGHTS, fingerprint
from vae_core.data.digits import binarise
from vae_core.data.shipped import shipped
from vae_core.evaluation import percentiles
from vae_core.evaluation.family import SIDE
from vae_core.files import JsonObject
from vae_core.models import VAE
from vae_core.runtime import from_array
from vae_core.uses import bits_back
from vae_core.uses.ans import Words
from vae_core.uses.bits_back import Binary

MAGIC = b"VAE bits back 1\n"
LENGTH = 4
"""Bytes that say how long the head is, which is JSON."""
MOST_HEAD, MOST_PICTURES = 4096, 100_000
FILE_LIMIT = 64 * 2**20
DRAWS, BATCH = 4, 100
FOREIGN = "is not a file of pictures that compress wrote"


def binary(x: torch.Tensor, seed: int = 0) -> Binary:
    """Grey pictures (n, 1, 28, 28) in [0, 1] as black and white ones (n, 784), drawn by a seed."""
    return binarise(x, torch.Generator().manual_seed(seed)).flatten(1).numpy().astype(np.bool_)


def write(path: Path, folder: Path, model: VAE, pictures: Binary) -> Words:
    """Write binary pictures (n, 784) to a file; returns its words.

    Raises:
        ValueError: the model cannot code them, or the file cannot be written.
    """
    words = bits_back.encode(model, pictures)
    head = {
        "model": folder.name,
        "weights_sha256": fingerprint(folder / WEIGHTS),
        "pictures": len(pictures),
        "words": int(words.size),
        "sha256": _digest(pictures),
    }
    text = json.dumps(head).encode()
    content = MAGIC + len(text).to_bytes(LENGTH, "big") + text + words.astype("<u4").tobytes()
    files.write_bytes(path, content)
    return words


def read(path: Path, folder: Path, model: VAE) -> tuple[Binary, Words]:
    """The pictures (n, 784) of a file, bit for bit, and its words.

    Raises:
        ValueError: the file is foreign, cut short, of another model, or this machine's nets give
            other numbers than those that wrote it.
    """
    head, words = _parts(path)
    if head["weights_sha256"] != fingerprint(folder / WEIGHTS):
        raise ValueError(f"{path} was written with {head['model']!s:.80}, or other weights of it.")
    pictures = _decoded(model, words, int(str(head["pictures"])))
    if pictures is None or _digest(pictures) != head["sha256"]:
        raise ValueError(
            f"{path} is damaged, or was written on another kind of machine or by another version "
            "of torch: its bits give other pictures here."
        )
    return pictures, words


def _decoded(model: VAE, words: Words, count: int) -> Binary | None:
    try:
        return bits_back.decode(model, words, count)
    except ValueError:
        return None


def _parts(path: Path) -> tuple[JsonObject, Words]:
    """The head of a file and its words."""
    files.check_plain(path, FILE_LIMIT)
    content = path.read_bytes()
    start = len(MAGIC) + LENGTH
    if not content.startswith(MAGIC) or len(content) < start:
        raise ValueError(f"{path} {FOREIGN}.")
    end = start + int.from_bytes(content[len(MAGIC) : start], "big")
    if end - start > MOST_HEAD:
        raise ValueError(f"{path} {FOREIGN}.")
    if len(content) < end:
        raise ValueError(f"{path} is cut short.")
    head = files.parse_json(content[start:end], path)
    pictures, count = head.get("pictures"), head.get("words")
    if type(pictures) is not int or type(count) is not int or not 1 <= pictures <= MOST_PICTURES:
        raise ValueError(f"{path} {FOREIGN}.")
    if len(content) != end + 4 * count:
        raise ValueError(f"{path} is cut short, or something was added to it.")
    return head, np.frombuffer(content, "<u4", count, end).astype(np.uint32)


def _digest(pictures: Binary) -> str:
    return hashlib.sha256(np.packbits(pictures).tobytes()).hexdigest()


def bound(model: VAE, pictures: Binary) -> float:
    """-ELBO of binary pictures (n, 784) in bits a picture, by four draws of each posterior."""
    noise = runtime.generator("cpu", 0, 0)
    spent: list[torch.Tensor] = []
    with runtime.eval_mode(model):
        for part in runtime.pieces(from_array(pictures).float(), BATCH):
            x = part.view(-1, 1, SIDE, SIDE)
            q = model.encode(x)
            z = q.at(torch.randn(DRAWS, 1, model.latent_dim, generator=noise))
            rate = percentiles.rate(model, q, z)
            assert rate is not None
            spent.append((rate - model.decode(z).log_prob(x).mean(0)).double())
    return float(torch.cat(spent).mean()) / math.log(2)


def rivals(pictures: Binary) -> dict[str, float]:
    """What others take for the same pictures (n, 784), in bits a picture.

    `png` is a file each, `png_sheet` one file of them all, `xz` is of one bit a pixel.
    """
    count = len(pictures)
    columns = math.isqrt(count)
    whole = pictures[: count // columns * columns].reshape(-1, columns, SIDE, SIDE)
    sheet = whole.swapaxes(1, 2).reshape(-1, columns * SIDE)
    packed = lzma.compress(np.packbits(pictures).tobytes(), preset=9 | lzma.PRESET_EXTREME)
    return {
        "raw": float(SIDE * SIDE),
        "png": 8 * sum(png(each.reshape(SIDE, SIDE)) for each in pictures) / count,
        "png_sheet": 8 * png(sheet) / (whole.shape[0] * columns),
        "xz": 8 * len(packed) / count,
    }


def png(picture: Binary) -> int:
    """Bytes of a picture of one bit a pixel as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG", optimize=True)
    return buffer.tell()


def evaluate(name: str | Path, *, limit: int | None = None, seed: int = 0) -> dict[str, object]:
    """Code the test digits, read them back, and compare.

    Args:
        name: the checkpoint.
        limit: only so many test digits, spread evenly.
        seed: of the binarisation.

    Returns:
        `bits` of all, `bits_per_image`, with `first_bits` that the first code was chosen by, a part
        of both; `elbo_bits`, -ELBO of the same pictures in bits; `overhead`, a share of it;
        `is_exact`, always true; what `rivals` says; and the seconds.

    Raises:
        ValueError: the model cannot code pictures, or they did not come back bit for bit.
    """
    folder = checkpoint.resolve(name)
    model = bits_back.check(checkpoint.load(folder))
    pictures = binary(shipped("test").every(limit).floats(), seed)
    start = time.perf_counter()
    words = bits_back.encode(model, pictures)
    between = time.perf_counter()
    if not np.array_equal(bits_back.decode(model, words, len(pictures)), pictures):
        raise ValueError("the pictures did not come back bit for bit.")
    spent, least = 32 * int(words.size) / len(pictures), bound(model, pictures)
    return {
        "recipe": model.config.name,
        "scheme": bits_back.scheme(model),
        "images": len(pictures),
        "seed": seed,
        "bits": 32 * int(words.size),
        "bits_per_image": spent,
        "first_bits": 32 * int(bits_back.first_words(model).size),
        "elbo_bits": least,
        "overhead": spent / least - 1,
        "is_exact": True,
        "rivals": rivals(pictures),
        "seconds": {"write": between - start, "read": time.perf_counter() - between},
    }
