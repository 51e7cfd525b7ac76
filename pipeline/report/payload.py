"""The rows of a dataset as plain values for the browser, column by column; the pages' texts are made in `evidence`.

A column of words becomes its different words and, for each row, which one; so 50,000 rows stay a few megabytes.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.load import Dataset
from schemas.labels import labels

WORDS = ("document", "article_id", "metric", "qualifier", "unit", "unit_text", "per", "status", "breakdown",
         "organisation", "organisation_mention", "organisation_basis", "period_basis", "sentence")
PLAIN = ("observation_id", "quote", "span_start", "span_end", "year")
NUMBERS = ("value", "value_low", "value_high")
SINGLE = 6  # digits that a number of 32 bits holds
DATES = ("period_start", "period_end")
LINKS = ("part_of", "repeat_of")
LABELLED = ("family", "qualifier", "unit", "per", "status", "issue_date_basis", "organisation_basis", "period_basis",
            "flags", "measure", "kind")


def payload(dataset: Dataset) -> dict[str, Any]:
    """What the browser needs of the dataset before a figure is opened; every value is one that JSON has."""
    read = {name: pq.read_table(dataset.path(name)) for name in
            ("observations", "documents", "articles", "organisations", "metrics", "quarantine")}
    build, observations = dataset.build, read["observations"]
    columns: dict[str, Any] = {name: _coded(observations[name].to_pylist()) for name in WORDS}
    columns["flags"] = _coded([",".join(flags) for flags in observations["flags"].to_pylist()])
    columns |= {name: observations[name].to_pylist() for name in PLAIN}
    columns |= {name: [_number(v) for v in observations[name].to_pylist()] for name in NUMBERS}
    columns["confidence"] = [_number(v, SINGLE) for v in observations["confidence"].to_pylist()]
    columns |= {name: _coded([v and v.isoformat() for v in observations[name].to_pylist()]) for name in DATES}
    row = {identity: n for n, identity in enumerate(columns["observation_id"])}
    columns |= {name: [row.get(v) for v in observations[name].to_pylist()] for name in LINKS}
    return {
        "version": build["version"], "code_version": build.get("code_version", ""), "rows": observations.num_rows,
        "quarantined": read["quarantine"].num_rows, "columns": columns,
        "documents": _by_key(read["documents"], ("publication", "issue_date", "issue_date_precision",
                                                 "issue_date_basis", "page", "section"), columns["document"]["words"]),
        "articles": _by_key(read["articles"], ("headline", "kind"), columns["article_id"]["words"]),
        "organisations": _by_key(read["organisations"], ("kind", "province", "prefecture", "county"),
                                 columns["organisation"]["words"], "organisation"),
        "metrics": _by_key(read["metrics"], ("family", "label_en", "label_zh", "measure", "definition"),
                           columns["metric"]["words"]),
        "labels": {name: labels()[name] for name in LABELLED},
    }


def _coded(values: Sequence[str | None]) -> dict[str, Any]:
    """The different words in the order in which they come, and which one each row has (-1: none)."""
    words: dict[str, int] = {}
    at = [-1 if value is None else words.setdefault(value, len(words)) for value in values]
    return {"words": list(words), "at": at}


def _number(value: float | None, digits: int = 12) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(f"{value:.{digits}g}")


def _by_key(table: pa.Table, wanted: tuple[str, ...], order: list[str], key: str | None = None) -> dict[str, list[Any]]:
    """Columns of a table, its rows in the order of the keys given (its first column, or `key`)."""
    place = {identity: n for n, identity in enumerate(table[key or table.column_names[0]].to_pylist())}
    rows = [place[identity] for identity in order]
    taken = {name: table[name].to_pylist() for name in wanted}
    return {name: [_plain(values[row]) for row in rows] for name, values in taken.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
