"""Ink and paper of one brightness, which only their colours tell apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scenes import Pen, jpeg, paper, picture, write

from vae_core.classifier.model import load_classifier
from vae_core.data.digits import Digits
from vae_core.digitize import digitize

PAIRS = {
    "yellow on white": ((1.0, 0.92, 0.3), (0.95, 0.95, 0.95)),
    "red on green": ((0.75, 0.15, 0.15), (0.2, 0.45, 0.25)),
    "blue on purple": ((0.2, 0.3, 0.9), (0.5, 0.25, 0.5)),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_colour_alone_is_enough(pair: str, test_digits: Digits) -> None:
    """Ten digits in each pair of colours, read by the classifier; one may go wrong."""
    ink, sheet = PAIRS[pair]
    chosen = test_digits.images.numpy().reshape(-1, 28, 28)[9::1000]
    prepared = []
    for seed, digit in enumerate(chosen):
        rng = np.random.default_rng(seed)
        scene = paper(rng, sheet, light=0.15)
        mask = write(np.zeros_like(scene), digit, rng, Pen((30.0, 30.0, 30.0), 0.35))
        coloured = scene + np.clip(mask, 0, 1) * (np.asarray(ink) - scene)
        prepared.append(digitize(jpeg(picture(coloured))).pixels)
    x = torch.from_numpy(np.stack(prepared)[:, None]).float() / 255
    seen = load_classifier().probs(x).argmax(1)
    assert (seen == test_digits.labels[9::1000]).sum() >= len(chosen) - 1
