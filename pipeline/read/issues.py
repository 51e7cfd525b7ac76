"""Which issue a page is of: the manifest issues.csv and, where it is silent, what `imprint` finds in the page."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from pipeline.errors import UserError
from pipeline.model import Issue
from pipeline.places import Place
from pipeline.read.furniture import furniture
from pipeline.read.imprint import Imprint, from_path, from_prose, names_year, printed
from pipeline.read.sheet import UnreadableError
from pipeline.read.text import decode

NAME = "issues.csv"
COLUMNS = ("document", "publication", "issue_date", "page", "section")
SHOWN = 20  # errors that one message lists
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")
_YEARS = range(1900, 2101)  # a printed issue outside these is a slip of the pen


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One row of issues.csv; None where the cell is empty. `line` is its line in the file, from 1."""

    document: str
    publication: str | None = None
    issue_date: date | None = None
    precision: str | None = None  # day | month | year
    page: str | None = None
    section: str | None = None
    line: int = 0

    def fields(self) -> set[str]:
        """Of date, publication, page and section those that it states."""
        values = {"date": self.issue_date, "publication": self.publication, "page": self.page, "section": self.section}
        return {field for field, value in values.items() if value}

    def of_part(self, document: str) -> IssueRow:
        """What the row of a file says of one of its pages: the issue, but neither page nor section."""
        return replace(self, document=document, page=None, section=None)

    def completed(self, of_file: IssueRow) -> IssueRow:
        """The row of a page, with the issue of its file where it does not tell its own."""
        dated = self if self.issue_date else of_file
        return replace(self, publication=self.publication or of_file.publication, issue_date=dated.issue_date,
                       precision=dated.precision)


@dataclass(frozen=True)
class Manifest:
    """The rows of issues.csv by document, and warnings: sentences about rows that concern no page."""

    rows: dict[str, IssueRow]
    warnings: tuple[str, ...] = ()

    def of_file(self, file: str) -> dict[str, IssueRow]:
        """The rows about a file: its own and those of its pages (name.pdf#3)."""
        return self._by_file.get(file, {})

    @cached_property
    def _by_file(self) -> dict[str, dict[str, IssueRow]]:
        held: dict[str, dict[str, IssueRow]] = {}
        for document, row in self.rows.items():
            for file in _holders(document):
                held.setdefault(file, {})[document] = row
        return held


def _holders(document: str) -> list[str]:
    """A document and the files that would hold it: a.zip#b.pdf#3, a.zip#b.pdf, a.zip."""
    parts = document.split("#")
    return ["#".join(parts[:end]) for end in range(len(parts), 0, -1)]


def load_issues(raw: Place, documents: Collection[str] | None = None) -> Manifest:
    """The manifest of the folder `raw`; empty where there is no issues.csv. Rows may leave out what they do not know.

    With `documents` (the files of the folder), a row about none of them gives a warning.
    Raises UserError that lists each wrong cell with its line and column: unknown columns, a document named twice or
    not at all, a date that is not YYYY-MM-DD, YYYY-MM or YYYY.
    """
    path = raw / NAME
    if not path.is_file():
        return Manifest({})
    try:
        text, _ = decode(path.read_bytes())
    except UnreadableError as error:
        raise UserError(f"it cannot be read: {error.reason}", file=NAME, remedy=error.remedy) from None
    except OSError as error:
        raise UserError(f"it cannot be opened: {error.strerror}", file=NAME, remedy="Check its permissions") from None
    rows, errors = _rows(text)
    if errors:
        more = f"\n  and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
        listed = "".join(f"\n  {error}" for error in errors[:SHOWN]) + more
        raise UserError(f"{NAME} has {len(errors)} wrong cells:{listed}\nCorrect them and build again")
    known = None if documents is None else set(documents)
    strangers = [row for row in rows.values() if known is not None and known.isdisjoint(_holders(row.document))]
    return Manifest(rows, tuple(f"{NAME}, line {row.line}: there is no document {row.document!r}" for row in strangers))


