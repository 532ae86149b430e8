"""The figures of a checkpoint, and the files beside it that carry them."""

from __future__ import annotations

import functools
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import torch
from torch import Tensor
from tqdm import tqdm

from vae_core import checkpoint, cores, evaluation, files, runtime
from vae_core.data.digits import SPLITS, Digits, cache_dir, load_mnist
from vae_core.data.digits import hold_out as split_off
from vae_core.evaluation import report, samples
from vae_core.evaluation.importance import log_evidence
from vae_core.explore import slider_axes
from vae_core.explore.codes import codes
from vae_core.models import VAE, Autoencoder
from vae_core.probability import likelihoods

SLICE = {"limit": 500, "importance_samples": 100, "seed": 0}
"""The small fixed slice whose figure every card carries and the tests repeat."""

AXES_FROM = 20_000
"""Training digits that the sliders' axes are chosen by."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What `evaluate` was asked for; see there."""

    folder: Path
    data: str | Path | None = None
    importance_samples: int = 0
    limit: int | None = None
    hold_out: int | None = None
    seeds: tuple[int, ...] = (0,)
    device: str | None = None
    save: bool = False
    download: bool = False


def evaluate(
    model: str | Path,
    *,
    data: str | Path | None = None,
    importance_samples: int = 0,
    limit: int | None = None,
    hold_out: int | None = None,
    seeds: Sequence[int] = (0,),
    device: str | None = None,
    save: bool = False,
    download: bool = False,
) -> dict[str, Any]:
    """Measure a checkpoint on the test digits, or on held-out training digits.

    Args:
        model: a checkpoint: its folder, the name of a shipped one, or `hf:user/name`.
        data: the folder that holds MNIST/raw; the cache folder when None.
        importance_samples: of the NLL, 0 for none.
        limit: measure every (10000 / limit)th test digit, without FID.
        hold_out: measure the training digits that `train` kept out by the same number.
        seeds: draws of the binarisation.
        device: as `train` takes it.
        save: write metrics.json and the card beside the model; else its folder stays as it is.
        download: fetch MNIST where it is missing.

    Returns:
        distortion, rate, elbo, nll in nats an image; elbo_sem_digits and nll_sem_digits their
        standard errors over the digits, nll_sem that over draws of the binarisation; bounds what
        minus the costs is a lower bound on; kl_per_dim in nats; mse a mean over the pixels;
        knn_error and probe_error fractions; null where a figure does not apply.

    Raises:
        ValueError: an argument, the checkpoint or the data cannot be used.
        report.Unsaved: the figures were taken, but could not be written; it holds them.
    """
    asked = Request(
        folder=checkpoint.resolve(model),
        data=data,
        importance_samples=importance_samples,
        limit=limit,
        hold_out=hold_out,
        seeds=tuple(seeds),
        device=device,
        save=save,
        download=download,
    )
    return _evaluate(asked)


def _evaluate(asked: Request) -> dict[str, Any]:
    start = time.perf_counter()
    folder = asked.folder
    if asked.save:
        report.must_take_files(folder)  # now, rather than after hours
    device = runtime.choose_device(asked.device)
    model = checkpoint.load(folder, device)
    count, seeds = asked.importance_samples, list(asked.seeds)
    if count < 0:
        raise ValueError(f"importance_samples is {count}; it must be 0 or more.")
    known, test = _digits(asked)
    weights = files.fingerprint(folder / checkpoint.WEIGHTS)
    if asked.save and slider_axes.turns(model):  # first of all: samples are drawn through them
        _turn(model, asked.data, device)
    terms = evaluation.elbo(model, test, device=device, seed=seeds[0])
    result = {
        "recipe": model.config.name,
        "device": runtime.device_label(device),
        "n_images": len(test),
        "binarisation": model.config.train.binarisation,
        "distortion": terms.distortion,
        "rate": terms.rate,
        "elbo": terms.elbo,
        "elbo_sem_digits": None if terms.elbo is None else terms.sem,
        "bounds": evaluation.bounds(model.config),
        "bits_per_dim": evaluation.bits_per_dim(model, terms.elbo),
        **_nll(model, test, count, seeds, weights),
        "importance_samples": count,
        "seeds": seeds,
        "nll_spread": None,
        "active_units": (
            evaluation.active_units(terms.mean_variance) if isinstance(model, VAE) else None
        ),
        "kl_per_dim": terms.kl_per_dim,
        "mse": terms.mse,
        **_deterministic(model, test, device),
        **_code_errors(model, known, test, device),
        **_fidelity(model, test, asked.data, seeds[0]),
        "parameters": checkpoint.count_parameters(folder / checkpoint.WEIGHTS),
        "file_bytes": (folder / checkpoint.WEIGHTS).stat().st_size,
        "seconds": round(time.perf_counter() - start, 2),
    }
    if asked.save:
        whole = load_mnist("test", asked.data)
        about = {"slice": SLICE | slice_figures(model, whole), "weights_sha256": weights}
        report.save(folder, model, result | about, command(asked, result), whole, asked.data)
    return result


