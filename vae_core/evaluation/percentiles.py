"""Where one picture stands among the test digits: by distortion, rate, -ELBO and code length.

All is measured on grey pixels with the same few draws of noise, so that a test digit measured
again is given back its own rank. The quantiles lie in `reference.safetensors` beside the weights;
`python -m vae_core.evaluation.percentiles` makes those files again.

A grey pixel costs a Bernoulli its entropy however well it is foretold, so that a plain -ELBO ranks
pictures by how grey their ink is. That floor, the picture's own, is taken off before ranking.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core import checkpoint, files, runtime
from vae_core.checkpoint import examples
from vae_core.data import add_arguments
from vae_core.data.digits import Digits
from vae_core.models import Autoencoder, Model
from vae_core.probability import likelihoods
from vae_core.probability.latents import DiagonalGaussian
from vae_core.probability.protocols import Posterior
from vae_core.probability.shapes import Float, Int

FILE = "reference.safetensors"
DRAWS = 32
"""Draws of z behind every measure: their mean is good to about 0.7 nats (vae-400)."""

QUANTILES = 1001
BATCH = 10
"""Digits at a time: their draws stay in a core's cache, which halves the time."""

PLACED = "grey, less their entropy"
"""What the ladders count; a file that says otherwise was made by another rule."""

Shares = dict[str, float | None]


def noise(dim: int) -> Float[Tensor, "draws {dim}"]:
    """The eps (DRAWS, dim) that measures every picture, drawn on the CPU for all devices."""
    return torch.randn(DRAWS, dim, generator=torch.Generator().manual_seed(0))


def codes(q: Posterior, eps: Float[Tensor, "k d"]) -> Float[Tensor, "k b d"]:
    """mean + sigma eps, (k, b, d), for q(z|x) of b pictures and eps (k, d).

    A deterministic model gives its one code k times.
    """
    return q.at(eps.to(q.mean.device)[:, None])


def rate(
    model: Model,
    q: Posterior,
    z: Float[Tensor, "k b d"],
    y: Int[Tensor, " b"] | None = None,
) -> Float[Tensor, " b"] | None:
    """KL(q || p) of b pictures in nats, (b,): exact where the prior factorises.

    Else it is the mean over the draws z (k, b, d), from p(z|y) under labels y (b,). Of a
    deterministic model it is what its code costs, None where a code has no probability.
    """
    if isinstance(model, Autoencoder):
        return model.rate(z[0])
    if not isinstance(q, DiagonalGaussian):
        return None
    if model.prior.factorises:
        return q.kl().sum(-1)
    return (q.log_prob(z) - model.log_prior(z, y if y is None else y.expand(z.shape[:-1]))).mean(0)


def costs(model: Model, x: Float[Tensor, "b 1 28 28"]) -> dict[str, Float[Tensor, " b"]]:
    """Distortion, rate and their sum, -ELBO, in nats for x (b, 1, 28, 28), each (b,).

    A deterministic model has a distortion alone.
    """
    return _costs(model, model.encode(x), x)


def _costs(model: Model, q: Posterior, x: Tensor) -> dict[str, Tensor]:
    z = codes(q, noise(model.latent_dim))
    distortion = -model.decode(z).log_prob(x).mean(0)
    spent = rate(model, q, z)
    if spent is None:
        return {"distortion": distortion}
    return {"distortion": distortion, "rate": spent, "cost": distortion + spent}


def floor(model: Model, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, " b"]:
    """What the pixels of x (b, 1, 28, 28) cost at least, in nats, (b,).

    Under a Bernoulli that is the entropy of the grey values; a density and the 256 levels know no
    such floor: zero.
    """
    if not likelihoods.get(model.config.likelihood).takes_binary:
        return x.new_zeros(len(x))
    return -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x)).sum((1, 2, 3))


def placed(
    model: Model, x: Float[Tensor, "b 1 28 28"], y: Int[Tensor, " b"] | None = None
) -> dict[str, Float[Tensor, " b"]]:
    """What x (b, 1, 28, 28) is ranked by, each (b,): `costs` less `floor`, and `length`.

    `length` is the distance of the code, or of the posterior mean, from 0 in units of the sliders:
    under its label y (b,) where the prior takes labels.
    """
    q = model.encode(x)
    known = _costs(model, q, x)
    least = floor(model, x)
    above = {key: v if key == "rate" else v - least for key, v in known.items()}
    label = y if model.config.labelled_prior else None
    return {**above, "length": runtime.lengths(model.to_sliders(q.mean, label))}


