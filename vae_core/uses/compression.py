"""A file of pictures by bits-back coding, and what it takes beside PNG and xz."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import math
import time
from pathlib import Path

import numpy as np
from PIL import Image

from vae_core import checkpoint, files
from vae_core.checkpoint.companions import WEIGHTS, fingerprint
from vae_core.data.shipped import shipped
from vae_core.evaluation.family import SIDE
from vae_core.files import JsonObject
from vae_core.models import VAE
from vae_core.uses import bits_back, code_length
from vae_core.uses.ans import Words
from vae_core.uses.pixel_codes import Pixels

MAGIC = b"VAE bits back 1\n"
LENGTH = 4
"""Bytes that say how long the head is, which is JSON."""
MOST_HEAD, MOST_PICTURES = 4096, 100_000
FILE_LIMIT = 64 * 2**20
FOREIGN = "is not a file of pictures that compress wrote"


def write(path: Path, folder: Path, model: VAE, pictures: Pixels) -> Words:
    """Write pictures (n, 784) to a file; returns its words.

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


def read(path: Path, folder: Path, model: VAE) -> tuple[Pixels, Words]:
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


def _decoded(model: VAE, words: Words, count: int) -> Pixels | None:
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


def _digest(pictures: Pixels) -> str:
    return hashlib.sha256(_packed(pictures)).hexdigest()


def _packed(pictures: Pixels) -> bytes:
    """One bit a pixel, or one byte."""
    return (np.packbits(pictures) if pictures.dtype == np.bool_ else pictures).tobytes()


def rivals(pictures: Pixels) -> dict[str, float]:
    """What others take for the same pictures (n, 784), in bits a picture.

    `png` is a file each, `png_sheet` one file of them all; `xz` and `raw` are of one bit a pixel
    where they are black and white, else of one byte.
    """
    count = len(pictures)
    columns = math.isqrt(count)
    whole = pictures[: count // columns * columns].reshape(-1, columns, SIDE, SIDE)
    sheet = whole.swapaxes(1, 2).reshape(-1, columns * SIDE)
    plain = _packed(pictures)
    packed = lzma.compress(plain, preset=9 | lzma.PRESET_EXTREME)
    return {
        "raw": 8 * len(plain) / count,
        "png": 8 * sum(png(each.reshape(SIDE, SIDE)) for each in pictures) / count,
        "png_sheet": 8 * png(sheet) / (whole.shape[0] * columns),
        "xz": 8 * len(packed) / count,
    }


def png(picture: Pixels) -> int:
    """Bytes of a picture of one bit a pixel, or of one byte, as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG", optimize=True)
    return buffer.tell()


def evaluate(name: str | Path, *, limit: int | None = None, seed: int = 0) -> dict[str, object]:
    """Code the test digits, read them back, and compare.

    Args:
        name: the checkpoint.
        limit, seed: only so many test digits, spread evenly; of the binarisation.

    Returns:
        `bits` of all, with `first_bits` that chose the first code; `elbo_bits`, `elbo_sem` and
        `luck` as in `code_length.Bound`; `bits_at_codes`, what the codes in the file cost by the
        model; `overhead` and `coder_overhead`, shares of the two, the latter negative where the
        model calls pixels less likely than the coder can, 2^-24; what `rivals` says; the seconds.

    Raises:
        ValueError: the model cannot, or the pictures did not come back bit for bit.
    """
    folder = checkpoint.resolve(name)
    model = bits_back.check(checkpoint.load(folder))
    pixels = bits_back.pixels_of(model)
    pictures = pixels.taken(shipped("test").every(limit).floats(), seed)
    words, written, seconds = _there_and_back(model, pictures)
    at_codes = code_length.at_codes(model, written) / len(pictures)
    spent, least = 32 * int(words.size), code_length.bound(model, pictures)
    each = spent / len(pictures)
    return {
        "recipe": model.config.name,
        "scheme": bits_back.scheme(model),
        "pixels": pixels.name,
        **{"images": len(pictures), "seed": seed},
        "bits": spent,
        "bits_per_image": each,
        "first_bits": 32 * int(bits_back.first_words(model).size),
        **{"elbo_bits": least.bits, "elbo_sem": least.sem, "luck": least.luck},
        "bits_at_codes": at_codes,
        "overhead": each / least.bits - 1,
        "coder_overhead": each / at_codes - 1,
        "is_exact": True,
        "rivals": rivals(pictures),
        "seconds": seconds,
    }


def _there_and_back(
    model: VAE, pictures: Pixels
) -> tuple[Words, code_length.Written, dict[str, float]]:
    written, start = code_length.Written(), time.perf_counter()
    words = bits_back.encode(model, pictures, lambda batch, z: written.append((batch, z)))
    between = time.perf_counter()
    if not np.array_equal(bits_back.decode(model, words, len(pictures)), pictures):
        raise ValueError("the pictures did not come back bit for bit.")
    return words, written, {"write": between - start, "read": time.perf_counter() - between}
