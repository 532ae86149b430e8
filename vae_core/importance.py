"""The importance-weighted bound on log p(x) (Burda et al., 2015), digit by digit, resumable."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from vae_core import checkpoint, runtime
from vae_core.data import Digits, binarise
from vae_core.latents import LOG_TWO_PI
from vae_core.models import VAE

CHUNK = 500
"""Latents decoded at once: the activations of so many stay in a core's cache."""

SAVE_EVERY_SECONDS = 30


def log_evidence(
    model: VAE,
    digits: Digits,
    samples: int,
    *,
    seed: int = 0,
    device: torch.device | str = "cpu",
    partial: Path | None = None,
    workers: int = 1,
) -> Iterator[Tensor]:
    """log 1/K sum_k p(x, z_k) / q(z_k|x) for each digit, on one draw of its binarisation.

    The noise of a digit depends on `seed` and on the digit's place in its split alone, so a
    slice, a resumed and a parallel run give each digit the same figure.

    Args:
        model: in evaluation mode, on `device`.
        digits: what to measure on.
        samples: K, 1 or more.
        seed: of the binarisation and of the importance samples.
        device: where to compute.
        partial: a file that keeps what is done; a later call with the same model and settings
            goes on from it.
        workers: Python threads, each computing on one core: threads that share one small
            operation would mostly wait for each other.

    Yields:
        Float64 (n,) in nats after every few digits, NaN where not yet known, at last complete.

    Raises:
        ValueError: `samples` is less than 1.
    """
    if samples < 1:
        raise ValueError(f"importance_samples is {samples}; it must be 1 or more.")
    device = torch.device(device)
    key = _key(model, digits, samples, seed)
    values = _load_partial(partial, key, len(digits))
    todo = values.isnan().nonzero().flatten().tolist()
    estimate = _estimator(model, samples, seed, device)
    saved = time.monotonic()
    with ThreadPoolExecutor(workers, initializer=_one_thread) as pool:
        for start in range(0, len(todo), 8 * workers):
            group = todo[start : start + 8 * workers]
            jobs = [(digits.places[i].item(), digits.floats(slice(i, i + 1))) for i in group]
            values[group] = torch.tensor(list(pool.map(estimate, jobs)), dtype=torch.float64)
            if partial is not None and time.monotonic() - saved > SAVE_EVERY_SECONDS:
                _save_partial(partial, key, values)
                saved = time.monotonic()
            yield values
    if partial is not None and todo:
        _save_partial(partial, key, values)
    if not todo:
        yield values


def log_weights(model: VAE, x: Tensor, mean: Tensor, logvar: Tensor, eps: Tensor) -> Tensor:
    """log p(x, z) - log q(z|x) at z = mean + exp(logvar / 2) eps, in nats.

    Args:
        model: the VAE.
        x: (1, 1, 28, 28).
        mean, logvar: (1, d).
        eps: (k, d), standard normal.

    Returns:
        (k,).
    """
    z = mean + torch.exp(0.5 * logvar) * eps
    log_q = -0.5 * (eps**2 + logvar + LOG_TWO_PI).sum(-1)
    return model.decode(z).log_prob(x) + model.prior.log_prob(z) - log_q


def _estimator(model: VAE, samples: int, seed: int, device: torch.device):
    """A function from (place, grey digit) to its bound in nats."""
    train = model.config.train
    compiled = train.compile and samples >= CHUNK
    weights = runtime.compile_if_possible(log_weights) if compiled else log_weights

    def estimate(job: tuple[int, Tensor]) -> float:
        place, grey = job
        noise = runtime.generator("cpu", seed, place, 4)
        x = binarise(grey, noise).to(device)
        with torch.inference_mode(), runtime.autocast(device, train.precision):
            q = model.encode(x)
            parts = [
                weights(model, x, q.mean, q.logvar, eps.to(device))
                for eps in torch.randn(samples, model.latent_dim, generator=noise).split(CHUNK)
            ]
            bound = torch.logsumexp(torch.cat(parts).double(), 0)
        return float(bound) - float(torch.tensor(samples, dtype=torch.float64).log())

    return estimate


def _one_thread() -> None:
    torch.set_num_threads(1)


def _key(model: VAE, digits: Digits, samples: int, seed: int) -> str:
    """What the figures depend on, as a text to compare."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    digest.update(digits.images.cpu().numpy().tobytes())
    return json.dumps({"sha256": digest.hexdigest(), "samples": samples, "seed": seed})


def _load_partial(path: Path | None, key: str, count: int) -> Tensor:
    nothing = torch.full((count,), torch.nan, dtype=torch.float64)
    if path is None or not path.is_file():
        return nothing
    if checkpoint.safetensors_metadata(path).get("key") != key:
        return nothing
    return checkpoint.read_tensors(path)["log_evidence"]


def _save_partial(path: Path, key: str, values: Tensor) -> None:
    checkpoint.write_tensors(path, {"log_evidence": values}, {"key": key})
