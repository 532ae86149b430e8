"""Crop one digit at high resolution: its ink as a clean soft mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.data.image_files import Picture, closer
from vae_core.digitize.detect import Find, Survey, region
from vae_core.digitize.filters import operations
from vae_core.digitize.illumination import Plane, ink_map, noise_of
from vae_core.digitize.mnist_frame import Ink, without_repetition
from vae_core.digitize.ruled_lines import NO_RULES, erased, rules_of

# A digit this long shows its strokes well enough; more only costs time.
LONGEST = 200
ENOUGH = 56
MARGIN = 0.4
# Strokes thinner than this, in pixels: their greys are coverage, not the blur of an edge.
THIN = 2.5
FAINTEST = 0.08
# At this share of the cut, ruled lines show whole.
FAINT = 0.5


@dataclass(frozen=True)
class Crop:
    """One digit cut out and cleaned.

    Attributes:
        plane: luminance of the cutting, (h, w), 0 to 255.
        ink: soft mask of the digit alone, (h, w), 0 to 1.
        threshold: share of the ink's strength above which a pixel counted as ink.
        rules: how many ruled lines were dropped here.
        clean: whether the ground is flat, so that grey levels could be kept as they are.
    """

    plane: Plane
    ink: Ink
    threshold: float
    rules: int
    clean: bool


def crop_of(picture: Picture, survey: Survey, find: Find, threshold: float | None) -> Crop:
    """Cut the digit out of the best resolution there is, and separate its ink."""
    plane, place, ratio = _cut(picture, survey, find)
    mine = _carried(region(survey, find), place, plane.shape)
    ink, _ = ink_map(plane, survey.dark, max(3.0, survey.guess.window * ratio))
    inside = _spread_out(mine, max(1, round(1.5 * ratio)))
    middle, spread = noise_of(ink[~inside]) if (~inside).any() else (0.0, 0.0)
    strong = ink[inside]
    peak = float(np.percentile(strong[strong >= min(survey.level, strong.max())], 90))
    if peak < 1e-3:
        raise ValueError("Nothing drawn: the ink vanishes when looked at closely.")
    # Ink without noise around it is a drawing: its greys are anti-aliasing and stay.
    clean = threshold is None and _quiet(ink[~inside], peak)
    floor = middle + 4 * spread
    width = max(2.0, find.width * ratio)
    plain = np.clip(ink / (max(float(ink.max()), 1e-6) if clean else peak), 0, 1)
    share, mask, cut, rules = _separated(survey, plain, inside, floor / peak, threshold, width)
    if not clean and threshold is None:
        even = _evened(ink, peak, floor, width)
        other = _separated(survey, even, inside, floor / peak, threshold, width)
        if not _cluttered(other[1], mask):
            share, mask, cut, rules = other
    soft = _soft(share, mask, cut, clean, rules > 0)
    if not clean and threshold is None and not rules and find.width * ratio < THIN:
        soft = np.maximum(soft, _covered(plain, mine, max(FAINTEST, floor / peak)))
    return Crop(plane, without_repetition(soft) if clean else soft, cut, rules, clean)


def _covered(share: Plane, mine: NDArray[np.bool_], faintest: float) -> Ink:
    """The ink of strokes about a pixel wide: all above the noise that touches the digit's own.

    A cut through the middle of the greys would break them, and drop the links as specks.
    """
    labels, _ = operations().label(share > faintest, np.ones((3, 3)))
    own = np.unique(labels[mine])
    own_ink = np.isin(labels, own[own > 0])
    return np.where(own_ink, np.clip((share - faintest) / (1 - faintest), 0, 1), 0).astype(
        np.float32
    )


def _separated(
    survey: Survey, share: Plane, inside: NDArray[np.bool_], floor: float,
    threshold: float | None, width: float,
) -> tuple[Plane, NDArray[np.bool_], float, int]:  # fmt: skip
    """(share, mask of the digit, cut, dropped lines) for ink as a share of its strength."""
    cut = _cut_level(share[inside], floor, threshold)
    mask, rules = share > cut, NO_RULES
    if survey.rules:
        faint = rules_of(share > max(floor, FAINT * cut))
        rules = max(rules_of(mask), faint.drawn, key=len)
        mask = erased(mask, rules)
    return share, _kept(mask, inside, width), cut, len(rules)


def _cluttered(mask: NDArray[np.bool_], sure: NDArray[np.bool_]) -> bool:
    """Whether fainter ink adds lines or stains to a digit rather than strokes."""
    if mask.sum() > 1.8 * sure.sum():
        return True
    return _on_border(mask) > _on_border(sure)


def _on_border(mask: NDArray[np.bool_]) -> int:
    return sum(int(side.any()) for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))


def _quiet(outside: NDArray[np.floating], peak: float) -> bool:
    return not outside.size or float(np.quantile(outside, 0.98)) < 0.008 * peak


def _cut(
    picture: Picture, survey: Survey, find: Find
) -> tuple[Plane, tuple[float, float, float, float], float]:
    """The cutting, its place in the survey, and its pixels per survey pixel."""
    height, width = survey.ink.shape
    full = picture.size[0] / width
    room = MARGIN * find.longest + 2
    place = (
        max(0.0, find.box[0] - room), max(0.0, find.box[1] - room),
        min(float(width), find.box[2] + room), min(float(height), find.box[3] + room),
    )  # fmt: skip
    image = picture.image
    held = image.width / width
    if held < full and held * find.longest < ENOUGH:
        scale = min(full, LONGEST / find.longest)
        image = closer(picture, scale / full)
        held = image.width / width
    ratio = min(held, max(1.0, LONGEST / find.longest))
    box = (
        int(place[0] * held), int(place[1] * held),
        min(image.width, int(np.ceil(place[2] * held))),
        min(image.height, int(np.ceil(place[3] * held))),
    )  # fmt: skip
    cutting = image.crop(box).convert("L")
    if ratio < held:
        size = (
            max(1, round(cutting.width * ratio / held)),
            max(1, round(cutting.height * ratio / held)),
        )
        cutting = cutting.resize(size, Image.Resampling.BOX)
    return np.asarray(cutting, np.float32), _survey_place(box, held, width, height), ratio


def _survey_place(
    box: tuple[int, int, int, int], held: float, width: int, height: int
) -> tuple[float, float, float, float]:
    """A box of the held image in survey pixels, within the survey."""
    return (
        box[0] / held, box[1] / held, min(float(width), box[2] / held),
        min(float(height), box[3] / held),
    )  # fmt: skip


def _carried(
    mask: NDArray[np.bool_], place: tuple[float, float, float, float], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """A mask of the survey, cut at `place` and brought to the cutting's pixels."""
    image = Image.fromarray(mask.astype(np.uint8) * np.uint8(255))
    size = (shape[1], shape[0])
    return np.asarray(image.resize(size, Image.Resampling.NEAREST, box=place)) > 0


