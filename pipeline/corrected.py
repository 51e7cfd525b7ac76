"""Corrections applied to the rows of pages; the file they come from is read in `corrections.py`.

A corrected row keeps its observation_id, which is that of the figure as it was read, and is flagged `corrected`.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple, cast

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.assemble import observation_rows
from pipeline.corrections import FIGURE, Correction, Corrections, shown
from pipeline.diff import CORRECTED
from pipeline.errors import DataError
from pipeline.integrity import without
from pipeline.model import Observation
from pipeline.pagerows import PageRows, joined
from pipeline.rows import Metric, warnings
from schemas import TABLES
from schemas.export import arrow_table
from schemas.table import TableSchema

NO_FIGURE = "corrected"  # the ledger's reason for a number that a correction says is no figure
_WARNED = {"rate_above_100", "outlier", "fractional_count", "unit_unexpected"}  # flags that follow from the reading


class _Reading(NamedTuple):
    """What `rows.warnings` looks at."""

    flags: tuple[str, ...]
    value: float | None
    high: float | None
    unit: str
    metric: str


def corrected(
    rows: PageRows, corrections: Corrections, catalogue: Mapping[str, Metric],
    into: MutableMapping[str, pa.Table] | None = None,
) -> PageRows:
    """The rows of all pages with the corrections applied to those that they name, put `into` what is given.

    Raises DataError that lists, with their lines, the corrections whose figure or expected value is not there, and
    those that give a row that no table may hold.
    """
    here = sorted(set(corrections.by_document).intersection(rows["documents"]["document"].to_pylist()))
    if not here:
        return rows
    pages = rows.of(here)
    observed = pages["observations"].to_pylist()
    problems: list[str] = []
    dropped: set[str] = set()
    for document in here:
        figures = [row for row in observed if row["document"] == document]
        for correction in corrections.by_document[document]:
            problem = _apply(correction, figures, dropped)
            if problem:
                problems.append(f"line {correction.line}: {problem}")
    if not problems:
        changed = _remade(pages, observed, dropped, catalogue)
        problems = list(_refused(changed["observations"], corrections))
    if problems:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(
            f"{corrections.file}: {len(problems)} corrections do not fit the pages any more, so nothing was published:"
            f"{listed}\nThe dataset published before is unchanged",
            remedy="Look at each figure with `union-metrics explain DOCUMENT:QUOTE`, then mend or remove its line")
    return joined([rows.but(here), changed], into)


def _apply(correction: Correction, figures: Sequence[dict[str, Any]], dropped: set[str]) -> str | None:
    """Change the row that is meant; or what stands against it, in words."""
    alike = [row for row in figures if row["quote"] == correction.quote]
    where = f"{correction.document}: the figure {correction.quote!r}"
    if len(alike) < correction.nth:
        often = f"only {len(alike)} times" if alike else "no longer"
        return f"{where} stands in the page {often}, so that there is no number {correction.nth} of them"
    row = alike[correction.nth - 1]
    if correction.field == FIGURE:
        dropped.add(row["observation_id"])
        return None
    found = row[correction.field]
    if found != correction.expected:
        return (f"{where} has the {correction.field} {shown(found)}, where the correction expects "
                f"{shown(correction.expected)}")
    row[correction.field] = correction.value
    if correction.field == "value":  # the ends that were the value itself move with it
        for end in ("value_low", "value_high"):
            row[end] = correction.value if row[end] is not None and row[end] == found else row[end]
    if correction.field == "organisation":
        row["division_code"] = None
    row["flags"] = sorted({*row["flags"], CORRECTED})
    return None


def _remade(
    pages: PageRows, observed: list[dict[str, Any]], dropped: set[str], catalogue: Mapping[str, Metric],
) -> PageRows:
    """The pages with what follows from the changed rows: warnings, keys, families, repeats, ledger, counts."""
    for row in observed:
        if CORRECTED in row["flags"]:
            flags = tuple(flag for flag in row["flags"] if flag not in _WARNED)
            reading = _Reading(flags, row["value"], row["value_high"], row["unit"], row["metric"])
            row["flags"] = warnings(cast(Observation, reading), catalogue[row["metric"]])
    raw = pa.Table.from_pylist(observed, pages["observations"].schema)
    tables = dict(pages.tables)
    tables["observations"] = observation_rows(without(raw, dropped), catalogue).replace_schema_metadata()
    ledger = pages["numerals"].to_pylist()
    for entry in ledger:
        if entry["observation_id"] in dropped:
            entry |= {"observation_id": None, "reason": NO_FIGURE}
    tables["numerals"] = _table(TABLES["numerals"], ledger)
    documents = pages["documents"].to_pylist()
    for document in documents:
        held = pc.sum(pc.equal(tables["observations"]["document"], document["document"])).as_py()
        document["observation_count"] = held or 0
    tables["documents"] = _table(TABLES["documents"], documents)
    return PageRows(tables)


def _table(schema: TableSchema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    held = {column.name: [row[column.name] for row in rows] for column in schema.columns}
    return arrow_table(schema, held).replace_schema_metadata()


def _refused(observations: pa.Table, corrections: Corrections) -> Iterator[str]:
    """A sentence a corrected row that breaks its schema."""
    schema = TABLES["observations"]
    for failure in schema.failures(observations.select([column.name for column in schema.columns])):
        row = observations.slice(failure.row or 0, 1).to_pylist()[0]
        lines = [str(c.line) for c in corrections.by_document[row["document"]] if c.quote == row["quote"]]
        yield f"line {', '.join(lines)}: {row['document']}: the figure {row['quote']!r}: {failure.reason}"
