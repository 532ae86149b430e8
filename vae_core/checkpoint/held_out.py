"""How many digits were kept out of a checkpoint's training: `held_out.json` beside its weights.

Which ones they are is settled by `data.hold_out`. A folder without the file saw all of them.
"""

from __future__ import annotations

from pathlib import Path

from vae_core import files

FILE = "held_out.json"


def read(folder: Path) -> int | None:
    """The number; None where the model saw all training digits.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    count = files.read_json(path).get("count")
    if type(count) is not int or count < 1:
        raise ValueError(f"{path} is damaged: count must be a whole number from 1.")
    return count


def write(folder: Path, count: int | None) -> None:
    """Keeps the number, or that there is none; ValueError when it cannot be written."""
    if count is not None:
        files.write_json(folder / FILE, {"count": count})
    else:
        (folder / FILE).unlink(missing_ok=True)
