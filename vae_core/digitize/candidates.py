"""What a picture shows, judged: which marks are digits, and whether any are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from vae_core.data.image_files import Picture
from vae_core.digitize import detect as first_look
from vae_core.digitize.contest import best_look
from vae_core.digitize.crop import Crop, crop_of
from vae_core.digitize.detect import LONGEST, Find, Survey
from vae_core.digitize.illumination import Plane
from vae_core.digitize.judge import not_a_digit
from vae_core.digitize.likeness import roughness
from vae_core.digitize.mnist_frame import BOX, frame, has_greys, ink_box
from vae_core.digitize.regroup import thumb
from vae_core.digitize.stroke_width import with_width
from vae_core.digitize.types import Grey, Options

# Below this likeness, marks are noise.
UNLIKELY = 0.12
# Above this probability, a mark is no digit.
ODD = 0.4
# The same for all the ink there is, large on flat ground: somebody drew it to be read.
LONE_ODD = 0.85
# The same for the only mark on ground as even as paper.
ONLY_ODD, PAPER = 0.65, 0.07
# The same on uneven ground.
UNEVEN_ODD = 0.2
# Above this unevenness of the ground around it, a mark is part of a photo: noise in the dark and
# a screen's moire reach 0.125, ordinary paper 0.055.
ROUGH = 0.14
# Above these, a mark that is somewhat odd, or one short sliver among much else, is none either.
UNEVEN, UNSURE, SLIVER, AMONG = 0.05, 0.1, 0.15, 0.15
MOST_DIGITS = 100
# More digits than these are judged in the small copy: a close look costs milliseconds each.
MOST_CLOSE = 12
# Shorter than this in the small copy, a mark is too small for the judge.
SMALL = 14
# A drawing of more odd marks than this is text.
MOST_ODD = 4
# From this worth on, luminance needs no help from single colours; from the lower one on where
# ground and judge leave no doubt: a small digit is worth little, and looked for four times slow.
CLEAR, SURE = 0.5, 0.25
AS_FOUND = Options()
NOTHING = "Nothing drawn: no ink stands out in the picture."


@dataclass(frozen=True)
class View:
    """What one guess at the polarity shows: finds, and how odd each is.

    `crops` holds their crops, or none for a sheet of many, whose digits are looked at
    closely when they are chosen. `is_odd` says that it looks like no digit at all, and
    is shown on request.
    """

    survey: Survey
    finds: list[Find]
    crops: list[Crop]
    odd: list[float]
    is_odd: bool = False

    @property
    def worth(self) -> list[float]:
        pairs = zip(self.finds, self.odd, strict=True)
        return [find.score * (1 - 0.7 * odd) for find, odd in pairs]


def best_view(picture: Picture, options: Options) -> View:
    """The digits that a picture shows, by its luminance or, failing that, by one colour.

    Raises:
        ValueError: nothing in it looks like a digit; one plain sentence.
    """
    first, refusal = _tried(picture, options)
    if first is not None and _is_clear(first):
        return first
    views = [_tried(single, options)[0] for single in _colours(picture)]
    # Three more tries find three times as much that is not there: be strict, the more so where
    # luminance shows something, and no digit.
    likely = [view for view in views if view and _is_certain(view, first is None)]
    likely += [first] if first is not None else []
    if not likely:
        raise ValueError(refusal)
    return max(likely, key=lambda view: max(view.worth))


def _is_certain(view: View, alone: bool) -> bool:
    """Whether a single colour's likeliest find is a digit on its own evidence."""
    worth, find, odd = max(zip(view.worth, view.finds, view.odd, strict=True), key=lambda of: of[0])
    if not alone:
        return odd < 0.3 and worth > 0.3
    return odd < UNEVEN and worth > CLEAR and find.rough < 2 * UNEVEN and len(view.finds) < 3


def _is_clear(view: View) -> bool:
    """Whether the likeliest find is a digit beyond doubt."""
    worth, find, odd = max(zip(view.worth, view.finds, view.odd, strict=True), key=lambda of: of[0])
    return worth >= CLEAR or (worth >= SURE and odd < 0.05 and find.rough < 0.1)


