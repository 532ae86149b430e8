"""The figures of a checkpoint, and the files beside it that carry them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch

from vae_core import checkpoint, evaluation, files, runtime
from vae_core.checkpoint import examples
from vae_core.checkpoint.metrics import Metrics, Result
from vae_core.data.digits import Digits
from vae_core.data.digits import hold_out as split_off
from vae_core.data.loading import Pictures
from vae_core.data.sets import known as known_set
from vae_core.evaluation import figures, report
from vae_core.explore import slider_axes
from vae_core.models import VAE, Model

AXES_FROM = 20_000
"""Training digits that the sliders' axes are chosen by."""


@dataclass(frozen=True)
class Request:
    """What `evaluate` was asked for; see there."""

    folder: Path
    pictures: Pictures
    importance_samples: int = 0
    limit: int | None = None
    hold_out: int | None = None
    seeds: tuple[int, ...] = (0,)
    device: str | None = None
    save: bool = False
    part: str | None = None


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
) -> Result:
    """Measure a checkpoint on the test digits, or on held-out training digits.

    Args:
        model: a checkpoint: its folder, the name of a shipped one, or `hf:user/name`.
        data: the pictures of the checkpoint's set, see `data.load`; the cache folder when None.
        importance_samples: of the NLL, 0 for none.
        limit: measure every (10000 / limit)th test digit, without FID.
        hold_out: measure the training digits that `train` kept out by the same number.
        seeds: draws of the binarisation.
        device: "cpu", "cuda", "cuda:N" or "mps"; the best there is when None.
        save: write metrics.json and the card beside the model.
        download: fetch the set where it is missing and torchvision knows it.

    Raises:
        ValueError: an argument, the checkpoint or the data cannot be used.
        report.Unsaved: the figures were taken, but could not be written; it holds them.
    """
    folder, draws = checkpoint.resolve(model), tuple(seeds)
    request = (importance_samples, limit, hold_out, draws, device, save)
    return _evaluate(Request(folder, _pictures(folder, data, download), *request))


def _pictures(folder: Path, data: str | Path | None, download: bool) -> Pictures:
    dataset = checkpoint.read_config(folder).dataset
    return examples.pictures(folder, dataset, data, download=download)


def _evaluate(asked: Request) -> Result:
    start = time.perf_counter()
    folder = asked.folder
    if asked.save:
        report.must_take_files(folder)  # now, rather than after hours
    device = runtime.choose_device(asked.device)
    model = checkpoint.load(folder, device)
    if asked.importance_samples < 0:
        raise ValueError(f"importance_samples is {asked.importance_samples}; it must be 0 or more.")
    known, test = _digits(asked)
    weights = files.fingerprint(folder / checkpoint.WEIGHTS)
    # First of all: samples are drawn through them.
    if asked.save and slider_axes.can_rotate(model) and known_set(model.config.dataset).digits:
        slider_axes.rotate(model, _axes(model, asked, device))
    result = _measure(asked, model, known, test, weights)
    result["parameters"] = checkpoint.count_parameters(folder / checkpoint.WEIGHTS)
    result["file_bytes"] = (folder / checkpoint.WEIGHTS).stat().st_size
    result["seconds"] = round(time.perf_counter() - start, 2)
    if asked.save:
        whole = asked.pictures.split("test")
        measured = figures.with_slice(result, model, whole, weights)
        report.save(folder, model, measured, command(asked, result), whole, asked.pictures)
    return result


def _measure(asked: Request, model: Model, known: Digits, test: Digits, weights: str) -> Result:
    """All that is measured on the digits; what the files alone say is added to it."""
    device, seeds = figures.device_of(model), list(asked.seeds)
    terms = evaluation.elbo(model, test, device=device, seed=seeds[0])
    variances = terms.mean_variance
    measured = {
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
        **figures.nll(model, test, asked.importance_samples, seeds, weights),
        "importance_samples": asked.importance_samples,
        "seeds": seeds,
        "nll_spread": None,
        "active_units": evaluation.active_units(variances) if isinstance(model, VAE) else None,
        "kl_per_dim": terms.kl_per_dim,
        "mse": terms.mse,
        **figures.deterministic(model, test, device),
        **figures.code_errors(model, known, test, device),
        **figures.gap(model, known, test, seeds[0]),
        **figures.factors(model, test, seeds[0]),
        **figures.fidelity(model, test, asked.pictures.data, seeds[0]),
    }
    return cast(Result, measured)


