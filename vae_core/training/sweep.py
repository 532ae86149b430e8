"""Who takes which run next, where several processes or machines share a table of runs.

Optuna keeps the list in its storage (a file, or a database that all of them reach) and gives each
run to one worker.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from vae_core.training.lock import Held

if TYPE_CHECKING:
    import optuna


def share(
    name: str,
    storage: str,
    changes: Sequence[str],
    seeds: Sequence[int],
    work: Callable[[str, int], float],
) -> None:
    """Work through every pair of a change and a seed that no other worker has or had.

    Args:
        name: of the table in the storage; pairs that it has not yet are added.
        storage: an SQLAlchemy address such as `sqlite:///table.db`.
        changes, seeds: what is combined.
        work: runs one pair, going on where it was left; its figure is kept in the storage. It may
            raise `Held`: another worker is at it.

    Raises:
        ValueError: Optuna is not installed, or the storage cannot be used.
    """
    study = _study(name, storage)
    for change, seed in itertools.product(changes, seeds):
        _enlist(study, change, seed)
    # A trial that was not put on the list has no pair: it is Optuna's own idea.
    while (trial := study.ask()).user_attrs:
        _take(study, trial, work)
    study.tell(trial, state=_state("PRUNED"))  # the list is empty


def _take(study: optuna.Study, trial: optuna.Trial, work: Callable[[str, int], float]) -> None:
    change, seed = str(trial.user_attrs["change"]), int(trial.user_attrs["seed"])
    try:
        study.tell(trial, work(change, seed))
    except Held:
        study.tell(trial, state=_state("PRUNED"))
    except BaseException:  # Ctrl+C too: the next worker goes on with it.
        study.tell(trial, state=_state("FAIL"))
        _enlist(study, change, seed, again=True)
        raise


def _enlist(study: optuna.Study, change: str, seed: int, again: bool = False) -> None:
    """Put a pair on the list; one that is there or done already only `again`."""
    pair = {"change": change, "seed": seed}
    study.enqueue_trial(pair, user_attrs=pair, skip_if_exists=not again)


def _study(name: str, storage: str) -> optuna.Study:
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise ValueError(
            "a table that several workers share needs Optuna; install the extra `sweep`."
        ) from error
    optuna.logging.set_verbosity(logging.WARNING)
    try:
        return optuna.create_study(study_name=name, storage=storage, load_if_exists=True)
    except Exception as error:  # Whatever the database's own library raises.
        raise ValueError(f"the storage {storage!r} cannot be used: {error}") from error


def _state(name: str) -> optuna.trial.TrialState:
    from optuna.trial import TrialState

    return TrialState[name]