def _tried(picture: Picture, options: Options) -> tuple[View | None, str]:
    """A view, or None and the sentence that refuses it."""
    try:
        return _view_of(picture, options), ""
    except ValueError as refusal:
        return None, str(refusal)


def _colours(picture: Picture) -> list[Picture]:
    """The picture in red, green and blue alone; none for shades of grey."""
    if picture.image.mode != "RGB":
        return []
    sample = np.asarray(picture.image, np.int16)[::3, ::3].reshape(-1, 3)
    tint = np.stack([sample[:, 0] - sample[:, 1], sample[:, 1] - sample[:, 2]])
    low, high = np.percentile(tint, (0.2, 99.8), axis=1)
    if (high - low).max() < 20:
        return []
    bands = [picture.image.getchannel(band) for band in range(3)]
    return [replace(picture, image=image, band=band) for band, image in enumerate(bands)]


def _view_of(picture: Picture, options: Options) -> View:
    """The likelier polarity's digits, without what is none; refuses when nothing is left."""
    plane = small_plane(picture.image)
    rivals = first_look.survey(plane, options.polarity, options.threshold)
    best = [looks[0].best for looks in rivals]
    if not rivals or (best[0] < UNLIKELY and options.odd == "refuse"):
        raise ValueError(_unlikely(rivals))
    view = _view(picture, best_look(rivals[0], not_a_digit), options)
    if len(rivals) > 1 and min(view.odd) > 0.5 and best[1] > 0.4 * best[0]:
        other = _view(picture, best_look(rivals[1], not_a_digit), options)
        if min(other.odd) < min(view.odd) - 0.3:
            view = other
    by_hand = options.polarity != "auto" or options.threshold is not None
    refusal = "" if by_hand and options.odd == "refuse" else _refusal(view)
    if best[0] < UNLIKELY:
        by_hand, refusal = False, _unlikely(rivals)
    if refusal and not by_hand and not (options.odd == "show" and _is_drawing(view)):
        raise ValueError(refusal)
    return replace(_without_oddities(view), is_odd=bool(refusal))


def _view(picture: Picture, survey: Survey, options: Options) -> View:
    finds = survey.finds
    if len(finds) > MOST_DIGITS:
        # A page: its likeliest marks say what it is a page of.
        finds = sorted(finds, key=lambda find: -find.score)[:MOST_DIGITS]
        finds = [find for find in survey.finds if find in finds]
    if len(finds) > MOST_CLOSE:
        return View(survey, finds, [], not_a_digit([thumb(survey, find) for find in finds]))
    crops = [crop_of(picture, survey, find, options.threshold) for find in finds]
    odd = not_a_digit([framed(crop, AS_FOUND)[1] for crop in crops])
    return View(survey, finds, crops, odd)


def chosen_crop(picture: Picture, view: View, index: int, options: Options) -> Crop:
    """One of the view's digits from nearby."""
    if view.crops:
        return view.crops[index]
    return crop_of(picture, view.survey, view.finds[index], options.threshold)


def _refusal(view: View) -> str:
    """Why a view is no picture of digits, in plain words; empty when it is one."""
    many = sum(odd > 0.5 for odd in view.odd)
    count = len(view.survey.finds)
    if many >= 3 and many > len(view.finds) / 2 and _too_small(view.survey):
        return _small(count)
    if many >= 3 and many > len(view.finds) / 2 and not _towers(view):
        return (
            f"There are {count} separate marks, and they do not look like digits: is this a "
            "page of text, or a photo? Show one digit, or a few."
        )
    if count > MOST_DIGITS:
        return f"There are {count} separate marks, too many to read at once: crop one row."
    if view.survey.share > 0.45:
        return "Too much ink: is this a photo of a page, or of something else?"
    pairs = zip(view.finds, view.odd, strict=True)
    if all(_is_something_else(view.survey, find, odd) for find, odd in pairs):
        return "This does not look like a digit: is it a photo of something else?"
    return ""


