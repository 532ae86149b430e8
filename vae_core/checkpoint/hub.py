"""Checkpoints of the Hugging Face hub: what of a repository is fetched, and where it then lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

PREFIX = "hf:"
PATTERNS = ("*.json", "*.safetensors", "*.jsonl", "README.md")
"""Files that a checkpoint may have. Nothing else is fetched or sent: no pickle and no script."""


@dataclass(frozen=True)
class Access:
    """How a repository is read.

    Attributes:
        revision: a branch, a tag or a commit; None for the main branch.
        token: of a user who may read it; None for the one that `hf auth login` kept.
        cache_dir: where downloads are kept; None for the hub's own cache.
    """

    revision: str | None = None
    token: str | None = None
    cache_dir: str | Path | None = None


def fetch(repository: str, access: Access | None = None) -> Path:
    """The folder of a repository `user/name`, downloaded into the cache.

    Raises:
        ValueError: it could not be fetched.
    """
    asked = access or Access()
    try:
        import huggingface_hub

        download = cast("Callable[..., str]", getattr(huggingface_hub, "snapshot_download"))  # noqa: B009
        folder = download(
            repository,
            revision=asked.revision,
            token=asked.token,
            cache_dir=asked.cache_dir,
            allow_patterns=list(PATTERNS),
        )
    # A SOCKS proxy needs a package more: an ImportError says which. The hub has errors of both.
    except (ImportError, OSError, ValueError) as error:
        raise ValueError(f"{PREFIX}{repository} could not be fetched: {said(error)}.") from error
    return Path(folder)


def said(error: Exception) -> str:
    """What an error says, on one line and without its full stop."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
