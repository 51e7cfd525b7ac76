"""Newspaper pages with known truth, any number of them: `python -m benchmarks.generate --pages N --seed S --out DIR`.

    DIR/raw/012/0012345.txt   a page: hard-wrapped, several articles with headlines, bylines, prose and figures
    DIR/raw/issues.csv        which paper and day each page is of
    DIR/truth.csv             what was planted: document, quote, value, unit, metric, organisation, year

A page follows from the seed and its number alone, so the first thousand of a million are the thousand pages of a run
of a thousand, and one page at a time is held in memory. What the figures say is in `templates.py`, the rest of the
words in `pages.toml`, the unions in the gazetteer; whether a dataset has what was planted is told by `recall.py`.
"""
from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.templates import Template, material, templates, varied
from pipeline.vocabulary.gazetteer import Division, Gazetteer

CHARACTERS = 1500  # of a page, about
FOLDER = 1000  # pages in one folder
WIDTHS = (18, 20, 22, 24)  # characters of a line
FIGURES = (2, 3, 4)  # planted in one article
LAST_YEAR, OPINION = 0.4, 0.3  # chances: of a story about the year before its issue, of a piece without figures
SPACED, BROKEN = 0.15, 0.02  # chances: of a space before a figure, of a blank line inside a paragraph
NO_START = "，。、；：！？”’）》"  # what no line starts with


class Fact(NamedTuple):
    """One planted fact; the fields are the columns of truth.csv."""

    document: str
    quote: str
    value: float
    unit: str
    metric: str
    organisation: str
    year: int


@dataclass(frozen=True, slots=True)
class GeneratedPage:
    """A page: its document name, paper, day, text and what was planted in it."""

    document: str
    publication: str
    issue_date: date
    text: str
    facts: tuple[Fact, ...]


def pages(count: int, seed: int, characters: int = CHARACTERS) -> Iterator[GeneratedPage]:
    """`count` pages of about so many characters, one by one."""
    return (page(number, seed, characters) for number in range(count))


def page(number: int, seed: int, characters: int = CHARACTERS) -> GeneratedPage:
    """The page of that number."""
    chance, words = Random(f"{seed}/{number}"), material()
    document = f"{number // FOLDER:03}/{number:07}.txt"
    days = (date(words["last_year"], 12, 31) - date(words["first_year"], 1, 1)).days
    issue = date(words["first_year"], 1, 1) + timedelta(days=chance.randrange(days))
    blocks, facts, taken = [[chance.choice(words["sections"])]], [], set()
    width = chance.choice(WIDTHS)
    while sum(map(len, (paragraph for block in blocks for paragraph in block))) < characters:
        division = chance.choice(_divisions())
        if division.code not in taken:
            taken.add(division.code)
            paragraphs, planted = _article(division, issue, chance)
            blocks.append(paragraphs)
            facts += [Fact(document, *fact) for fact in planted]
        if chance.random() < OPINION:
            blocks.append(_opinion(chance))
    text = "\n\n".join("\n\n".join(_wrapped(paragraph, width, chance) for paragraph in block) for block in blocks)
    return GeneratedPage(document, chance.choice(words["papers"]), issue, text + "\n", tuple(facts))


@lru_cache(maxsize=1)
def _divisions() -> tuple[Division, ...]:
    """The divisions that have borne one name throughout, by code; what they lie in may have been renamed."""
    everywhere = Gazetteer.load().divisions()
    lasting = (division for division in everywhere if division.valid_from is None and division.valid_to is None)
    return tuple(sorted(lasting, key=attrgetter("code")))


def _level(division: Division) -> str:
    """The end of its name, by which papers speak of all of it: 全市, 全县; of an autonomous region none."""
    return "" if division.level == "province" and division.name[-1] != "省" else division.name[-1]


Planted = tuple[str, float, str, str, str, int]


