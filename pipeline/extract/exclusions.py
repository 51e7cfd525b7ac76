"""Numbers that count nothing (dates, ordinals, names, slogans …) and why; quantities are read in `quantities`."""
from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.model import Numeral
from pipeline.vocabulary import read_toml

REACH = 6  # characters before a number in which a pattern that explains it may begin
CHARACTERS = "一二两三四五六七八九十百"
ANY = rf"(?:\d[\d.,]*[万亿千百]?|[〇零{CHARACTERS}千万]+)"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], list[str], frozenset[str]]:
    entries = read_toml("exclusions.toml")["exclusion"]
    reasons = [entry["reason"] for entry in entries]
    parts = ["|".join(expand(p) for p in entry["patterns"]) for entry in entries]
    kept = frozenset(entry["reason"] for entry in entries if entry.get("keep"))
    return re.compile("|".join(f"(?P<r{n}>{part})" for n, part in enumerate(parts))), reasons, kept


def expand(pattern: str) -> str:
    """A vocabulary pattern with its placeholders (N a number, C one in characters, in or outside a class) written out."""
    pattern = pattern.replace(r"[C\d]", rf"[{CHARACTERS}\d]").replace("[N]", rf"[{CHARACTERS}\d]")
    return pattern.replace("N", ANY).replace("C", f"[{CHARACTERS}]+")


def exclusions(text: str, numerals: Sequence[Numeral]) -> list[str | None]:
    """For each numeral of `text`, in order, the reason why it counts nothing, or None where it may be a quantity."""
    pattern, reasons, _ = _patterns()
    found: list[str | None] = []
    covered, last = 0, None
    for numeral in numerals:
        if numeral.end <= covered:
            found.append(last)
            continue
        reason = None
        for start in range(max(0, numeral.start - REACH), numeral.start + 1):
            match = pattern.match(text, start)
            if match and match.end() > numeral.start and _explains(text, match.end(), numeral.end):
                reason = reasons[int((match.lastgroup or "r0")[1:])]
                covered, last = match.end(), reason
                break
        found.append(reason or _quoted(text, numeral))
    return found


def _explains(text: str, end: int, numeral_end: int) -> bool:
    """Whether a pattern that ends at `end` covers the numeral, but for the qualifier at the numeral's own end."""
    return end >= numeral_end or not re.search(r"[\d一二三四五六七八九万亿]", text[end:numeral_end])


def kept(reason: str | None) -> bool:
    """Whether a number excluded for `reason` may still be a quantity where a metric's signal speaks for it."""
    return reason in _patterns()[2]


_TITLE = re.compile(r"《[^》\n]{0,60}$")
_QUOTE = re.compile(r"[“‘][^”’，。；！？\n]{0,14}$")
_QUOTE_END = re.compile(r"[^“‘，。；！？\n]{0,16}[”’]")


def _quoted(text: str, numeral: Numeral) -> str | None:
    """name for a number in a title《》, slogan for one in a short quotation."""
    before = text[max(0, numeral.start - 60): numeral.start]
    if _TITLE.search(before) and "》" in text[numeral.end: numeral.end + 60]:
        return "name"
    if _QUOTE.search(before) and _QUOTE_END.match(text, numeral.end):
        return "slogan"
    return None
