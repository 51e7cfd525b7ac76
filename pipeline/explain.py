"""Where a figure comes from and how each of its fields was reached, as text to read; what decides is in `extract`.

The tables hold no reasons, so the page is read once more: the same bytes and code give the same figure again.
"""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.corrections import corrections_of
from pipeline.errors import DataError, UserError
from pipeline.model import Extraction, Issue, LedgerEntry, Observation, Page
from pipeline.read import file_of, files
from pipeline.read.ocr import FLAG as OCR
from pipeline.single import extraction_of
from pipeline.vocabulary import Metric, metrics

if TYPE_CHECKING:
    import pyarrow as pa

AROUND = 2  # lines of the page shown before and after a figure
SHOWN = 10  # ids that a message lists


def page_report(raw: Path, document: str, ocr: bool = False) -> str:
    """The page's text as it was read, then its issue and its articles with spans, kinds, headlines and bylines.

    Raises UserError where there is no such document, DataError where it gives no text.
    """
    extraction = extraction_of(raw, document, ocr)
    page = extraction.page
    lines = [page.text.rstrip("\n"), "", f"--- {page.document}: {page.encoding}, {len(page.text):,} characters",
             f"issue     {_issue(page.issue)}"]
    for article in extraction.articles:
        rows = sum(o.article == article.number for o in extraction.observations)
        lines += ["", f"article {article.number}: {article.kind}, characters {article.start} to {article.end}"]
        lines += _listed(("headline", article.headline), ("byline", article.byline), ("about", article.organisation),
                         ("figures", str(rows)))
    return "\n".join(lines)


def explain(raw: Path, root: Path, reference: str) -> str:
    """The figure that `reference` names (observation_id, its first digits, or DOCUMENT:QUOTE) and why it reads so.

    An id is looked up in the dataset published under `root`. A quote that stands several times is explained each time.
    Raises UserError where the reference names nothing or too much, DataError where the page has changed since.
    """
    colons = [position for position, sign in enumerate(reference) if sign == ":"]
    if not colons:
        return _published(raw, root, reference)
    known = files(raw)
    colon = next((position for position in colons if file_of(reference[:position], known) in known), colons[0])
    document, quote = reference[:colon], reference[colon + 1:]
    extraction = extraction_of(raw, document)
    wanted = _joined(quote)
    parts = [_observation(extraction, extraction.observations[entry.observation], raw) if entry.observation is not None
             else _not_tabled(extraction.page, entry) for entry in extraction.ledger if _joined(entry.quote) == wanted]
    if not parts:
        alike = dict.fromkeys(_joined(e.quote) for e in extraction.ledger if wanted and wanted in _joined(e.quote))
        remedy = f"Did you mean {', '.join(alike)}?" if alike else "Give the number and its unit as printed"
        raise UserError(f"no number is printed as {quote!r}", file=extraction.page.document, remedy=remedy)
    return "\n\n".join(parts)


def _joined(quote: str) -> str:
    """A quote without the blanks and line breaks that the page put into it."""
    return "".join(quote.split())


def _published(raw: Path, root: Path, prefix: str) -> str:
    """Explain the published row whose id starts with `prefix`."""
    from pipeline.rows import observation_key

    row = _row(root, prefix)
    extraction = extraction_of(raw, row["document"], OCR in row["flags"])
    same = [o for o in extraction.observations if observation_key(o) == row["observation_id"]]
    if not same:
        raise DataError(f"the page no longer gives {row['quote']!r} as it was published", file=row["document"],
                        remedy="Build again; the page, its issue or the code has changed since")
    links = _listed(("id", row["observation_id"]), ("repeats", row["repeat_of"]), ("part of", row["part_of"]))
    return "\n".join([_observation(extraction, same[0], raw), *links])