def _too_small(survey: Survey) -> bool:
    """Whether many marks stand on even ground, and most of them are too small for a digit."""
    if len(survey.finds) <= MOST_CLOSE:
        return False
    if np.median([find.longest for find in survey.finds]) >= SMALL:
        return False
    # The likeness of so small a mark is not worth its ground's evenness, which parts it from noise.
    some = survey.finds[:: max(1, len(survey.finds) // MOST_CLOSE)]
    return bool(np.median([roughness(f.pieces, survey.guess, survey.labels) for f in some]) < ROUGH)


def _unlikely(rivals: list[list[Survey]]) -> str:
    """Why no mark resembles writing: there is none, or all are too small."""
    if rivals and _too_small(rivals[0][0]):
        return _small(len(rivals[0][0].finds))
    return NOTHING


def _small(count: int) -> str:
    return f"There are {count} marks, too small to read: crop one row."


def _is_drawing(view: View) -> bool:
    """Whether the ground is as flat as only a drawing's is, and the marks are few."""
    clean = bool(view.crops) and all(crop.clean for crop in view.crops)
    return clean and len(view.survey.finds) <= MOST_ODD


def _towers(view: View) -> bool:
    """Whether one sure digit is far longer than all that is odd: crumbs of squared paper, say."""
    pairs = list(zip(view.finds, view.odd, strict=True))
    sure = max((find.longest for find, odd in pairs if odd < 0.1), default=0)
    return sure >= 1.4 * max((find.longest for find, odd in pairs if odd > 0.5), default=0) > 0


def _is_something_else(survey: Survey, find: Find, odd: float) -> bool:
    """Whether shape, or shape and ground together, speak against a written digit."""
    if find.rough > ROUGH or odd > _odd_limit(survey, find):
        return True
    lost = survey.explained < AMONG and find.longest < SLIVER * min(survey.ink.shape)
    return lost and (odd > UNSURE or find.rough > 2 * UNEVEN)


def _odd_limit(survey: Survey, find: Find) -> float:
    """How odd a mark may be: more on even ground where it is all that there is to see."""
    share = find.longest / min(survey.ink.shape)
    if survey.explained > 0.95 and share > 0.5 and find.rough < 0.01:
        return LONE_ODD
    if len(survey.finds) == 1 and survey.explained > 0.8 and share > SLIVER and find.rough < PAPER:
        return ONLY_ODD
    return ODD if find.rough <= UNEVEN else UNEVEN_ODD


def _without_oddities(view: View) -> View:
    """The finds that may be digits; all of them when none may."""
    pairs = enumerate(zip(view.finds, view.odd, strict=True))
    keep = [i for i, (find, odd) in pairs if not _is_something_else(view.survey, find, odd)]
    keep = keep or list(range(len(view.finds)))
    return View(
        view.survey, [view.finds[i] for i in keep], [view.crops[i] for i in keep if view.crops],
        [view.odd[i] for i in keep],
    )  # fmt: skip


def framed(crop: Crop, options: Options) -> tuple[Plane, Grey, str]:
    """(ink with the pen set, MNIST's 28x28, a sentence on the pen)."""
    width = options.stroke
    if width == "auto" and crop.clean and _is_native(crop.ink):
        width = "keep"
    ink, sentence = with_width(crop.ink, width)
    # A small drawing's faint rim is part of it; a large one's is the blur of its edge.
    rim = 0.0 if crop.clean and ink is crop.ink and max(ink.shape) <= 60 else 0.5
    box = ink_box(ink > rim * float(ink.max()))
    return ink, frame(ink, box), sentence


def _is_native(ink: Plane) -> bool:
    """Whether the digit already has MNIST's size and greys, as one pasted onto a canvas has."""
    box = ink_box(ink)
    if box is None or max(box[2] - box[0], box[3] - box[1]) > BOX:
        return False
    return has_greys(ink)


def small_plane(image: Image.Image) -> Plane:
    """Luminance, (h, w), 0 to 255, small enough for the first look."""
    scale = min(1.0, LONGEST / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    grey = image.convert("L")
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.BOX)
    return np.asarray(grey, np.float32)
