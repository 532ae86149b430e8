"""A checkpoint in memory, and as a zip file: nothing of it touches the disk.

A zip may come from anybody. Only the members of a checkpoint folder are taken, each of a bounded
size that is held to while it is unpacked, and the model is read as strictly as from a folder.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

import safetensors
import safetensors.torch
import torch

from vae_core import files
from vae_core.checkpoint import companions, held_out, samplers
from vae_core.checkpoint.folder import CONFIG, WEIGHTS, check_slices, fill
from vae_core.config import Config
from vae_core.models import Model, build

HISTORY, SNAPSHOTS = "history.jsonl", "snapshots.png"
MEMBERS = frozenset(
    (
        *(CONFIG, WEIGHTS, HISTORY, SNAPSHOTS, held_out.FILE, "README.md", "ablation.md"),
        *(*companions.MARKS, *samplers.FILES.values()),
    )
)
"""What a checkpoint folder may hold; only the first three are read from a zip."""

ZIP_LIMIT, ENTRY, ENTRIES = 16 * 2**20, b"PK\x01\x02", 64
LIMITS = {CONFIG: 2**16, WEIGHTS: 10 * 10**6, HISTORY: 2**20}
"""Bytes of each, unpacked; a folder holds no file of 10 MB either."""

CROWDED = "The zip file holds more than the files of one checkpoint folder."
Headers: TypeAlias = "list[tuple[str, Mapping[str, object]]]"
"""Names of tensors, each with its `shape` and `dtype`."""

LOCKED, LINK = 0x1, 0o120000
STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Packed:
    """The bytes of a checkpoint's files."""

    config: bytes
    weights: bytes
    history: bytes = b""

    def __len__(self) -> int:
        return len(self.config) + len(self.weights) + len(self.history)


def pack(model: Model, history: str = "") -> Packed:
    """A model as `checkpoint.save` would write it."""
    tensors = {key: each.detach().cpu().contiguous() for key, each in model.state_dict().items()}
    config = json.dumps(model.config.to_dict(), indent=2, allow_nan=False) + "\n"
    save = cast("Callable[..., bytes]", safetensors.torch.save)
    return Packed(config.encode(), save(tensors), history.encode())


def unpack(packed: Packed, device: torch.device | str = "cpu") -> Model:
    """The model, in evaluation mode with frozen weights, read as strictly as from a folder.

    Raises:
        ValueError: the files are damaged, or do not fit each other.
    """
    config = Config.from_dict(files.parse_json(packed.config, CONFIG))
    found = _headers(packed)
    with torch.device("meta"):  # a config may ask for more memory than there is
        check_slices(build(config).state_dict(), found, WEIGHTS)
    model = build(config)
    fill(model, safetensors.torch.load(packed.weights), WEIGHTS)
    return model.eval().requires_grad_(False).to(device)


def parameters(packed: Packed) -> int:
    """The number of values in the weights, from their header.

    Raises:
        ValueError: it is damaged.
    """
    shapes = (shape for shape, _ in _headers(packed).values())
    return sum(torch.Size(shape).numel() for shape in shapes)


def _headers(packed: Packed) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and type of each tensor, by name."""
    try:
        headers = cast("Callable[[bytes], Headers]", safetensors.deserialize)(packed.weights)  # pyright: ignore[reportUnknownMemberType]
    except safetensors.SafetensorError as error:
        raise ValueError(f"{WEIGHTS} is damaged or cut short: {error}.") from error
    return {
        key: (tuple(cast("list[int]", each["shape"])), str(each["dtype"])) for key, each in headers
    }


def to_zip(packed: Packed) -> bytes:
    """The files of a checkpoint folder, at the top of a zip file."""
    members = {CONFIG: packed.config, WEIGHTS: packed.weights, HISTORY: packed.history}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            if data:
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


def from_zip(data: bytes) -> Packed:
    """The files of a checkpoint from a zip file, whose model is loaded once to check it.

    Raises:
        ValueError: one plain sentence about what is wrong with the file.
    """
    if len(data) > ZIP_LIMIT:
        raise ValueError(f"The zip file is too large; at most {ZIP_LIMIT // 2**20} MB are taken.")
    if data.count(ENTRY) > ENTRIES:  # counted before a third of a million of them are read
        raise ValueError(CROWDED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            read = _members(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise ValueError(f"The file is no whole zip file: {error}.") from error
    packed = Packed(read[CONFIG], read[WEIGHTS], read.get(HISTORY, b""))
    unpack(packed)
    return packed


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """What is read of the members, all of which are looked at first."""
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(names) > len(MEMBERS) or len(set(names)) < len(names):
        raise ValueError(CROWDED)
    for info in infos:
        if info.filename not in MEMBERS:
            raise ValueError(
                f"The zip file holds {info.filename[:60]!r}; only the files of a checkpoint "
                "folder are taken, without a folder around them."
            )
        if info.external_attr >> 16 & 0o170000 == LINK:
            raise ValueError(f"{info.filename} in the zip file is a link, not a file.")
        if info.flag_bits & LOCKED or info.compress_type not in STORED:
            raise ValueError(f"{info.filename} in the zip file is locked or packed strangely.")
    for name in (CONFIG, WEIGHTS):
        if name not in names:
            raise ValueError(f"The zip file does not hold {name}.")
    return {name: _bounded(archive, name) for name in LIMITS if name in names}


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member, of which no more is unpacked than it may have: its header may lie."""
    limit = LIMITS[name]
    with archive.open(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"{name} in the zip file is too large; at most {limit:,} bytes are taken.")
    return data
