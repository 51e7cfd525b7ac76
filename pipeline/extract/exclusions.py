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
_PLACEHOLDER = re.compile(r"\[(?:\\.|[^]\\])+\]|[NC](?![a-z])")
_ATOM = re.compile(r"\(\?<?[:=!]|\[(?:\\.|[^]\\])+\]|\{[^}]*\}|\\u[\da-f]{4}|\\.|.", re.DOTALL)
_OPTIONAL = re.compile(r"[?*]|\{0")


class _Exclusions:
    """The patterns of the vocabulary, sorted by the character that they begin with."""

    def __init__(self) -> None:
        entries = read_toml("exclusions.toml")["exclusion"]
        self.reasons = [entry["reason"] for entry in entries]
        self.kept = frozenset(entry["reason"] for entry in entries if entry.get("keep"))
        patterns = [(number, expand(pattern)) for number, entry in enumerate(entries) for pattern in entry["patterns"]]
        self.patterns = [(number, pattern, re.compile("|".join(openings(pattern)))) for number, pattern in patterns]
        self.compiled: dict[tuple[int, ...], re.Pattern[str]] = {}
        self.at: dict[str, re.Pattern[str] | None] = {}

    def beginning_with(self, character: str) -> re.Pattern[str] | None:
        """One pattern of all that can begin with a character, in the order of the file; None where none can."""
        if character not in self.at:
            chosen = tuple(n for n, (_, _, opening) in enumerate(self.patterns) if opening.match(character))
            if chosen and chosen not in self.compiled:
                parts = (f"(?P<r{self.patterns[n][0]}_{n}>{self.patterns[n][1]})" for n in chosen)
                self.compiled[chosen] = re.compile("|".join(parts))
            self.at[character] = self.compiled.get(chosen)
        return self.at[character]


@lru_cache(maxsize=1)
def _exclusions() -> _Exclusions:
    return _Exclusions()
