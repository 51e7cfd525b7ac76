"""Extractions into the rows of the tables of a page (documents, articles, observations, numerals), as Arrow columns.

Each page is turned on its own; links across pages, derived tables and what happens to refused rows live elsewhere
(`integrity.py`, `panel.py`, `assemble.py`).
"""
from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from pipeline.errors import DatasetError, Refusal
from pipeline.model import Extraction, LedgerEntry, Observation
from schemas import TABLES
from schemas.columns import MEASURE_COLUMNS, Column
from schemas.export import convert
from schemas.observations import SIGNED_METRIC

FLUSH = 20_000  # observations and ledger entries held as Python objects before they become Arrow columns
PAGE_TABLES = ("documents", "articles", "observations", "numerals")
HEADLINE = Column("headline", "int16", "1 for a figure that stands in a headline; not in the dataset.")
REFUSED = "refused"  # the ledger's reason for a number whose observation went to quarantine
REMEDY = "Look at the page; if it is read rightly, report it as a defect of the builder; else mend the file."

# The most that a unit of the whole country could report; above it a figure is an outlier whatever the page says.
# 303 million members, 2.8 million unions in 6.6 million units: All-China Federation of Trade Unions, end of 2017.
PLAUSIBLE = {"person": 3.1e8, "household": 3.1e8, "organisation": 7e6, "contract": 7e6, "facility": 7e6, "CNY": 1e12}
_DIMENSION_MEASURES = {"yuan": "yuan", "percent": "percent", "square metres": "square_metres", "hours": "hours"}

_FROM_OBSERVATION = {
    name: attrgetter(attribute)
    for name, attribute in {
        "value": "value", "value_low": "low", "value_high": "high", "span_start": "start", "span_end": "end",
    }.items()
} | {
    name: attrgetter(name)
    for name in (
        "metric", "qualifier", "unit", "unit_text", "per", "status", "breakdown", "organisation",
        "organisation_mention", "organisation_basis", "division_code", "year", "period_start", "period_end",
        "period_basis", "confidence", "quote", "sentence",
    )
}


