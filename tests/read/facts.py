"""What a page gives, as tuples that can be compared whatever file it was read from; no test lives here."""
from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.extract.observations import extract
from pipeline.model import Observation, Page
from pipeline.read import read_bytes
from pipeline.read.issues import IssueRow


def only(name: str, data: bytes, row: IssueRow | None = None) -> Page:
    """The one page of a file; fails where it is refused."""
    (page,) = read_bytes(name, data, {name: row} if row else None)
    assert isinstance(page, Page), page
    return page


def tuples(page: Page) -> list[tuple[Any, ...]]:
    """The facts of a page, without their places."""
    return sorted(map(_fact, extract(page).observations), key=repr)


def _fact(o: Observation) -> tuple[Any, ...]:
    quote = "".join(o.quote.split())
    return quote, o.value, o.low, o.high, o.unit, o.metric, o.organisation, o.year, o.status


def same(text: Page, page: Page) -> tuple[int, int]:
    """How many facts of a page of text another page gives too, and how many there are."""
    expected = Counter(tuples(text))
    return (expected & Counter(tuples(page))).total(), expected.total()


def dated(path: Path, row: IssueRow | None) -> tuple[Page, IssueRow]:
    """A hand-read page and a manifest row with its date, or the date of the pages of epapers/ where it has none."""
    issue = only(path.name, path.read_bytes(), row).issue
    day, precision = (issue.issue_date, issue.precision) if issue.issue_date else (date(2014, 11, 24), "day")
    row = IssueRow(path.name, issue_date=day, precision=precision)
    return only(path.name, path.read_bytes(), row), row
