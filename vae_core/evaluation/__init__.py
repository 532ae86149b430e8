"""What a model is worth: bounds, codes, samples, and the pages that report it."""

from vae_core.evaluation.elbo import (
    BATCH,
    Elbo,
    Model,
    active_units,
    bits_per_dim,
    bounds,
    elbo,
    jacobian_norm,
    knn_error,
    measure,
    probe_error,
    repair_error,
    squared_error,
    standard_error,
)

__all__ = [
    "BATCH",
    "Elbo",
    "Model",
    "active_units",
    "bits_per_dim",
    "bounds",
    "elbo",
    "jacobian_norm",
    "knn_error",
    "measure",
    "probe_error",
    "repair_error",
    "squared_error",
    "standard_error",
]
