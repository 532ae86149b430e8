"""Figures of a model, one group a function; `evaluate` puts them together."""

from __future__ import annotations

import functools
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard, cast

import torch
from torch import Tensor
from tqdm import tqdm

from vae_core import cores, evaluation, runtime
from vae_core.checkpoint.metrics import (
    CodeErrors,
    Deterministic,
    Disentanglement,
    Evidence,
    Figures,
    PriorGap,
    Result,
)
from vae_core.data.digits import SPLITS, Digits, cache_dir, load_mnist
from vae_core.data.sets import known as known_set
from vae_core.evaluation import disentanglement, prior_gap, samples
from vae_core.evaluation.importance import log_evidence
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import VAE, Model
from vae_core.probability import likelihoods

SLICE = {"limit": 200, "importance_samples": 20, "seed": 0}
"""The small fixed slice whose figure every card carries and the tests repeat."""


def slice_figures(model: Model, test: Digits) -> dict[str, float | None]:
    """NLL, or where there is none distortion and mse, of the fixed slice; see `SLICE`."""
    digits = test.every(SLICE["limit"])
    if has_evidence(model):
        return {"nll": _slice_nll(model, digits)}
    terms = evaluation.elbo(model, digits, seed=SLICE["seed"])
    return {"nll": None, "distortion": terms.distortion, "mse": terms.mse}


def with_slice(result: Result, model: Model, test: Digits, weights: str) -> Figures:
    """A result with the figure of the fixed slice, and the SHA-256 of its weights."""
    found = {**SLICE, **slice_figures(model, test)}
    return cast(Figures, {**result, "slice": found, "weights_sha256": weights})


def has_evidence(model: Model) -> TypeGuard[VAE]:
    """Whether the model gives binary pixels a probability, so that it has an NLL."""
    return isinstance(model, VAE) and likelihoods.get(model.config.likelihood).takes_binary


def deterministic(model: Model, test: Digits, device: torch.device) -> Deterministic:
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


def nll(model: Model, test: Digits, samples: int, seeds: list[int], weights: str) -> Evidence:
    """Each draw of the binarisation, their mean, and its standard errors.

    `nll_sem` is over the draws, on the same digits; `nll_sem_digits` over the digits, each at
    the mean of its draws: how far other digits of the same hands would lie.
    """
    if samples == 0 or not has_evidence(model):
        return {"nll": None, "nll_sem": None, "nll_sem_digits": None, "nll_draws": None}
    each = torch.stack([-_one_draw(model, test, samples, seed, weights) for seed in seeds])
    draws = runtime.numbers(each.mean(1))
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
    workers = cores.available() if heavy and device_of(model).type == "cpu" else 1
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


def device_of(model: Model) -> torch.device:
    return next(iter(model.state_dict().values())).device


def code_errors(model: Model, train: Digits, test: Digits, device: torch.device) -> CodeErrors:
    if int(train.labels.max()) == int(train.labels.min()):  # a set without classes
        return {"knn_error": None, "probe_error": None}
    known, asked = (posterior_means(model, digits, device) for digits in (train, test))
    pair = (known, train.labels, asked, test.labels)
    return {
        "knn_error": evaluation.knn_error(*pair),
        "probe_error": evaluation.probe_error(*pair, sparse=bool(model.config.code.topk)),
    }


def gap(model: Model, train: Digits, test: Digits, seed: int) -> PriorGap:
    """Why draws fail, a minute of one core; null without a prior, and of a part of the test digits.

    A density of all codes has to be learnt from many.
    """
    if not isinstance(model, VAE) or len(test) < SPLITS["test"][1]:
        return cast(PriorGap, dict.fromkeys(PriorGap.__annotations__))
    return prior_gap.measure(model, train, test, seed=seed, device=device_of(model))


def factors(model: Model, test: Digits, seed: int) -> Disentanglement:
    """Whether traits have latents of their own, some seconds; null where that means nothing.

    It asks for digits, and for as many of them as 20 times 20 bins need.
    """
    suits = (
        isinstance(model, VAE) and model.latent_dim > 1 and known_set(model.config.dataset).digits
    )
    if not suits or len(test) < SPLITS["test"][1]:
        return cast(Disentanglement, dict.fromkeys(Disentanglement.__annotations__))
    return disentanglement.measure(cast(VAE, model), test, seed=seed)


def fidelity(
    model: Model, test: Digits, data: str | Path | None, seed: int
) -> Mapping[str, object]:
    """The figures of the samples, about a minute of one core; null where there are none.

    They need all of MNIST's test digits, whose features a frozen classifier takes, and pixels
    that are not drawn one after the other, which would take hours. A deterministic model's samples
    are draws from the Gaussian that was fitted to its codes: the figure says how far that is from
    a prior.
    """
    slow = likelihoods.get(model.config.likelihood).is_slow
    whole = len(test) == SPLITS["test"][1]
    if slow or not whole or model.config.dataset != "mnist":
        return dict.fromkeys(samples.FIGURES)
    return samples.measure(model, _real(data, str(device_of(model)), seed), seed=seed)


@functools.lru_cache(maxsize=1)
def _real(data: str | Path | None, device: str, seed: int) -> samples.Real:
    """What samples are held against, once for a whole family."""
    train, test = (load_mnist(split, data) for split in ("train", "test"))
    return samples.Real.of(train, test, seed=seed, device=device)
