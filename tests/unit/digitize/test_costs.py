"""What makes the digitizer fast changes nothing of what it sees."""

from __future__ import annotations

import numpy as np
import pytest
from scenes import smooth_noise

from vae_core.digitize import detect
from vae_core.digitize.components import together
from vae_core.digitize.frames import _holding, _inside, _side
from vae_core.digitize.mnist_frame import BOX, _averaged


def textured(seed: int) -> np.ndarray:
    """A photo's worth of marks, (300, 400), 0 to 255."""
    rng = np.random.default_rng(seed)
    return 128 + 60 * smooth_noise(rng, 300, 400, 60) + 40 * smooth_noise(rng, 300, 400, 12)


def cuts(seed: int) -> list[tuple[detect.Guess, np.ndarray, list[detect.Piece]]]:
    """Guesses at a textured picture with the pieces of ink that they see."""
    found = []
    for guess in detect._guesses(textured(seed), "auto"):
        for level in detect._levels(guess.ink, None):
            labels, items = detect.pieces(guess.ink > level, guess.ink, guess.relief)
            found.append((guess, labels, items))
    return found


def test_marks_that_cannot_compare_are_spared_a_look_at_their_ground(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []
    plain = detect.stands_out
    monkeypatch.setattr(detect, "stands_out", lambda *of: looked.append(1) or plain(*of))
    spared = 0
    for guess, labels, items in [*cuts(0), *cuts(1)]:
        groups = together(items)
        looked.clear()
        every = [detect.measured(group, guess, labels) for group in groups]
        all_of_them = len(looked)
        looked.clear()
        some = detect._measured(groups, guess, labels)
        spared += all_of_them - len(looked)
        assert [(f.box, f.score) for f in detect._worth(some)] == [
            (f.box, f.score) for f in detect._worth(every)
        ]
    assert spared > 0


def test_what_holds_another_mark_is_found_at_once() -> None:
    for _, _, items in cuts(2):
        one_by_one = [
            any(o is not p and _inside(o.box, p.box) and o.longest > 0.2 * _side(p) for o in items)
            for p in items
        ]
        assert _holding(items).tolist() == one_by_one


@pytest.mark.parametrize(("start", "side"), [(0, 20), (-3.25, 31.5), (7.5, 10), (-40, 200)])
def test_running_sums_average_as_weights_do(start: float, side: float) -> None:
    ink = np.random.default_rng(0).random((57, 33)).astype(np.float32)
    edges = start + side / BOX * np.arange(BOX + 1)
    rows = np.arange(len(ink))
    overlap = np.minimum(edges[1:, None], rows + 1) - np.maximum(edges[:-1, None], rows)
    weights = np.clip(overlap, 0, None) * (BOX / side)
    np.testing.assert_allclose(_averaged(ink, start, side), weights @ ink, atol=1e-6)
