"""What opens and closes a story on a page: the marks of `vocabulary/layout.toml`, compiled; nothing is read here."""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.vocabulary import either, read_toml


@dataclass(frozen=True, slots=True)
class Marks:
    """The words of layout.toml under the same names: characters that lines begin or end with, and patterns.

    `head`: what opens a line that goes on no other: a subhead, a bracket, a square, a dash.
    """

    bullets: str
    terminals: str
    closers: str
    unit_starts: str
    not_units: tuple[str, ...]
    dateline: re.Pattern[str]
    dateline_needs: re.Pattern[str]
    caption: re.Pattern[str]
    signature: re.Pattern[str]
    salutation: re.Pattern[str]
    subhead: re.Pattern[str]
    head: re.Pattern[str]
    byline: re.Pattern[str]
    opening_day: re.Pattern[str]
    day_follows: str
    sections: frozenset[str]


@lru_cache(maxsize=1)
def marks() -> Marks:
    """The marks, compiled when first asked for."""
    words = read_toml("layout.toml")
    patterns = {name: re.compile(words[name])
                for name in ("caption", "signature", "salutation", "subhead", "byline", "opening_day")}
    return Marks(
        words["bullets"], words["terminals"], words["closers"], words["unit_starts"], tuple(words["not_units"]),
        re.compile("|".join(words["dateline"])), re.compile(either(words["dateline_needs"])),
        head=re.compile(words["subhead"] + r"|^[\[【■]|^——"), day_follows=words["day_follows"],
        sections=frozenset(words["section_words"]), **patterns,
    )
