"""What people know better than the builder: data/corrections.csv, read, checked and applied to the rows of pages.

A row names a figure (document, quote, and which such figure of the page), a field, its right value, the reason, and the
value that the field has without the correction. Where that value is not there any more, the build stops.
"""
from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.errors import UserError
from pipeline.model import Extraction, Observation
from pipeline.places import Place
from pipeline.read.sheet import UnreadableError
from pipeline.read.text import decode
from pipeline.vocabulary import metrics
from schemas.columns import COLUMNS as KNOWN
from schemas.columns import Column

NAME = "corrections.csv"
COLUMNS = ("document", "quote", "nth", "field", "value", "reason", "expected")
NEEDED = tuple(name for name in COLUMNS if name != "nth")
FIGURE = "figure"  # the field by which a number is said to be no figure at all: value no, expected yes
FIELDS = (FIGURE, "metric", "value", "value_low", "value_high", "qualifier", "unit", "per", "status", "breakdown",
          "organisation", "division_code", "year", "period_start", "period_end")
SHOWN = 20  # errors that one message lists

Value = str | float | int | date | None


@dataclass(frozen=True, slots=True)
class Correction:
    """One row of the file: what `field` of the `nth` figure `quote` of a page is in truth; `line` is its line there."""

    document: str
    quote: str
    nth: int
    field: str
    value: Value
    reason: str
    expected: Value
    line: int


@dataclass(frozen=True)
class Corrections:
    """All corrections by document, and the digest of their file (None where there is none)."""

    file: str = NAME
    by_document: Mapping[str, Sequence[Correction]] = field(default_factory=dict)
    digest: str | None = None

    def strangers(self, documents: Collection[str]) -> list[str]:
        """A sentence a correction of a page that is not among `documents`: it waits until the page is there."""
        return [f"{self.file}, line {row.line}: there is no page {document!r}, so that nothing is corrected"
                for document, rows in self.by_document.items() if document not in documents for row in rows]


def default_file(raw: Place) -> Place:
    """Where the corrections of the pages in `raw` are looked for: beside the folder (data/corrections.csv)."""
    return raw.parent / NAME


def load_corrections(path: Place) -> Corrections:
    """The corrections in the file `path`; none where it is not there.

    Raises UserError that lists each wrong cell with its line and column.
    """
    if not path.is_file():
        return Corrections(path.name)
    try:
        data = path.read_bytes()
        text, _ = decode(data)
    except UnreadableError as error:
        raise UserError(f"it cannot be read: {error.reason}", file=str(path), remedy=error.remedy) from None
    except OSError as error:
        raise UserError(f"it cannot be opened: {error.strerror}", file=str(path),
                        remedy="Check its permissions") from None
    rows, errors = _rows(text)
    if errors:
        more = f"\n  and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
        listed = "".join(f"\n  {error}" for error in errors[:SHOWN]) + more
        raise UserError(f"{path} has {len(errors)} wrong cells:{listed}\nCorrect them and build again")
    by_document: dict[str, list[Correction]] = {}
    for row in rows:
        by_document.setdefault(row.document, []).append(row)
    return Corrections(path.name, by_document, hashlib.sha256(data).hexdigest())


def corrections_of(raw: Place, extraction: Extraction, o: Observation) -> list[str]:
    """What people corrected in a figure of a page of the folder `raw`: a sentence a field, with its reason and line.

    In: the page and one of its figures as they are read, without corrections. Raises UserError for a wrong file.
    """
    corrections = load_corrections(default_file(raw))
    alike = sorted(other.start for other in extraction.observations if other.quote == o.quote)
    return [
        f"{row.field} {shown(row.expected)} -> {shown(row.value)}: {row.reason} ({corrections.file}, line {row.line})"
        for row in corrections.by_document.get(o.document, ())
        if row.quote == o.quote and row.nth <= len(alike) and alike[row.nth - 1] == o.start
    ]


