"""Semi-supervised learning (Kingma et al., 2014): a few labels name all digits.

M1 of the paper works on codes that were learnt without labels. `propagation` spreads the labels
over the graph of nearest codes, and a new digit is what its nearest training digits became; `svm`
is a support vector machine on the labelled codes alone. `m1+m2` trains M2, a VAE with the class as
a latent, on those codes; `m2` trains it on pixels, and takes nothing of the model but its name.

The settings of the graph were chosen on training digits kept out
(`label vae-flow --hold-out 2000 --data DIR`), those of M2 on codes also by a seed that is not
reported (`--hold-out 5000 --seeds 100`), those of M2 on pixels among five trials of one such seed
each; the machine's C was not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from vae_core import checkpoint, runtime
from vae_core.config import Config
from vae_core.data.digits import Digits, hold_out, permutation
from vae_core.data.shipped import shipped
from vae_core.probability.shapes import Int
from vae_core.uses import codes as kept
from vae_core.uses import m2_training, propagation, search
from vae_core.uses.codes import Codes
from vae_core.uses.m2 import M2
from vae_core.uses.propagation import CLASSES

Guess = Callable[[Tensor, Tensor, int], Tensor]
"""From rows of labelled digits, their labels and a seed to the labels of other digits."""


@dataclass(frozen=True)
class Method:
    """A way to name the digits `others` by a few labels of `known`, prepared once for all seeds."""

    prepare: Callable[[Tensor, Tensor, torch.device], Guess]
    on_pixels: bool = False


def _by_propagation(known: Tensor, others: Tensor, _: torch.device) -> Guess:
    ties = propagation.graph(known)

    def guess(rows: Tensor, labels: Tensor, _: int) -> Tensor:
        return propagation.named(ties, propagation.propagated(ties, rows, labels), others)

    return guess


def _by_svm(known: Tensor, others: Tensor, _: torch.device) -> Guess:
    space = propagation.whitening(known)
    known, others = known @ space, others @ space
    return lambda rows, labels, _: propagation.by_svm(known[rows], labels, others)


def _by_m2_of_codes(known: Tensor, others: Tensor, device: torch.device) -> Guess:
    space = propagation.whitening(known)
    known, others = known @ space, others @ space
    middle, scale = known.mean(0), known.std(0).mean()
    known, others = (known - middle) / scale, (others - middle) / scale
    return _by_m2(known, others, device, m2_training.CODES, binary=False)


def _by_m2_of_pixels(known: Tensor, others: Tensor, device: torch.device) -> Guess:
    return _by_m2(known, others, device, m2_training.PIXELS, binary=True)


def _by_m2(
    known: Tensor, others: Tensor, device: torch.device, plan: m2_training.Plan, *, binary: bool
) -> Guess:
    def guess(rows: Tensor, labels: Tensor, seed: int) -> Tensor:
        with runtime.seeded(seed):
            model = M2(known.shape[1], binary=binary).to(device)
        m2_training.fit(model, known, rows, labels, plan, seed)
        return m2_training.named(model, others)

    return guess


METHODS = {
    "propagation": Method(_by_propagation),
    "svm": Method(_by_svm),
    "m1+m2": Method(_by_m2_of_codes),
    "m2": Method(_by_m2_of_pixels, on_pixels=True),
}
DEFAULT = "propagation"


def chosen(labels: Int[Tensor, " n"], count: int, seed: int) -> Int[Tensor, " k"]:
    """Rows of as many digits of each class, drawn by a seed.

    Raises:
        ValueError: `count` is no multiple of ten, or a class has too few digits.
    """
    each, rest = divmod(count, CLASSES)
    if rest or not each:
        raise ValueError(f"labels is {count}; it must be a multiple of {CLASSES}.")
    order = permutation(len(labels), seed)
    found = [order[labels[order] == label][:each] for label in range(CLASSES)]
    if min(map(len, found)) < each:
        raise ValueError(f"labels is {count}, more than there are digits of some class.")
    return torch.cat(found)


def check(config: Config, method: str) -> None:
    """Refuse an unknown method, and codes that were learnt with labels.

    Raises:
        ValueError: either.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; it must be one of {', '.join(METHODS)}.")
    if config.takes_labels and not METHODS[method].on_pixels:
        raise ValueError(f"{config.name} was trained with all labels: its codes know them already.")


def evaluate(
    name: str | Path,
    *,
    labels: int = 100,
    method: str = DEFAULT,
    seeds: Sequence[int] = range(10),
    data: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    hold_out: int | None = None,
) -> dict[str, object]:
    """The accuracy on test digits, of so many labels for the 60,000 training digits.

    Args:
        name: the checkpoint.
        labels: of how many training digits, as many of each class.
        method: one of `METHODS`.
        seeds: each draws the digits whose labels are given.
        data, download: see `load_mnist`; needed where no codes lie beside the weights.
        device: of the encoder, and of M2.
        hold_out: so many training digits, kept out of the graph, instead of test digits.

    Returns:
        `accuracy`, its standard error over the seeds, and the accuracy of each.

    Raises:
        ValueError: an argument, the checkpoint or the data cannot be used.
    """
    folder = checkpoint.resolve(name)
    config = checkpoint.read_config(folder)
    check(config, method)
    train, place = search.training_digits(data, download=download), runtime.choose_device(device)
    on_pixels = METHODS[method].on_pixels
    known, test = _pixels(train, hold_out) if on_pixels else _codes(folder, train, place, hold_out)
    found = _accuracies(known, test, labels, method, seeds, place)
    sem = float(np.std(found, ddof=1)) / len(found) ** 0.5 if len(found) > 1 else None
    about = {"recipe": config.name, "method": method, "labels": labels, "seeds": list(seeds)}
    figures = {"accuracy": float(np.mean(found)), "accuracy_sem": sem, "accuracies": found}
    queries = "test" if hold_out is None else "held-out training"
    return {**about, **figures, "digits": len(test.labels), "queries": queries}


def _codes(
    folder: Path, train: Digits | None, device: torch.device, count: int | None
) -> tuple[Codes, Codes]:
    """Codes of the training digits and of the test digits, or of so many that are kept out."""
    model = checkpoint.load(folder, device)
    known = search.training_codes(folder, model, train, device)
    if count is None:
        return known, kept.encode(model, shipped("test"), device)
    return _without(known, count)


def _pixels(train: Digits | None, count: int | None) -> tuple[Codes, Codes]:
    """The pixels (n, 784) in [0, 1] in place of codes."""
    if train is None:
        raise ValueError("m2 learns from pixels; name the folder of MNIST with --data.")
    known, test = (
        Codes(each.floats().flatten(1), each.labels) for each in (train, shipped("test"))
    )
    return (known, test) if count is None else _without(known, count)


def _accuracies(
    known: Codes,
    test: Codes,
    labels: int,
    method: str,
    seeds: Sequence[int],
    device: torch.device,
) -> list[float]:
    chosen(known.labels, labels, 0)  # a mistake is said before the minute of the graph
    guess = METHODS[method].prepare(known.means, test.means, device)
    found: list[float] = []
    for seed in tqdm(seeds, desc=method, unit="seed"):
        rows = chosen(known.labels, labels, seed)
        guessed = guess(rows, known.labels[rows], seed)
        found.append(float((guessed == test.labels).double().mean()))
    return found


def _without(known: Codes, count: int) -> tuple[Codes, Codes]:
    """The codes without those of `count` digits, and these."""
    places = torch.arange(len(known.labels))
    rest, held = hold_out(Digits(places, known.labels, places), count)
    return known.at(rest.places), known.at(held.places)
