"""Which observations came, went or changed between two versions of the dataset, and why; nothing is switched here."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import UserError
from pipeline.versions import VERSIONS, described, version_of

CAME, WENT, CHANGED = "came", "went", "changed"
CORRECTED = "corrected"  # the flag of a row that a correction changed
KEY = "observation_id"
_ISSUE = ("publication", "issue_date", "issue_date_precision", "issue_date_basis", "page", "section")
LIGHT = (KEY, "document", "family", "repeat_of", "flags")
MOST_RUNS = 1000  # up to so many slices are cheaper than a copy
SHOWN = 20  # rows that a report lists
SCHEMA = pa.schema([
    pa.field(name, kind, metadata={"description": told}) for name, kind, told in (
        ("change", pa.string(), "came, went or changed."),
        ("why", pa.list_(pa.field("element", pa.string())),
         "What differs between the versions that can have done it: page, issue, correction, vocabulary, code; or other "
         "pages, when the row changed through another page alone (what it repeats)."),
        ("document", pa.string(), "The page."),
        ("quote", pa.string(), "The figure as printed."),
        ("id_before", pa.string(), "observation_id in the older version; null for what came."),
        ("id_after", pa.string(), "observation_id in the newer version; null for what went."),
        ("metric", pa.string(), "Metric, in the newer version where it is there."),
        ("organisation", pa.string(), "Organisation, likewise."),
        ("year", pa.int16(), "Year, likewise."),
        ("value", pa.float64(), "Value, likewise."),
        ("fields", pa.list_(pa.field("element", pa.string())), "The columns that differ."),
        ("before", pa.list_(pa.field("element", pa.string())), "What stood in them, as text; null where nothing."),
        ("after", pa.list_(pa.field("element", pa.string())), "What stands in them."),
    )
])


@dataclass(frozen=True)
class Side:
    """One of the two versions: its observations, its documents, and what build.json says."""

    observations: pa.Table
    documents: pa.Table
    info: Mapping[str, Any]

    def of(self, pages: Sequence[str]) -> Side:
        """The same with the observations of these pages alone."""
        wanted = pc.is_in(self.observations["document"], pa.array(pages, pa.string()))
        return Side(self.observations.filter(wanted), self.documents, self.info)


@dataclass(frozen=True)
class Changes:
    """What differs between two versions: their build ids and a row a figure (`SCHEMA`), by document."""

    before: str
    after: str
    table: pa.Table

    def counts(self) -> dict[str, dict[str, int]]:
        """How many rows by change and, within it, by why."""
        counted: dict[str, Counter[str]] = {change: Counter() for change in (CAME, WENT, CHANGED)}
        for change, why in zip(self.table["change"].to_pylist(), self.table["why"].to_pylist(), strict=True):
            counted[change][" or ".join(why)] += 1
        return {change: dict(sorted(reasons.items())) for change, reasons in counted.items()}

    def summary(self) -> str:
        """One line: `12 observations came (page 12), none went, 3 changed (correction 3)`."""
        said = []
        for change, reasons in self.counts().items():
            listed = ", ".join(f"{why} {count:,}" for why, count in reasons.items())
            said.append(f"{sum(reasons.values()):,} {change} ({listed})" if reasons else f"none {change}")
        return f"Observations since version {self.before}: {', '.join(said)}"

    def report(self, shown: int = SHOWN) -> str:
        """The summary and, line by line, the first `shown` rows."""
        rows = self.table.slice(0, shown).to_pylist()
        more = [f"and {self.table.num_rows - shown:,} more"] if self.table.num_rows > shown else []
        return "\n".join([self.summary(), *map(_line, rows), *more])

    def write(self, path: Path) -> None:
        """The rows as a Parquet file; raises UserError where it cannot be written."""
        try:
            pq.write_table(self.table, path, compression="zstd")
        except OSError as error:
            raise UserError(f"this file cannot be written: {error.strerror or error}", file=str(path),
                            remedy="Name another file with --parquet") from None

    def content(self) -> dict[str, Any]:
        """The same for JSON: both build ids, the counts, the rows."""
        return {"before": self.before, "after": self.after, "counts": self.counts(), "rows": self.table.to_pylist()}


def diff(out: Path | str, before: str = "previous", after: str = "current") -> Changes:
    """What differs between two versions that are kept under `out`; raises UserError if one of them is not."""
    sides = [(build_id, side_of(Path(out, VERSIONS, build_id)))
             for build_id in (version_of(out, before), version_of(out, after))]
    return compare(*sides[0], *sides[1])


def side_of(folder: Path, pages: Sequence[str] | None = None) -> Side:
    """The version in a folder; with `pages`, only the observations of these."""
    wanted = None if pages is None else pc.field("document").isin(pa.array(pages, pa.string()))
    observations = pq.read_table(folder / "observations.parquet", filters=wanted)
    return Side(observations, pq.read_table(folder / "documents.parquet"), described(folder))


def light_side(folder: Path) -> Side:
    """The version in a folder with no columns of its observations but LIGHT."""
    observations = pq.read_table(folder / "observations.parquet", columns=list(LIGHT))
    return Side(observations, pq.read_table(folder / "documents.parquet"), described(folder))


def pages_that_differ(before: Side, after: Side) -> list[str]:
    """The pages whose rows may differ between two versions of the same code, libraries and corrections.

    Rows follow from their page and its issue then, but for what they repeat and for flags; LIGHT tells both.
    """
    issue = ["document", "sha256", *_ISSUE]
    pages = _where_they_differ(before.documents.select(issue), after.documents.select(issue), "document")
    rows = _where_they_differ(before.observations.select(LIGHT), after.observations.select(LIGHT), KEY)
    return sorted({*pages, *rows})


def _where_they_differ(old: pa.Table, new: pa.Table, key: str) -> Iterator[str]:
    """The documents of rows that one of two tables lacks, by `key`, or has otherwise."""
    stays = pc.is_in(old[key], new[key].combine_chunks())
    known = pc.is_in(new[key], old[key].combine_chunks())
    for table, kept in ((old, stays), (new, known)):
        yield from table["document"].filter(pc.invert(kept)).to_pylist()
    yield from (row["document"] for _, row in _differing(_where(old, stays), _where(new, known)) if row)


def compare(id_before: str, before: Side, id_after: str, after: Side) -> Changes:
    """What differs between two versions. A figure is the same by its id, else by its page, its quote and which such."""
    old, new = before.observations, after.observations
    stays = pc.is_in(old[KEY], new[KEY].combine_chunks())
    known = pc.is_in(new[KEY], old[KEY].combine_chunks())
    gone, fresh = old.filter(pc.invert(stays)).to_pylist(), new.filter(pc.invert(known)).to_pylist()
    pairs = [*_paired(gone, fresh), *_differing(_where(old, stays), _where(new, known))]
    why = _Reasons(before, after)
    rows = [_row(one, other, why) for one, other in sorted(pairs, key=_place)]
    return Changes(id_before, id_after, pa.Table.from_pylist(rows, SCHEMA))


def _where(table: pa.Table, wanted: pa.ChunkedArray) -> pa.Table:
    """The rows that are wanted; those that follow each other are not copied, which are nearly all."""
    kept = pc.indices_nonzero(wanted).to_numpy()
    starts = np.flatnonzero(np.diff(kept, prepend=-2) != 1)
    if len(starts) > MOST_RUNS:
        return table.filter(wanted)
    ends = np.append(starts, len(kept))[1:]
    return pa.concat_tables([table.slice(0, 0), *(
        table.slice(kept[start], end - start) for start, end in zip(starts, ends, strict=True))])


Pair = tuple[dict[str, Any] | None, dict[str, Any] | None]


def _place(pair: Pair) -> tuple[str, int, str]:
    """Where a figure stands, in the newer version where it is there."""
    row = pair[1] or pair[0] or {}
    return row["document"], row["span_start"], row[KEY]


def _paired(gone: list[dict[str, Any]], fresh: list[dict[str, Any]]) -> Iterator[Pair]:
    """Rows that stand for the same figure though it is read otherwise, in page order; the others alone."""
    waiting: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in gone:
        waiting.setdefault((row["document"], row["quote"]), []).append(row)
    for row in fresh:
        alike = waiting.get((row["document"], row["quote"]))
        yield alike.pop(0) if alike else None, row
    yield from ((row, None) for rows in waiting.values() for row in rows)


def _differing(old: pa.Table, new: pa.Table) -> Iterator[Pair]:
    """The rows that differ in a column, of tables of the same figures, which both are in the order of their pages."""
    differs = None
    for name in old.column_names:
        if name in new.column_names:
            here = _unequal(_plain(old[name]), _plain(new[name]))
            differs = here if differs is None else pc.or_(differs, here)
    if differs is not None and pc.any(differs).as_py():
        yield from zip(old.filter(differs).to_pylist(), new.filter(differs).to_pylist(), strict=True)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Words for codes and for lists, so that any two columns of one name compare."""
    if pa.types.is_list(column.type):
        return pc.binary_join(column, ",")
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _unequal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    missing = pc.not_equal(pc.is_null(one), pc.is_null(other))
    return pc.or_(missing, pc.fill_null(pc.not_equal(one, other), False))


