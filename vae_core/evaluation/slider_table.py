"""What the sliders of a model do to real digits: does the digit stay, does the trait move?

Each test digit is encoded under its own label, one slider is moved from one end to the other, and
every picture on the way is read by a classifier that chose no slider.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import Digits
from vae_core.explore import traits
from vae_core.explore.traits import Floats
from vae_core.models import Model
from vae_core.probability.shapes import Float, Int

REACH, POINTS = 1.5, 7
REACHED: list[float] = np.linspace(-REACH, REACH, POINTS).tolist()
"""Where a slider is put."""

CLASSES = 10

KEPT_FROM, RANK_FROM, MOVED_FROM = 0.85, 0.9, 0.5
"""What a slider must reach over training digits to bear the name of a trait."""

Reader = Callable[[Tensor], Tensor]
"""Pictures (n, 1, 28, 28) in [0, 1] -> the digits (n,) that a classifier takes them for."""


@dataclass(frozen=True, kw_only=True)
class SliderFigures:
    """One slider over many digits.

    `kept` is the share of the digits that are read as their own label at every point; `moved` the
    mean change of the trait from end to end, in standard deviations of that trait within a class;
    `rank` the median over digits of Spearman's correlation of the trait with the slider. Each with
    its standard error over the digits, but for the median.
    """

    trait: str
    kept: float
    kept_sem: float
    moved: float
    moved_sem: float
    rank: float


def sliders(
    model: Model,
    digits: Digits,
    read: Reader,
    named: Sequence[tuple[int, str, float]],
    *,
    device: torch.device | str = "cpu",
) -> list[SliderFigures]:
    """The figures of named sliders.

    Args:
        model: in evaluation mode, on `device`.
        digits: labelled digits that neither model nor names were chosen on.
        read: a classifier of the pictures.
        named: (dimension, trait, sign) of each; a negative sign says that the trait falls.
        device: where to compute.
    """
    spread = within_class_spread(digits)
    u, y = positions(model, digits, device)
    found: list[SliderFigures] = []
    for dim, trait, sign in named:
        ways = [_set(u, dim, value) for value in REACHED]
        change = spread[traits.TRAITS.index(trait)] * np.sign(sign)
        found.append(_figures(model, ways, y, read, trait, float(change)))
    return found


def steered(
    model: Model,
    digits: Digits,
    read: Reader,
    trait: str,
    direction: Floats,
    *,
    device: torch.device | str = "cpu",
) -> SliderFigures:
    """The figures of a direction (d,) that codes move along by -REACH to REACH of it.

    Arguments as for `sliders`.
    """
    u, y = positions(model, digits, device)
    step = runtime.from_array(direction).to(u)
    ways = [u + value * step for value in REACHED]
    spread = within_class_spread(digits)[traits.TRAITS.index(trait)]
    return _figures(model, ways, y, read, trait, float(spread))


def verified(
    model: Model,
    digits: Digits,
    read: Reader,
    names: Sequence[traits.Name | None],
    *,
    device: torch.device | str = "cpu",
) -> list[traits.Name | None]:
    """Of names that were taken from correlations, those that hold when the slider is moved.

    Arguments as for `sliders`; `names` are of all dimensions, None where there is none.
    """
    named = [(dim, name["trait"], name["r"]) for dim, name in enumerate(names) if name]
    kept: list[traits.Name | None] = [None] * len(names)
    for (dim, trait, r), found in zip(
        named, sliders(model, digits, read, named, device=device), strict=True
    ):
        if holds(found):
            about = {"kept": round(found.kept, 3), "moved": round(found.moved, 2)}
            kept[dim] = traits.Name(trait=trait, r=r, **about)
    return kept


def holds(found: SliderFigures) -> bool:
    """Whether what was moved deserves the name of the trait."""
    return found.kept >= KEPT_FROM and found.rank >= RANK_FROM and found.moved >= MOVED_FROM


def another_digit(
    model: Model, digits: Digits, read: Reader, device: torch.device | str = "cpu"
) -> tuple[float, float]:
    """The share of digits, each rewritten as 0 to 9 by the same hand, that are read as asked.

    Returns:
        The share and its standard error, over digits.
    """
    u, y = positions(model, digits, device)
    right = torch.stack(
        [read(decoded(model, u, torch.full_like(y, digit))) == digit for digit in range(CLASSES)]
    )
    each = right.double().mean(0)
    return float(each.mean()), float(each.std() / len(each) ** 0.5)


def positions(
    model: Model, digits: Digits, device: torch.device | str = "cpu"
) -> tuple[Float[Tensor, "n d"], Int[Tensor, " n"]]:
    """Where the sliders stand for each digit (n, d), and its label (n,)."""
    y = digits.labels.to(device).long()
    with runtime.eval_mode(model):
        mean = model.encode(digits.floats().to(device), *_label(model, y)).mean
        return model.to_sliders(mean, y if model.config.labelled_prior else None), y


def decoded(
    model: Model, u: Float[Tensor, "n d"], y: Int[Tensor, " n"]
) -> Float[Tensor, "n 1 28 28"]:
    """The mean pictures (n, 1, 28, 28) of slider positions under labels, on the CPU."""
    with runtime.eval_mode(model):
        parts = [
            model.decode(model.from_sliders(part, label), label).mean.float().cpu()
            for part, label in zip(runtime.pieces(u, 500), runtime.pieces(y, 500), strict=True)
        ]
    return torch.cat(parts).clamp(0, 1)


def within_class_spread(digits: Digits) -> Floats:
    """The standard deviation of each trait around its class's mean, (len(TRAITS),)."""
    measured = traits.measure(digits.images[:, 0].cpu().numpy())
    return traits.within_class(measured, digits.labels.numpy()).std(0)


def _label(model: Model, y: Tensor) -> tuple[Tensor, ...]:
    return (y,) if model.config.conditional else ()


def _set(u: Tensor, dim: int, value: float) -> Tensor:
    """u (n, d) with one slider at `value`."""
    moved = u.clone()
    moved[:, dim] = value
    return moved


def _figures(
    model: Model, ways: Sequence[Tensor], y: Tensor, read: Reader, trait: str, spread: float
) -> SliderFigures:
    """Of slider positions (n, d) one after the other; a negative spread: the trait falls."""
    kept = torch.ones(len(y), dtype=torch.bool)
    path: list[Floats] = []
    for moved in ways:
        pictures = decoded(model, moved, y)
        kept &= read(pictures) == y.cpu()
        grey = (pictures[:, 0] * 255).round().byte().numpy()
        path.append(traits.measure(grey)[:, traits.TRAITS.index(trait)])
    values = np.stack(path, 1)
    change = (values[:, -1] - values[:, 0]) / spread
    count = len(y)
    share = float(kept.double().mean())
    return SliderFigures(
        trait=trait,
        kept=share,
        kept_sem=(share * (1 - share) / count) ** 0.5,
        moved=float(change.mean()),
        moved_sem=float(change.std() / count**0.5),
        rank=float(np.median(np.sign(spread) * spearman(values))),
    )


def spearman(values: Floats) -> Floats:
    """Spearman's correlation of each row (n, k) with 0, 1, ..., k - 1; 0 where a row is flat."""
    from scipy.stats import rankdata  # imported here, since that takes half a second

    ranks = rankdata(values, axis=1)
    steps = int(values.shape[1])
    places = np.arange(steps, dtype=np.float64) - (steps - 1) / 2
    centred = ranks - ranks.mean(1, keepdims=True)
    scale = np.sqrt((centred**2).sum(1) * (places**2).sum())
    return np.divide(centred @ places, scale, out=np.zeros(len(values)), where=scale > 0)
