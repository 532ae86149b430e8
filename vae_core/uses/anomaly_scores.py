"""How odd a picture is to a model: scores that are higher the less a picture fits.

- `elbo`: -ELBO. It is easily fooled: it is a sum over pixels, so that a picture of little ink
  costs little whatever it shows. Trained on all digits but the 1, a model is less surprised by a 1
  than by most digits that it knows: a stroke is part of all of them, and few pixels can be wrong.
- `elbo-floor`: -ELBO less what grey pixels cost however well they are foretold (the entropy of a
  Bernoulli). It takes away how grey the ink is, not how little there is of it.
- `squared-error`: of the reconstruction from the posterior mean, summed over the pixels.
- `typicality`: how far -log p(z) of the posterior mean is from what it is on average for normal
  digits, up or down (Nalisnick et al., 2019). An odd picture often gets a usual code.
- `relative`: the logarithm of the squared error over what is usual for a normal digit with as much
  ink and as long an outline, by a regression on normal training digits. A score that is judged
  against a picture's complexity is the idea of Serrà et al. (2020), there with a PNG's size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import Digits
from vae_core.evaluation import percentiles
from vae_core.models import Model
from vae_core.probability.protocols import Posterior
from vae_core.probability.shapes import Float

SCORES = ("relative", "squared-error", "elbo-floor", "elbo", "typicality")
DRAWS = 4
"""Of each posterior, for -ELBO: an average over many pictures needs no more."""

FITTED = 1000
"""Normal digits that say what is usual; more change nothing but the time."""

BATCH = 250
RIDGE = 1e-6
LEAST_ERROR = 1e-3
"""Added to squared errors, in squared ink: a blank picture may have none at all."""


@dataclass(frozen=True)
class Detector:
    """A model, and what is usual for the digits that are normal to it.

    `usual` (3,) are the weights of the regression behind `relative`, `typical` the mean of
    -log p(z) in nats.
    """

    model: Model
    usual: Float[Tensor, " features"]
    typical: float


def fit(model: Model, normal: Digits, seed: int = 0) -> Detector:
    """Learn what is usual from normal training digits, at most 1,000 of them."""
    digits = normal.drawn(min(FITTED, len(normal)), seed)
    errors: list[Tensor] = []
    lengths: list[Tensor] = []
    with runtime.eval_mode(model):
        for x in _batches(model, digits):
            mean = model.encode(x).mean
            errors.append(squared_error(model, x, mean).cpu())
            lengths.append(code_length(model, mean).cpu())
    features = complexity(digits.floats()).double()
    target = torch.cat(errors).double().log()
    # Pictures that all have the same ink leave the weights open; the smallest ones are taken.
    ridge = RIDGE * len(features) * torch.eye(features.shape[1], dtype=features.dtype)
    usual = runtime.solve(features.T @ features + ridge, features.T @ target[:, None])[:, 0]
    return Detector(model, usual.float(), float(torch.cat(lengths).double().mean()))


def scores(detector: Detector, digits: Digits) -> Mapping[str, Float[Tensor, " n"]]:
    """Every score of every digit, each (n,), on the CPU; a deterministic model has no -ELBO."""
    parts: dict[str, list[Tensor]] = {}
    with runtime.eval_mode(detector.model):
        for x in _batches(detector.model, digits):
            for name, values in _scores(detector, x).items():
                parts.setdefault(name, []).append(values.double().cpu())
    return {name: torch.cat(values) for name, values in parts.items()}


def squared_error(
    model: Model, x: Float[Tensor, "b 1 28 28"], z: Float[Tensor, "b d"]
) -> Float[Tensor, " b"]:
    """The summed squared error of x rebuilt from z, (b,), in squared ink, never 0."""
    return (model.decode(z).mean - x).square().sum((1, 2, 3)) + LEAST_ERROR


def code_length(model: Model, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
    """-log p(z), (b,), in nats."""
    return -model.log_prior(z)


def complexity(x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 3"]:
    """1, and the logarithms of the ink of x (b, 1, 28, 28) and of its outline, (b, 3).

    Ink is counted in white pixels, the outline in steps from black to white between neighbours.
    """
    ink = x.sum((1, 2, 3))
    across, down = x.diff(dim=3).abs().sum((1, 2, 3)), x.diff(dim=2).abs().sum((1, 2, 3))
    return torch.stack((torch.ones_like(ink), ink.log1p(), (across + down).log1p()), 1)


def _scores(detector: Detector, x: Tensor) -> dict[str, Tensor]:
    model, q = detector.model, detector.model.encode(x)
    error = squared_error(model, x, q.mean)
    expected = complexity(x) @ detector.usual.to(x.device)
    found = {
        "relative": error.log() - expected,
        "squared-error": error,
        "typicality": (code_length(model, q.mean) - detector.typical).abs(),
    }
    if model.config.is_variational:
        found["elbo"] = _cost(model, x, q)
        found["elbo-floor"] = found["elbo"] - percentiles.floor(model, x)
    return found


def _cost(model: Model, x: Tensor, q: Posterior) -> Tensor:
    """-ELBO of x (b, 1, 28, 28), (b,), with the same noise for every picture."""
    z = percentiles.codes(q, percentiles.noise(model.latent_dim)[:DRAWS])
    spent = percentiles.rate(model, q, z)
    assert spent is not None
    return spent - model.decode(z).log_prob(x).mean(0)


def _batches(model: Model, digits: Digits) -> list[Tensor]:
    device = next(model.parameters()).device
    starts = range(0, len(digits), BATCH)
    return [digits.floats(slice(start, start + BATCH)).to(device) for start in starts]
