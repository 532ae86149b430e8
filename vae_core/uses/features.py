"""Features: what can be read from a code, beside the same from pixels and from PCA.

Three descriptions of a picture are held against one another: a model's code (the posterior mean z),
the 784 pixels, and as many principal components as the code has numbers. A linear probe and the
vote of the five nearest are fitted to all training digits, and err on so many test digits. The
squared error says what the code and the components lose; t-SNE, what a flat map of 10,000 test
digits leaves of their neighbours.
"""

from __future__ import annotations

import functools
from pathlib import Path

import torch
from torch import Tensor

from vae_core import checkpoint, evaluation, runtime
from vae_core.config import Config
from vae_core.data.digits import Digits, load_mnist
from vae_core.data.shipped import shipped
from vae_core.explore import tsne
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.probability import likelihoods
from vae_core.uses import reduction
from vae_core.uses.reduction import COMPONENTS, PIXELS, Components

Errors = dict[str, float]

MANY = 50
"""Components beyond which each is not scaled by its own spread, but all by one number: the last are
small. Chosen on 5,000 training digits kept out, as the scale of pixels was."""


def check(config: Config) -> None:
    """Refuse a model whose pixels come one after the other.

    Raises:
        ValueError: it is one.
    """
    if likelihoods.get(config.likelihood).is_slow:
        raise ValueError(
            f"{config.name} paints pixel by pixel: it has no mean picture to judge a code by."
        )


def evaluate(
    name: str | Path,
    *,
    data: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    seed: int = 0,
) -> dict[str, object]:
    """What the code of a model is worth as features, beside pixels and PCA.

    Args:
        name: the checkpoint.
        data, download: see `load_mnist`.
        device: of the model.
        seed: of t-SNE, where no map lies beside the weights, and of that of pixels.

    Returns:
        Of `code`, `pixels` and `pca` (as many components as the code has `numbers`, 784 at most)
        `probe_error`, `knn_error` and, but for pixels, `squared_error`, each with its standard
        error over test digits; PCA's `pca_errors` at `components`; a map's vote errors, `tsne`.

    Raises:
        ValueError: the checkpoint or the data cannot be used.
    """
    folder = checkpoint.resolve(name)
    check(checkpoint.read_config(folder))
    model = checkpoint.load(folder, runtime.choose_device(device))
    train = load_mnist("train", data, download=download)
    test = shipped("test")
    about = {"recipe": model.config.name, "seed": seed, "digits": len(test), "fitted": len(train)}
    return {
        **about,
        "numbers": model.latent_dim,
        "code": _of_model(folder, model, test, data),
        "pixels": {**_of_pixels(data), **dict.fromkeys(("squared_error", "squared_error_sem"))},
        "pca": _of_components(data, min(model.latent_dim, PIXELS)),
        "components": list(COMPONENTS),
        "pca_errors": _curve(data),
        "tsne": {"code": _map_error(folder, model, test, seed), "pixels": _pixels_map(seed)},
    }


# What no model changes is measured once for all that are asked for.
@functools.lru_cache(maxsize=1)
def _components(data: str | Path | None) -> Components:
    return reduction.fit(load_mnist("train", data))


@functools.lru_cache(maxsize=1)
def _curve(data: str | Path | None) -> list[float]:
    components, test = _components(data), shipped("test")
    means = [reduction.errors(components, test, count).double().mean() for count in COMPONENTS]
    return runtime.numbers(torch.stack(means))


@functools.lru_cache(maxsize=1)
def _of_pixels(data: str | Path | None) -> Errors:
    train, test = load_mnist("train", data), shipped("test")
    flat = [digits.floats().flatten(1) for digits in (train, test)]
    # Pixels of the border are seldom on: one by one, they would be blown up.
    return read_errors(flat[0], train.labels, flat[1], test.labels, alike=True)


@functools.lru_cache(maxsize=32)
def _of_components(data: str | Path | None, count: int) -> Errors:
    train, components, test = load_mnist("train", data), _components(data), shipped("test")
    codes = [components.codes(digits.floats(), count) for digits in (train, test)]
    read = read_errors(codes[0], train.labels, codes[1], test.labels, alike=count > MANY)
    return {**read, **_squared(reduction.errors(components, test, count))}


@functools.lru_cache(maxsize=1)
def _pixels_map(seed: int) -> float:
    test = shipped("test")
    pixels = test.floats().flatten(1)
    return tsne.vote_error(tsne.embed(pixels, seed), test.labels)


def _of_model(folder: Path, model: Model, test: Digits, data: str | Path | None) -> Errors:
    read = _as_evaluated(folder, len(test))
    if read is None:
        train, device = load_mnist("train", data), next(model.parameters()).device
        known, asked = (posterior_means(model, digits, device).float() for digits in (train, test))
        sparse = bool(model.config.code.topk)
        read = read_errors(known, train.labels, asked, test.labels, alike=sparse)
    return {**read, **_squared(reduction.errors_of_model(model, test))}


def _as_evaluated(folder: Path, count: int) -> Errors | None:
    """What `evaluate --save` found by the same probe and vote; None where it did not."""
    metrics = checkpoint.inspect(folder)["metrics"]
    if metrics is None or metrics["n_images"] != count:
        return None
    probe, neighbours = metrics["probe_error"], metrics["knn_error"]
    if probe is None or neighbours is None:
        return None
    return _with_sems({"probe_error": probe, "knn_error": neighbours}, count)


def read_errors(
    known: Tensor, labels: Tensor, asked: Tensor, truth: Tensor, *, alike: bool
) -> Errors:
    """Errors of the linear probe and of five neighbours, and their standard errors.

    Args:
        known: features (n, d) of the digits that both learn from, their labels (n,).
        labels: of these.
        asked: features (m, d) of the digits that are read.
        truth: their labels (m,).
        alike: scale all features by one number, not each by its own.
    """
    pair = (known, labels, asked, truth)
    found = {
        "probe_error": evaluation.probe_error(*pair, sparse=alike),
        "knn_error": evaluation.knn_error(*pair),
    }
    return _with_sems(found, len(truth))


def _with_sems(found: Errors, count: int) -> Errors:
    """With the standard error of each share of so many digits."""
    sems = {key: (share * (1 - share) / (count - 1)) ** 0.5 for key, share in found.items()}
    return {**found, **{f"{key}_sem": sem for key, sem in sems.items()}}


def _squared(lost: Tensor) -> dict[str, float]:
    sem = float(lost.double().std()) / len(lost) ** 0.5
    return {"squared_error": float(lost.double().mean()), "squared_error_sem": sem}


def _map_error(folder: Path, model: Model, test: Digits, seed: int) -> float:
    """Of the map beside the weights, else of one that is laid out now.

    The kept one is of the sliders' space, where distances are those of z, but for a turn, only
    under a normal prior.
    """
    places = tsne.read(folder) if model.config.prior == "normal" else None
    if places is None:
        means = posterior_means(model, test, next(model.parameters()).device)
        places = tsne.embed(means.float(), seed)
    return tsne.vote_error(places, test.labels)
