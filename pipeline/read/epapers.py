"""E-paper systems: which one a saved page comes from and where it puts what; the entries are vocabulary/epapers.toml.

How a page is read by an entry lives in `html`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.vocabulary import VocabularyError, read_toml

GENERAL = "general"  # the name of no system: the page is read by its prose
SOURCES = ("address", "printed")
_FIELDS = frozenset({"name", "label", "marks", "head", "byline", "body", "after", "before", "without", "lines_out",
                     "date"})


@dataclass(frozen=True, slots=True)
class System:
    """One entry: its marks, the selectors of head, byline and body, or the lines that bound the story."""

    name: str
    marks: tuple[re.Pattern[str], ...]
    head: tuple[tuple[str, ...], ...]
    byline: tuple[str, ...]
    body: tuple[str, ...]
    after: re.Pattern[str] | None
    before: re.Pattern[str] | None
    without: tuple[str, ...]
    lines_out: re.Pattern[str] | None
    date: tuple[str, ...]


def system_of(source: str) -> System:
    """The system whose marks stand in a page's source; the general one where none does."""
    return next((system for system in systems() if all(mark.search(source) for mark in system.marks)), general())


def general() -> System:
    """What is known of a page of no known system."""
    return System(GENERAL, (), (), (), (), None, None, (), None, ("printed", "address"))


@lru_cache(maxsize=1)
def systems() -> tuple[System, ...]:
    """All entries in their order; raises VocabularyError for one that cannot be used."""
    return tuple(_system(entry) for entry in read_toml("epapers.toml")["system"])


def _system(entry: dict[str, Any]) -> System:
    name = entry.get("name", "?")
    unknown = entry.keys() - _FIELDS
    if unknown or not entry.get("marks") or not (entry.get("body") or entry.get("after")):
        said = f"unknown field {min(unknown)}" if unknown else "marks, and body or after, are needed"
        raise VocabularyError(f"epapers.toml, {name}: {said}")
    if not set(entry["date"]) <= set(SOURCES):
        raise VocabularyError(f"epapers.toml, {name}: date knows {', '.join(SOURCES)}")
    lines_out = entry.get("lines_out")
    return System(
        name, tuple(re.compile(mark) for mark in entry["marks"]), tuple(tuple(line) for line in entry.get("head", ())),
        tuple(entry.get("byline", ())), tuple(entry.get("body", ())), _compiled(entry.get("after")),
        _compiled(entry.get("before")), tuple(entry.get("without", ())),
        re.compile("|".join(lines_out)) if lines_out else None, tuple(entry["date"]),
    )


def _compiled(regex: str | None) -> re.Pattern[str] | None:
    return re.compile(regex) if regex else None
