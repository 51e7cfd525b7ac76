"""Which figures a person asks about and what there is to tell of each, as data; how it reads on a terminal: `told`.

The tables hold no reasons, so the page is read once more: the same bytes and code give the same figure again.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.corrections import corrections_of
from pipeline.errors import DataError, UserError
from pipeline.explanation import Explainer, Explanation
from pipeline.model import Extraction, LedgerEntry, Page
from pipeline.places import Place
from pipeline.read import file_of, files
from pipeline.read.ocr import FLAG as OCR
from pipeline.single import extraction_of

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 10  # ids that a message lists


@dataclass(frozen=True, slots=True)
class Answer:
    """One number of a page: why it reads so, or the ledger's reason why it is no figure.

    `row`: observation_id, repeat_of and part_of of the published row, where it was asked for by its id. `corrected`:
    what people put right of it, a sentence a field; the figure itself stands as the builder reads it.
    """

    page: Page
    entry: LedgerEntry
    explanation: Explanation | None
    row: dict[str, Any] | None = None
    corrected: tuple[str, ...] = ()


def explain(raw: Place, root: Path, reference: str) -> list[Answer]:
    """What `reference` names: one figure by its observation_id or the first digits, or each number DOCUMENT:QUOTE.

    An id is looked up in the dataset published under `root`. Raises UserError where the reference names nothing or too
    much, DataError where the page has changed since.
    """
    colons = [position for position, sign in enumerate(reference) if sign == ":"]
    if not colons:
        return [_published(raw, root, reference)]
    known = files(raw)
    colon = next((position for position in colons if file_of(reference[:position], known) in known), colons[0])
    return _printed(raw, extraction_of(raw, reference[:colon]), reference[colon + 1:])


def _printed(raw: Place, extraction: Extraction, quote: str) -> list[Answer]:
    wanted = _joined(quote)
    found = [entry for entry in extraction.ledger if _joined(entry.quote) == wanted]
    if not found:
        alike = dict.fromkeys(_joined(e.quote) for e in extraction.ledger if wanted and wanted in _joined(e.quote))
        remedy = f"Did you mean {', '.join(alike)}?" if alike else "Give the number and its unit as printed"
        raise UserError(f"no number is printed as {quote!r}", file=extraction.page.document, remedy=remedy)
    explainer = Explainer(extraction)
    return [_answer(raw, explainer, entry) for entry in found]


def _answer(raw: Place, explainer: Explainer, entry: LedgerEntry, row: dict[str, Any] | None = None) -> Answer:
    extraction, number = explainer.extraction, entry.observation
    if number is None:
        return Answer(extraction.page, entry, None, row)
    o = extraction.observations[number]
    return Answer(extraction.page, entry, explainer.explain(o), row, tuple(corrections_of(raw, extraction, o)))


def _joined(quote: str) -> str:
    """A quote without the blanks and line breaks that the page put into it."""
    return "".join(quote.split())


def _published(raw: Place, root: Path, prefix: str) -> Answer:
    """The published row whose id starts with `prefix`, explained by what now stands at its characters."""
    row = _row(root, prefix)
    extraction = extraction_of(raw, row["document"], OCR in row["flags"])
    same = [entry for entry in extraction.ledger if entry.observation is not None
            and (entry.start, entry.end, entry.quote) == (row["span_start"], row["span_end"], row["quote"])]
    if not same:
        raise DataError(f"the page no longer gives {row['quote']!r} as it was published", file=row["document"],
                        remedy="Build again; the page, its issue or the code has changed since")
    return _answer(raw, Explainer(extraction), same[0], row)


def _row(root: Path, prefix: str) -> dict[str, Any]:
    """The one published row whose id starts with `prefix`."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from pipeline.load import open_dataset

    columns = ["observation_id", "document", "quote", "span_start", "span_end", "repeat_of", "part_of", "flags"]
    table: pa.Table = pq.read_table(open_dataset(root).path("observations"), columns=columns)
    rows: list[dict[str, Any]] = table.filter(pc.starts_with(table["observation_id"], prefix)).to_pylist()
    if not rows or not prefix:
        raise UserError(f"there is no observation {prefix}", file=str(root),
                        remedy="Take an observation_id of the published table, or write DOCUMENT:QUOTE")
    if len(rows) > 1:
        some = ", ".join(row["observation_id"] for row in rows[:SHOWN])
        raise UserError(f"{len(rows)} observations start with {prefix}", remedy=f"Give more of its digits: {some}")
    return rows[0]


def as_data(answer: Answer) -> dict[str, Any]:
    """An answer as values that JSON has: all fields of the figure, its reasons, marks (with their words) and rules."""
    text, entry = answer.page.text, answer.entry
    line = text.count("\n", 0, entry.start) + 1
    if answer.explanation is None:
        return {"document": answer.page.document, "line": line, "start": entry.start, "end": entry.end,
                "quote": entry.quote, "no_figure": entry.reason}
    from pipeline.rows import observation_key

    told = answer.explanation
    figure = {name: value for name, value in asdict(told.observation).items()
              if name not in ("evidence", "total", "headline")}
    links = answer.row or {}
    return {
        "observation_id": links.get("observation_id") or observation_key(told.observation),
        **{name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in figure.items()},
        "in_headline": told.observation.headline, "headline": told.headline, "line": line,
        "corrected": list(answer.corrected), "repeat_of": links.get("repeat_of"),
        "part_of": links.get("part_of"),
        "reasons": {name: why for name, why in told.reasons if name != "metric"},
        "rule": asdict(told.rule), "rules": [asdict(rule) for rule in told.rules],
        "marks": [{**asdict(mark), "words": text[mark.start:mark.end]} for mark in told.marks],
    }
