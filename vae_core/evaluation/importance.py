"""The importance-weighted bound on log p(x) (Burda et al., 2015), digit by digit, resumable."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context, parent_process
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae_core import files, runtime
from vae_core.data.digits import Digits, binarise
from vae_core.models import VAE
from vae_core.probability.latents import LOG_TWO_PI
from vae_core.probability.shapes import Float, Int

CHUNK = 500
"""Latents decoded at once: the activations of so many stay in a core's cache."""

GPU_CHUNK = 10_000
"""The same on a GPU, which few would leave waiting."""

SAVE_EVERY_SECONDS = 30


def log_evidence(
    model: VAE,
    digits: Digits,
    samples: int,
    *,
    seed: int = 0,
    partial: Path | None = None,
    workers: int = 1,
) -> Iterator[Tensor]:
    """log 1/K sum_k p(x, z_k) / q(z_k|x) for each digit, on one draw of its binarisation.

    The noise of a digit depends on `seed` and on the digit's place in its split alone, so a
    slice, a resumed and a parallel run give each digit the same figure.

    Args:
        model: in evaluation mode; it computes where it lies.
        digits: what to measure on.
        samples: K, 1 or more.
        seed: of the binarisation and of the importance samples.
        partial: a file that keeps what is done; a later call with the same model and settings
            goes on from it. Where it cannot be written, a warning says so and nothing is lost
            but that.
        workers: processes, each computing on one core: threads that share one small operation
            would mostly wait for each other, and compiled ones hold the interpreter's lock.

    Yields:
        Float64 (n,) in nats after every few digits, NaN where not yet known, at last complete.

    Raises:
        ValueError: `samples` is less than 1.
    """
    if samples < 1:
        raise ValueError(f"importance_samples is {samples}; it must be 1 or more.")
    return _estimates(model, digits, samples, seed, partial, workers)


def _estimates(
    model: VAE, digits: Digits, samples: int, seed: int, partial: Path | None, workers: int
) -> Iterator[Tensor]:
    key = _key(model, digits, samples, seed)
    values = _load_partial(partial, key, len(digits))
    todo = runtime.whole_numbers(values.isnan().nonzero().flatten())
    saved = time.monotonic()
    try:
        with _pool(workers, (model, samples, seed)) as pool:
            for start in range(0, len(todo), 8 * workers):
                group = todo[start : start + 8 * workers]
                jobs = [_job(model, digits, i) for i in group]
                values[group] = torch.tensor(list(pool.map(_work, jobs)), dtype=torch.float64)
                if partial is not None and time.monotonic() - saved > SAVE_EVERY_SECONDS:
                    partial = _save_partial(partial, key, values)
                    saved = time.monotonic()
                yield values
    finally:
        # Also where the caller is interrupted, or has seen enough.
        if partial is not None and todo:
            _save_partial(partial, key, values)
    if not todo:
        yield values


def log_weights(
    model: VAE,
    x: Float[Tensor, "1 1 28 28"],
    mean: Float[Tensor, "1 d"],
    logvar: Float[Tensor, "1 d"],
    eps: Float[Tensor, "k d"],
    y: Int[Tensor, "one=1"] | None = None,
) -> Float[Tensor, " k"]:
    """log p(x, z) - log q(z|x) at z = mean + exp(logvar / 2) eps, in nats.

    Args:
        model: the VAE.
        x: (1, 1, 28, 28).
        mean, logvar: (1, d).
        eps: (k, d), standard normal.
        y: the label (1,) for a conditional model.

    Returns:
        (k,).
    """
    z = mean + torch.exp(0.5 * logvar) * eps
    log_q = -0.5 * (eps**2 + logvar + LOG_TWO_PI).sum(-1)
    labels = None if y is None else y.expand(len(z))
    return model.decode(z, labels).log_prob(x) + model.log_prior(z, labels) - log_q


