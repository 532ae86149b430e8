"""Squared and ruled paper: lines go, in strong ink as in faint, and strokes stay whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from kinds import render
from PIL import Image, ImageDraw
from scenes import Grey

from vae_core.classifier.model import load_classifier
from vae_core.digitize import digitize
from vae_core.digitize.ruled_lines import DRAWN, Mask, erased, rules_of

SHAPE = (336, 448)


def squared(every: int = 30, thick: int = 2) -> Mask:
    """Paper's lines alone, (336, 448), a little turned."""
    y, x = np.arange(SHAPE[0])[:, None], np.arange(SHAPE[1])[None]
    turned = (y - np.round(0.03 * x).astype(int)) % every, (x + np.round(0.03 * y)) % every
    return (turned[0] < thick) | (turned[1] < thick)


def three() -> Grey:
    """A 3 of two bows, as MNIST has it."""
    image = Image.new("L", (112, 112), 0)
    draw = ImageDraw.Draw(image)
    draw.arc((36, 16, 80, 58), 200, 90, fill=255, width=11)
    draw.arc((32, 52, 80, 100), 270, 150, fill=255, width=11)
    return np.array(image.resize((28, 28), Image.Resampling.BOX))


@pytest.mark.parametrize("seed", [49, 96])
def test_lines_in_pieces_are_no_digits(seed: int) -> None:
    """Strong ink holds only pieces of thin lines, whose crossings were read as a 7."""
    found = digitize(render("grid paper", three(), np.random.default_rng(seed)))
    x = torch.from_numpy(found.pixels[None, None]).float() / 255
    assert int(load_classifier().probs(x).argmax()) == 3
    assert len(found.boxes) == 1


def test_lines_known_whole_are_erased_in_pieces() -> None:
    faint = squared()
    rules = rules_of(faint)
    assert all(rule.alone >= DRAWN for rule in (*rules.level, *rules.upright))
    assert rules.drawn == rules
    broken = faint & (np.random.default_rng(0).random((14, 14)) < 0.4).repeat(24, 0).repeat(32, 1)
    assert len(rules_of(broken)) < len(rules)
    # Near crossings the two lines are as thick as a stroke.
    assert erased(broken, rules).sum() < 0.15 * broken.sum()


def test_a_stroke_along_a_line_stays() -> None:
    faint = squared()
    strong = np.zeros(SHAPE, np.bool_)
    middle = rules_of(faint).level[0]
    rows = np.round(middle.offset + middle.slope * (np.arange(150, 260) - SHAPE[1] // 2))
    for column, row in zip(range(150, 260), rows.astype(int), strict=True):
        strong[max(0, row - 4) : row + 5, column] = True
    assert erased(strong, rules_of(faint)).sum() > 0.95 * strong.sum()


def test_a_broad_stroke_over_half_a_line_is_not_slit() -> None:
    """The stroke covers most of the line, and its thickness passed for the line's."""
    mask = np.zeros((200, 140), np.bool_)
    mask[:, 60:62] = mask[:, 100:102] = mask[:, 20:22] = True
    mask[40:160, 50:72] = True
    rest = erased(mask, rules_of(mask))
    assert rest[44:156, 52:70].all()
    assert not rest[:30].any()


def test_noise_in_line_is_not_drawn() -> None:
    """A night's noise lines up by chance: what it hides must not cut the digits in strong ink."""
    noise = np.random.default_rng(0).random((SHAPE[0] // 2, SHAPE[1] // 2)) < 0.5
    rules = rules_of(noise.repeat(2, 0).repeat(2, 1))
    assert len(rules)
    assert not rules.drawn
