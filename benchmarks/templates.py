"""Sentences with a figure whose reading is known: the vocabulary's examples, their figures varied; pages are not here.

An example becomes a template unless a rule of `pages.toml` (`left_out`) says that inside another story it means
nothing certain: it names another body as the doer, another year or a span of years, leans on a sentence before it, or
belongs to a metric that holds unlike things. What is known of a template is what its entry says, not what is read.
"""
from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from pipeline.vocabulary import metrics, read_toml

RUN = re.compile(r"\d+(?:\.\d+)?")
TENTHS = re.compile(r"[二三四五六七八九](?=成)")
QUOTE = re.compile(r"(?P<number>[\d.]+|[二三四五六七八九](?=成))(?:(?P<multiplier>[万亿])|[余多])*个?(?P<word>\D+)$")
TIMES = {None: 1, "万": 10_000, "亿": 100_000_000}
TENTH_WORDS = "二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Template:
    """An example of the metric: `sentence` holds `quote` once; `level`: the end of its union's division, where it asks.

    `this_year`: it tells of the year of the issue.
    """

    metric: str
    sentence: str
    quote: str
    unit: str
    level: str
    this_year: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A template with figures of its own: the sentence, the figure as printed and its value in the base unit."""

    sentence: str
    quote: str
    value: float


@lru_cache(maxsize=1)
def material() -> dict[str, Any]:
    """The content of `pages.toml`."""
    return tomllib.loads(Path(__file__).with_name("pages.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """The templates that the vocabulary's examples give, in its order."""
    units = _units()
    found = []
    for metric in metrics():
        for example in metric.examples if metric.code not in material()["left_out"]["catch_alls"] else ():
            levels = {end for end, words in material()["levels"].items() if _has(example.sentence, words)}
            parts = QUOTE.match(example.quote)
            if parts and len(levels) < 2 and not _left_out(example.sentence):
                found.append(Template(
                    metric.code, example.sentence, example.quote, units(parts["word"], metric.units), "".join(levels),
                    _has(example.sentence, material()["this_year"])))
    return tuple(found)


def _has(sentence: str, words: list[str]) -> bool:
    return any(word in sentence for word in words)


def _left_out(sentence: str) -> bool:
    rules = material()["left_out"]
    return any(_has(sentence, rules[name]) for name in ("other_doers", "other_years", "leaning"))


def _units() -> Callable[[str, tuple[str, ...]], str]:
    """Of the units that a classifier can stand for, the metric's first; of a currency or a percentage the only one."""
    known = {text: entry["units"] for entry in read_toml("units.toml")["classifier"] for text in entry["text"]}
    own = material()["units"]

    def unit(word: str, wanted: tuple[str, ...]) -> str:
        if word in own:
            return next(unit for unit in own[word] if unit in wanted)
        return next(unit for unit in wanted if unit in known.get(word, wanted))

    return unit


def varied(template: Template, chance: Random) -> Figure:
    """The template with other figures, as long and as round as its own, no two of them alike."""
    start = template.sentence.index(template.quote)
    end = start + len(template.quote)
    while True:
        before, quote, after = (_varied(part, chance) for part in
                                (template.sentence[:start], template.quote, template.sentence[end:]))
        sentence = before + quote + after
        figures = RUN.findall(sentence)
        if len(set(figures)) == len(figures) and sentence.count(quote) == 1:
            return Figure(sentence, quote, value_of(quote))


def _varied(words: str, chance: Random) -> str:
    return TENTHS.sub(lambda _: chance.choice(TENTH_WORDS), RUN.sub(lambda run: _other(run[0], chance), words))


def _other(figure: str, chance: Random) -> str:
    """Another figure with as many digits before and after the point; zeros at its end stay, and 100 with them."""
    if figure == "100":
        return figure
    whole = figure.rstrip("0") if "." not in figure else figure
    first = chance.choice(whole[0] if len(figure) == 3 and whole[0] == "1" else "123456789")
    digits = [chance.choice("123456789") if digit != "." else "." for digit in whole[1:]]
    return first + "".join(digits) + "0" * (len(figure) - len(whole))


def value_of(quote: str) -> float:
    """The value of a figure as the templates print them, in its base unit: 3.2万人 -> 32000, 八成 -> 80."""
    parts = QUOTE.match(quote)
    if parts is None:
        raise ValueError(f"{quote} is no figure of a template")
    if parts["number"] in TENTH_WORDS:
        return float(10 * (TENTH_WORDS.index(parts["number"]) + 2))
    return float(Decimal(parts["number"]) * TIMES[parts["multiplier"]])
