"""Which stretches of a page are the site's and not a story's; the patterns are data in vocabulary/furniture.toml."""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.read.imprint import half_width, written_out
from pipeline.vocabulary import either, read_toml

LONGEST_LINE = 160  # characters; a longer line is prose, whatever it looks like
_BLANK = " \t\u3000\u00a0\f\ufeff"


@dataclass(frozen=True, slots=True)
class _Patterns:
    line: re.Pattern[str]
    reasons: tuple[str, ...]  # of group gN of `line`
    lists: frozenset[int]  # numbers of the groups after which a list stands
    needed: re.Pattern[str]  # what a line must hold for `line` to match
    parts: tuple[tuple[tuple[re.Pattern[str], ...], str, re.Pattern[str]], ...]  # patterns, reason, what the page needs


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    words = read_toml("furniture.toml")
    entries: list[dict[str, Any]] = words["line"]
    line = "|".join(f"(?P<g{n}>{_undated('|'.join(entry['patterns']))})" for n, entry in enumerate(entries))
    parts = tuple((tuple(re.compile(written_out(pattern)) for pattern in entry["patterns"]), entry["reason"],
                   re.compile(either(entry["needs"]))) for entry in words["part"])
    lists = frozenset(n for n, entry in enumerate(entries) if entry.get("list"))
    needed = re.compile(either({word for entry in entries for word in entry["needs"]}))
    return _Patterns(re.compile(line), tuple(entry["reason"] for entry in entries), lists, needed, parts)


def _undated(pattern: str) -> str:
    """A pattern with its dates written out and without group names, which may stand only once in a union."""
    return re.sub(r"\(\?P<\w+>", "(?:", written_out(pattern))


@lru_cache(maxsize=2)  # a page is asked for its date and then for its prose
def furniture(text: str) -> list[tuple[int, int, str]]:
    """The stretches of a page's text that are no prose: (start, end, reason), in order and without overlap.

    `reason` is date, edition or furniture. A line that is furniture as a whole gives one stretch without the blanks at
    its ends; the stretch of a mark inside a line covers the mark alone.
    """
    plain = half_width(text)
    found = _lines(plain)
    for alike, reason, needed in _patterns().parts:
        for pattern in alike if needed.search(plain) else ():
            for match in pattern.finditer(plain):
                start, end = match.span("part") if "part" in pattern.groupindex else match.span()
                found.append((start, end, reason))
    return _disjoint(found)


def _lines(plain: str) -> list[tuple[int, int, str]]:
    patterns = _patterns()
    found = []
    start, listed = 0, False
    for raw in plain.split("\n"):
        line = raw.strip(_BLANK)
        listed = listed and bool(line) and "。" not in line
        may = len(line) <= LONGEST_LINE and patterns.needed.search(line)
        match = patterns.line.fullmatch(line) if may else None
        if match or listed:
            at = start + raw.index(line)
            number = next(n for n in range(len(patterns.reasons)) if match[f"g{n}"] is not None) if match else None
            found.append((at, at + len(line), "furniture" if number is None else patterns.reasons[number]))
            listed = listed or number in patterns.lists
        start += len(raw) + 1
    return found


def _disjoint(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The stretches in order; of two that overlap, the one that starts first, or is longer, stays whole."""
    kept: list[tuple[int, int, str]] = []
    for start, end, reason in sorted(found, key=lambda stretch: (stretch[0], -stretch[1])):
        start = max(start, kept[-1][1]) if kept else start
        if start < end:
            kept.append((start, end, reason))
    return kept
