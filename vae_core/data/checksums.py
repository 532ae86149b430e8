"""Whether the files of a set are the published ones, by MD5, as far as that can be known.

MNIST's and FashionMNIST's unpacked files are known. Of the others the archives are, as torchvision
lists them: one that lies beside its file, where torchvision leaves it, settles what the file must
hold. What `--download` fetched, which torchvision checks by the same list, is written down.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from vae_core import files

RECORD = "checksums.json"
"""Beside the files: the MD5 of each that was fetched."""

MNIST = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""Of MNIST's unpacked files."""
FASHION = {
    "train-images-idx3-ubyte": "248cb561b5b9e88f808dec53f25e429b",
    "train-labels-idx1-ubyte": "3dc8a3fb4f65c7ea8fd55c9c59602cbc",
    "t10k-images-idx3-ubyte": "6a9c5123ede51163a28afca3d8236634",
    "t10k-labels-idx1-ubyte": "59eacad9a205d7c5814b71a8c2c6d6bb",
}
"""Of FashionMNIST's unpacked files, those that the shipped models of clothes learned from."""

ARCHIVES: Mapping[str, Mapping[str, str]] = {
    "FashionMNIST": {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
    "KMNIST": {
        "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
        "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
        "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
        "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
    },
    "QMNIST": {
        "qmnist-train-images-idx3-ubyte.gz": "ed72d4157d28c017586c42bc6afe6370",
        "qmnist-train-labels-idx2-int.gz": "0058f8dd561b90ffdd0f734c6a30e5e4",
        "qmnist-test-images-idx3-ubyte.gz": "1394631089c404de565df7b7aeaf9412",
        "qmnist-test-labels-idx2-int.gz": "5b5b05890a5e13444e108efe57b788aa",
    },
}
"""Of the archives as torchvision lists them; EMNIST's one archive of all its sets is not kept."""


def digest(raw: bytes) -> str:
    """The MD5 of bytes, as hexadecimal digits."""
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()


def write_record(paths: Iterable[Path]) -> None:
    """Keep the MD5 of files that were just fetched, beside them.

    Raises:
        ValueError: it cannot be written.
    """
    for path in paths:
        known = {**_record(path.parent), path.name: digest(path.read_bytes())}
        files.write_json(path.parent / RECORD, known)


def check(title: str, folder: str, known: Mapping[str, str], path: Path, raw: bytes) -> None:
    """Refuse a file that is not what its set published.

    Args:
        title: of the set.
        folder: its name in `ARCHIVES`.
        known: the MD5 of its unpacked files, by name, where they are known.
        path: of the file; others of the same name may be of another set.
        raw: what it holds.

    Raises:
        ValueError: it is another set's, or damaged.
    """
    found = digest(raw)
    for other, values in (("MNIST", MNIST), ("FashionMNIST", FASHION)):
        if found in values.values() and known is not values:
            raise ValueError(f"{path} holds {other}, not {title}.")
    if path.name in known:
        if found != known[path.name]:
            raise ValueError(
                f"{path} does not hold {title}: its checksum differs (it is damaged, or of another "
                "set: FashionMNIST and others have files of the same names); keep each data set in "
                "a folder of its own."
            )
        return
    recorded = _record(path.parent).get(path.name)
    if recorded is not None and recorded != found:
        raise ValueError(
            f"{path} is damaged: its checksum is not the one it was fetched with; "
            "fetch it again with --download."
        )
    archive = path.with_name(f"{path.name}.gz")
    listed = ARCHIVES.get(folder, {}).get(archive.name)
    if recorded is None and listed is not None and archive.is_file():
        changed = archive.stat().st_mtime_ns
        if _unpacked(archive, listed, title, changed) != found:
            raise ValueError(
                f"{path} is damaged: it is not what {archive.name} beside it holds; "
                "unpack that again, or fetch it with --download."
            )


@functools.lru_cache(maxsize=32)
def _unpacked(archive: Path, listed: str, title: str, _: int) -> str:
    """The MD5 of what an archive holds, once its own was found to be as listed."""
    raw = archive.read_bytes()
    sentence = f"{archive} is damaged: its checksum is not that of {title}; remove it."
    if digest(raw) != listed:
        raise ValueError(sentence)
    try:
        return digest(gzip.decompress(raw))
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(sentence) from error


def _record(folder: Path) -> dict[str, str]:
    """What was written down in a folder; a damaged record says nothing."""
    path = folder / RECORD
    if not path.is_file():
        return {}
    try:
        kept = files.read_json(path)
    except ValueError:
        return {}
    return {name: value for name, value in kept.items() if isinstance(value, str)}