class Metric(Protocol):
    """What is asked of an entry of the catalogue; `dimension` and `measure` are words of the metrics table."""

    @property
    def code(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def label_zh(self) -> str: ...
    @property
    def label_en(self) -> str: ...
    @property
    def dimension(self) -> str: ...
    @property
    def measure(self) -> str: ...
    @property
    def definition(self) -> str: ...


class Fault(NamedTuple):
    """A row that may not stay, and why; `observation_id` is None outside the observations table."""

    table: str
    document: str
    observation_id: str | None
    reason: str


@dataclass
class Collected:
    """The rows of all pages (observations with a column `headline`), which are faulty, organisations, refusals.

    `seen`: document, name, kind, division code and forms of each organisation of each page.
    """

    tables: dict[str, pa.Table]
    faults: list[Fault]
    seen: list[tuple[str, str, str | None, str | None, tuple[str, ...]]]
    refusals: list[Refusal]


@dataclass
class _Lists:
    """The columns of one table as lists, and the Arrow tables that earlier lists have become."""

    columns: tuple[Column, ...]
    lists: dict[str, list[Any]] = field(default_factory=dict)
    done: list[pa.Table] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lists = {column.name: [] for column in self.columns}


def digest(*parts: object) -> str:
    """Sixteen hex digits of the SHA-256 of the parts' representations: the key of a row."""
    return hashlib.sha256("\x1f".join(map(repr, parts)).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def printable(words: str) -> str:
    """The words with what UTF-8 cannot say (half a surrogate pair) written out as an escape."""
    return words.encode("utf-8", "backslashreplace").decode()


def observation_key(o: Observation) -> str:
    """observation_id: of the document, the figure (its span and quote) and its reading (value, metric, unit …)."""
    reading = (o.metric, o.value, o.low, o.high, o.qualifier, o.unit, o.per, o.status)
    return digest(o.document, o.start, o.end, o.quote, *reading)


def organisation_key(name: str | None) -> str | None:
    """organisation_id of a canonical name."""
    return None if name is None else digest(name)[:12]


def article_key(document: str, number: int) -> str:
    """article_id: `document#number`."""
    return f"{document}#{number}"


def measure_of(unit: str) -> str:
    """What a unit counts, hence the column of its value in the family tables: yuan, percent, … or count."""
    return MEASURE_COLUMNS.get(unit, "count")


def warnings(o: Observation, metric: Metric) -> list[str]:
    """The observation's own flags and those that its value, unit and metric call for, sorted."""
    flags = set(o.flags)
    value = o.value if o.value is not None else o.high
    if value is not None and o.unit == "percent" and value > 100 and o.metric != SIGNED_METRIC:
        flags.add("rate_above_100")
    if value is not None and value > PLAUSIBLE.get(o.unit, float("inf")):
        flags.add("outlier")
    if o.value is not None and measure_of(o.unit) == "count" and o.value % 1:
        flags.add("fractional_count")
    if metric.dimension != "any" and measure_of(o.unit) != _DIMENSION_MEASURES.get(metric.dimension, "count"):
        flags.add("unit_unexpected")
    return sorted(flags)


def page_fault(extraction: Extraction) -> str | None:
    """What makes a page's extraction contradict itself, in words, or None: spans, article numbers, totals, ledger."""
    page, observations = extraction.page, extraction.observations
    if printable(page.document) != page.document:
        return "the name of the file is not valid UTF-8"
    numbers = [article.number for article in extraction.articles]
    if len(set(numbers)) != len(numbers):
        return "two articles have one number"
    for position, o in enumerate(observations):
        if o.document != page.document or page.text[o.start:o.end] != o.quote:
            return f"the figure {o.quote!r} does not stand at {o.start} to {o.end} of the page's text"
        if o.article not in numbers:
            return f"the figure {o.quote!r} stands in article {o.article}, which the page has not"
        if o.total is not None and (o.total == position or not 0 <= o.total < len(observations)):
            return f"the figure {o.quote!r} is part of figure {o.total}, which the page has not"
    return _ledger_fault(extraction)


def _ledger_fault(extraction: Extraction) -> str | None:
    entries = Counter(entry.observation for entry in extraction.ledger if entry.observation is not None)
    for position, o in enumerate(extraction.observations):
        if entries.pop(position, 0) != 1:
            return f"the figure {o.quote!r} does not stand in the ledger once"
    if entries:
        return f"the ledger leads to figures {sorted(entries)}, which the page has not"
    if len({entry.start for entry in extraction.ledger}) != len(extraction.ledger):
        return "two numbers of the ledger start at one place"
    return None


def collect(extractions: Iterable[Extraction], catalogue: Mapping[str, Metric], code_version: str) -> Collected:
    """All pages' rows. What contradicts itself or cannot be a row is left out and stands in `refusals`.

    Raises DatasetError if two extractions are of one document.
    """
    later = ("family", "repeat_of", "organisation_id")
    observed = (*(column for column in TABLES["observations"].columns if column.name not in later), HEADLINE)
    lists = {name: _Lists(observed if name == "observations" else TABLES[name].columns) for name in PAGE_TABLES}
    collected = Collected({}, [], [], [])
    seen: set[str] = set()
    for extraction in extractions:
        document = extraction.page.document
        if document in seen:
            raise DatasetError([f"documents: {document} was extracted twice"])
        seen.add(document)
        fault = page_fault(extraction)
        if fault:
            collected.refusals.append(Refusal(document, None, "page_inconsistent", fault, REMEDY))
            continue
        _add_page(extraction, catalogue, code_version, lists, collected)
        if len(lists["numerals"].lists["document"]) + len(lists["observations"].lists["document"]) > FLUSH:
            _flush(lists, collected)
    _flush(lists, collected)
    collected.tables = {name: pa.concat_tables(lists[name].done, promote_options="none") for name in PAGE_TABLES}
    return collected


def _extend(lists: _Lists, columns: Mapping[str, Iterable[Any]]) -> None:
    for name, values in columns.items():
        lists.lists[name].extend(values)


def _add_page(
    extraction: Extraction, catalogue: Mapping[str, Metric], code_version: str, lists: dict[str, _Lists],
    out: Collected,
) -> None:
    """Add one page's rows to the lists; observations of no known metric or that stand twice go to `out.refusals`."""
    keys = _keys(extraction, catalogue, out.refusals)
    _add_observations(extraction, keys, catalogue, lists["observations"])
    _add_ledger(extraction, keys, lists["numerals"])
    _add_articles(extraction, lists["articles"])
    page, issue = extraction.page, extraction.page.issue
    _extend(lists["documents"], {name: [value] for name, value in {
        "document": page.document, "sha256": page.sha256, "encoding": page.encoding, "reader": page.reader,
        "system": page.system,
        "publication": issue.publication, "issue_date": issue.issue_date, "issue_date_precision": issue.precision,
        "issue_date_basis": issue.basis, "page": issue.page, "section": issue.section,
        "character_count": len(page.text), "article_count": len(extraction.articles),
        "observation_count": len(keys), "numeral_count": len(extraction.ledger), "code_version": code_version,
    }.items()})
    out.seen += [(page.document, *organisation) for organisation in extraction.organisations]


def _keys(extraction: Extraction, catalogue: Mapping[str, Metric], refusals: list[Refusal]) -> dict[int, str]:
    """observation_id by position in the page's list, refused ones left out."""
    keys: dict[int, str] = {}
    found: set[str] = set()
    for position, o in enumerate(extraction.observations):
        key, place = observation_key(o), f"{o.quote} at {o.start} to {o.end}"
        if o.metric not in catalogue:
            reason = f"the metric {o.metric} is not in the catalogue"
            refusals.append(Refusal(o.document, place, "unknown_metric", reason, "Add the metric to the vocabulary."))
        elif key in found:
            refusals.append(Refusal(o.document, place, "duplicate", "the same figure was read twice alike", REMEDY))
        else:
            keys[position] = key
            found.add(key)
    return keys


def _add_observations(
    extraction: Extraction, keys: Mapping[int, str], catalogue: Mapping[str, Metric], lists: _Lists,
) -> None:
    page, issue, kept = extraction.page, extraction.page.issue, [extraction.observations[i] for i in keys]
    _extend(lists, {name: map(read, kept) for name, read in _FROM_OBSERVATION.items()})
    _extend(lists, {
        "observation_id": keys.values(),
        "document": [page.document] * len(kept),
        "article_id": [article_key(page.document, o.article) for o in kept],
        "publication": [issue.publication] * len(kept),
        "issue_date": [issue.issue_date] * len(kept),
        "issue_date_precision": [issue.precision] * len(kept),
        "issue_date_basis": [issue.basis] * len(kept),
        "part_of": [None if o.total is None else keys.get(o.total) for o in kept],
        "flags": [warnings(o, catalogue[o.metric]) for o in kept],
        "headline": [int(o.headline) for o in kept],
    })


def _add_ledger(extraction: Extraction, keys: Mapping[int, str], lists: _Lists) -> None:
    document = extraction.page.document
    spans = sorted(((article.start, article.end, article.number) for article in extraction.articles), reverse=True)
    names = {article.number: article_key(document, article.number) for article in extraction.articles}

    def article(entry: LedgerEntry) -> str | None:
        """The article of the number's observation, else the innermost one whose span holds it."""
        if entry.observation is not None:
            return names[extraction.observations[entry.observation].article]
        return next((names[number] for start, end, number in spans if start <= entry.start < end), None)

    ledger = extraction.ledger
    ids = [None if entry.observation is None else keys.get(entry.observation) for entry in ledger]
    reasons = [None if key else entry.reason or REFUSED for entry, key in zip(ledger, ids, strict=True)]
    _extend(lists, {
        "document": [document] * len(ledger), "article_id": map(article, ledger),
        "span_start": [entry.start for entry in ledger], "span_end": [entry.end for entry in ledger],
        "quote": [entry.quote for entry in ledger], "observation_id": ids, "reason": reasons,
    })


def _add_articles(extraction: Extraction, lists: _Lists) -> None:
    document, articles = extraction.page.document, extraction.articles
    _extend(lists, {
        "article_id": [article_key(document, a.number) for a in articles], "document": [document] * len(articles),
        "number": [a.number for a in articles], "headline": [a.headline for a in articles],
        "byline": [a.byline for a in articles], "kind": [a.kind for a in articles],
        "span_start": [a.start for a in articles], "span_end": [a.end for a in articles],
        "organisation": [a.organisation for a in articles],
        "organisation_id": [organisation_key(a.organisation) for a in articles],
    })


def _flush(lists: dict[str, _Lists], out: Collected) -> None:
    """Turn the lists into Arrow tables; a row with a value of a wrong type becomes a fault."""
    for name, held in lists.items():
        arrays: list[pa.Array] = []
        faults: dict[int, str] = {}
        for column in held.columns:
            # Words stay words here: which codes there are is known when all pages are together.
            plain = replace(column, type="string") if column.type == "dictionary" else column
            array, wrong = convert(plain, held.lists[column.name])
            arrays.append(array)
            faults |= {row: reason for row, reason in wrong.items() if row not in faults}
        table = pa.Table.from_arrays(arrays, names=[column.name for column in held.columns])
        held.done.append(table)
        ids = held.lists["observation_id"] if name == "observations" else None
        out.faults += [
            Fault(name, held.lists["document"][row], ids[row] if ids else None, faults[row]) for row in sorted(faults)
        ]
        held.lists = {column.name: [] for column in held.columns}
