"""What the shipped family is held to, as a table.

    python tests/benchmarks/bench_family.py --data DIR

Each row says what was asked, what the shipped checkpoints give, and how it was found: on all
10,000 test digits where nothing else is said. A checkpoint that is not there leaves its row out.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch

from vae_core import checkpoint, evaluation, files
from vae_core.data.digits import Digits, load_mnist
from vae_core.evaluation import family
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Autoencoder
from vae_core.probability.likelihoods.discretized_logistic import DiscretizedLogistic

Row = tuple[str, str, str]


def metrics(name: str) -> dict[str, Any]:
    return files.read_json(checkpoint.resolve(name) / checkpoint.METRICS)


def pca(train: Digits, test: Digits) -> Iterator[Row]:
    """The linear autoencoder against scikit-learn's PCA of the same size."""
    model = checkpoint.load("ae-linear")
    found = family.fit_pca(model, train, test)  # type: ignore[arg-type]
    excess = 100 * (found.linear_mse / found.mse - 1)
    yield "ae-linear, largest principal angle to PCA", "<= 1 degree", f"{found.angles.max():.2f}"
    yield "the same, squared error above PCA's", "<= 0.5 %", f"{excess:.3f} %"


def denoising(_: Digits, test: Digits) -> Iterator[Row]:
    """Each denoising autoencoder on its own corruption against the plain one of the same size."""
    plain = checkpoint.load("ae")
    for name in ("dae-gaussian", "dae-masking", "dae-salt-pepper"):
        model = checkpoint.load(name)
        own = model.config.corruption
        assert own is not None
        mine, theirs = (evaluation.repair_error(m, test, own) for m in (model, plain))
        shown = f"{mine / theirs:.2f} ({mine:.4f} / {theirs:.4f})"
        yield f"{name} on {own.kind} {own.level:g}, squared error of plain ae's", "<= 0.6", shown


def sparse(train: Digits, test: Digits) -> Iterator[Row]:
    """What a linear classifier makes of k-sparse codes, and of codes of four times as many units.

    Makhzani and Frey (2014) encode for a classifier with more units than they train with.
    """
    error = 100 * metrics("sae-topk")["probe_error"]
    yield "sae-topk, linear classifier on the codes, error", "<= 1.5 %", f"{error:.2f} %"
    model = checkpoint.load("sae-topk")
    assert isinstance(model, Autoencoder)
    assert model.topk is not None
    model.topk *= 4
    known, asked = (posterior_means(model, digits) for digits in (train, test))
    error = 100 * evaluation.probe_error(known, train.labels, asked, test.labels, sparse=True)
    yield "the same, four times as many units speaking", "", f"{error:.2f} %"


def contractive(_: Digits, __: Digits) -> Iterator[Row]:
    """The contractive encoder against its plain twin."""
    mine, twin = metrics("cae"), metrics("ae-sigmoid")
    ratio = mine["jacobian_norm"] / twin["jacobian_norm"]
    errors = f"{100 * mine['knn_error']:.2f} % / {100 * twin['knn_error']:.2f} %"
    yield "cae, mean Jacobian norm of its plain twin's (500 digits)", "<= 0.5", f"{ratio:.2f}"
    yield "the same, 5-NN error", "equal or better", errors


def logistic(_: Digits, __: Digits) -> Iterator[Row]:
    """The 256 masses of the discretized logistic, and the bits that its model needs."""
    levels = torch.arange(256).double() / 255
    worst = 0.0
    for location in (0.0, 0.31, 1.0):
        for log_scale in (-7.0, -3.0, 1.0):
            p = DiscretizedLogistic(torch.tensor(location), torch.tensor(log_scale))
            worst = max(worst, abs(float(p.log_mass(levels).exp().sum()) - 1))
    yield "discretized logistic, sum of the bins away from 1", "<= 1e-6", f"{worst:.0e}"
    yield "vae-logistic, bits a pixel", "printed", f"{metrics('vae-logistic')['bits_per_dim']:.3f}"


def collapse(_: Digits, __: Digits) -> Iterator[Row]:
    """Active units of one set-up that collapses, without and with each cure."""
    base = metrics("vae-collapsed")["active_units"]
    for name in ("vae-annealed", "vae-cyclical", "vae-freebits"):
        shown = f"{metrics(name)['active_units']} ({base} without)"
        yield f"{name}, active units", "more than without", shown


def tighter(_: Digits, __: Digits) -> Iterator[Row]:
    """Each importance-weighted bound better than the one before."""
    names = ("vae-burda", "iwae-5", "iwae-50")
    found = [metrics(name) for name in names]
    values = [math.nan if m["nll"] is None else m["nll"] for m in found]
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        gain = "" if i == 0 else f" ({values[i - 1] - value:.2f} better)"
        samples = found[i]["importance_samples"]
        yield f"{name}, NLL, {samples} samples", "0.5 better each", f"{value:.2f}{gain}"


def autoregressive(_: Digits, __: Digits) -> Iterator[Row]:
    """The pixel-by-pixel decoder: a low NLL, with a z that still speaks."""
    found = metrics("vae-pixelcnn")
    nll = "" if found["nll"] is None else f"{found['nll']:.2f}"
    count = f"{found['importance_samples']} samples, {found['n_images']} digits"
    yield f"vae-pixelcnn, NLL, {count}", "<= 81", nll
    yield "the same, rate", "> 5 nats", f"{found['rate']:.2f}"


PARTS: tuple[Callable[[Digits, Digits], Iterator[Row]], ...] = (
    pca,
    denoising,
    sparse,
    contractive,
    logistic,
    collapse,
    tighter,
    autoregressive,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True)
    train, test = (load_mnist(split, parser.parse_args().data) for split in ("train", "test"))
    print("| what | asked | measured |\n|---|---|---|")
    for part in PARTS:
        try:
            for row in part(train, test):
                print("| " + " | ".join(row) + " |", flush=True)
        except ValueError as missing:
            print(f"| {part.__name__} | | not there: {missing} |", flush=True)


if __name__ == "__main__":
    main()