def _article(division: Division, issue: date, chance: Random) -> tuple[list[str], list[Planted]]:
    """A headline and paragraphs, and the facts in them."""
    words, union = material(), f"{Gazetteer.load().full_name(division, issue)}总工会"
    year = issue.year - (chance.random() < LAST_YEAR)
    which = "this_year" if year == issue.year else "last_year"
    when, again = (words[name][which] for name in ("when", "again"))
    lead = chance.choice(words["leads"]).format(when=chance.choice(when).format(year=year), union=union)
    planted, told = [], []
    for template in _chosen(_level(division), year == issue.year, chance):
        figure = varied(template, chance)
        told.append(chance.choice(again).format(year=year) + figure.sentence)
        planted.append((figure.quote, figure.value, template.unit, template.metric, union, year))
    prose = chance.sample(words["prose"], len(told) + 2)
    sentences = [line for pair in zip(told, prose, strict=False) for line in pair]
    half = len(sentences) // 2 if chance.random() < 0.5 else len(sentences)
    name, other = (_name(chance) for _ in range(2))
    byline = chance.choice(words["bylines"]).format(name=name, other=other)
    body = [byline + lead + "".join(sentences[:half]), "".join(sentences[half:]), "".join(prose[len(told):])]
    return [chance.choice(words["headlines"]).format(union=union), *filter(None, body)], planted


def _chosen(level: str, of_this_year: bool, chance: Random) -> list[Template]:
    """A few templates that the union of such a division can stand behind, no two of one metric."""
    fitting = _fitting(level, of_this_year)
    chosen: dict[str, Template] = {}
    while len(chosen) < chance.choice(FIGURES):
        template = chance.choice(fitting)
        chosen.setdefault(template.metric, template)
    return list(chosen.values())


@lru_cache(maxsize=64)
def _fitting(level: str, of_this_year: bool) -> tuple[Template, ...]:
    return tuple(one for one in templates() if one.level in ("", level) and (of_this_year or not one.this_year))


def _opinion(chance: Random) -> list[str]:
    words = material()
    prose = chance.sample(words["prose"], 8)
    return [chance.choice(words["opinions"]), chance.choice(words["opinion_heads"]), f"□{_name(chance)}",
            "".join(prose[:4]), "".join(prose[4:])]


def _name(chance: Random) -> str:
    words = material()
    return chance.choice(words["surnames"]) + "".join(chance.sample(words["given"], chance.choice((1, 2))))


def _wrapped(paragraph: str, width: int, chance: Random) -> str:
    """Lines of a fixed width as a dump has them: a space before some figures, now and then a blank line inside."""
    lines = [""]
    for before, character in zip(" " + paragraph, paragraph, strict=False):
        if len(lines[-1]) >= width and character not in NO_START:
            lines.append("")
            if chance.random() < BROKEN:
                lines.append("")
        if character.isdigit() and "一" <= before <= "鿿" and lines[-1] and chance.random() < SPACED:
            lines[-1] += " "
        lines[-1] += character
    return "\n".join(lines)


def write(out: Path, count: int, seed: int, characters: int = CHARACTERS) -> None:
    """Write the pages, issues.csv and truth.csv into the folder, which is made; raises OSError where that cannot be."""
    raw = out / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    with ((raw / "issues.csv").open("w", encoding="utf-8", newline="") as issues,
          (out / "truth.csv").open("w", encoding="utf-8", newline="") as truth):
        issue_rows, facts = (csv.writer(file, lineterminator="\n") for file in (issues, truth))
        issue_rows.writerow(["document", "publication", "issue_date"])
        facts.writerow(Fact._fields)
        for made in pages(count, seed, characters):
            path = raw / made.document
            path.parent.mkdir(exist_ok=True)
            path.write_text(made.text, encoding="utf-8", newline="\n")
            issue_rows.writerow([made.document, made.publication, made.issue_date])
            facts.writerows(made.facts)


def main(arguments: list[str]) -> None:
    """Read the command line and write the pages."""
    parser = ArgumentParser(prog="python -m benchmarks.generate", description="Newspaper pages with known truth.")
    parser.add_argument("--pages", type=int, required=True, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.add_argument("--characters", type=int, default=CHARACTERS, help="of a page, about")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    given = parser.parse_args(arguments)
    write(given.out, given.pages, given.seed, given.characters)


if __name__ == "__main__":
    main(sys.argv[1:])