def estimate(
    model: VAE, image: Tensor, samples: int, noise: torch.Generator, y: Tensor | None = None
) -> float:
    """The bound in nats for one digit, image uint8 (1, 28, 28), binarised by one draw.

    A conditional model takes the label y (1,): the bound is on log p(x|y).
    """
    train = model.config.train
    device = next(iter(model.state_dict().values())).device
    chunk = CHUNK if device.type == "cpu" else GPU_CHUNK
    weights = _weights(samples >= CHUNK)  # twice as fast, after a quarter of a minute to compile
    x = binarise(image[None].float() / 255, noise).to(device)
    label = () if y is None else (y.to(device),)
    with torch.inference_mode(), runtime.autocast(device, train.precision):
        q = model.encode(x, *label)
        drawn = torch.randn(samples, model.latent_dim, generator=noise)
        parts = [
            weights(model, x, q.mean, q.logvar, eps.to(device), *label)
            for eps in runtime.pieces(drawn, chunk)
        ]
    return float(torch.logsumexp(torch.cat(parts).double(), 0)) - math.log(samples)


@functools.cache
def _weights(compiled: bool) -> Callable[..., Tensor]:
    return runtime.compile_if_possible(log_weights) if compiled else log_weights


_worker = threading.local()
"""What a worker was started with: (model, samples, seed)."""


def _pool(workers: int, task: tuple[VAE, int, int]) -> Executor:
    """One thread of this process, or `workers` processes of their own."""
    if workers == 1:
        return ThreadPoolExecutor(1, initializer=_start, initargs=task)
    return ProcessPoolExecutor(workers, get_context("spawn"), _start_process, task)


def _start_process(model: VAE, samples: int, seed: int) -> None:
    # Ctrl+C reaches the whole group; the parent decides, and keeps what is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _start(model, samples, seed)


def _leave_with_parent() -> None:
    """Without this, the processes of a parent that was killed would wait for work for ever."""
    parent = parent_process()
    assert parent, "this is for a process of a pool"
    parent.join()
    os._exit(1)


def _start(model: VAE, samples: int, seed: int) -> None:
    torch.set_num_threads(1)
    _worker.task = (model, samples, seed)


def _job(model: VAE, digits: Digits, i: int) -> tuple[int, np.ndarray, int | None]:
    """Place, image and, for a conditional model, label, as a process can be sent them."""
    label = int(digits.labels[i]) if model.config.conditional else None
    return int(digits.places[i]), digits.images[i].numpy(), label


def _work(job: tuple[int, np.ndarray, int | None]) -> float:
    place, image, label = job
    model, samples, seed = _worker.task
    noise = runtime.generator("cpu", seed, place, 4)
    y = None if label is None else torch.tensor([label])
    return estimate(model, runtime.from_array(image), samples, noise, y)


def _key(model: VAE, digits: Digits, samples: int, seed: int) -> str:
    """What the figures depend on, as a text to compare."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    digest.update(digits.images.cpu().numpy().tobytes())
    return json.dumps({"sha256": digest.hexdigest(), "samples": samples, "seed": seed})


def _load_partial(path: Path | None, key: str, count: int) -> Tensor:
    """What is known of `count` digits, NaN where nothing is: also where the file is damaged."""
    nothing = torch.full((count,), torch.nan, dtype=torch.float64)
    if path is None or not path.is_file():
        return nothing
    try:
        if files.safetensors_metadata(path).get("key") != key:
            return nothing
        values = files.read_tensors(path).get("log_evidence", nothing)
    except ValueError:
        return nothing
    return values if values.shape == nothing.shape else nothing


def _save_partial(path: Path, key: str, values: Tensor) -> Path | None:
    """Keeps what is done; None, so that it is not tried again, where the file cannot be written."""
    try:
        files.write_tensors(path, {"log_evidence": values}, {"key": key})
    except ValueError as error:
        warnings.warn(f"what is done is not kept: {error}", stacklevel=3)
        return None
    return path
