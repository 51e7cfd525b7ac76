"""What stands on a printed page: runs and drawn boxes as items, headlines as wide as their columns, running titles.

In which order items are read is decided in `columns`.
"""
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from pipeline.read.printed.runs import Run, downwards, rightwards

GUTTER = 0.5  # ems of white between columns
HEADLINE = 1.15  # times the size of the body from which on type is a headline's
EDGE = 0.06  # of the page's height at its top and bottom in which a running title stands
BELOW = 12  # ems below a headline in which its columns are looked for
APART = 1.5  # ems of white between a running title and the page

Box = tuple[float, float, float, float]  # x0, y0, x1, y1


class Item(NamedTuple):
    """A run, or a box with what stands in it; `x0` and `x1` of a headline reach as far as nothing stands beside it."""

    x0: float
    y0: float
    x1: float
    y1: float
    run: Run | None = None
    inside: tuple[Item, ...] = ()
    headline: bool = False

    @property
    def upright(self) -> bool:
        """Whether it is a line set from top to bottom."""
        return self.run is not None and self.run.upright


def items_of(
    runs: Sequence[Run], boxes: Sequence[Box], body: float, height: float,
) -> tuple[list[Item], list[Item], list[Item]]:
    """The running title at the top of a page of that height, what stands on the page, and what stands at its foot."""
    items = [Item(run.x0, run.y0, run.x1, run.y1, run, headline=run.upright or run.size >= HEADLINE * body)
             for run in runs]
    top, middle, foot = _running_titles(_boxed(items, boxes, body), body, height)
    return top, widened(middle, body), foot


def body_size(runs: Sequence[Run]) -> float:
    """The size of type in which most characters are set."""
    sizes = sorted((run.size, len(run.text)) for run in runs)
    half = sum(count for _, count in sizes) / 2
    seen = list(accumulate(count for _, count in sizes))
    return sizes[bisect_left(seen, half)][0]


def _boxed(items: list[Item], boxes: Sequence[Box], body: float) -> list[Item]:
    """Items with those that stand in a drawn box put together, the smallest boxes first."""
    for x0, y0, x1, y1 in sorted(boxes, key=lambda box: ((box[2] - box[0]) * (box[3] - box[1]), box)):
        slack = 0.3 * body
        inside = [item for item in items if item.x0 > x0 - slack and item.x1 < x1 + slack
                  and item.y0 > y0 - slack and item.y1 < y1 + slack]
        if 1 < len(inside) < len(items):
            held = set(map(id, inside))
            items = [item for item in items if id(item) not in held]
            items.append(Item(x0, y0, x1, y1, inside=tuple(inside)))
    return items


def _running_titles(
    items: list[Item], body: float, height: float,
) -> tuple[list[Item], list[Item], list[Item]]:
    """What stands at the top of the page and at its foot, apart from the rest, and the rest."""
    items = sorted(items, key=downwards)
    top = _apart([(item.y0, item.y1, item.headline) for item in items], body, EDGE * height)
    rest = items[top:]
    order = sorted(range(len(rest)), key=lambda n: (-rest[n].y1, rest[n].x0))
    foot = _apart([(-rest[n].y1, -rest[n].y0, rest[n].headline) for n in order], body, (EDGE - 1) * height)
    at_foot = set(order[:foot])
    return items[:top], [rest[n] for n in range(len(rest)) if n not in at_foot], [rest[n] for n in sorted(at_foot)]


def _apart(items: Sequence[tuple[float, float, bool]], body: float, edge: float) -> int:
    """How many of the first items end before the edge, with white after them and no headline among them.

    Of each item: where it begins and ends on the way from the top, or the foot, of the page; whether it is a headline.
    """
    found, reach = 0, float("-inf")
    for number, (start, end, headline) in enumerate(items):
        if number and start - reach > APART * body:
            found = number
        if headline or end > edge:
            break
        reach = max(reach, end)
    return found


def widened(items: list[Item], body: float) -> list[Item]:
    """Items with headlines as wide as the columns below them, up to a gutter where another one stands beside it."""
    if not items:
        return items
    left, right = min(item.x0 for item in items), max(item.x1 for item in items)
    return [_wide(item, items, left, right, body) if item.headline and not item.upright else item
            for item in items]


def _wide(headline: Item, items: list[Item], left: float, right: float, body: float) -> Item:
    beside = [item for item in items if item is not headline and min(item.y1, headline.y1) - max(item.y0, headline.y0)
              > 0.2 * min(headline.y1 - headline.y0, item.y1 - item.y0)]
    on_left = max((item.x1 for item in beside if item.x1 <= headline.x0), default=None)
    on_right = min((item.x0 for item in beside if item.x0 >= headline.x1), default=None)
    below = [item for item in items if not item.headline and 0 < item.y1 - headline.y1 < BELOW * body]
    gutters = gutters_of(side_by_side(below, GUTTER * body))
    if on_left is not None:
        left = _between(gutters, on_left, headline.x0, body)[1]
    if on_right is not None:
        right = _between(gutters, headline.x1, on_right, body)[0]
    return headline._replace(x0=min(headline.x0, left), x1=max(headline.x1, right))


def _between(gutters: list[tuple[float, float]], start: float, end: float, body: float) -> tuple[float, float]:
    """The gutter that parts two headlines, of which one ends at `start` and the other begins at `end`.

    It is where the second begins or the first ends, if they are set flush, else the one nearest to their middle.
    """
    possible = [gutter for gutter in gutters if start - body <= gutter[0] and gutter[1] <= end + body]
    flush = [gutter for gutter in possible if abs(gutter[1] - end) < body or abs(gutter[0] - start) < body]
    middle = (start + end) / 2
    return min(flush or possible, key=lambda gutter: (abs(sum(gutter) / 2 - middle), gutter), default=(start, end))


def side_by_side(items: list[Item], gutter: float) -> list[list[Item]]:
    """Items with white of that width between them, from left to right."""
    parts: list[list[Item]] = []
    reach = float("-inf")
    for item in sorted(items, key=rightwards):
        if item.x0 - reach > gutter or not parts:
            parts.append([])
        parts[-1].append(item)
        reach = max(reach, item.x1)
    return parts


def gutters_of(columns: list[list[Item]]) -> list[tuple[float, float]]:
    return [(max(item.x1 for item in left), min(item.x0 for item in right))
            for left, right in pairwise(columns)]
