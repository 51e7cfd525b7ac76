"""From the runs of a printed page to reading order: columns, the headlines above them, boxes; no line is joined.

The page is cut where white runs through it: first into columns, side by side, and where a headline lies across them,
above and below the headline. What cannot be cut is read from top to bottom.
"""
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from pipeline.read.runs import Run

GUTTER, SHORT_GUTTER = 0.5, 1.0  # ems of white between columns, and between those of fewer than three lines
HEADLINE = 1.15  # times the size of the body from which on type is a headline's
EDGE = 0.06  # of the page's height at its top and bottom in which a running title stands
BELOW = 12  # ems below a headline in which its columns are looked for
APART = 1.5  # ems of white between a running title and the page
MOST_CUTS = 60  # levels of cutting; a page has about six

Box = tuple[float, float, float, float]  # x0, y0, x1, y1


@dataclass(frozen=True, slots=True)
class _Item:
    """A run, or a box with what stands in it; `x0` and `x1` of a headline reach as far as nothing stands beside it."""

    x0: float
    y0: float
    x1: float
    y1: float
    run: Run | None = None
    inside: tuple[_Item, ...] = ()
    headline: bool = False


def regions(runs: Sequence[Run], boxes: Sequence[Box], height: float) -> list[list[Run]]:
    """The runs of a page of that height in regions, each to be read from top to bottom, in reading order.

    `boxes` are the rectangles that are drawn on the page: what stands in one is read together.
    """
    if not runs:
        return []
    body = body_size(runs)
    items = [_Item(run.x0, run.y0, run.x1, run.y1, run, headline=run.upright or run.size >= HEADLINE * body)
             for run in runs]
    top, middle, foot = _running_titles(_boxed(items, boxes, body), body, height)
    found = [top, *_cut(_widened(middle, body), body), foot]
    return [[item.run for item in region if item.run] for region in found if region]


def body_size(runs: Sequence[Run]) -> float:
    """The size of type in which most characters are set."""
    sizes = sorted((run.size, len(run.text)) for run in runs)
    half = sum(count for _, count in sizes) / 2
    seen = list(accumulate(count for _, count in sizes))
    return sizes[bisect_left(seen, half)][0]


def _boxed(items: list[_Item], boxes: Sequence[Box], body: float) -> list[_Item]:
    """Items with those that stand in a drawn box put together, the smallest boxes first."""
    for x0, y0, x1, y1 in sorted(boxes, key=lambda box: ((box[2] - box[0]) * (box[3] - box[1]), box)):
        slack = 0.3 * body
        inside = [item for item in items if item.x0 > x0 - slack and item.x1 < x1 + slack
                  and item.y0 > y0 - slack and item.y1 < y1 + slack]
        if 1 < len(inside) < len(items):
            held = set(map(id, inside))
            items = [item for item in items if id(item) not in held]
            items.append(_Item(x0, y0, x1, y1, inside=tuple(inside)))
    return items


def _running_titles(
    items: list[_Item], body: float, height: float,
) -> tuple[list[_Item], list[_Item], list[_Item]]:
    """What stands at the top of the page and at its foot, apart from the rest, and the rest."""
    items = sorted(items, key=lambda item: (item.y0, item.x0))
    top = _apart(items, body, EDGE * height)
    rest = items[top:]
    turned = [replace(item, y0=-item.y1, y1=-item.y0) for item in rest]
    order = sorted(range(len(rest)), key=lambda n: (turned[n].y0, turned[n].x0))
    foot = _apart([turned[n] for n in order], body, (EDGE - 1) * height)
    at_foot = set(order[:foot])
    return items[:top], [rest[n] for n in range(len(rest)) if n not in at_foot], [rest[n] for n in sorted(at_foot)]


def _apart(items: Sequence[_Item], body: float, edge: float) -> int:
    """How many of the first items end above the edge, with white below them and no headline among them."""
    found, reach = 0, float("-inf")
    for number, item in enumerate(items):
        if number and item.y0 - reach > APART * body:
            found = number
        if item.headline or item.y1 > edge:
            break
        reach = max(reach, item.y1)
    return found


def _widened(items: list[_Item], body: float) -> list[_Item]:
    """Items with headlines as wide as the columns below them, up to a gutter where another one stands beside it."""
    if not items:
        return items
    left, right = min(item.x0 for item in items), max(item.x1 for item in items)
    return [_wide(item, items, left, right, body) if item.headline and not _is_upright(item) else item
            for item in items]


def _is_upright(item: _Item) -> bool:
    return item.run is not None and item.run.upright


