"""The head of a model's card: what the hub lists it by, and its figures as a model index."""

from __future__ import annotations

from collections.abc import Mapping

from huggingface_hub.utils import yaml_dump

from vae_core.checkpoint.metrics import Metrics, sample_figures
from vae_core.config import Config
from vae_core.data.sets import known

DATASETS = {
    "mnist": "ylecun/mnist",
    "fashion-mnist": "zalando-datasets/fashion_mnist",
}
"""What the hub calls a set; others are not listed there."""
DRAWS, CODES = "unconditional-image-generation", "image-feature-extraction"
"""The hub's names of what a model is for: one without a prior has codes and draws nothing."""

DIGITS = 4
"""Decimals of a figure; its errors are larger."""


def head(config: Config, metrics: Metrics | None) -> list[str]:
    """The lines of the front matter, with its marks.

    Args:
        config: of the model.
        metrics: those of these weights; without them there is no model index.
    """
    about: dict[str, object] = {
        "library_name": "vae-core",
        "pipeline_tag": _task(config),
        "license": "mit",
        **({"datasets": [DATASETS[config.dataset]]} if config.dataset in DATASETS else {}),
        "tags": _tags(config),
    }
    if metrics:
        about["model-index"] = [{"name": config.name, "results": [_result(config, metrics)]}]
    return ["---", *yaml_dump(about, sort_keys=False).strip().splitlines(), "---"]


def _task(config: Config) -> str:
    return CODES if config.objective == "reconstruction" else DRAWS


def _tags(config: Config) -> list[str]:
    kind = "autoencoder" if config.objective == "reconstruction" else "variational-autoencoder"
    return [kind, config.dataset, "pytorch", "safetensors"]


def _result(config: Config, metrics: Metrics) -> Mapping[str, object]:
    return {
        "task": {"type": _task(config)},
        "dataset": {
            "type": DATASETS.get(config.dataset, config.dataset),
            "name": known(config.dataset).title,
            "split": "test",
        },
        "metrics": [
            {"type": kind, "name": name, "value": round(value, DIGITS)}
            for kind, name, value in _figures(metrics)
            if value is not None
        ],
    }


def _figures(metrics: Metrics) -> list[tuple[str, str, float | None]]:
    """Type, name with its unit, and value; None where it was not measured or has no meaning."""
    samples = sample_figures(metrics)
    given = " of the digit given its label" if metrics.get("bounds") == "log p(x|y)" else ""
    nll = f"NLL{given}, nats an image, {metrics['importance_samples']} importance samples"
    elbo = metrics["elbo"]
    pixels = "grey pixels" if metrics["binarisation"] == "none" else "dynamic binarisation"
    return [
        ("nll", f"{nll}, dynamic binarisation", metrics["nll"]),
        ("elbo", f"-ELBO{given}, nats an image, {pixels}", None if elbo is None else -elbo),
        ("fid", "FID in the features of a digit classifier", samples and samples["fid"]),
        ("fid_floor", "FID of training digits, the floor", samples and samples["fid_floor"]),
        ("knn_error", "5-NN error of the codes", metrics["knn_error"]),
        ("probe_error", "Linear probe error of the codes", metrics["probe_error"]),
        ("mse", "Squared error of the reconstruction, mean over pixels", metrics["mse"]),
    ]
