"""Loads and checks the words that the builder knows: metrics with their signals, units, periods, statuses and bodies.

The words live in the TOML and CSV files beside this one; what is done with them lives in `pipeline.extract`.
"""
from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
UNITS = ("person", "person_time", "household", "CNY", "percent", "organisation", "contract", "case", "event", "job",
         "facility", "square_metre", "copy", "work", "team", "item", "hour", "other")


class VocabularyError(ValueError):
    """A vocabulary file says something that cannot be used; the message names the file, the entry and the remedy."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word slot of a signal: any of `words`, on the left or right of the quantity."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """Words around a quantity that speak for a metric, e.g. `发展|吸收 会员 #` (# is the quantity).

    `left` and `right` hold the slots in reading order, `without` words that silence it in the same sentence,
    `weight` what is added to its score. `units`: of the quantities that it speaks of; empty: the metric's own.
    """

    text: str
    left: tuple[Token, ...]
    right: tuple[Token, ...]
    without: tuple[str, ...]
    weight: float
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of our own, the figure in it as printed, and its value in the base unit (None for an interval)."""

    sentence: str
    quote: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the catalogue: what it is called, what it counts and which words signal it."""

    code: str
    family: str
    label_zh: str
    label_en: str
    dimension: str
    measure: str
    definition: str
    units: tuple[str, ...]
    signals: tuple[Signal, ...]
    examples: tuple[Example, ...]
    counter_examples: tuple[str, ...]
    signalled_units: frozenset[str] = frozenset()  # units that a figure of the metric has where a signal with @ says so


def parse_signal(text: str, where: str) -> Signal:
    """Read `A|B C # D !E @F +1.5`: slots left and right of the quantity `#`, silencing words (!), units (@), weight.

    Raises VocabularyError, naming `where`, if there is not exactly one `#` or no word at all, or an unknown unit.
    """
    left: list[Token] = []
    right: list[Token] = []
    without: list[str] = []
    units: list[str] = []
    weight, side, marks = 0.0, left, 0
    for part in text.split():
        if part == "#":
            side, marks = right, marks + 1
        elif part[0] == "!":
            without += part[1:].split("|")
        elif part[0] == "@":
            units += part[1:].split("|")
        elif part[0] in "+-" and part[1:].replace(".", "", 1).isdigit():
            weight = float(part)
        else:
            side.append(Token(tuple(part.split("|"))))
    if marks != 1 or not left + right or not all(word for token in left + right for word in token.words):
        raise VocabularyError(f"{where}: the signal “{text}” needs one # for the quantity and at least one word.")
    if not set(units) <= set(UNITS):
        raise VocabularyError(f"{where}: the signal “{text}” names an unknown unit. Use one of {', '.join(UNITS)}.")
    return Signal(text, tuple(left), tuple(right), tuple(without), weight, frozenset(units))


def either(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, the longest that fits first.

    Words with one first character are one alternative, so that a search tries as many as there are such characters.
    """
    rests: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        rests.setdefault(word[:1], []).append(re.escape(word[1:]))
    return "|".join(re.escape(first) + (alike[0] if len(alike) == 1 else f"(?:{'|'.join(alike)})")
                    for first, alike in rests.items())


@lru_cache(maxsize=1)
def short_forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """The short forms of unions (省总), as a pattern and with the level that each stands for."""
    levels = {form: entry["level"] for entry in read_toml("bodies.toml")["short"] for form in entry["forms"]}
    return re.compile(either(levels)), levels


def read_toml(name: str) -> dict[str, Any]:
    """The parsed content of the vocabulary file `name`; raises VocabularyError if it is no valid TOML."""
    try:
        return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError(f"{name}: not valid TOML: {error}. Correct the line it names.") from None


def _metric(entry: dict[str, Any], family: str, where: str) -> Metric:
    needed = ("code", "label_zh", "label_en", "dimension", "measure", "definition", "units", "examples")
    missing = [key for key in needed if key not in entry]
    if missing or not entry["examples"]:
        raise VocabularyError(f"{where}: the entry lacks {', '.join(missing) or 'examples'}. Add what is missing.")
    signalled = frozenset(entry.get("signalled_units", ()))
    wrong = [unit for unit in (*entry["units"], *signalled) if unit not in UNITS]
    if wrong:
        raise VocabularyError(f"{where}: unknown unit {', '.join(wrong)}. Use one of {', '.join(UNITS)}.")
    return Metric(
        entry["code"], family, entry["label_zh"], entry["label_en"], entry["dimension"], entry["measure"],
        entry["definition"], tuple(entry["units"]),
        tuple(parse_signal(text, where) for text in entry.get("signals", ())),
        tuple(Example(e[0], e[1], e[2] if len(e) > 2 else None) for e in entry["examples"]),
        tuple(entry.get("counter_examples", ())), signalled,
    )


@lru_cache(maxsize=1)
def metrics() -> tuple[Metric, ...]:
    """The catalogue in the order of its files (one a family) and entries; codes are unique.

    Raises VocabularyError for an entry that lacks a field, an example, or names an unknown unit.
    """
    found: dict[str, Metric] = {}
    for path in sorted((HERE / "metrics").glob("*.toml")):
        for entry in read_toml(f"metrics/{path.name}")["metric"]:
            metric = _metric(entry, path.stem, f"metrics/{path.name}, {entry.get('code', 'an entry without a code')}")
            if metric.code in found:
                raise VocabularyError(f"metrics/{path.name}: {metric.code} stands twice. Keep one entry.")
            found[metric.code] = metric
    return tuple(found.values())


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """sha256 over every vocabulary file, names and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*")):
        if path.suffix in (".toml", ".csv"):
            digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