class _Reasons:
    """Why a row of a document may have changed: what else differs between the versions."""

    def __init__(self, before: Side, after: Side):
        columns = ["document", "sha256", *_ISSUE]
        self._pages = [{row["document"]: row for row in side.documents.select(columns).to_pylist()}
                       for side in (before, after)]
        self._tools = [word for word, key in (("vocabulary", "vocabulary_sha256"), ("code", "source_sha256"))
                       if before.info.get(key) != after.info.get(key)]
        digests = [side.info.get("inputs", {}).get("corrections_sha256") for side in (before, after)]
        self._corrections = digests[0] != digests[1]

    def of(self, one: dict[str, Any] | None, other: dict[str, Any] | None) -> list[str]:
        document = (other or one or {})["document"]
        old, new = (pages.get(document) for pages in self._pages)
        reasons = []
        if old is None or new is None or old["sha256"] != new["sha256"]:
            reasons.append("page")
        elif any(old[name] != new[name] for name in _ISSUE):
            reasons.append("issue")
        flagged = any(CORRECTED in row["flags"] for row in (one, other) if row)
        alone = (one is None or other is None) and not reasons and not self._tools
        if self._corrections and (flagged or alone):
            reasons.append("correction")
        return [*reasons, *self._tools] or ["other pages"]


