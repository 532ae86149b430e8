"""What `metrics.json` holds: the figures of `evaluate`, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from vae_core import files

METRICS = "metrics.json"
FIGURES = frozenset(
    (
        *("distortion", "rate", "elbo", "bits_per_dim", "nll", "nll_sem", "importance_samples"),
        *("n_images", "active_units", "mse", "repair_mse", "knn_error", "probe_error"),
        *("fid", "fid_floor", "precision", "recall"),
        *(
            "mig",
            "mig_sem",
            "prior_gap",
            "prior_gap_sem",
            "prior_gap_at_most",
            "prior_gap_at_most_sem",
        ),
    )
)
"""Keys of metrics.json that the page counts with."""


class Evidence(TypedDict):
    """An NLL in nats an image; all null where there is none.

    `nll_sem` is over draws of the binarisation, `nll_sem_digits` over the digits; `nll_draws` has
    one value a draw.
    """

    nll: float | None
    nll_sem: float | None
    nll_sem_digits: NotRequired[float | None]
    nll_draws: NotRequired[list[float] | None]


class Measured(Evidence):
    """An NLL with the samples, the seeds and the number of digits behind it."""

    importance_samples: int
    seeds: list[int]
    nll_images: NotRequired[int]


class Deterministic(TypedDict):
    """What only a deterministic model has, else null: see `figures.deterministic`."""

    repair_mse: float | None
    jacobian_norm: float | None


class CodeErrors(TypedDict):
    """Errors of a 5-NN classifier and of a linear probe on the codes, as fractions."""

    knn_error: float | None
    probe_error: float | None


class PriorGap(TypedDict):
    """KL(q(z) || p(z)) in nats: what the rate says that no digit needs.

    At least `prior_gap`, at most `prior_gap_at_most`, each with its standard error over draws of
    the posterior; measured on so many test digits, the floor by a density fitted to the codes of
    `prior_gap_fitted` training digits. All null for a deterministic model.
    """

    prior_gap: float | None
    prior_gap_sem: float | None
    prior_gap_at_most: float | None
    prior_gap_at_most_sem: float | None
    prior_gap_digits: int | None
    prior_gap_draws: int | None
    prior_gap_fitted: int | None


class Disentanglement(TypedDict):
    """The mutual information gap (Chen et al., 2018), see `evaluation.disentanglement`.

    `mig` is its mean over the factors, with its standard error over digits; `mig_latents` names
    the latent that says most of each. All null where it is not measured, as without a posterior.
    """

    mig: float | None
    mig_sem: float | None
    mig_per_factor: dict[str, float] | None
    mig_latents: dict[str, int] | None
    mig_digits: int | None
    mig_bins: int | None


class Nearest(TypedDict):
    """Distances to the nearest training digit; see `samples.nearest_train`."""

    median: float
    test_median: float
    closer: float


class RealFigures(TypedDict):
    """What real digits score in the place of samples; see `samples.measure`."""

    fid_floor: float
    fid_floor_sem: float | None
    precision_real: float
    recall_real: float
    test_entropy: float
    test_unsure: float
    test_unsure_sem: float
    fid_features: str


class SampleFigures(RealFigures):
    """How real the samples are; see `samples.measure`."""

    fid: float
    precision: float
    recall: float
    sample_entropy: float
    sample_unsure: float
    sample_unsure_sem: float
    class_histogram: list[float]
    not_digits: float
    nearest_train: Nearest


class Origin(TypedDict):
    """The command that measured, and the versions of what it ran with."""

    command: str
    versions: dict[str, str]


class Slice(TypedDict):
    """The figure of a small fixed slice of the test digits, which the tests repeat."""

    limit: int
    importance_samples: int
    seed: int
    nll: float | None
    distortion: NotRequired[float]
    mse: NotRequired[float | None]


class Result(Measured, Deterministic, CodeErrors, PriorGap):
    """The figures of `evaluate`; those of the samples are null where there are none.

    Costs are in nats an image, `kl_per_dim` in nats; `elbo_sem_digits` is a standard error over
    the digits; `bounds` says what minus the costs is a lower bound on.
    """

    recipe: str
    device: str
    n_images: int
    binarisation: str
    distortion: float
    rate: float | None
    elbo: float | None
    elbo_sem_digits: NotRequired[float | None]
    bounds: NotRequired[str | None]
    bits_per_dim: float | None
    nll_spread: NotRequired[Measured | None]
    active_units: int | None
    kl_per_dim: list[float] | None
    mse: float | None
    mig: NotRequired[float | None]
    mig_sem: NotRequired[float | None]
    mig_per_factor: NotRequired[dict[str, float] | None]
    mig_latents: NotRequired[dict[str, int] | None]
    mig_digits: NotRequired[int | None]
    mig_bins: NotRequired[int | None]
    fid: float | None
    parameters: int
    file_bytes: int
    seconds: float


class Figures(Result):
    """A result with the weights that it is of, and the figure that the tests repeat."""

    slice: Slice
    weights_sha256: str


class Metrics(Figures):
    """A whole metrics.json; figures of a later version than the file's are not there."""

    command: str
    versions: dict[str, str]
    refreshed: NotRequired[Origin]
    prior_gap_origin: NotRequired[Origin]
    mig_origin: NotRequired[Origin]


def sample_figures(metrics: Metrics) -> SampleFigures | None:
    """The figures of the samples; None where there are none.

    Those from before the net that they are taken in was frozen do not count: their floor was that
    of one group of writers.
    """
    figures = cast(SampleFigures, metrics)
    has = (
        metrics.get("fid") is not None
        and cast(Mapping[str, object], metrics).get("fid_features") is not None
    )
    return figures if has else None


def read_metrics(folder: Path) -> Metrics | None:
    """What metrics.json says of a model; None where there is none.

    Raises:
        ValueError: it is damaged, or a figure is no number.
    """
    path = folder / METRICS
    if not path.exists():
        return None
    metrics = files.read_json(path)
    for key in FIGURES & set(metrics):
        if metrics[key] is not None and not _is_number(metrics[key]):
            raise ValueError(f"{path} is damaged: {key} is not a number.")
    kl = metrics.get("kl_per_dim")
    if kl is not None and not (isinstance(kl, list) and all(map(_is_number, kl))):
        raise ValueError(f"{path} is damaged: kl_per_dim is not a list of numbers.")
    return cast(Metrics, metrics)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