def shown(value: Value) -> str:
    """A value as messages show it."""
    return "nothing" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _rows(text: str) -> tuple[list[Correction], list[str]]:
    """The rows, and the errors as sentences."""
    lines = csv.reader(io.StringIO(text), strict=True)
    rows: dict[tuple[str, str, int, str], Correction] = {}
    errors: list[str] = []
    try:
        header = [cell.strip() for cell in next(lines, [])]
        errors += _header_errors(header)
        for cells in lines if not errors else ():
            if any(cell.strip() for cell in cells):
                _add(dict(zip(header, map(str.strip, cells), strict=False)), len(cells) - len(header), lines.line_num,
                     rows, errors)
    except csv.Error as error:
        errors.append(f"line {lines.line_num}: it is no valid CSV ({error})")
    return list(rows.values()), errors


def _header_errors(header: Sequence[str]) -> list[str]:
    errors = [f"line 1, column {name or n}: unknown column; known are {', '.join(COLUMNS)}"
              for n, name in enumerate(header, 1) if name not in COLUMNS]
    errors += [f"line 1, column {name}: it stands twice" for name in COLUMNS if header.count(name) > 1]
    return errors + [f"line 1: there is no column {name}" for name in NEEDED if name not in header]


def _add(row: dict[str, str], extra: int, line: int, rows: dict[tuple[str, str, int, str], Correction],
         errors: list[str]) -> None:
    """Put one row of the file among `rows`, or what is wrong with it among `errors`."""
    before = len(errors)
    if extra > 0:
        errors.append(f"line {line}: more cells than columns; put a cell that holds a comma in quotes")
    errors += [f"line {line}, column {name}: it is empty" for name in ("document", "quote", "field", "reason")
               if not row.get(name)]
    nth = row.get("nth") or "1"
    if not nth.isdecimal() or int(nth) < 1:
        errors.append(f"line {line}, column nth: {nth!r} is no number from 1; write which such figure it is")
    if row.get("field") and row["field"] not in FIELDS:
        errors.append(f"line {line}, column field: {row['field']!r} is no field; write one of {', '.join(FIELDS)}")
    if len(errors) > before:
        return
    document = row["document"].replace("\\", "/").removeprefix("./")
    values: dict[str, Value] = {}
    for name in ("value", "expected"):
        try:
            values[name] = _parsed(row["field"], row.get(name, ""), name)
        except ValueError as error:
            errors.append(f"line {line}, column {name}: {error}")
    key = (document, row["quote"], int(nth), row["field"])
    if key in rows:
        errors.append(f"line {line}: the {row['field']} of this figure is corrected in line {rows[key].line} already")
    if len(errors) == before:
        rows[key] = Correction(document, row["quote"], int(nth), row["field"], values["value"], row["reason"],
                               values["expected"], line)


def _parsed(name: str, cell: str, column: str) -> Value:
    """The value of a cell by the type of the field, None for an empty one; raises ValueError with a sentence."""
    if name == FIGURE:
        if cell != {"value": "no", "expected": "yes"}[column]:
            raise ValueError("a number that is no figure is corrected by the value no, where yes is expected")
        return cell
    kind = KNOWN[name]
    codes = tuple(metric.code for metric in metrics()) if name == "metric" else kind.codes
    if not cell:
        if kind.nullable:
            return None
        raise ValueError(f"it is empty, but every figure has a {name}")
    if codes is not None and cell not in codes:
        raise ValueError(f"{cell!r} is no {name}; write one of {', '.join(codes)}")
    return _typed(kind, cell)


def _typed(kind: Column, cell: str) -> Value:
    try:
        if kind.type == "float64":
            return float(cell.replace(",", ""))
        if kind.type == "int16":
            return int(cell)
        if kind.type == "date32":
            return date.fromisoformat(cell)
    except ValueError:
        wanted = {"float64": "number", "int16": "year", "date32": "date; write YYYY-MM-DD"}[kind.type]
        raise ValueError(f"{cell!r} is no {wanted}") from None
    return cell