def _row(root: Path, prefix: str) -> dict[str, Any]:
    """The one published row whose id starts with `prefix`."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from pipeline.load import open_dataset

    columns = ["observation_id", "document", "quote", "repeat_of", "part_of", "flags"]
    table: pa.Table = pq.read_table(open_dataset(root).path("observations"), columns=columns)
    rows: list[dict[str, Any]] = table.filter(pc.starts_with(table["observation_id"], prefix)).to_pylist()
    if not rows or not prefix:
        raise UserError(f"there is no observation {prefix}", file=str(root),
                        remedy="Take an observation_id of the published table, or write DOCUMENT:QUOTE")
    if len(rows) > 1:
        some = ", ".join(row["observation_id"] for row in rows[:SHOWN])
        raise UserError(f"{len(rows)} observations start with {prefix}", remedy=f"Give more of its digits: {some}")
    return rows[0]


def _observation(extraction: Extraction, o: Observation, raw: Path) -> str:
    metric = next(metric for metric in metrics() if metric.code == o.metric)
    why = dict(o.evidence)
    headline = next(article.headline for article in extraction.articles if article.number == o.article)
    told = _listed(
        ("page", _where(extraction.page, o.start, o.end)), ("article", f"{o.article} {headline or ''}"),
        ("sentence", _marked(o.sentence, o.quote)), ("value", _value(o)),
        ("unit", f"{o.unit}{f' ({o.unit_text})' if o.unit_text else ''}{f', for each {o.per}' if o.per else ''}"),
        ("metric", f"{o.metric}, {metric.label_en} ({metric.family})"), ("", _signal(why.get("metric", ""), o, metric)),
        ("organisation", o.organisation or "not said"),
        ("", ", ".join(filter(None, (o.organisation_basis, o.organisation_mention, why.get("organisation"))))),
        ("year", f"{o.year or 'not said'}{_period(o)}"),
        ("", ", ".join(filter(None, (o.period_basis, why.get("period"))))),
        ("status", f"{o.status}: {why.get('status', '')}"), ("breakdown", o.breakdown),
        ("confidence", f"{o.confidence:.2f}"), ("flags", ", ".join(o.flags)),
        *(("corrected", said) for said in corrections_of(raw, extraction, o)),
    )
    return "\n".join([o.quote, *told, "", *_around(extraction.page, o.start, o.end)])


def _not_tabled(page: Page, entry: LedgerEntry) -> str:
    told = _listed(("page", _where(page, entry.start, entry.end)), ("no figure", entry.reason))
    return "\n".join([entry.quote, *told, "", *_around(page, entry.start, entry.end)])


def _listed(*pairs: tuple[str, str | None]) -> list[str]:
    return [f"  {name:13} {said}".rstrip() for name, said in pairs if said]


def _issue(issue: Issue) -> str:
    length = {"year": 4, "month": 7}.get(issue.precision or "", 10)
    day = issue.issue_date.isoformat()[:length] if issue.issue_date else "no date"
    parts = (issue.publication, f"{day} (from: {issue.basis})", issue.page and f"page {issue.page}", issue.section)
    return ", ".join(filter(None, parts))


def _where(page: Page, start: int, end: int) -> str:
    line = page.text.count("\n", 0, start) + 1
    return f"{page.document}, line {line}, characters {start} to {end}; {_issue(page.issue)}"


def _value(o: Observation) -> str:
    low, high = (_number(o.low) if o.low is not None else "?"), (_number(o.high) if o.high is not None else "?")
    bounds = "" if o.qualifier == "exact" else f" ({o.qualifier}: {low} to {high})"
    return f"{_number(o.value) if o.value is not None else 'an interval'}{bounds}"


def _number(value: float) -> str:
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"


def _period(o: Observation) -> str:
    if o.period_start is None and o.period_end is None:
        return ""
    return f" ({o.period_start or '?'} to {o.period_end or '?'})"


def _signal(why: str, o: Observation, metric: Metric) -> str:
    """The evidence with, of each slot's words, only those that stand in the sentence."""
    signal = next((signal for signal in metric.signals if why.startswith(f"{signal.text} (")), None)
    if signal is None:
        return why
    slots = [token.words for token in (*signal.left, *signal.right)]
    words = ["|".join(word for word in slot if word in o.sentence) or slot[0] for slot in slots]
    words.insert(len(signal.left), "#")
    return f"{' '.join(words)}{why.removeprefix(signal.text)}; # is the figure"


def _marked(sentence: str, quote: str) -> str:
    """The sentence with the figure in marks; a quote that was wrapped or respelled there stands unmarked."""
    return sentence.replace(quote, f"«{quote}»", 1)


def _around(page: Page, start: int, end: int) -> Iterator[str]:
    """The lines of the page around the figure, numbered, the figure in marks."""
    text = f"{page.text[:start]}«{page.text[start:end]}»{page.text[end:]}"
    lines = text.split("\n")
    first, last = text.count("\n", 0, start), text.count("\n", 0, end + 1)
    for number in range(max(0, first - AROUND), min(len(lines), last + AROUND + 1)):
        yield f"  {number + 1:5} {lines[number]}".rstrip()
