"""The values that pass from stage to stage, as frozen dataclasses (named tuples where there are
many); no logic lives here, and no table (see `schemas/`).

Every offset is a count of characters. `start` and `end` in a stage's output refer to the text that the stage was
given: the page's own text everywhere outside `pipeline.extract`, the unwrapped text inside it.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Issue:
    """Which issue of which paper a page belongs to.

    `issue_date` is the first day that the precision allows (2019-01 -> 2019-01-01, month); None where nothing tells it.
    `basis`: manifest (issues.csv), page (a printed issue date), filename, text (worked out from the prose), unknown.
    """

    publication: str | None = None
    issue_date: date | None = None
    precision: str | None = None  # day | month | year
    basis: str = "unknown"
    page: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was read: `text` is what all spans point into, for a text file the decoded file itself.

    `reader` made it, by the marks of `system` (an e-paper system, text_layer, ocr) where the format knows several.
    """

    document: str
    text: str
    issue: Issue
    sha256: str = ""
    encoding: str = "utf-8"
    reader: str = "text"
    system: str | None = None


class Numeral(NamedTuple):
    """A number as written: `text[start:end]`, its multiplier (万, 亿) and inner qualifier (余, 多, 数) or % included.

    `value` is None where only an interval is stated; `low` and `high` are what the text commits to
    (exact: both = value; above: low = value; below: high = value; about: neither; range: both ends).
    """

    start: int
    end: int
    value: float | None
    low: float | None
    high: float | None
    qualifier: str  # exact | above | below | about | range
    kind: str  # number | percent | money | range


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure with everything that was read about it; spans are characters of `Page.text`."""

    document: str
    article: int  # number of the article in its page, from 0
    start: int
    end: int
    quote: str
    sentence: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    unit_text: str | None
    per: str | None
    status: str
    breakdown: str | None
    organisation: str | None
    organisation_kind: str | None
    organisation_mention: str | None
    organisation_basis: str | None
    division_code: str | None
    year: int | None
    period_start: date | None
    period_end: date | None
    period_basis: str | None
    headline: bool  # the figure stands in a headline
    total: int | None  # position, in the page's list of observations, of the total that this is a part of
    confidence: float
    flags: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]  # (field, the rule or words that decided it), shown by `explain`


class LedgerEntry(NamedTuple):
    """One number of the page: the observation it became (its place in the page's list) or why it is none."""

    start: int
    end: int
    quote: str
    observation: int | None
    reason: str | None  # date | time | duration | ordinal | name | phone | age | edition | slogan | furniture | other …


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """One article of a page as the tables know it; spans are characters of `Page.text`."""

    number: int
    kind: str  # story | brief | caption | table | opinion
    headline: str | None
    byline: str | None
    start: int
    end: int
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that a page gave: what the cache keeps and `assemble` turns into tables."""

    page: Page
    articles: tuple[ArticleRecord, ...]
    observations: tuple[Observation, ...]
    ledger: tuple[LedgerEntry, ...]
    organisations: tuple[tuple[str, str, str | None, tuple[str, ...]], ...]  # name, kind, division code, forms seen
