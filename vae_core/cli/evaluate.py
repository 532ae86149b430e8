"""`evaluate CHECKPOINT`: the figures of a model."""

from __future__ import annotations

import argparse
from typing import Any

from vae_core.evaluation import evaluate as library


def evaluate(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure as `evaluation.evaluate.evaluate` says, with the arguments of the command line."""
    return library.evaluate(
        arguments.checkpoint,
        data=arguments.data,
        importance_samples=arguments.importance_samples,
        limit=arguments.limit,
        hold_out=arguments.hold_out,
        seeds=arguments.seeds,
        device=arguments.device,
        save=arguments.save,
        download=arguments.download,
    )


def refresh(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure the samples again, as `evaluation.evaluate.refresh` says.

    Raises:
        ValueError: other digits or samples were asked for than metrics.json has.
    """
    if arguments.limit is not None or arguments.importance_samples:
        raise ValueError("--refresh takes the digits and samples of metrics.json, no others.")
    return library.refresh(
        arguments.checkpoint,
        data=arguments.data,
        device=arguments.device,
        save=arguments.save,
        download=arguments.download,
    )