def _rows(text: str) -> tuple[dict[str, IssueRow], list[str]]:
    """The rows by document, and the errors as sentences."""
    lines = csv.reader(io.StringIO(text), strict=True)
    rows: dict[str, IssueRow] = {}
    errors: list[str] = []
    try:
        header = [cell.strip() for cell in next(lines)]
        errors += _header_errors(header)
        if errors:
            return rows, errors
        for cells in lines:
            if any(cell.strip() for cell in cells):
                row = dict(zip(header, map(str.strip, cells), strict=False))
                _add(row, cells[len(header):], lines.line_num, rows, errors)
    except csv.Error as error:
        errors.append(f"line {lines.line_num}: it is no valid CSV ({error})")
    return rows, errors


def _header_errors(header: list[str]) -> list[str]:
    known = ", ".join(COLUMNS)
    errors = [f"line 1, column {name or n}: unknown column; known are {known}"
              for n, name in enumerate(header, 1) if name not in COLUMNS]
    errors += [f"line 1, column {name}: it stands twice" for name in COLUMNS if header.count(name) > 1]
    return errors + ["line 1: there is no column document"] * ("document" not in header)


def _add(row: dict[str, str], extra: list[str], line: int, rows: dict[str, IssueRow], errors: list[str]) -> None:
    """Put one row of the file among `rows`, or what is wrong with it among `errors`."""
    document = row.get("document", "").replace("\\", "/").removeprefix("./")
    if any(extra):
        errors.append(f"line {line}: more cells than columns; put a cell that holds a comma in quotes")
    if not document:
        errors.append(f"line {line}, column document: it is empty; name the file, relative to the raw folder")
        return
    if document in rows:
        errors.append(f"line {line}, column document: {document} stands in line {rows[document].line} already")
        return
    stated = row.get("issue_date") or None
    day, precision = parse_date(stated) if stated else (None, None)
    if stated and day is None:
        errors.append(f"line {line}, column issue_date: {stated!r} is no date; write YYYY-MM-DD, YYYY-MM or YYYY")
    rows[document] = IssueRow(document, row.get("publication") or None, day, precision,
                              row.get("page") or None, row.get("section") or None, line)


def parse_date(stated: str) -> tuple[date | None, str | None]:
    """The first day and the precision of a date as YYYY-MM-DD, YYYY-MM or YYYY; (None, None) where it is none."""
    match = _DATE.fullmatch(stated)
    if not match or int(match["year"]) not in _YEARS:
        return None, None
    try:
        day = date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError:
        return None, None
    return day, "day" if match["day"] else "month" if match["month"] else "year"


def issue_of(document: str, text: str, row: IssueRow | None = None, told: Imprint | None = None) -> Issue:
    """The issue of a page, field by field: from its manifest row, else as printed on it, else from its path.

    `told` is what the reader knows to be printed on it, where that is more than the text can tell.

    The date is worked out from the prose only where none of these tells it; `basis` says which told the date.
    """
    stated = row or IssueRow(document)
    page = printed(text, stated.fields()) if told is None else told
    found, basis = _dated(document, text, stated, page)
    return Issue(stated.publication or page.publication, found.issue_date, found.precision, basis,
                 stated.page or page.page, stated.section or page.section)


def _dated(document: str, text: str, stated: IssueRow, page: Imprint) -> tuple[Imprint, str]:
    """What tells the date first, and the name of its basis."""
    if stated.issue_date:
        return Imprint(stated.issue_date, stated.precision), "manifest"
    if page.issue_date:
        return page, "page"
    path = from_path(document.replace("#", "/"))
    if path.issue_date:
        return path, "filename"
    prose = from_prose(text, furniture(text)) if names_year(text) else Imprint()
    return prose, "text" if prose.issue_date else "unknown"
