"""The `requirements.txt` of a Gradio Space: the project's own dependencies, torch pinned."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import cast

TORCH = ("torch==2.11.0", "torchvision==0.26.0")
"""A pair of one release. ZeroGPU takes torch 2.8.0 to 2.11.0, this project 2.11 and later."""

CPU_WHEELS = "--extra-index-url https://download.pytorch.org/whl/cpu"
"""Where there is no GPU: a tenth of the bytes. pip prefers `2.11.0+cpu` to `2.11.0`."""

BY_THE_SDK = ("gradio", "torch", "torchvision")
"""Not repeated: the host installs Gradio by `sdk_version`, and the pair stands above."""

SPACES = "spaces>=0.40"
"""What lends ZeroGPU's devices."""


def lines(project: Path, *, zero_gpu: bool) -> list[str]:
    """The lines of the file.

    Args:
        project: the pyproject.toml of this project.
        zero_gpu: whether the Space runs on ZeroGPU, whose torch must know CUDA.

    Raises:
        ValueError: there is no such file, or it names no dependencies.
    """
    head = [*TORCH, SPACES] if zero_gpu else [CPU_WHEELS, *TORCH]
    return head + [each for each in dependencies(project) if name(each) not in BY_THE_SDK]


def dependencies(project: Path) -> list[str]:
    """What a pyproject.toml says that its project needs.

    Raises:
        ValueError: there is no such file, or it names no dependencies.
    """
    try:
        about = tomllib.loads(project.read_text("utf-8"))
        return cast("list[str]", about["project"]["dependencies"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{project} does not say what the app needs: {error}.") from error


def name(requirement: str) -> str:
    """The package that a requirement such as `torch>=2.11` is of, in lower case."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return found[0].lower() if found else ""
