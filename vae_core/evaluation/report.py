"""What `evaluate` writes beside a model: metrics.json, and the files that go with it."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch

from vae_core import checkpoint, files
from vae_core.checkpoint.metrics import Disentanglement, Figures, Measured, Metrics, PriorGap
from vae_core.data.digits import Digits
from vae_core.data.loading import Pictures
from vae_core.evaluation import family, fid_features, naming, percentiles, samples
from vae_core.evaluation.model_card import write_card
from vae_core.explore import slider_axes
from vae_core.models import Model
from vae_core.probability.protocols import can_rotate

EVIDENCE = (*("nll", "nll_sem", "nll_sem_digits", "nll_draws", "importance_samples", "seeds"),)
"""An NLL with its setting: a run that measured none keeps all of them, or none."""


class Unsaved(ValueError):
    """Figures were taken, `result`, but a file could not be written; the text says which."""

    def __init__(self, reason: ValueError, result: Mapping[str, object]) -> None:
        super().__init__(f"{reason} The figures above were measured.")
        self.result = result


def must_take_files(folder: Path) -> None:
    """ValueError where nothing can be written into `folder`."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe"):
            pass
    except OSError as error:
        raise ValueError(
            f"{folder} cannot be written ({error}); without --save the figures are only printed."
        ) from error


def save(
    folder: Path,
    model: Model,
    result: Figures,
    command: str,
    test: Digits,
    pictures: Pictures,
) -> None:
    """metrics.json, latents.json, the sliders' axes, the percentiles and the card.

    A run without --importance-samples keeps an earlier NLL of the same weights, one with fewer
    samples goes beside it, as the spread over other draws; one with --limit keeps an earlier FID.

    Raises:
        Unsaved: a file could not be written.
    """
    try:
        _write_metrics(folder, result, command)
        _write_companions(folder, model, result, pictures.split("train"), test)
        write_card(folder)
    except ValueError as error:
        raise Unsaved(error, result) from error


def _write_metrics(folder: Path, result: Figures, command: str) -> None:
    path = folder / checkpoint.METRICS
    earlier = files.read_json(path) if path.is_file() else {}
    if earlier.get("weights_sha256") == result["weights_sha256"]:
        result = with_earlier(result, cast(Metrics, earlier))
    origin = {"command": command, "versions": _versions()}
    files.write_json(path, {**result, **origin})


def _versions() -> dict[str, str]:
    return {"torch": torch.__version__, "python": platform.python_version()}


def _write_companions(
    folder: Path,
    model: Model,
    result: Figures,
    train: Digits,
    test: Digits,
) -> None:
    device = next(iter(model.state_dict().values())).device
    if can_rotate(model.prior):
        slider_axes.write(folder, model.prior.axes)
    percentiles.write(folder, percentiles.measure(model, test, device))
    naming.write(folder, model, result["kl_per_dim"], train)
    if family.has_pca(model):
        family.write_pca(folder, family.fit_pca(model, train, test))


def of_weights(folder: Path) -> Metrics:
    """The metrics.json of the weights beside it.

    Raises:
        ValueError: it is missing, damaged, or of other weights.
    """
    found = files.read_json(folder / checkpoint.METRICS)
    if found.get("weights_sha256") != files.fingerprint(folder / checkpoint.WEIGHTS):
        raise ValueError(f"{folder / checkpoint.METRICS} is of other weights; evaluate them first.")
    return cast(Metrics, found)


ORIGINS = {"samples": "refreshed", "gap": "prior_gap_origin", "mig": "mig_origin"}
"""Under which key metrics.json says where a part that was taken again comes from."""


PARTS = {"prior_gap": PriorGap, "mig": Disentanglement}
"""By their main figure, the groups that a run may leave unmeasured: all of one is kept, or none."""


def rewrite(
    folder: Path, earlier: Metrics, result: Mapping[str, object], part: str = "samples"
) -> None:
    """metrics.json with the new figures among the earlier ones, and how they were taken; the card.

    Raises:
        Unsaved: a file could not be written.
    """
    words = ["python -m vae_core evaluate", earlier["recipe"], "--refresh"]
    words += [] if part == "samples" else ["--part", part]
    origin = {ORIGINS[part]: {"command": " ".join(words), "versions": _versions()}}
    try:
        files.write_json(folder / checkpoint.METRICS, {**earlier, **result, **origin})
        write_card(folder)
    except ValueError as error:
        raise Unsaved(error, result) from error


def with_earlier(result: Figures, earlier: Metrics) -> Figures:
    """The figures of `result`, and those of `earlier` that it did not measure again, or better.

    A FID in other features than today's is not kept.
    """
    former = cast(Mapping[str, object], earlier)
    for part, figure in (("gap", "prior_gap"), ("mig", "mig")):
        if (
            cast(Mapping[str, object], result).get(figure) is None
            and former.get(figure) is not None
        ):
            kept = (*PARTS[figure].__annotations__, ORIGINS[part])
            result = _replaced(result, {key: former[key] for key in kept if key in former})
    if result["fid"] is None and earlier.get("fid_features") == fid_features.SHA256:
        result = _replaced(result, {key: earlier.get(key) for key in samples.FIGURES})
    if earlier.get("nll") is None:
        return result
    evidence, spread = _evidence(earlier), earlier.get("nll_spread")
    if result["nll"] is None:
        return _replaced(result, {**evidence, "nll_spread": spread})
    new = _evidence(result)
    gain = result["importance_samples"] - earlier["importance_samples"]
    if gain < 0:
        return _replaced(result, {**evidence, "nll_spread": new})
    kept = evidence if gain > 0 and evidence.get("nll_draws") else spread
    return _replaced(result, {"nll_spread": kept})


def _replaced(result: Figures, changes: Mapping[str, object]) -> Figures:
    return cast(Figures, {**result, **changes})


def _evidence(metrics: Figures) -> Measured:
    """The NLL and its setting, its own number of digits too: it may outlive `n_images`."""
    digits = metrics.get("nll_images", metrics["n_images"])
    given = {key: metrics.get(key) for key in EVIDENCE}
    return cast(Measured, {**given, "nll_images": digits})
