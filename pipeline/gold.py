"""What was read on pages, by hand and by the builder, in one shape; how the two are compared lives in `evaluate`."""
from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError, UserError
from pipeline.model import Observation

if TYPE_CHECKING:
    import pyarrow as pa

SPLIT = "split.csv"
_COLUMNS = {"value_low": "low", "value_high": "high", "span_start": "start", "span_end": "end"}
_FROM_TABLE = ("document", "span_start", "span_end", "quote", "value", "value_low", "value_high", "qualifier", "unit",
               "per", "metric", "organisation", "year", "status")
WITH_OTHERS = ("unit", "per", "metric", "organisation", "year")  # fields for which a fact may accept other answers
_STATED = ("value", "low", "high", "qualifier", "unit", "per", "metric", "organisation", "year", "status")


@dataclass(frozen=True, slots=True)
class Figure:
    """What is compared of a figure, read by the builder or by hand."""

    start: int
    end: int
    quote: str
    value: float | None
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    per: str | None
    metric: str
    organisation: str | None
    year: int | None
    status: str


def figure_of(o: Observation) -> Figure:
    """What is compared of an observation."""
    return Figure(o.start, o.end, o.quote, o.value, o.low, o.high, o.qualifier, o.unit, o.per, o.metric,
                  o.organisation, o.year, o.status)


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure read by hand; `also`: other answers that are accepted, by field; `free`: neither missed nor wrong."""

    figure: Figure
    also: Mapping[str, frozenset[str | int | None]]
    free: bool

    def accepts(self, name: str, answer: str | int | None) -> bool:
        """Whether `answer` is right for the field `name`."""
        return answer == getattr(self.figure, name) or answer in self.also.get(name, ())


def read_gold(gold: Path, texts: Mapping[str, str]) -> dict[str, list[Fact]]:
    """The facts of the gold files of the pages in `texts`, by the page's name without its ending.

    Raises DataError, with file and line, for a line that is no fact or whose figure is not in the page's text.
    """
    return {name: _facts(gold / f"{name}.jsonl", text) for name, text in texts.items()}


def gold_pages(gold: Path, half: str | None = None, split: Path | None = None) -> list[str]:
    """The names of the pages read by hand, sorted; of one half, where given, by the table `split` (document, half).

    Raises UserError where there is no such folder or table, or no page.
    """
    names = sorted(path.stem for path in gold.glob("*.jsonl"))
    if not names:
        raise UserError("there is no folder with gold files (NAME.jsonl)", file=str(gold))
    if half is None:
        return names
    table = split or gold / SPLIT
    if not table.is_file():
        raise UserError("there is no table that deals the pages into halves", file=str(table))
    with open(table, encoding="utf-8", newline="") as lines:
        chosen = {row["document"] for row in csv.DictReader(lines) if row["half"] == half}
    return [name for name in names if name in chosen]


def _facts(path: Path, text: str) -> list[Fact]:
    facts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            content = json.loads(line) if line.strip() else {"skip": []}
            if "skip" not in content:
                facts.append(_fact(content, text))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"it is no fact of the page ({error})", file=path.name, place=f"line {number}",
                            remedy="Compare it with the guidelines and the page") from None
    return facts


def _fact(content: dict[str, Any], text: str) -> Fact:
    start = -1
    for _ in range(content["nth"]):
        start = text.index(content["text"], start + 1)
    also = {name: frozenset(content[f"{name}_alt"]) for name in WITH_OTHERS if content.get(f"{name}_alt")}
    figure = Figure(start, start + len(content["text"]), content["text"], *(content[name] for name in _STATED))
    return Fact(figure, also, bool(content.get("optional") or content.get("repeat")))


def figures_of(observations: pa.Table) -> dict[str, list[Figure]]:
    """The rows of an observations table as figures, by the document's name without folder and ending, in its order."""
    found: dict[str, list[Figure]] = {}
    for row in observations.select(_FROM_TABLE).to_pylist():
        page = PurePosixPath(row.pop("document")).stem
        found.setdefault(page, []).append(Figure(**{_COLUMNS.get(name, name): value for name, value in row.items()}))
    return found
