"""Paired lists: A、B分别增长26.7%和32.6% gives the first figure to A, the second to B; what A is, is read elsewhere."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

_ITEM = "[^，。；：、！？“”（）]{2,16}?"
_PAIRED = re.compile(rf"(?P<items>{_ITEM}(?:[、和与及]{_ITEM})+)"
                     r"(?:[^，。；、]{0,6}|[^，。；、和与及]{2,14}，[^，。；、]{0,4})(?:分别|先后)")
_JOINED = re.compile("[、和与及]")
_BETWEEN = ("、", "和", "及", "与", "或")
BLANK = "\u3000"


@dataclass(frozen=True, slots=True)
class Share:
    """Which item of a paired list is a figure's: its `rank` of `count`, the items' span, the item's own span."""

    rank: int
    count: int
    start: int
    end: int
    item_start: int
    item_end: int

    def alone(self, text: str) -> str:
        """The sentence with this figure's item only, at the end of the items' span; every offset outside it is kept."""
        item = text[self.item_start: self.item_end]
        return text[: self.start] + BLANK * (self.end - self.start - len(item)) + item + text[self.end:]

    def moved(self, by: int) -> Share:
        """The same in a text that begins `by` characters before the sentence."""
        return replace(self, start=self.start + by, end=self.end + by, item_start=self.item_start + by,
                       item_end=self.item_end + by)

    def leaves_out(self, position: int) -> bool:
        """Whether `position` lies in an item of another figure."""
        return self.start <= position < self.end and not self.item_start <= position < self.item_end


def shares(text: str, quantities: Sequence[tuple[int, int]]) -> dict[int, Share]:
    """By number, the share in a paired list of those quantities (start, end) of a sentence that stand in one."""
    if "分别" not in text and "先后" not in text:
        return {}
    found: dict[int, Share] = {}
    for paired in _PAIRED.finditer(text):
        items = _items(text, paired.start("items"), paired.end("items"))
        runs = _runs(text, quantities, paired.end())
        if not runs or len(runs[0]) != len(items):
            continue
        for run in runs:  # what follows the list (86万元和120万元，资助430名和600名) is of the same items
            if len(run) == len(items):
                for rank, (number, (start, end)) in enumerate(zip(run, items, strict=True)):
                    found[number] = Share(rank, len(items), items[0][0], items[-1][1], start, end)
    return found


def _items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start - 1, *(m.start() for m in _JOINED.finditer(text, start, end)), end]
    return [(before + 1, after) for before, after in pairwise(cuts)]


def _runs(text: str, quantities: Sequence[tuple[int, int]], after: int) -> list[list[int]]:
    """The numbers of the quantities from 分别 (or 先后) on, those of one list (86万元和120万元) together."""
    runs: list[list[int]] = []
    for number, (start, _) in enumerate(quantities):
        if start >= after:
            if runs and text[quantities[runs[-1][-1]][1]: start] in _BETWEEN:
                runs[-1].append(number)
            else:
                runs.append([number])
    return runs