def _wide(headline: _Item, items: list[_Item], left: float, right: float, body: float) -> _Item:
    beside = [item for item in items if item is not headline and min(item.y1, headline.y1) - max(item.y0, headline.y0)
              > 0.2 * min(headline.y1 - headline.y0, item.y1 - item.y0)]
    on_left = max((item.x1 for item in beside if item.x1 <= headline.x0), default=None)
    on_right = min((item.x0 for item in beside if item.x0 >= headline.x1), default=None)
    below = [item for item in items if not item.headline and 0 < item.y1 - headline.y1 < BELOW * body]
    gutters = _gutters(_side_by_side(below, GUTTER * body))
    if on_left is not None:
        left = _nearest(gutters, on_left, headline.x0, (headline.x0, headline.x0))[1]
    if on_right is not None:
        right = _nearest(gutters, headline.x1, on_right, (headline.x1, headline.x1))[0]
    return replace(headline, x0=min(headline.x0, left), x1=max(headline.x1, right))


def _nearest(
    gutters: list[tuple[float, float]], start: float, end: float, otherwise: tuple[float, float],
) -> tuple[float, float]:
    """The gutter between two places that is nearest to their middle."""
    between = [gutter for gutter in gutters if start <= sum(gutter) / 2 <= end]
    return min(between, key=lambda gutter: (abs(sum(gutter) - start - end), gutter), default=otherwise)


def _side_by_side(items: list[_Item], gutter: float) -> list[list[_Item]]:
    """Items with white of that width between them, from left to right."""
    parts: list[list[_Item]] = []
    reach = float("-inf")
    for item in sorted(items, key=lambda item: (item.x0, item.y0)):
        if item.x0 - reach > gutter or not parts:
            parts.append([])
        parts[-1].append(item)
        reach = max(reach, item.x1)
    return parts


def _gutters(columns: list[list[_Item]]) -> list[tuple[float, float]]:
    return [(max(item.x1 for item in left), min(item.x0 for item in right))
            for left, right in pairwise(columns)]


def _cut(items: list[_Item], body: float, level: int = 0) -> Iterator[list[_Item]]:
    """The regions of a page, each to be read from top to bottom, in reading order."""
    if not items:
        return
    if len(items) == 1 and items[0].inside:
        yield from _cut(_widened(list(items[0].inside), body), body, level + 1)
        return
    parts = _columns(items, body)
    if len(parts) == 1:
        parts = _above_and_below(items, body)
    if len(parts) == 1 or level > MOST_CUTS:
        yield from _opened(items, body, level)
        return
    for part in parts:
        yield from _cut(part, body, level + 1)


def _opened(items: list[_Item], body: float, level: int) -> Iterator[list[_Item]]:
    """A region that cannot be cut, with the boxes in it where they stand."""
    items = sorted(items, key=lambda item: (item.y0, item.x0))
    for boxed, group in groupby(items, key=lambda item: bool(item.inside)):
        if not boxed:
            yield list(group)
        else:
            for box in group:
                yield from _cut(_widened(list(box.inside), body), body, level + 1)


def _columns(items: list[_Item], body: float) -> list[list[_Item]]:
    """Items side by side, from left to right; an upright headline at the right goes first."""
    rows = _rows(items)
    if rows == 1:
        return [items]
    parts = _side_by_side(items, (GUTTER if rows > 2 else SHORT_GUTTER) * body)
    first = []
    while len(parts) > 1 and all(map(_is_upright, parts[-1])):
        first.append(parts.pop())  # lines set from top to bottom follow each other from right to left
    return first + parts


def _rows(items: list[_Item]) -> int:
    """How many lines one above the other the items make, or 3 where some are set from top to bottom or are boxes."""
    if any(item.inside or _is_upright(item) for item in items):
        return 3
    rows, reach = 0, float("-inf")
    for item in sorted(items, key=lambda item: item.y0):
        if item.y0 > reach - 0.3 * (item.y1 - item.y0):
            rows += 1
            reach = item.y1
    return rows


def _above_and_below(items: list[_Item], body: float) -> list[list[_Item]]:
    """Items cut above and below those that lie across the most gutters between the columns of the others."""
    across = max(item.x1 for item in items) - min(item.x0 for item in items)
    narrow = [item for item in items if not item.headline and item.x1 - item.x0 < 0.7 * across]
    columns = _columns(narrow, body) if narrow else []
    gutters = _gutters(columns)
    crossed = {id(item): sum(item.x0 < start and item.x1 > end for start, end in gutters) for item in items}
    most = max(crossed.values(), default=0)
    if not most:
        return [items]
    spanning = sorted((item for item in items if crossed[id(item)] == most), key=lambda item: (item.y0, item.x0))
    return _bands(items, spanning)


def _bands(items: list[_Item], spanning: list[_Item]) -> list[list[_Item]]:
    """What lies above the first spanning item, it and those that follow it at once, what lies below, and so on."""
    marks = sorted((item.y0 + item.y1) / 2 for item in spanning)
    wide = set(map(id, spanning))
    bands: dict[int, list[_Item]] = {}
    for item in items:
        middle = (item.y0 + item.y1) / 2
        above = sum(mark < middle for mark in marks)
        bands.setdefault(2 * above + (id(item) in wide), []).append(item)
    parts: list[list[_Item]] = []
    was_wide = False
    for key in sorted(bands):
        if key % 2 and was_wide:
            parts[-1] += bands[key]
        else:
            parts.append(bands[key])
        was_wide = bool(key % 2)
    return parts
