"""Numeral + classifier = quantity: how much of what unit, and why a number is none. Metrics are chosen elsewhere.

Classifiers, currency and the nouns that settle an ambiguous classifier live in `vocabulary/units.toml`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline.extract.exclusions import exclusions, kept, led
from pipeline.extract.numerals import bounds, find_numerals, qualify
from pipeline.model import Numeral
from pipeline.vocabulary import either, read_toml

LARGE = 100  # from here on a number counts something though no unit is printed
HEAD = 8  # characters after (or before) a quantity in which its head noun is looked for


class Quantity(NamedTuple):
    """A number with its unit at `text[start:end]` (its leading qualifier left out).

    `units`: the base units it can have, likeliest first; `settled`: whether the first of them is told by its classifier
    or head noun, so that no metric overrules it; `vague`: a small number in characters that counts only where a
    metric's signal speaks for it; `excluded`: why it counts nothing, where a strong signal is needed to overrule it.
    """

    start: int
    end: int
    value: float | None
    low: float | None
    high: float | None
    qualifier: str
    units: tuple[str, ...]
    unit_text: str | None
    settled: bool = True
    vague: bool = False
    excluded: str | None = None

    def moved(self, by: int) -> Quantity:
        """The same quantity `by` characters further on. Faster than `replace`."""
        return Quantity(self.start + by, self.end + by, self.value, self.low, self.high, self.qualifier, self.units,
                        self.unit_text, self.settled, self.vague, self.excluded)


class Rejected(NamedTuple):
    """A number that is no quantity, with the ledger's reason."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Units:
    units: dict[str, tuple[str, ...]]  # of each classifier
    by_first: dict[str, list[str]]  # the classifiers that begin with a character, longest first
    heads: list[tuple[re.Pattern[str], str, tuple[str, ...]]]  # nouns, unit, classifiers that have the unit only so
    own: frozenset[str]  # the classifiers that have heads of their own
    bare: list[tuple[re.Pattern[str], str]]
    becomes: re.Pattern[str]
    more: re.Pattern[str]
    share: re.Pattern[str]


@lru_cache(maxsize=1)
def _units() -> _Units:
    words = read_toml("units.toml")
    units = {text: tuple(entry["units"]) for entry in words["classifier"] for text in entry["text"]}
    by_first: dict[str, list[str]] = {}
    for text in sorted(units, key=lambda text: (-len(text), text)):
        by_first.setdefault(text[0], []).append(text)
    heads = [(re.compile(either(entry["nouns"])), entry["unit"], tuple(entry.get("only_so", ())))
             for entry in words["head"]]
    bare = [(re.compile(entry["pattern"]), entry["unit"]) for entry in words["bare"]]
    borrowed = words["borrowed"]
    own = frozenset(classifier for _, _, only_so in heads for classifier in only_so)
    return _Units(units, by_first, heads, own, bare,
                  re.compile(rf"(?:{either(borrowed['becomes'])})[^，。；、\d一二三四五六七八九十百千万两几]{{0,5}}"),
                  re.compile(f"(?:{either(borrowed['more'])})[了约近超逾]?$"),
                  re.compile(rf"(?:{either(words['share']['before'])})[^，。；、\d]{{0,8}}$"))


@cache
def _heads(units: tuple[str, ...], own: str) -> tuple[re.Pattern[str], list[tuple[re.Pattern[str], str]]]:
    """The head nouns that stand for one of `units`: one pattern of all, a group each, and each with its unit.

    `own`: the classifier, if it has heads of its own; classifiers without share the patterns of their units.
    """
    heads = [(pattern, unit) for pattern, unit, only_so in _units().heads
             if (own in only_so if only_so else unit in units)]
    nouns = "|".join(pattern.pattern for pattern, _ in heads)
    return re.compile(led(nouns, "|".join(f"({pattern.pattern})" for pattern, _ in heads)) if heads else "(?!)"), heads


def find_quantities(text: str) -> tuple[list[Quantity], list[Rejected]]:
    """The quantities of an unwrapped `text`, and its other numbers with the reason why they are none; in text order."""
    numerals = find_numerals(text)
    quantities: list[Quantity] = []
    rejected: list[Rejected] = []
    following = (*numerals, None)[1:]
    for numeral, reason, after in zip(numerals, exclusions(text, numerals), following, strict=True):
        found = None if reason and not kept(reason) else _quantity(text, numeral, reason)
        if found is None and reason is None:
            found = _borrowing(text, numeral, quantities[-1] if quantities else None, after)
        if found is None:
            rejected.append(Rejected(numeral.start, numeral.end, reason or _why_not(text, numeral)))
        else:
            quantities.append(found)
    return quantities, rejected


def _quantity(text: str, numeral: Numeral, reason: str | None) -> Quantity | None:
    if _is_share(text, numeral):
        share = (numeral.value or 0.0) * 100
        numeral = numeral._replace(value=share, low=share, high=share, kind="percent")
    unit_text, units, settled, end = _unit_of(text, numeral)
    if not units:
        return None
    qualifier, value, low, high = numeral.qualifier, numeral.value, numeral.low, numeral.high
    if value is not None:
        qualifier = qualify(text, numeral.start, end, numeral.qualifier)
        low, high = bounds(value, qualifier)
    return Quantity(numeral.start, end, value, low, high, qualifier, units, unit_text, settled,
                    _is_vague(text, numeral, end), reason)


def _is_share(text: str, numeral: Numeral) -> bool:
    """Whether a number is a fraction that says how much of a whole something is (占四分之三)."""
    written = text[numeral.start: numeral.end]
    return (numeral.kind == "number" and 0 < (numeral.value or 0) < 1 and ("分之" in written or written == "一半")
            and bool(_units().share.search(text, max(0, numeral.start - HEAD), numeral.start)))


