"""What the words around a number say about it: exact, a lower bound, an upper bound or an estimate.

The words are in `vocabulary/qualifiers.toml`. Reading the number itself is done in `numeral_grammar`.
"""
from __future__ import annotations

import re
from decimal import Decimal
from typing import TypeVar

from pipeline.vocabulary import either, read_toml

Value = TypeVar("Value", float, Decimal)

_WORDS = read_toml("qualifiers.toml")
_BEFORE = {word: (entry["qualifier"], entry["not_after"], entry.get("bare_only", False))
           for entry in _WORDS["before"] for word in entry["words"]}
_AFTER = {word: entry["qualifier"] for entry in _WORDS["after"] for word in entry["words"]}
_LONGEST_BEFORE = max(map(len, _BEFORE))
_ENDINGS = frozenset(word[-1] for word in _BEFORE)
_LEADING, _TRAILING = either(_BEFORE), either(_AFTER)
_TRAILING_OPENINGS = frozenset(word[0] for word in _AFTER)
_LAST = re.compile(rf"\s{{0,2}}({_TRAILING})")
# What may stand between two bounds of one range: 大于5|小于10, 50|人以上|200人以下.
JOINING = re.compile(rf"(?P<unit>[^\W\d_]{{0,3}}?)(?:{_TRAILING})?[，、]?(?:的同时|并且|并|且|而)?(?:{_LEADING})?有?")


def qualify(text: str, start: int, end: int, inner: str) -> str:
    """The qualifier of the number at `start`, from the words directly before it and directly after `end`.

    `end` may stand after the number's classifier (90家|以上). `inner` is the number's own qualifier (余, 多, 几); it
    goes first, then the words before (近, 不少于), then those after (以上, 左右). Returns exact, above, below or about;
    达 or 达到 alone say nothing. Rule: annotation guidelines, field `qualifier`.
    """
    if inner != "exact":
        return inner
    return _before(text, start) or _after(text, end) or "exact"


def _before(text: str, start: int) -> str | None:
    while start and text[start - 1].isspace():
        start -= 1
    if not start or text[start - 1] not in _ENDINGS:
        return None
    bare = text[start:start + 3].lstrip()[:1] in tuple("百千万亿")
    for length in range(min(_LONGEST_BEFORE, start), 0, -1):
        entry = _BEFORE.get(text[start - length:start])
        if entry:
            qualifier, not_after, bare_only = entry
            other_word = start > length and text[start - length - 1] in not_after
            return None if other_word or (bare_only and not bare) else str(qualifier)
    return None


def _after(text: str, end: int) -> str | None:
    follows = text[end: end + 1]
    found = _LAST.match(text, end) if follows in _TRAILING_OPENINGS or follows.isspace() else None
    return _AFTER[found.group(1)] if found else None


def bounds(value: Value, qualifier: str) -> tuple[Value | None, Value | None]:
    """What a text commits to that states `value` so qualified, as (low, high); None is an open end.

    exact: both are the value; above: low only; below: high only; about: neither. Rule: annotation guidelines,
    fields `low` and `high`.
    """
    low = value if qualifier in ("exact", "above") else None
    high = value if qualifier in ("exact", "below") else None
    return low, high
