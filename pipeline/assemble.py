"""Extractions into the whole dataset: every table, checked row by row; no file is written here (`publish.py`).

What fails a check of its row goes to quarantine with its reason: an observation alone, any other row with its whole
page, since a page whose articles or ledger are wrong cannot be trusted.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import DatasetError, Refusal
from pipeline.integrity import with_links, without
from pipeline.model import Extraction
from pipeline.panel import panel
from pipeline.rows import (
    PAGE_TABLES,
    REFUSED,
    REMEDY,
    Collected,
    Fault,
    Metric,
    collect,
    measure_of,
    organisation_key,
    printable,
)
from schemas import TABLES
from schemas.export import arrow_table
from schemas.families import FAMILIES, FAMILY_MEASURES

Tables = dict[str, pa.Table]
DivisionName = Callable[[str], str | None]
UNION_KINDS, NATIONAL_KIND = ("local_union",), "national_union"
NATION = ""  # stands for the code of the whole country, which has none


def unnamed(code: str) -> str | None:
    """The name of a division where no gazetteer is given: none."""
    return None


def assemble(
    extractions: Iterable[Extraction], metrics: Sequence[Metric], quarantine: Iterable[Refusal] = (),
    code_version: str = "", *, division_name: DivisionName = unnamed,
    union_kinds: tuple[str, ...] = UNION_KINDS, increases: tuple[str, ...] = (),
) -> Tables:
    """All tables of the dataset, by name, in any order of `extractions` the same.

    `metrics`: the catalogue. `quarantine`: what was refused before. `division_name`: the name of a six-digit code, for
    the places of organisations. `union_kinds`: the kinds of organisation that are the union of a division.
    `increases`: words with which a breakdown starts that makes the figure an increase, not an amount.
    Raises DatasetError if a derived table breaks its schema or a document was extracted twice.
    """
    catalogue = {metric.code: metric for metric in metrics}
    collected = collect(extractions, catalogue, code_version)
    faults = collected.faults
    while True:
        collected = refuse(collected, faults)
        tables = _page_tables(collected, catalogue)
        faults = [fault for name in PAGE_TABLES for fault in _faults(name, tables[name])]
        if not faults:
            break
    tables |= families(tables["observations"])
    tables["panel"] = panel(tables["observations"], catalogue, increases)
    tables["organisations"] = organisations(collected, tables, division_name, union_kinds)
    tables["metrics"] = metric_table(metrics)
    tables["quarantine"] = quarantine_table([*quarantine, *collected.refusals])
    derived = [name for name in TABLES if name not in PAGE_TABLES]
    problems = [f"{name}: {failure.reason}" for name in derived for failure in TABLES[name].failures(tables[name])]
    if problems:
        raise DatasetError(problems)
    return {name: tables[name] for name in TABLES}


def _faults(name: str, table: pa.Table) -> list[Fault]:
    """The rows of a page's table that break its schema; raises DatasetError if the table as a whole does."""
    failures = TABLES[name].failures(table)
    whole = [failure.reason for failure in failures if failure.row is None]
    if whole:
        raise DatasetError(whole)
    rows = table.take(pa.array([failure.row for failure in failures], pa.int64()))
    ids = rows["observation_id"].to_pylist() if name == "observations" else [None] * len(failures)
    return [
        Fault(name, document, identity, failure.reason)
        for document, identity, failure in zip(rows["document"].to_pylist(), ids, failures, strict=True)
    ]


def refuse(collected: Collected, faults: Sequence[Fault]) -> Collected:
    """What is left without the faulty observations and without the pages of other faulty rows, each with a refusal."""
    if not faults:
        return collected
    ids = {fault.observation_id for fault in faults if fault.observation_id is not None}
    pages = {fault.document for fault in faults if fault.observation_id is None}
    listed = pa.array(sorted(pages), pa.string())
    tables = {
        name: table.filter(pc.invert(pc.is_in(table["document"], listed))) for name, table in collected.tables.items()
    }
    tables["observations"] = without(tables["observations"], ids)
    tables["numerals"] = _unlinked(tables["numerals"], ids)
    refusals = [_refusal(fault, collected.tables["observations"]) for fault in faults]
    seen = [organisation for organisation in collected.seen if organisation[0] not in pages]
    return Collected(tables, [], seen, collected.refusals + refusals)


