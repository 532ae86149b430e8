"""`fit-sampler`: another way to draw codes of a trained model, fitted after its training."""

from __future__ import annotations

import argparse

from vae_core import checkpoint, runtime
from vae_core.checkpoint import examples, samplers
from vae_core.cli import Verbs, verb
from vae_core.data import add_arguments


def add(verbs: Verbs) -> None:
    about = "fit a sampler of codes beside a model: a diffusion model or a mixture of Gaussians"
    add = verb(verbs, "fit-sampler", fit_sampler, about)
    add("checkpoint", metavar="CHECKPOINT")
    add("kind", choices=tuple(samplers.KINDS))
    add_arguments(add)
    add("--steps", type=int, default=None, metavar="N", help="of the diffusion model's training")
    add("--device", metavar="D")
    add("--seed", type=int, default=0, metavar="S")


def fit_sampler(arguments: argparse.Namespace) -> dict[str, object]:
    """Fit a sampler to the codes of the training digits and write it beside the weights.

    Returns:
        `file`, what was written, and the sampler's settings.

    Raises:
        ValueError: the model, the data or the folder cannot be used.
    """
    from vae_core.training.samplers import STEPS, fit_diffusion, fit_mixture

    steps = STEPS if arguments.steps is None else arguments.steps
    if steps < 1:
        raise ValueError(f"--steps is {steps}; it must be 1 or more.")
    folder = checkpoint.resolve(arguments.checkpoint)
    device = runtime.choose_device(arguments.device)
    model = checkpoint.load(folder, device)
    where = examples.pictures(
        folder, model.config.dataset, arguments.data, download=arguments.download
    )
    digits = where.split("train")
    if arguments.kind == "diffusion":
        fitted = fit_diffusion(model, digits, device=device, steps=steps, seed=arguments.seed)
    else:
        fitted = fit_mixture(model, digits, device=device, seed=arguments.seed)
    path = samplers.write(folder, fitted.cpu())
    return {"file": str(path), "kind": arguments.kind, **fitted.settings()}