def _borrowing(text: str, numeral: Numeral, before: Quantity | None, after: Numeral | None) -> Quantity | None:
    """A number without a unit that has that of the figure it becomes (由5.1万增至11.4万人) or of the one before.

    The latter where it is said to be more of it, or a part (会员2.3万名，净增九千): large numbers alone.
    """
    if numeral.value is None or numeral.value < LARGE:
        return None
    words = _units()
    if after is not None and (change := words.becomes.match(text, numeral.end)) and change.end() == after.start:
        found = _quantity(text, after, None)
    elif before is not None and _ENDS.match(text, numeral.end) and words.more.search(text, before.end, numeral.start) \
            and "。" not in text[before.end: numeral.start]:
        found = before
    else:
        return None
    if found is None or found.units[0] in ("percent", "CNY"):
        return None
    low, high = bounds(numeral.value, numeral.qualifier)
    return found._replace(start=numeral.start, end=numeral.end, value=numeral.value, low=low, high=high,
                          qualifier=numeral.qualifier, vague=False, excluded=None)


def _unit_of(text: str, numeral: Numeral) -> tuple[str | None, tuple[str, ...], bool, int]:
    """The classifier as printed, the base units it can mean, whether the first is sure, and where the quantity ends."""
    if numeral.kind == "percent" or numeral.kind == "range" and (
            text.startswith(_PER_HUNDRED, numeral.start) or _PERCENT_RANGE.search(text, numeral.start, numeral.end)):
        return "%", ("percent",), True, numeral.end
    words = _units()
    start, end = numeral.start, numeral.end
    for classifier in words.by_first.get(text[end: end + 1], ()):
        if text.startswith(classifier, end):
            end += len(classifier)
            return classifier, *_by_head(text, start, end, classifier), end
    if numeral.kind == "money":
        return None, ("CNY",), True, end
    if (numeral.value or numeral.low or 0) >= LARGE:
        around = text[max(0, start - 12): start] + "#" + text[end: end + 8]
        for pattern, unit in words.bare:
            if pattern.search(around):
                return None, (unit,), True, end
    return None, (), True, end


def units_of(classifier: str) -> tuple[str, ...]:
    """The base units that a classifier by itself can mean; empty where it is none."""
    return _units().units.get(classifier, ())


def by_noun(label: str, units: tuple[str, ...]) -> tuple[str, ...]:
    """`units` with the one first that the last noun of a table row's label stands for."""
    spots = [(m.end(), unit) for pattern, unit, only_so in _units().heads if unit in units and not only_so
             for m in pattern.finditer(label)]
    best = max(spots, default=None)
    return _first(best[1], units) if best else units


def _by_head(text: str, start: int, end: int, classifier: str) -> tuple[tuple[str, ...], bool]:
    """The classifier's units, that of the noun after (or before) the quantity first; whether the first is sure."""
    units = units_of(classifier)
    if len(units) < 2:
        return units, True
    nouns, heads = _heads(units, classifier if classifier in _units().own else "")
    right = _CLAUSE.match(text, end, end + HEAD)
    noun = nouns.search(text, end, right.end()) if right else None
    if noun:
        return _first(heads[(noun.lastindex or 1) - 1][1], units), True
    left = _CLAUSE_END.search(text, max(0, start - HEAD), start)
    begin = left.start() if left else start
    begin = begin if units[0] != THINGS else max(begin, start - NEAR)  # 为书屋配备电脑36台: no 台 of a 书屋
    best = (begin, "")
    for pattern, unit in heads if nouns.search(text, begin, start) else ():
        for noun in pattern.finditer(text, begin, start):
            if len(noun.group()) > 1 and noun.end() > best[0]:
                best = noun.end(), unit
    if best[1]:
        return _first(best[1], units), True
    return tuple(u for u in units if (units[0], u) != (THINGS, "facility")), len(units) < 3


def _first(unit: str, units: tuple[str, ...]) -> tuple[str, ...]:
    return (unit, *(other for other in units if other != unit))


THINGS, NEAR = "item", 5  # unit of classifiers that count things (台, 箱); so near must a noun before them be
_CLAUSE = re.compile(r"[^，。；、：！？\d]*")
_CLAUSE_END = re.compile(r"[^，。；、：！？\d]*$")
_PERCENT_RANGE = re.compile("(?:[%％成]|个百分点)$")  # 60%至80%, 六到七成
_PER_HUNDRED = "百分之"
_ENDS = re.compile("[，。；、）]|$")
_MONEY = ("元", "块")
_ROUND = re.compile("[百千]?[百千万亿]")  # 万名职工大比武: a slogan's round number
_DIGITS = re.compile(r"\d")


def _is_vague(text: str, numeral: Numeral, end: int) -> bool:
    """A number below eleven (三位) or round (万名) in characters: more often an anecdote or a slogan than a figure."""
    if _DIGITS.search(text, numeral.start, end) or numeral.value is None or numeral.kind == "percent":
        return False
    round_number = _ROUND.fullmatch(text, numeral.start, numeral.end) and not text.startswith(_MONEY, numeral.end)
    return numeral.value <= 10 or bool(round_number) and qualify(text, numeral.start, end, numeral.qualifier) == "exact"


def _why_not(text: str, numeral: Numeral) -> str:
    """The ledger's reason for a number without a unit."""
    return "no unit" if _DIGITS.search(text, numeral.start, numeral.end) else "vague"