def _refusal(fault: Fault, observations: pa.Table) -> Refusal:
    """What quarantine says of a faulty row: of a figure, where it stands in its page."""
    place = None
    if fault.observation_id is not None:
        row = observations.filter(pc.equal(observations["observation_id"], fault.observation_id)).to_pylist()[0]
        place = f"{row['quote']} at {row['span_start']} to {row['span_end']}"
    return Refusal(fault.document, place, "schema", f"{fault.table}: {fault.reason}", REMEDY)


def _unlinked(numerals: pa.Table, refused: set[str]) -> pa.Table:
    """The ledger with the reason `refused` for the numbers whose observation was refused."""
    gone = pc.is_in(numerals["observation_id"], pa.array(sorted(refused), pa.string()))
    for name, value in (("observation_id", None), ("reason", REFUSED)):
        changed = pc.if_else(gone, pa.scalar(value, pa.string()), numerals[name])
        numerals = numerals.set_column(numerals.schema.get_field_index(name), name, changed)
    return numerals


def _page_tables(collected: Collected, catalogue: Mapping[str, Metric]) -> Tables:
    """The four page tables, finished: sorted, linked, with keys, families and counts."""
    observations = with_links(collected.tables["observations"].sort_by(
        [(name, "ascending") for name in TABLES["observations"].order]
    ))
    names = observations["organisation"].to_pylist()
    held = {column: observations[column] for column in observations.column_names}
    held["organisation_id"] = [organisation_key(name) for name in names]
    held["family"] = [catalogue[code].family for code in observations["metric"].to_pylist()]
    documents = collected.tables["documents"]
    counts = Counter(observations["document"].to_pylist())
    rows = {column: documents[column] for column in documents.column_names}
    rows["observation_count"] = [counts[document] for document in documents["document"].to_pylist()]
    tables = {"observations": _table("observations", held), "documents": _table("documents", rows)}
    for name in ("articles", "numerals"):
        tables[name] = _table(name, {c: collected.tables[name][c] for c in collected.tables[name].column_names})
    return tables


def _table(name: str, values: Mapping[str, object]) -> pa.Table:
    return arrow_table(TABLES[name], values)


def families(observations: pa.Table) -> Tables:
    """A table a family: its figures that are no repeats, the value in the column of what its unit counts."""
    counted = observations.filter(pc.is_null(observations["repeat_of"]))
    family, units = counted["family"].cast(pa.string()), counted["unit"].cast(pa.string())
    tables = {}
    for name, schema in FAMILIES.items():
        here = pc.equal(family, name)
        rows, unit = counted.filter(here), units.filter(here).to_pylist()
        held = {c.name: rows[c.name] for c in schema.columns if c.name in rows.column_names}
        for measure in FAMILY_MEASURES[name]:
            pairs = zip(rows["value"].to_pylist(), unit, strict=True)
            held[measure] = [_measured(value, measure) if measure_of(of) == measure else None for value, of in pairs]
        tables[name] = _table(name, held)
    return tables


def _measured(value: float | None, measure: str) -> float | int | None:
    """A count as a whole number, None where it is none (flagged fractional_count); others as they are."""
    if value is None or measure != "count":
        return value
    return int(value) if value == int(value) and abs(value) < 2**63 else None


