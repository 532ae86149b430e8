"""Send a checkpoint to the Hugging Face hub, where `vae_core.load("hf:user/name")` finds it."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol, cast

from vae_core import checkpoint
from vae_core.checkpoint.hub import PATTERNS, PREFIX, said
from vae_core.evaluation.model_card import write_card

CARD = "README.md"


def push(
    folder: str | Path,
    repository: str,
    *,
    private: bool = False,
    revision: str | None = None,
    create_pr: bool = False,
    token: str | None = None,
) -> str:
    """Send a checkpoint folder in one commit, so that nobody ever loads half of it.

    The folder is read as strictly as by `load` before anything is sent. It gets a card where it
    has none. Only what a checkpoint is made of goes: not the state of a training, not a script.

    Args:
        folder: a checkpoint folder, or the name of a shipped one.
        repository: `user/name`, made where it does not exist.
        private: whether a new repository is.
        revision: a branch to send it to, made where it does not exist; None for the main one.
        create_pr: whether to open a pull request instead.
        token: of a user who may write; None for the one that `hf auth login` kept.

    Returns:
        The address of the commit, or of the pull request.

    Raises:
        ValueError: the folder is no whole checkpoint, or the hub refused it.
    """
    if str(folder).startswith(PREFIX):
        raise ValueError(f"{folder} is on the hub already; name a folder.")
    source = checkpoint.resolve(folder)
    checkpoint.load(source)
    if not (source / CARD).is_file():
        write_card(source)
    try:
        return _send(
            parts(source), repository.removeprefix(PREFIX), private, revision, create_pr, token
        )
    except Exception as error:  # the hub's errors are of a dozen types
        raise ValueError(f"{source} could not be sent to {repository}: {said(error)}.") from error


def parts(folder: Path) -> list[Path]:
    """The files of a checkpoint folder that are sent."""
    found = sorted(path for path in folder.iterdir() if path.is_file())
    return [path for path in found if any(fnmatch(path.name, each) for each in PATTERNS)]


class _Commit(Protocol):
    commit_url: str
    pr_url: str | None


def _send(
    files: list[Path],
    repository: str,
    private: bool,
    revision: str | None,
    create_pr: bool,
    token: str | None,
) -> str:
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi(token=token)
    api.create_repo(repository, private=private, exist_ok=True)
    if revision is not None:
        api.create_branch(repository, branch=revision, exist_ok=True)
    adds = [CommitOperationAdd(path_in_repo=path.name, path_or_fileobj=path) for path in files]
    create = cast("Callable[..., _Commit]", api.create_commit)
    made = create(
        repo_id=repository,
        operations=adds,
        commit_message=f"Checkpoint {files[0].parent.name}",
        revision=revision,
        create_pr=create_pr,
    )
    return made.pr_url or made.commit_url
