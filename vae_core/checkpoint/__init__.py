"""The folder of a model: what is in it, strict to read, atomic to write."""

from vae_core.checkpoint.folder import (
    AXES,
    CONFIG,
    DTYPES,
    WEIGHTS,
    Facts,
    check_fit,
    count_parameters,
    inspect,
    load,
    load_weights,
    read_config,
    resolve,
    save,
    shipped,
    shipped_root,
)
from vae_core.checkpoint.metrics import FIGURES, METRICS, Metrics, read_metrics

__all__ = [
    "AXES",
    "CONFIG",
    "DTYPES",
    "FIGURES",
    "METRICS",
    "WEIGHTS",
    "Facts",
    "Metrics",
    "check_fit",
    "count_parameters",
    "inspect",
    "load",
    "load_weights",
    "read_config",
    "read_metrics",
    "resolve",
    "save",
    "shipped",
    "shipped_root",
]
