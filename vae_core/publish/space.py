"""A folder that `hf upload` fills a Space with: README.md, the package, app.py, checkpoints."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypedDict

from vae_core import checkpoint, files
from vae_core.publish import front_matter, requirements

SDKS = ("docker", "gradio")
FILE_LIMIT = 10 * 10**6
"""Bytes of a file; see DESIGN of the checkpoint folder: the hub takes more only in other ways."""

MANIFEST = ".space.json"
"""Lists what was laid out, by which the folder is known again and cleared of what went."""

LEFT_OUT = ("__pycache__", "state")
"""What is made by running, and what only a training that goes on needs."""

REPO = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


class Laid(TypedDict):
    """What `lay_out` reports: `bytes` of all files, `largest` of one."""

    folder: str
    sdk: str
    zero_gpu: bool
    hardware: object
    files: int
    bytes: int
    largest: int
    checkpoints: list[str]


class Kind(NamedTuple):
    """The Space that is asked for; see `front_matter.front_matter`."""

    sdk: str
    zero_gpu: bool = False
    repo: str | None = None

    def command(self) -> str:
        """How it is asked for on the command line."""
        more = " --zero-gpu" * self.zero_gpu + (f" --repo {self.repo}" if self.repo else "")
        return f"python -m vae_core space DIR --sdk {self.sdk}{more}"


def lay_out(folder: str | Path, kind: Kind) -> Laid:
    """Fill `folder`, which must be new, empty, or such a folder from before.

    Raises:
        ValueError: the kind is none, the folder is taken, a file is too large, or there is no
            clone of this project to take it from.
        OSError: the folder cannot be written.
    """
    folder, root = Path(folder), files.PACKAGE.parent
    _check(kind, folder)
    sources, models = dict(_sources(root, kind)), checkpoint.shipped()
    if not models:
        raise ValueError(f"there are no checkpoints in {checkpoint.shipped_root()} to show.")
    _check_sizes(sources.values())
    head = front_matter.front_matter(
        kind.sdk, [path.name for path in models], zero_gpu=kind.zero_gpu, repo=kind.repo
    )
    texts = {"README.md": front_matter.readme(head, kind.command())}
    if kind.sdk == "gradio":
        pins = requirements.lines(root / "pyproject.toml", zero_gpu=kind.zero_gpu)
        texts["requirements.txt"] = "\n".join(pins) + "\n"
    _clear(folder, _former(folder), keep={*sources, *texts})
    _write(folder, sources, texts)
    sizes = [(folder / name).stat().st_size for name in (*sources, *texts)]
    return Laid(
        folder=str(folder),
        sdk=kind.sdk,
        zero_gpu=kind.zero_gpu,
        hardware=head["suggested_hardware"],
        files=len(sizes),
        bytes=sum(sizes),
        largest=max(sizes),
        checkpoints=[path.name for path in models],
    )


def _check(kind: Kind, folder: Path) -> None:
    if kind.sdk not in SDKS:
        raise ValueError(f"--sdk is {kind.sdk!r}; it must be one of: {', '.join(SDKS)}.")
    if kind.zero_gpu and kind.sdk != "gradio":
        raise ValueError("ZeroGPU serves the Gradio SDK alone: --zero-gpu goes with --sdk gradio.")
    if kind.repo is not None and not REPO.fullmatch(kind.repo):
        raise ValueError(f"--repo is {kind.repo!r}; it must be USER/NAME.")
    copied = (files.PACKAGE.resolve(), checkpoint.shipped_root().resolve())
    if any(folder.resolve().is_relative_to(room) for room in copied):
        raise ValueError(f"{folder} lies inside of what is copied; name a folder elsewhere.")


def _check_sizes(paths: Iterable[Path]) -> None:
    for path in paths:
        if (size := path.stat().st_size) > FILE_LIMIT:
            raise ValueError(
                f"{path} has {size / 1e6:,.1f} MB; a file of a Space may have "
                f"{FILE_LIMIT / 1e6:.0f} MB."
            )


def _sources(root: Path, kind: Kind) -> Iterator[tuple[str, Path]]:
    """Each file of the Space that is copied: its name there, and where it lies now."""
    plain = ["app.py", "LICENSE"]
    if kind.sdk == "docker":
        plain += ["Dockerfile", ".dockerignore", "pyproject.toml"]
    missing = [name for name in (*plain, "pyproject.toml") if not (root / name).is_file()]
    if missing:
        raise ValueError(
            f"{root} has no {missing[0]}: a Space is laid out from a clone of the project, and an "
            "installed wheel is only a part of that."
        )
    yield from ((name, root / name) for name in plain)
    yield front_matter.THUMBNAIL, root / ".github" / "explore.png"
    yield from _tree("vae_core", files.PACKAGE)
    yield from _tree("checkpoints", checkpoint.shipped_root())


def _tree(name: str, folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and not set(inner.parts) & set(LEFT_OUT):
            yield f"{name}/{inner.as_posix()}", path


def _former(folder: Path) -> list[str]:
    """The files that were laid out before, none in a new folder.

    Raises:
        ValueError: the folder holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a new or empty folder.")
    if not folder.exists() or not any(folder.iterdir()):
        return []
    if not (folder / MANIFEST).is_file():
        raise ValueError(
            f"{folder} is not empty, and is no Space laid out before; name a new or empty folder."
        )
    listed = files.read_json(folder / MANIFEST).get("files")
    names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    if any(PurePosixPath(name).is_absolute() or ".." in name.split("/") for name in names):
        raise ValueError(f"{folder / MANIFEST} is damaged: it names files outside of the folder.")
    return names


def _clear(folder: Path, former: list[str], keep: set[str]) -> None:
    """Remove what was laid out before and is no part of the Space any more."""
    for name in former:
        if name not in keep:
            (folder / name).unlink(missing_ok=True)


def _write(folder: Path, sources: Mapping[str, Path], texts: Mapping[str, str]) -> None:
    names: list[files.Json] = [*sources, *texts]
    folder.mkdir(parents=True, exist_ok=True)
    files.write_json(folder / MANIFEST, {"files": names})  # first: a stop halfway is no riddle
    for name, source in sources.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    for name, text in texts.items():
        files.write_text(folder / name, text)