def refresh(
    model: str | Path,
    *,
    data: str | Path | None = None,
    device: str | None = None,
    save: bool = False,
    download: bool = False,
) -> dict[str, Any]:
    """Take the figures of the samples again, and the ELBO's standard error over the digits.

    What else metrics.json holds of these weights is kept. With `save` the file and the card are
    written. Arguments as for `evaluate`.

    Raises:
        ValueError: as for `evaluate`; metrics.json is missing, or of other weights.
    """
    folder = checkpoint.resolve(model)
    asked = Request(folder=folder, data=data, device=device, save=save, download=download)
    if save:
        report.must_take_files(folder)
    return _refresh(asked, checkpoint.load(folder, runtime.choose_device(device)))


def _refresh(asked: Request, model: VAE | Autoencoder) -> dict[str, Any]:
    folder = asked.folder
    earlier = report.of_weights(folder)
    test, seed = _load("test", asked), earlier["seeds"][0]
    terms = evaluation.elbo(model, test, device=_device(model), seed=seed, with_mse=False)
    result = {
        "recipe": model.config.name,
        "elbo_sem_digits": None if terms.elbo is None else terms.sem,
        "bounds": evaluation.bounds(model.config),
        **_fidelity(model, test, asked.data, seed),
    }
    if asked.save:
        report.rewrite(folder, earlier, result)
    return result


def _digits(asked: Request) -> tuple[Digits, Digits]:
    """Those that codes are learned from, and those that are measured: test digits, or held out.

    Settings are chosen on training digits that `train --hold-out` left out, by the same number.
    """
    train, held = _load("train", asked), asked.hold_out
    if held is None:
        return train, load_mnist("test", asked.data).every(asked.limit)
    if asked.save or asked.limit is not None:
        raise ValueError(
            "--hold-out takes no --save and no --limit: metrics.json is of test digits."
        )
    return split_off(train, held)


def _load(split: str, asked: Request) -> Digits:
    """The verb's first look at the data, which fetches it where that is asked for."""
    return load_mnist(split, asked.data, download=asked.download)


def _turn(model: VAE | Autoencoder, data: str | Path | None, device: torch.device) -> None:
    """Lays the sliders along axes that mean something, by training digits alone."""
    digits = load_mnist("train", data).drawn(AXES_FROM)
    model.prior.turn(slider_axes.choose(model, digits, device))


def slice_figures(model: VAE | Autoencoder, test: Digits) -> dict[str, float | None]:
    """NLL, or where there is none distortion and mse, of the fixed slice; see `SLICE`."""
    digits = test.every(SLICE["limit"])
    if has_evidence(model):
        return {"nll": _slice_nll(model, digits)}
    terms = evaluation.elbo(model, digits, seed=SLICE["seed"])
    return {"nll": None, "distortion": terms.distortion, "mse": terms.mse}


