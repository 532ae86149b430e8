"""`draws`: how real a model's draws are, from its prior or from a sampler fitted after training."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from vae_core import checkpoint
from vae_core.checkpoint import samplers
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import of_digits
from vae_core.data import add_arguments, load_mnist

DRAWN, DRAWN_BY = 10_000, 3
"""Training digits beside which a guidance is chosen, and the seed that draws them."""


def add(verbs: Verbs) -> None:
    add = verb(verbs, "draws", draws, "how real a model's draws are, beside test digits")
    add("checkpoint", metavar="CHECKPOINT")
    add_arguments(add)
    add("--sampler", choices=("prior", *samplers.KINDS), default="prior")
    guided = "how far a diffusion model leans towards the label; 1: not at all"
    add("--guidance", type=float, default=samplers.GUIDANCE, metavar="G", help=guided)
    chosen = "try guidances, and say which draws read as surely as 10,000 training digits"
    add("--choose-guidance", action="store_true", help=chosen)
    add("--seed", type=int, default=0, metavar="S")


def draws(arguments: argparse.Namespace) -> dict[str, object]:
    """Draw as many pictures as there are test digits and hold them against those.

    The figures are those of `draws_table.DrawFigures`, and what drew and read them.

    Raises:
        ValueError: the model, its sampler or the data cannot be used.
    """
    from vae_core.classifier import independent
    from vae_core.evaluation import draws_table
    from vae_core.evaluation.samples import Real

    of_digits(arguments, "reading draws")
    if arguments.choose_guidance:
        return _choose_guidance(arguments)
    folder, kind = checkpoint.resolve(arguments.checkpoint), arguments.sampler
    model = checkpoint.load(folder)
    if not 0 <= arguments.guidance <= 10:
        raise ValueError(f"--guidance is {arguments.guidance}; it must be between 0 and 10.")
    draw = (
        draws_table.from_prior(model)
        if kind == "prior"
        else draws_table.from_sampler(model, samplers.read(folder, kind), arguments.guidance)
    )
    train, test = (
        load_mnist(split, arguments.data, download=arguments.download)
        for split in ("train", "test")
    )
    figures = draws_table.measure(
        model, draw, Real.of(train, test), independent.load(), seed=arguments.seed
    )
    return {
        "recipe": model.config.name,
        "sampler": kind,
        "guidance": arguments.guidance if kind == "diffusion" else None,
        "draws": len(test),
        "seed": arguments.seed,
        "judge": independent.FILE.name,
        **asdict(figures),
    }


def _choose_guidance(arguments: argparse.Namespace) -> dict[str, object]:
    """The table of `evaluation.guidance`, read by the frozen net of FID."""
    from vae_core.evaluation import fid_features, guidance

    folder = checkpoint.resolve(arguments.checkpoint)
    model, sampler = checkpoint.load(folder), samplers.read(folder, "diffusion")
    train = load_mnist("train", arguments.data, download=arguments.download)
    digits = train.drawn(DRAWN, seed=DRAWN_BY)
    choice = guidance.choose(model, sampler, digits, fid_features.reader())
    return {
        "recipe": model.config.name,
        "digits": len(digits),
        "judge": fid_features.FILE.name,
        **asdict(choice),
    }