def refresh(
    model: str | Path,
    *,
    data: str | Path | None = None,
    device: str | None = None,
    save: bool = False,
    download: bool = False,
    part: str | None = None,
) -> Mapping[str, object]:
    """Take a part of the figures again: the samples' with the ELBO's error over digits, the gap.

    What else metrics.json holds of these weights is kept. With `save` the file and the card are
    written. Arguments as for `evaluate`, and `part`, one of PARTS; both when None.

    Raises:
        ValueError: as for `evaluate`; metrics.json is missing, or of other weights.
    """
    folder = checkpoint.resolve(model)
    if save:
        report.must_take_files(folder)
    pictures = _pictures(folder, data, download)
    asked = Request(folder=folder, pictures=pictures, device=device, save=save, part=part)
    parts = PARTS if part is None else (checked(part),)
    result: dict[str, object] = {}
    loaded = checkpoint.load(folder, runtime.choose_device(device))
    for each in parts:
        earlier = report.of_weights(folder)
        found = _REFRESH[each](asked, loaded, earlier)
        result |= found
        if save:
            report.rewrite(folder, earlier, found, each)
    return {"recipe": loaded.config.name, **result}


def checked(part: str) -> str:
    """A part of the figures; ValueError where there is no such part."""
    if part not in PARTS:
        raise ValueError(f"--part is {part!r}; it must be one of {', '.join(PARTS)}.")
    return part


def _samples_again(asked: Request, model: Model, earlier: Metrics) -> Mapping[str, object]:
    test, seed = _load("test", asked), earlier["seeds"][0]
    terms = evaluation.elbo(model, test, device=figures.device_of(model), seed=seed, with_mse=False)
    return {
        "recipe": model.config.name,
        "elbo_sem_digits": None if terms.elbo is None else terms.sem,
        "bounds": evaluation.bounds(model.config),
        **figures.fidelity(model, test, asked.pictures.data, seed),
    }


def _gap_again(asked: Request, model: Model, earlier: Metrics) -> Mapping[str, object]:
    train, test = (_load(split, asked) for split in ("train", "test"))
    return figures.gap(model, train, test, earlier["seeds"][0])


def _factors_again(asked: Request, model: Model, earlier: Metrics) -> Mapping[str, object]:
    return figures.factors(model, _load("test", asked), earlier["seeds"][0])


_REFRESH = {"samples": _samples_again, "gap": _gap_again, "mig": _factors_again}
PARTS = tuple(_REFRESH)
"""What `refresh` can take again by itself."""


def _digits(asked: Request) -> tuple[Digits, Digits]:
    """Those that codes are learned from, and those that are measured: test digits, or held out.

    Settings are chosen on training digits that `train --hold-out` left out, by the same number.
    """
    train, held = _load("train", asked), asked.hold_out
    if held is None:
        return train, asked.pictures.split("test").every(asked.limit)
    if asked.save or asked.limit is not None:
        raise ValueError(
            "--hold-out takes no --save and no --limit: metrics.json is of test digits."
        )
    return split_off(train, held)


def _load(split: str, asked: Request) -> Digits:
    """The verb's first look at the data, which fetches it where that is asked for."""
    return asked.pictures.split(split)


def _axes(model: Model, asked: Request, device: torch.device) -> torch.Tensor:
    """Axes for the sliders that mean something, by training digits alone."""
    digits = asked.pictures.split("train").drawn(AXES_FROM)
    return slider_axes.choose(model, digits, device)


def command(asked: Request, result: Result) -> str:
    """The line that prints these figures again."""
    words = ["python -m vae_core evaluate", str(result["recipe"])]
    if result["importance_samples"]:
        words += ["--importance-samples", str(result["importance_samples"])]
    if asked.limit:
        words += ["--limit", str(asked.limit)]
    if result["seeds"] != [0]:
        words += ["--seeds", *map(str, result["seeds"])]
    return " ".join(words)
