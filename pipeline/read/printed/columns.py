"""In which order the items of a printed page are read: columns, and the headlines above them; no line is joined.

The page is cut where white runs through it: first into columns, side by side, and where a headline lies across them,
above and below the headline; then between stories whose columns differ. What cannot be cut is read from top to bottom.
"""
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import groupby, pairwise, takewhile

from pipeline.read.printed.items import APART, GUTTER, Item, gutters_of, side_by_side, widened
from pipeline.read.printed.runs import downwards

SHORT_GUTTER = 1.0  # ems of white between columns of fewer than three lines
BAND = 0.2  # ems of white above a headline
MOST_CUTS = 60  # levels of cutting; a page has about six


def in_order(items: list[Item], body: float, level: int = 0) -> Iterator[list[Item]]:
    """The regions of a page, each to be read from top to bottom, in reading order."""
    if not items:
        return
    if len(items) == 1 and items[0].inside:
        yield from in_order(widened(list(items[0].inside), body), body, level + 1)
        return
    parts = [items]
    for ways in (_columns, _above_and_below, _stories, _blocks) if level < MOST_CUTS and not _is_column(items) else ():
        parts = ways(items, body)
        if len(parts) > 1:
            break
    if len(parts) == 1:
        yield from _opened(items, body, level)
        return
    for part in parts:
        yield from in_order(part, body, level + 1)


def _opened(items: list[Item], body: float, level: int) -> Iterator[list[Item]]:
    """A region that cannot be cut, with the boxes in it where they stand."""
    items = sorted(items, key=downwards)
    for boxed, group in groupby(items, key=lambda item: bool(item.inside)):
        if not boxed:
            yield list(group)
        else:
            for box in group:
                yield from in_order(widened(list(box.inside), body), body, level + 1)


def _columns(items: list[Item], body: float) -> list[list[Item]]:
    """Items side by side, from left to right; an upright headline at the right goes first."""
    rows = _rows(items)
    if rows == 1:
        return [items]
    parts = side_by_side(items, (GUTTER if rows > 2 else SHORT_GUTTER) * body)
    first = []
    while len(parts) > 1 and all(item.upright for item in parts[-1]):
        first.append(parts.pop())  # lines set from top to bottom follow each other from right to left
    return first + parts


def _rows(items: list[Item]) -> int:
    """How many lines one above the other the items make, or 3 where some are set from top to bottom or are boxes."""
    if any(item.inside or item.upright for item in items):
        return 3
    rows, reach = 0, float("-inf")
    for item in sorted(items, key=lambda item: item.y0):
        if item.y0 > reach - 0.3 * (item.y1 - item.y0):
            rows += 1
            reach = item.y1
    return rows


def _above_and_below(items: list[Item], body: float) -> list[list[Item]]:
    """Items cut above and below those that lie across the most gutters between the columns of the others."""
    across = max(item.x1 for item in items) - min(item.x0 for item in items)
    narrow = [item for item in items if not item.headline and item.x1 - item.x0 < 0.7 * across]
    columns = _columns(narrow, body) if narrow else []
    gutters = gutters_of(columns)
    crossed = {id(item): len([1 for start, end in gutters if item.x0 < start and end < item.x1]) for item in items}
    most = max(crossed.values(), default=0)
    if not most:
        return [items]
    spanning = sorted((item for item in items if crossed[id(item)] == most), key=downwards)
    return _bands(items, spanning)


def _stories(items: list[Item], body: float) -> list[list[Item]]:
    """Items cut where white runs across them above a headline, or where much white runs across them.

    Stories whose columns differ in width have no gutter in common, so this is how they are told apart.
    """
    parts: list[list[Item]] = []
    wide: list[list[Item]] = []
    reach = float("-inf")
    ordered = sorted(items, key=downwards)
    for number, item in enumerate(ordered):
        beside = takewhile(lambda other, top=item.y0: other.y0 < top + body, ordered[number:])  # type: ignore[misc]
        heads = item.y0 - reach > BAND * body and any(other.headline for other in beside)
        if heads or not parts:
            parts.append([])
        if item.y0 - reach > APART * body or not wide:
            wide.append([])
        parts[-1].append(item)
        wide[-1].append(item)
        reach = max(reach, item.y1)
    return parts if len(parts) > 1 else wide


def _is_column(items: list[Item]) -> bool:
    """Whether no item stands beside another."""
    ordered = sorted(items, key=lambda item: item.y0)
    return all(above.y1 - 0.3 * (above.y1 - above.y0) < below.y0 for above, below in pairwise(ordered))


def _blocks(items: list[Item], body: float) -> list[list[Item]]:
    """Items that nothing cuts, as blocks of lines that stand below each other; one is read before those below it."""
    blocks: list[list[Item]] = []
    for item in sorted(items, key=downwards):
        block = next((block for block in blocks if _goes_on(block, item, body)), None)
        if block is None:
            blocks.append([item])
        else:
            block.append(item)
    ordered: list[list[Item]] = []
    while blocks:
        free = [block for block in blocks if not any(
            other[0].y0 < block[0].y0 and _shares(other[0], block[0]) > 0 for other in blocks if other is not block)]
        ordered.append(min(free or blocks, key=lambda block: (block[0].x0, block[0].y0)))
        blocks.remove(ordered[-1])
    return ordered


def _goes_on(block: list[Item], item: Item, body: float) -> bool:
    """Whether a line stands below the last one of a block and is no wider than its column."""
    last = block[-1]
    if item.headline or last.headline or item.y0 - last.y1 > body or _shares(last, item) < 0.5:
        return False
    wider = len(block) > 1 and item.x1 > max(line.x1 for line in block) + body
    return not wider and item.x0 > min(line.x0 for line in block) - 3 * body


def _shares(one: Item, other: Item) -> float:
    """Which part of its width the narrower of two items shares with the other."""
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    return shared / max(min(one.x1 - one.x0, other.x1 - other.x0), 1.0)


def _bands(items: list[Item], spanning: list[Item]) -> list[list[Item]]:
    """What lies above the first spanning item, it and those that follow it at once, what lies below, and so on."""
    marks = sorted((item.y0 + item.y1) / 2 for item in spanning)
    wide = set(map(id, spanning))
    bands: dict[int, list[Item]] = {}
    for item in items:
        middle = (item.y0 + item.y1) / 2
        bands.setdefault(2 * bisect_left(marks, middle) + (id(item) in wide), []).append(item)
    parts: list[list[Item]] = []
    was_wide = False
    for key in sorted(bands):
        if key % 2 and was_wide:
            parts[-1] += bands[key]
        else:
            parts.append(bands[key])
        was_wide = bool(key % 2)
    return parts