def _spread_out(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    ndimage = operations()
    return ndimage.maximum_filter(mask, 2 * reach + 1)


def _evened(ink: Plane, peak: float, floor: float, width: float) -> Plane:
    """Ink as a share of the pen's strength nearby, so that light pressure is ink too."""
    ndimage = operations()
    reach = 2 * round(width) + 1
    near = ndimage.uniform_filter(ndimage.maximum_filter(ink, reach), reach)
    return np.clip(ink / np.clip(near, max(0.45 * peak, 2 * floor), peak), 0, 1)


def _cut_level(shares: Plane, floor: float, threshold: float | None) -> float:
    """Otsu's cut between paper and ink, within reason, or the level asked for."""
    if threshold is not None:
        return float(threshold)
    # By hand: skimage.filters.threshold_otsu takes as long (0.7 ms for 150,000 pixels), and would
    # be all that the base install needs scikit-image for.
    counts, edges = np.histogram(shares, 64, (0.0, 1.0))
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts), counts.sum()
    mass = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mass[-1] * below / total - mass) ** 2 / (below * (total - below))
    best = int(np.nanargmax(np.where(np.isfinite(between), between, -1)))
    return float(np.clip(edges[best + 1], max(0.3, min(floor, 0.6)), 0.6))


def _kept(mask: NDArray[np.bool_], inside: NDArray[np.bool_], width: float) -> NDArray[np.bool_]:
    """The pieces that the survey saw as this digit, without specks."""
    ndimage = operations()
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    common = np.bincount(labels.ravel(), inside.ravel(), count + 1)
    keep = (common >= 0.5 * areas) & (areas >= max(2.0, 0.3 * width * width))
    keep[0] = False
    if not keep.any():
        keep = common == common[1:].max() if count else keep
        keep[0] = False
    return keep[labels]


def _soft(share: Plane, mask: NDArray[np.bool_], cut: float, clean: bool, ruled: bool) -> Ink:
    """The digit's ink with soft edges."""
    ndimage = operations()
    if clean and not ruled:
        labels, count = ndimage.label(share > 0.004, np.ones((3, 3)))
        mine = np.zeros(count + 1, bool)
        mine[np.unique(labels[mask])] = True
        mine[0] = False
        return np.where(mine[labels], share, 0).astype(np.float32)
    steep = np.clip((share - cut) / 0.4 + 0.5, 0, 1)
    near = mask if ruled else _spread_out(mask, 1)
    return np.where(near, steep, 0).astype(np.float32)
