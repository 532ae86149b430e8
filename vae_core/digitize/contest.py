"""Which of several looks at one picture shows its digits apart and whole.

The look with the best single mark is not always the one: faint ink melts two digits into a
larger mark that scores higher, strong ink drops the bar of a 5. So every look is cut into
pictures of 28x28, a judge says how odd each is, and place by place the better reading counts.
"""

from __future__ import annotations

import numpy as np

from vae_core.digitize.components import Rect
from vae_core.digitize.detect import Find, Survey
from vae_core.digitize.regroup import Judge, regrouped, thumb

# Only looks whose best mark scores this share of the very best one's are rivals.
RIVAL = 0.5
# A look must explain so much more than the first one to take its place.
GAIN = 1.03
# Below this oddness, one mark beats its own parts, or less of itself.
WHOLE = 0.1
# A box grows by this much before it counts as another reading of the same mark.
LARGER = 1.15


def best_look(looks: list[Survey], judge: Judge) -> Survey:
    """The look that explains most ink as digits, of one polarity's, best mark first."""
    near = [survey for survey in looks if survey.best >= RIVAL * looks[0].best]
    first, *others = [regrouped(survey, judge) for survey in near]
    rivals = [survey for survey in others if _differs(survey, first)]
    if not rivals:
        return first
    odd = {
        id(survey): judge([thumb(survey, find) for find in survey.finds])
        for survey in (first, *rivals)
    }
    best = first
    for survey in rivals:
        mine, theirs = _contest(best, survey, odd[id(best)], odd[id(survey)])
        if theirs > GAIN * mine:
            best = survey
    return best


def _differs(one: Survey, two: Survey) -> bool:
    """Whether two looks find other digits, not just fainter rims of the same ones."""
    if len(one.finds) != len(two.finds):
        return True
    return any(
        _area(_common(a.box, b.box)) * LARGER < max(_area(a.box), _area(b.box))
        for a, b in zip(one.finds, two.finds, strict=True)
    )


def _contest(
    one: Survey, two: Survey, odd_one: list[float], odd_two: list[float]
) -> tuple[float, float]:
    """How much each of two looks explains, summed over the places where either saw marks."""
    left = [(find, odd) for find, odd in zip(one.finds, odd_one, strict=True)]
    right = [(find, odd) for find, odd in zip(two.finds, odd_two, strict=True)]
    longest = max(find.longest for find in (*one.finds, *two.finds))
    totals = np.zeros(2)
    while left or right:
        place = [[left.pop()], []] if left else [[], [right.pop()]]
        grown = True
        while grown:
            grown = _draw(place[1], right, place[0]) + _draw(place[0], left, place[1]) > 0
        totals += _round(place[0], place[1], longest)
    return one.guess.trust * float(totals[0]), two.guess.trust * float(totals[1])


Judged = tuple[Find, float]


def _draw(mine: list[Judged], rest: list[Judged], others: list[Judged]) -> int:
    """Move from `rest` to `mine` what overlaps any of `others`; how many moved."""
    near = [each for each in rest if any(_overlap(each[0].box, o[0].box) for o in others)]
    for each in near:
        rest.remove(each)
        mine.append(each)
    return len(near)


def _round(one: list[Judged], two: list[Judged], longest: int) -> tuple[float, float]:
    """What two readings of one place are worth."""
    if len(one) == len(two) == 1 and _alike(one[0][0], two[0][0]):
        # Faint ink only adds a rim: that must not outweigh a digit found or lost elsewhere.
        find = max(one[0][0], two[0][0], key=lambda of: of.score)
        one, two = [(find, one[0][1])], [(find, two[0][1])]
    worth = (_sum(one, longest), _sum(two, longest))
    if len(one) == 1 and _whole(one[0], two):
        return worth[0], min(worth[1], 0.8 * worth[0])
    if len(two) == 1 and _whole(two[0], one):
        return min(worth[0], 0.8 * worth[1]), worth[1]
    return worth


def _alike(one: Find, two: Find) -> bool:
    """Whether two looks cut the same mark, one of them closer to its core."""
    common = _area(_common(one.box, two.box))
    longer, shorter = max(one.longest, two.longest), min(one.longest, two.longest)
    return common > 0.9 * min(_area(one.box), _area(two.box)) and longer < LARGER * shorter


def _whole(single: Judged, others: list[Judged]) -> bool:
    """Whether one mark, a digit beyond doubt, holds all that the other look saw in its place."""
    find, odd = single
    if odd > WHOLE or not others:
        return False
    inner = [other[0] for other in others]
    if any(_area(_common(find.box, other.box)) < 0.9 * _area(other.box) for other in inner):
        return False
    if max(other.score for other in inner) > 1.3 * find.score:
        return False
    return len(others) > 1 or _area(find.box) > LARGER * _area(inner[0].box)


def _sum(judged: list[Judged], longest: int) -> float:
    """Worth of marks beside a longest one: a hundred crumbs of squared paper are no digit."""
    return sum(
        find.score * max(0.0, 1 - 2 * odd) * (find.longest / longest) ** 2 for find, odd in judged
    )


def _overlap(one: Rect, two: Rect) -> bool:
    return _area(_common(one, two)) > 0.4 * min(_area(one), _area(two))


def _common(one: Rect, two: Rect) -> Rect:
    return (max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3]))


def _area(box: Rect) -> float:
    return float(max(0, box[2] - box[0]) * max(0, box[3] - box[1]))