def organisations(
    collected: Collected, tables: Tables, division_name: DivisionName, union_kinds: tuple[str, ...],
) -> pa.Table:
    """One row a canonical name that a page, a figure or an article has; kind and place are the most frequent ones."""
    kinds: dict[str, Counter[str]] = {}
    codes: dict[str, Counter[str]] = {}
    forms: dict[str, set[str]] = {}
    for _, name, kind, code, seen in collected.seen:
        forms.setdefault(name, set()).update(seen)
        _count(kinds, name, kind)
        _count(codes, name, code)
    observations = tables["observations"]
    columns = ("organisation", "division_code", "organisation_mention")
    for name, code, mention in zip(*(observations[column].to_pylist() for column in columns), strict=True):
        if name is not None:
            forms.setdefault(name, set()).update([mention] if mention else [])
            if name not in codes:
                _count(codes, name, code)
    for name in tables["articles"]["organisation"].to_pylist():
        if name is not None:
            forms.setdefault(name, set())
    names = sorted(forms)
    kind_of = {name: _most(kinds.get(name)) for name in names}
    code_of = {name: _most(codes.get(name)) for name in names}
    local = {name: code for name, code in code_of.items() if code is not None and kind_of[name] in union_kinds}
    local |= {name: NATION for name in names if kind_of[name] == NATIONAL_KIND}
    parent = _parents(code_of, local)
    places = [_places(code_of[name], division_name) for name in names]
    return _table("organisations", {
        "organisation_id": [organisation_key(name) for name in names], "organisation": names,
        "kind": [kind_of[name] for name in names], "province": [place[0] for place in places],
        "prefecture": [place[1] for place in places], "county": [place[2] for place in places],
        "division_code": [code_of[name] for name in names],
        "parent": [organisation_key(parent.get(name)) for name in names],
        "forms": [sorted(forms[name]) for name in names],
    })


def _count(counters: dict[str, Counter[str]], name: str, value: str | None) -> None:
    if value is not None:
        counters.setdefault(name, Counter())[value] += 1


def _most(counter: Counter[str] | None) -> str | None:
    """The most frequent value, of equally frequent ones the first in order."""
    return min(counter, key=lambda value: (-counter[value], value)) if counter else None


def wider(code: str) -> list[str]:
    """The codes of the divisions around a division, the nearest first: 610302 -> 610300, 610000."""
    around = [code[:4] + "00", code[:2] + "0000"]
    return [division for position, division in enumerate(around) if division not in (code, *around[:position])]


def _places(code: str | None, name_of: DivisionName) -> tuple[str | None, str | None, str | None]:
    """Names of province, prefecture and county; None where the code is not as narrow or not known."""
    if code is None:
        return None, None, None
    province, prefecture = code[:2] + "0000", code[:4] + "00"
    return (
        name_of(province), name_of(prefecture) if code != province else None,
        name_of(code) if code not in (province, prefecture) else None,
    )


def _parents(codes: Mapping[str, str | None], local: Mapping[str, str]) -> dict[str, str]:
    """Of a body the union of its division, of a union (`local`: its code) the next wider one; none unless just one."""
    unions: dict[str, list[str]] = {}
    for name, code in local.items():
        unions.setdefault(code, []).append(name)
    parents: dict[str, str] = {}
    for name, own in codes.items():
        if own is not None:
            around = [*([] if name in local else [own]), *wider(own), NATION]
            nearest = next((unions[division] for division in around if division in unions), [])
            if len(nearest) == 1:
                parents[name] = nearest[0]
    return parents


def metric_table(metrics: Sequence[Metric]) -> pa.Table:
    """The catalogue as a table."""
    held = {"metric": [metric.code for metric in metrics]}
    for name in ("family", "label_zh", "label_en", "dimension", "measure", "definition"):
        held[name] = [getattr(metric, name) for metric in metrics]
    return _table("metrics", held)


def quarantine_table(refusals: Sequence[Refusal]) -> pa.Table:
    """The refusals as a table; a refusal given twice stands once."""
    distinct = dict.fromkeys(refusals)
    rows = [[None if value is None else printable(value) for value in astuple(refusal)] for refusal in distinct]
    names = [column.name for column in TABLES["quarantine"].columns]
    return _table("quarantine", {name: [row[position] for row in rows] for position, name in enumerate(names)})
