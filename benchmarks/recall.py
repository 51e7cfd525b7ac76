"""What share of planted facts a dataset has: `python -m benchmarks.recall TRUTH.csv DATASET`; see `generate.py`.

A fact is found where a row of its page has its value, unit, metric, organisation and year; a row stands for one fact.
Both tables are read in the order of documents, a page at a time.
"""
from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from benchmarks.generate import Fact

ASKED = 0.99
FIELDS = ("value", "unit", "metric", "organisation", "year")
SHOWN = 40  # kinds of missed facts that are printed


@dataclass
class Recall:
    """How many facts were planted and found, and why the others were missed.

    `missed`: counts by metric and what differs ("unit: case for item"; "nothing read there").
    """

    planted: int = 0
    found: int = 0
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Found of planted; 1 where nothing was planted."""
        return self.found / self.planted if self.planted else 1.0


def recall(truth: Path, dataset: Path) -> Recall:
    """Compare the planted facts with the observations of a published dataset (its folder)."""
    told = Recall()
    rows = groupby(_rows(dataset / "observations.parquet"), key=attrgetter("document"))
    document, here = next(rows, ("", iter(())))
    for planted_in, facts in groupby(_facts(truth), key=attrgetter("document")):
        while document and document < planted_in:
            document, here = next(rows, ("", iter(())))
        _compare(list(facts), list(here) if document == planted_in else [], told)
    return told


def _facts(truth: Path) -> Iterator[Fact]:
    with truth.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Fact(**{**row, "value": float(row["value"]), "year": int(row["year"])})


def _rows(observations: Path) -> Iterator[Fact]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(observations) as file:
        for batch in file.iter_batches(columns=list(Fact._fields)):
            yield from (Fact(**row) for row in batch.to_pylist())


def _compare(facts: list[Fact], rows: list[Fact], told: Recall) -> None:
    free = Counter(row[2:] for row in rows)
    for fact in facts:
        told.planted += 1
        if free[fact[2:]] > 0:
            free[fact[2:]] -= 1
            told.found += 1
        else:
            kind = fact.metric, _difference(fact, rows)
            told.missed[kind] += 1
            told.examples.setdefault(kind, f"{fact.document}: {fact.quote}")


def _difference(fact: Fact, rows: list[Fact]) -> str:
    """What the nearest row of the page, of those with the same quote, says otherwise."""
    same = [row for row in rows if row.quote.replace("\n", "").replace(" ", "") == fact.quote]
    if not same:
        return "nothing read there"
    nearest = max(same, key=lambda row: sum(getattr(row, name) == getattr(fact, name) for name in FIELDS))
    wrong = [name for name in FIELDS if getattr(nearest, name) != getattr(fact, name)]
    told = (f"{name}: {getattr(nearest, name) if name in ('unit', 'metric') else 'another'}" for name in wrong)
    return "; ".join(told) or "read once, planted twice"


def main(arguments: list[str]) -> int:
    """Print the recall and the kinds of misses; 1 where it is below what is asked."""
    parser = ArgumentParser(prog="python -m benchmarks.recall", description="The share of planted facts in a dataset.")
    parser.add_argument("truth", type=Path, help="truth.csv of the generated pages")
    parser.add_argument("dataset", type=Path, help="the folder that was published to")
    given = parser.parse_args(arguments)
    told = recall(given.truth, given.dataset)
    print(f"{told.found:,} of {told.planted:,} planted facts found: {told.share:.4f} (asked {ASKED})")
    for kind, count in told.missed.most_common(SHOWN):
        print(f"{count:6}  {kind[0]}: {kind[1]}   {told.examples[kind]}")
    return int(told.share < ASKED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