def has_evidence(model: VAE | Autoencoder) -> TypeGuard[VAE]:
    """Whether the model gives binary pixels a probability, so that it has an NLL."""
    return isinstance(model, VAE) and likelihoods.get(model.config.likelihood).takes_binary


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
    model: VAE | Autoencoder, test: Digits, samples: int, seeds: list[int], weights: str
) -> dict[str, Any]:
    """Each draw of the binarisation, their mean, and its standard errors.

    `nll_sem` is over the draws, on the same digits; `nll_sem_digits` over the digits, each at
    the mean of its draws: how far other digits of the same hands would lie.
    """
    if samples == 0 or not has_evidence(model):
        return dict.fromkeys(("nll", "nll_sem", "nll_sem_digits", "nll_draws"))
    each = torch.stack([-_one_draw(model, test, samples, seed, weights) for seed in seeds])
    draws = each.mean(1).tolist()
    return {
        "nll": statistics.fmean(draws),
        "nll_sem": statistics.stdev(draws) / len(draws) ** 0.5 if len(draws) > 1 else None,
        "nll_sem_digits": evaluation.standard_error(each.mean(0)),
        "nll_draws": draws,
    }


def _one_draw(model: VAE, test: Digits, samples: int, seed: int, weights: str) -> Tensor:
    """log p(x) of each digit in nats, float64 (n,), under a progress bar.

    A run that is stopped goes on from what it keeps in the user's cache, by weights and settings.
    """
    name = f"{weights[:16]}-{samples}-{len(test)}-{seed}.safetensors"
    heavy = samples * len(test) > 1_000_000
    workers = cores.available() if heavy and _device(model).type == "cpu" else 1
    bar = tqdm(total=len(test), unit="digit", desc=f"NLL, seed {seed}", file=sys.stderr)
    values = torch.empty(0)
    with bar:
        for values in log_evidence(
            model,
            test,
            samples,
            seed=seed,
            partial=cache_dir() / "nll" / name,
            workers=workers,
        ):
            known = ~values.isnan()
            bar.update(int(known.sum()) - bar.n)
            bar.set_postfix_str(f"{-float(values[known].mean()):.2f} nats", refresh=False)
    return values


def _device(model: VAE | Autoencoder) -> torch.device:
    return next(iter(model.state_dict().values())).device


def _code_errors(
    model: VAE | Autoencoder, train: Digits, test: Digits, device: torch.device
) -> dict[str, float]:
    known, asked = (codes(model, digits, device) for digits in (train, test))
    pair = (known, train.labels, asked, test.labels)
    return {
        "knn_error": evaluation.knn_error(*pair),
        "probe_error": evaluation.probe_error(*pair, sparse=bool(model.config.code.topk)),
    }


def _fidelity(
    model: VAE | Autoencoder, test: Digits, data: str | Path | None, seed: int
) -> dict[str, Any]:
    """The figures of the samples, about a minute of one core; null where there are none.

    They need all test digits, and pixels that are not drawn one after the other, which would
    take hours. A deterministic model's samples are draws from the Gaussian that was fitted to
    its codes: the figure says how far that is from a prior.
    """
    slow = likelihoods.get(model.config.likelihood).is_slow
    whole = len(test) == SPLITS["test"][1]
    if slow or not whole:
        return dict.fromkeys(samples.FIGURES)
    return samples.measure(model, _real(data, str(_device(model)), seed), seed=seed)


@functools.lru_cache(maxsize=1)
def _real(data: str | Path | None, device: str, seed: int) -> samples.Real:
    """What samples are held against, once for a whole family."""
    train, test = (load_mnist(split, data) for split in ("train", "test"))
    return samples.Real.of(train, test, seed=seed, device=device)


def command(asked: Request, result: dict[str, Any]) -> str:
    """The line that prints these figures again."""
    words = ["python -m vae_core evaluate", str(result["recipe"])]
    if result["importance_samples"]:
        words += ["--importance-samples", str(result["importance_samples"])]
    if asked.limit:
        words += ["--limit", str(asked.limit)]
    if result["seeds"] != [0]:
        words += ["--seeds", *map(str, result["seeds"])]
    return " ".join(words)
