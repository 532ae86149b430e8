"""`train RECIPE`: a run that can be killed at any time and resumed."""

from __future__ import annotations

import argparse
from typing import Any

from vae_core.training import session


def train(arguments: argparse.Namespace) -> dict[str, Any]:
    """Train as `session.train` says, with the arguments of the command line."""
    return session.train(
        arguments.recipe,
        data=arguments.data,
        out=arguments.out,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        device=arguments.device,
        seed=arguments.seed,
        resume=arguments.resume,
        init_from=arguments.init_from,
        hold_out=arguments.hold_out,
        download=arguments.download,
    )
