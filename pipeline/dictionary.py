"""The data dictionary in Markdown: every table and column, and every metric with the Chinese words that signal it.

`python -m pipeline.dictionary > docs/data_dictionary.md` writes it anew; a test fails where it is out of date.
"""
from __future__ import annotations

from collections.abc import Iterator

from pipeline.vocabulary import Metric, metrics
from schemas import TABLES
from schemas.labels import label
from schemas.table import TableSchema

WORDS = 16  # words of a metric that are listed
INTRODUCTION = """# Data dictionary

Made from `schemas/columns.py` and the vocabulary by `python -m pipeline.dictionary`; not edited by hand.

[The tables](#observations), each a Parquet file of that name, then [the metrics](#the-metrics) with their definitions
and the words that signal them.

The same stands in each Parquet file, and for machines in `datapackage.json` (Data Package v2, with bytes and
SHA-256 of each file, which `union-metrics validate` checks). `frictionless validate datapackage.json --skip-errors
byte-count` takes it; without that option frictionless 5 finds fault with the size of every Parquet file, which it never
counts.
"""


def data_dictionary() -> str:
    """What `docs/data_dictionary.md` holds."""
    return "".join([INTRODUCTION, *map(_table, TABLES.values()), *_metrics()])


def _table(schema: TableSchema) -> str:
    key = f"Key: {', '.join(schema.key)}. " if schema.key else ""
    lines = [f"\n## {schema.name}\n\n{schema.description}\n\n{key}Sorted by {', '.join(schema.order)}.\n\n",
             "| column | type | pandas | meaning |\n|---|---|---|---|\n"]
    for c in schema.columns:
        codes = f" Codes: {', '.join(c.codes)}." if c.codes else ""
        null = ", nullable" if c.nullable else ""
        lines.append(f"| {c.name} | {c.type}{null} | {c.pandas} | {c.description}{codes} |\n")
    return "".join(lines)


def _metrics() -> Iterator[str]:
    yield ("\n## The metrics\n\nThe words are the first of those in `pipeline/vocabulary/metrics/`, where all stand "
           "with the order in which they must stand around the figure.\n")
    family = ""
    for metric in metrics():
        if metric.family != family:
            family = metric.family
            yield f"\n### {family} ({label('family', family, 'zh')})\n\n"
            yield "| metric | label | counts | definition | words |\n|---|---|---|---|---|\n"
        yield (f"| {metric.code} | {metric.label_en}, {metric.label_zh} | {metric.dimension}, {metric.measure} "
               f"| {metric.definition} | {_words(metric)} |\n")


def _words(metric: Metric) -> str:
    """The different words of the metric's signals, the first ones of each signal before the rest."""
    slots = [token.words for signal in metric.signals for token in (*signal.left, *signal.right)]
    turns = range(max(map(len, slots), default=0))
    words = list(dict.fromkeys(slot[turn] for turn in turns for slot in slots if turn < len(slot)))
    more = f" … ({len(words) - WORDS} more)" if len(words) > WORDS else ""
    return "、".join(words[:WORDS]).replace("|", "\\|") + more if words else "whatever no other metric takes"


if __name__ == "__main__":
    print(data_dictionary(), end="")