@dataclass(frozen=True)
class Percentiles:
    """Quantiles of what `placed` says of many digits: evenly spaced ranks, sorted."""

    quantiles: dict[str, NDArray[np.float32]]

    def share_below(self, key: str, value: float) -> float | None:
        """The share of the digits, 0 to 1, that cost less; None where it was not measured."""
        if key not in self.quantiles:
            return None
        ladder = self.quantiles[key]
        low, high = (np.searchsorted(ladder, value, side) for side in ("left", "right"))
        if low < high:  # on a step of the ladder
            return float((low + high - 1) / 2 / (len(ladder) - 1))
        return float(np.interp(value, ladder, np.linspace(0, 1, len(ladder))))

    def shares_below(self, values: dict[str, float | None]) -> Shares:
        """`share_below` of every measure in `values`; None where there is none."""
        return {
            key: None if value is None else self.share_below(key, value)
            for key, value in values.items()
        }

    @property
    def medians(self) -> Shares:
        """The medians, in nats above the floor; of `length` in units of the sliders."""
        return {key: float(ladder[len(ladder) // 2]) for key, ladder in self.quantiles.items()}

    def lengths(self, shares: Sequence[float]) -> list[float]:
        """The lengths of code that these shares of the digits, 0 to 1, stay below."""
        ladder = self.quantiles["length"]
        return np.interp(shares, np.linspace(0, 1, len(ladder)), ladder).tolist()


def measure(model: Model, digits: Digits, device: torch.device | str = "cpu") -> Percentiles:
    """The quantiles of all `digits`, as grey pixels, under a model in evaluation mode."""
    parts: dict[str, list[Tensor]] = {}
    with runtime.eval_mode(model):
        for start in range(0, len(digits), BATCH):
            rows = slice(start, start + BATCH)
            x, y = digits.floats(rows).to(device), digits.labels[rows].long().to(device)
            for key, value in placed(model, x, y).items():
                parts.setdefault(key, []).append(value.double().cpu())
    ranks = np.linspace(0, 1, QUANTILES)
    return Percentiles(
        {
            key: np.quantile(torch.cat(values).numpy(), ranks).astype(np.float32)
            for key, values in parts.items()
        }
    )


def write(folder: Path, percentiles: Percentiles) -> None:
    """Save beside the weights, with their checksum: those of other weights would be wrong.

    Raises:
        ValueError: the folder cannot be written.
    """
    tensors = {key: runtime.from_array(ladder) for key, ladder in percentiles.quantiles.items()}
    facts = {
        "pixels": PLACED,
        "draws": str(DRAWS),
        "weights": files.fingerprint(folder / checkpoint.WEIGHTS),
    }
    files.write_tensors(folder / FILE, tensors, facts)


def read(folder: Path) -> Percentiles | None:
    """The quantiles in a checkpoint folder; None where there are none for these weights."""
    path = folder / FILE
    if not path.is_file():
        return None
    facts = files.safetensors_metadata(path)
    weights = files.fingerprint(folder / checkpoint.WEIGHTS)
    expected = {"pixels": PLACED, "draws": str(DRAWS), "weights": weights}
    if any(facts.get(key) != value for key, value in expected.items()):
        return None
    return Percentiles({key: value.numpy() for key, value in files.read_tensors(path).items()})


def rebuild(
    data: str | Path | None,
    root: str | Path | None = None,
    names: Sequence[str] = (),
    *,
    download: bool = False,
) -> list[str]:
    """Measures the percentiles of checkpoints whose file is missing or does not fit any more.

    Args:
        data: folder that holds MNIST/raw and its cousins; None as for `data.load`.
        root: folder of checkpoint folders; None takes the shipped ones.
        names: which of them; all where there are none.
        download: fetch MNIST where it is missing.

    Returns:
        The names of those that were measured.
    """
    device = runtime.choose_device(None)
    folders = [checkpoint.resolve(name, root) for name in names] or checkpoint.shipped(root)
    stale = [folder for folder in folders if read(folder) is None]
    for folder in stale:
        print(folder.name, file=sys.stderr, flush=True)
        model = checkpoint.load(folder, device)
        where = examples.pictures(folder, model.config.dataset, data, download=download)
        write(folder, measure(model, where.split("test"), device))
    return [folder.name for folder in stale]


def main() -> None:
    """`python -m vae_core.evaluation.percentiles [--data DIR] [--checkpoints DIR] [NAME ...]`."""
    parser = argparse.ArgumentParser(description="Measure the percentiles that do not fit any more")
    add_arguments(parser.add_argument)
    parser.add_argument("--checkpoints", metavar="DIR", help="default: the shipped ones")
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all of them")
    arguments = parser.parse_args()
    options = (arguments.data, arguments.checkpoints, arguments.names)
    rebuild(*options, download=arguments.download)


if __name__ == "__main__":
    main()
