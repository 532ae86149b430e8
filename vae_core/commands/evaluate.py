"""`evaluate CHECKPOINT`: the figures of a model, and the files that carry them."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import Any, TypeGuard

import torch
from tqdm import tqdm

from vae_core import (
    axes,
    checkpoint,
    classify,
    compare,
    evaluation,
    fidelity,
    reference,
    runtime,
    sliders,
)
from vae_core.card import write_card
from vae_core.data import SPLITS, Digits, load_mnist
from vae_core.importance import log_evidence
from vae_core.models import VAE, Autoencoder

SLICE = {"limit": 500, "importance_samples": 100, "seed": 0}
"""The small fixed slice whose figure every card carries and the tests repeat."""

AXES_FROM = 20_000
"""Training digits that the sliders' axes are chosen by."""

EVIDENCE = ("nll", "nll_sem", "nll_draws", "importance_samples", "seeds")
"""What an NLL is told by: a run that measured none keeps all of them, or none."""


def evaluate(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measures a checkpoint on the test digits.

    Returns:
        distortion, rate, elbo, nll in nats an image; kl_per_dim in nats; mse a mean over the
        pixels; knn_error and probe_error fractions; null where a figure does not apply.

    Raises:
        ValueError: an argument, the checkpoint or the data cannot be used.
    """
    start = time.perf_counter()
    folder = checkpoint.resolve(arguments.checkpoint)
    device = runtime.choose_device(arguments.device)
    model = checkpoint.load(folder, device)
    samples, seeds = arguments.importance_samples, arguments.seeds
    if samples < 0:
        raise ValueError(f"importance_samples is {samples}; it must be 0 or more.")
    test = load_mnist("test", arguments.data).every(arguments.limit)
    if arguments.save and axes.turns(model):  # first of all: samples are drawn through them
        _turn(model, arguments.data, device)
    terms = evaluation.elbo(model, test, device=device, seed=seeds[0])
    result = {
        "recipe": model.config.name,
        "device": runtime.device_label(device),
        "n_images": len(test),
        "binarisation": model.config.train.binarisation,
        "distortion": terms.distortion,
        "rate": terms.rate,
        "elbo": terms.elbo,
        "bits_per_dim": evaluation.bits_per_dim(model, terms.elbo),
        **_nll(model, test, samples, seeds, folder, device),
        "importance_samples": samples,
        "seeds": seeds,
        "nll_spread": None,
        "active_units": (
            evaluation.active_units(terms.mean_variance) if isinstance(model, VAE) else None
        ),
        "kl_per_dim": terms.kl_per_dim,
        "mse": terms.mse,
        **_deterministic(model, test, device),
        **_code_errors(model, test, arguments.data, device),
        **_fidelity(model, test, arguments.data, seeds[0]),
        "parameters": checkpoint.count_parameters(folder / checkpoint.WEIGHTS),
        "file_bytes": (folder / checkpoint.WEIGHTS).stat().st_size,
        "seconds": round(time.perf_counter() - start, 2),
    }
    if arguments.save:
        _save(folder, model, result, arguments)
    return result


def _turn(model: VAE | Autoencoder, data: str | None, device: torch.device) -> None:
    """Lays the sliders along axes that mean something, by training digits alone."""
    digits = load_mnist("train", data).every(AXES_FROM)
    model.prior.turn(axes.choose(model, digits, device))


def slice_figures(model: VAE | Autoencoder, test: Digits) -> dict[str, float | None]:
    """NLL, or where there is none distortion and mse, of the fixed slice; see `SLICE`."""
    digits = test.every(SLICE["limit"])
    if has_evidence(model):
        return {"nll": _slice_nll(model, digits)}
    terms = evaluation.elbo(model, digits, seed=SLICE["seed"])
    return {"nll": None, "distortion": terms.distortion, "mse": terms.mse}


def has_evidence(model: VAE | Autoencoder) -> TypeGuard[VAE]:
    """Whether the model gives binary pixels a probability, so that it has an NLL."""
    return isinstance(model, VAE) and model.config.likelihood in ("bernoulli", "pixelcnn")


def _deterministic(
    model: VAE | Autoencoder, test: Digits, device: torch.device
) -> dict[str, float | None]:
    """What only a deterministic model has: repair of its own corruption, the encoder's slope."""
    if isinstance(model, VAE):
        return {"repair_mse": None, "jacobian_norm": None}
    own = model.config.corruption
    return {
        "repair_mse": own and evaluation.repair_error(model, test, own, device=device),
        "jacobian_norm": evaluation.jacobian_norm(model, test.every(min(500, len(test))), device),
    }


def _slice_nll(model: VAE, digits: Digits) -> float:
    *_, values = log_evidence(model, digits, SLICE["importance_samples"], seed=SLICE["seed"])
    return -float(values.mean())


def _nll(
    model: VAE | Autoencoder,
    test: Digits,
    samples: int,
    seeds: list[int],
    folder: Path,
    device: torch.device,
) -> dict[str, Any]:
    """Each draw of the binarisation, their mean, and the standard error of that mean."""
    if samples == 0 or not has_evidence(model):
        return {"nll": None, "nll_sem": None, "nll_draws": None}
    draws = [-_one_draw(model, test, samples, seed, folder, device) for seed in seeds]
    sem = statistics.stdev(draws) / len(draws) ** 0.5 if len(draws) > 1 else None
    return {"nll": statistics.fmean(draws), "nll_sem": sem, "nll_draws": draws}


def _one_draw(
    model: VAE, test: Digits, samples: int, seed: int, folder: Path, device: torch.device
) -> float:
    name = f"nll-{samples}-{len(test)}-{seed}.safetensors"
    heavy = samples * len(test) > 1_000_000
    workers = (os.cpu_count() or 1) if heavy and device.type == "cpu" else 1
    bar = tqdm(total=len(test), unit="digit", desc=f"NLL, seed {seed}", file=sys.stderr)
    values = torch.empty(0)
    with bar:
        for values in log_evidence(
            model,
            test,
            samples,
            seed=seed,
            partial=folder / "state" / name,
            workers=workers,
        ):
            known = ~values.isnan()
            bar.update(int(known.sum()) - bar.n)
            bar.set_postfix_str(f"{-float(values[known].mean()):.2f} nats", refresh=False)
    return float(values.mean())


def _code_errors(
    model: VAE | Autoencoder, test: Digits, data: str | None, device: torch.device
) -> dict[str, float]:
    train = load_mnist("train", data)
    known, asked = (evaluation.codes(model, digits, device) for digits in (train, test))
    pair = (known, train.labels, asked, test.labels)
    return {
        "knn_error": evaluation.knn_error(*pair),
        "probe_error": evaluation.probe_error(*pair, sparse=bool(model.config.code.topk)),
    }


def _fidelity(
    model: VAE | Autoencoder, test: Digits, data: str | None, seed: int
) -> dict[str, Any]:
    """The figures of the samples, about 20 seconds of one core; null where there are none.

    They need all test digits, the shipped classifier, and pixels that are not drawn one after the
    other, which would take hours. A deterministic model's samples are draws from the Gaussian
    that was fitted to its codes: the figure says how far that is from a prior.
    """
    shipped = checkpoint.shipped_root() / classify.DEFAULT_FOLDER.name
    judge = shipped if shipped.is_dir() else classify.DEFAULT_FOLDER
    slow = model.config.likelihood == "pixelcnn"
    whole = len(test) == SPLITS["test"][1]
    if slow or not whole or not judge.is_dir():
        return dict.fromkeys(fidelity.FIGURES)
    device = next(iter(model.state_dict().values())).device
    classifier = classify.load_classifier(judge, str(device))
    return fidelity.measure(model, load_mnist("train", data), test, classifier, seed=seed)


def _save(
    folder: Path,
    model: VAE | Autoencoder,
    result: dict[str, Any],
    arguments: argparse.Namespace,
) -> None:
    """metrics.json, latents.json, the sliders' axes, the percentiles and the card.

    A run without --importance-samples keeps an earlier NLL of the same weights, one with fewer
    samples goes beside it, as the spread over other draws; one with --limit keeps an earlier FID.
    """
    test = load_mnist("test", arguments.data)
    metrics = folder / checkpoint.METRICS
    weights = checkpoint.fingerprint(folder / checkpoint.WEIGHTS)
    earlier = checkpoint.read_json(metrics) if metrics.is_file() else {}
    if earlier.get("weights_sha256") == weights:
        result = with_earlier(result, earlier)
    figures = {key: value for key, value in result.items() if key != "recipe"}
    checkpoint.write_json(
        metrics,
        {
            "recipe": model.config.name,
            **figures,
            "slice": SLICE | slice_figures(model, test),
            "weights_sha256": weights,
            "command": _command(arguments, result),
            "versions": {"torch": torch.__version__, "python": platform.python_version()},
        },
    )
    device = next(iter(model.state_dict().values())).device
    if axes.turns(model):
        axes.write(folder, model.prior.axes)
    reference.write(folder, reference.measure(model, test, device))
    told = sliders.describe(model, test, kl_per_dim=result["kl_per_dim"], device=device)
    sliders.write(folder, told)
    if compare.has_pca(model):
        train = load_mnist("train", arguments.data)
        compare.write_pca(folder, compare.fit_pca(model, train, test))
    write_card(folder)


def with_earlier(result: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """The figures of `result`, and those of `earlier` that it did not measure again, or better."""
    if result["fid"] is None and earlier.get("fid") is not None:
        result = result | {key: earlier[key] for key in fidelity.FIGURES}
    if earlier.get("nll") is None:
        return result
    former, spread = _evidence(earlier), earlier.get("nll_spread")
    if result["nll"] is None:
        return result | former | {"nll_spread": spread}
    new = _evidence(result)
    gain = result["importance_samples"] - earlier["importance_samples"]
    if gain < 0:
        return result | former | {"nll_spread": new}
    return result | {"nll_spread": former if gain > 0 and former["nll_draws"] else spread}


def _evidence(metrics: dict[str, Any]) -> dict[str, Any]:
    """The NLL and all it is told by, its own number of digits too: it may outlive `n_images`."""
    digits = metrics.get("nll_images", metrics["n_images"])
    return {key: metrics.get(key) for key in EVIDENCE} | {"nll_images": digits}


def _command(arguments: argparse.Namespace, result: dict[str, Any]) -> str:
    words = ["python -m vae_core evaluate", str(result["recipe"])]
    if result["importance_samples"]:
        words += ["--importance-samples", str(result["importance_samples"])]
    if arguments.limit:
        words += ["--limit", str(arguments.limit)]
    if result["seeds"] != [0]:
        words += ["--seeds", *map(str, result["seeds"])]
    return " ".join(words)