def _row(one: dict[str, Any] | None, other: dict[str, Any] | None, why: _Reasons) -> dict[str, Any]:
    shown = other or one or {}
    fields = [] if one is None or other is None else [
        name for name in other if name != KEY and name in one and one[name] != other[name]]
    return {
        "change": CAME if one is None else WENT if other is None else CHANGED, "why": why.of(one, other),
        **{name: shown[name] for name in ("document", "quote", "metric", "organisation", "year", "value")},
        "id_before": one and one[KEY], "id_after": other and other[KEY], "fields": fields,
        "before": [_told(one[name]) for name in fields] if one else [],
        "after": [_told(other[name]) for name in fields] if other else [],
    }


def _told(value: object) -> str | None:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return None if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _line(row: Mapping[str, Any]) -> str:
    marks = {CAME: "+", WENT: "-", CHANGED: "~"}
    changed = "; ".join(
        f"{name} {'nothing' if old is None else old or 'none'} -> {'nothing' if new is None else new or 'none'}"
        for name, old, new in zip(row["fields"], row["before"], row["after"], strict=True))
    figure = f"{row['metric']}, {row['organisation'] or 'nobody'}, {row['year'] or 'no year'}"
    return (f"{marks[row['change']]} {row['document']}: {row['quote']} ({' or '.join(row['why'])}): "
            f"{changed or figure}")


