"""`features CHECKPOINT IMAGE ...`: what a code keeps of a picture, beside PCA and pixels."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from vae_core import checkpoint, runtime
from vae_core.cli import Verbs, call, verb
from vae_core.data.options import add_arguments


def add(verbs: Verbs) -> None:
    about = "what a code keeps of a picture, beside as many principal components"
    add = verb(verbs, "features", features, about)
    add("checkpoint", metavar="CHECKPOINT")
    add("images", nargs="*", metavar="IMAGE")
    add("--evaluate", action="store_true", help="probe, neighbours and error of test digits")
    add("--seed", type=int, default=0, metavar="S", help="of t-SNE")
    add("--save", action="store_true", help="with --evaluate: keep the figures beside the weights")
    add_arguments(add)
    add("--device", metavar="D")


def features(arguments: argparse.Namespace) -> Mapping[str, object]:
    """The squared error of each picture by the code and by PCA, or the figures of test digits.

    Raises:
        ValueError: nothing is asked for, or the checkpoint or the data cannot be used.
    """
    from vae_core.cli._pictures import of_digits
    from vae_core.uses import features as library
    from vae_core.uses import figures

    if bool(arguments.images) == arguments.evaluate:
        raise ValueError("name pictures, or ask for --evaluate without any.")
    if arguments.save and not arguments.evaluate:
        raise ValueError("--save goes with --evaluate.")
    of_digits(arguments, "comparing codes with the digits' pixels")
    if not arguments.evaluate:
        return {"images": _images(arguments)}
    found = call(library.evaluate, arguments, arguments.checkpoint)
    if arguments.save:
        figures.write(checkpoint.resolve(arguments.checkpoint), "features", found)
    return found


def _images(arguments: argparse.Namespace) -> list[Mapping[str, object]]:
    from vae_core.cli._pictures import device_of, load, pixels
    from vae_core.data.shipped import shipped
    from vae_core.digitize import digitize
    from vae_core.evaluation import family
    from vae_core.evaluation.elbo import squared_error
    from vae_core.uses import features as library
    from vae_core.uses import reduction, search

    model = load(arguments)
    library.check(model.config)
    train = search.training_digits(arguments.data, download=arguments.download)
    components = reduction.fit(train or shipped("train"))
    counts = sorted({*reduction.COMPONENTS, min(model.latent_dim, reduction.PIXELS)})
    results: list[Mapping[str, object]] = []
    for file in arguments.images:
        try:
            x = pixels(digitize(Path(file)))
        except ValueError as error:
            results.append({"file": file, "ok": False, "reason": str(error), "mse": None})
            continue
        with runtime.eval_mode(model):
            made = family.reconstruct(model, x.to(device_of(model))).cpu()
        lost = runtime.numbers(reduction.kept(components, x, counts)[1])
        by_pca = {str(count): error for count, error in zip(counts, lost, strict=True)}
        mse = float(squared_error(made, x))
        about = {"numbers": model.latent_dim, "mse": mse, "pca": by_pca}
        results.append({"file": file, "ok": True, "reason": None, **about})
    return results
