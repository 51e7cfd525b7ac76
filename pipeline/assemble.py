"""Extractions into the whole dataset: every table, checked row by row; no file is written here (`publish.py`).

What fails a check of its row goes to quarantine with its reason: an observation alone, any other row with its whole
page, since a page whose articles or ledger are wrong cannot be trusted.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import astuple
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import DatasetError, Refusal
from pipeline.integrity import repeats_in_pages, with_links, without
from pipeline.model import Extraction
from pipeline.pagerows import REFUSALS, SEEN, PageRows, by_document, page_schemas
from pipeline.panel import panel
from pipeline.rows import (
    HEADLINE,
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
from schemas.columns import UNITS
from schemas.export import arrow_table, finished
from schemas.families import FAMILIES, FAMILY_MEASURES

Tables = MutableMapping[str, pa.Table]
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
    rows = page_rows(extractions, metrics, code_version, quarantine)
    return dataset(rows, metrics, division_name=division_name, union_kinds=union_kinds, increases=increases)


def page_rows(
    extractions: Iterable[Extraction], metrics: Sequence[Metric], code_version: str = "",
    refused: Iterable[Refusal] = (),
) -> PageRows:
    """The rows of some pages, checked one by one; what a page gives does not hang on which others are with it.

    `refused`: what was refused of these pages before.

    Raises DatasetError if a document was extracted twice.
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
    schemas = page_schemas()
    tables[SEEN] = _plain(schemas[SEEN], collected.seen)
    tables[REFUSALS] = _plain(schemas[REFUSALS], map(_printable, [*refused, *collected.refusals]))
    return PageRows({name: by_document(tables[name].replace_schema_metadata()) for name in schemas})


def _printable(refusal: Refusal) -> tuple[str | None, ...]:
    return tuple(None if value is None else printable(value) for value in astuple(refusal))


def _plain(schema: pa.Schema, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    held = list(rows)
    return pa.table([[row[position] for row in held] for position in range(len(schema))], schema=schema)


def dataset(
    rows: PageRows, metrics: Sequence[Metric], *,
    division_name: DivisionName = unnamed, union_kinds: tuple[str, ...] = UNION_KINDS, increases: tuple[str, ...] = (),
    into: Tables | None = None,
) -> Tables:
    """All tables out of the rows of all pages, put `into` what is given one by one; the rest is as in `assemble`.

    Of a table that is not in memory no more is held than what the next one is made of.
    """
    tables: Tables = {} if into is None else into
    problems: list[str] = []
    for name, make in _makers(rows, tables, metrics, division_name, union_kinds, increases).items():
        table = make()
        if name not in PAGE_TABLES:
            problems += [f"{name}: {failure.reason}" for failure in TABLES[name].failures(table)]
        tables[name] = table
    if problems:
        raise DatasetError(problems)
    return tables


def _makers(
    rows: PageRows, tables: Tables, metrics: Sequence[Metric], division_name: DivisionName,
    union_kinds: tuple[str, ...], increases: tuple[str, ...],
) -> dict[str, Callable[[], pa.Table]]:
    """What makes each table, in the order of TABLES: those that it is made of come first."""
    catalogue = {metric.code: metric for metric in metrics}
    makers: dict[str, Callable[[], pa.Table]] = {
        "observations": lambda: finished(TABLES["observations"], with_links(rows["observations"])),
        **{name: partial(_family_of, tables, name) for name in FAMILIES},
        "panel": lambda: panel(tables["observations"], catalogue, increases),
        "organisations": lambda: organisations(
            rows[SEEN], tables["observations"], rows["articles"], division_name, union_kinds),
        "documents": lambda: finished(TABLES["documents"], rows["documents"]),
        "articles": lambda: finished(TABLES["articles"], rows["articles"]),
        "metrics": lambda: metric_table(metrics),
        "numerals": lambda: finished(TABLES["numerals"], rows["numerals"]),
        "quarantine": lambda: quarantine_table([Refusal(**row) for row in rows[REFUSALS].to_pylist()]),
    }
    return makers


def _faults(name: str, table: pa.Table) -> list[Fault]:
    """The rows of a page's table that break its schema; raises DatasetError if the table as a whole does."""
    failures = TABLES[name].failures(table.select([column.name for column in TABLES[name].columns]))
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


def _page_tables(collected: Collected, catalogue: Mapping[str, Metric]) -> dict[str, pa.Table]:
    """The four page tables, finished but for what other pages decide: sorted, linked, with keys, families, counts."""
    observations = observation_rows(collected.tables["observations"], catalogue)
    documents = collected.tables["documents"]
    counts = Counter(observations["document"].to_pylist())
    rows = {column: documents[column] for column in documents.column_names}
    rows["observation_count"] = [counts[document] for document in documents["document"].to_pylist()]
    tables = {"observations": observations, "documents": _table("documents", rows)}
    for name in ("articles", "numerals"):
        tables[name] = _table(name, {c: collected.tables[name][c] for c in collected.tables[name].column_names})
    return tables


def observation_rows(observations: pa.Table, catalogue: Mapping[str, Metric]) -> pa.Table:
    """Observations as `collect` gives them, sorted, with what follows from their page: repeats, keys, families."""
    observations = observations.sort_by([(name, "ascending") for name in TABLES["observations"].order])
    held = {column: observations[column] for column in observations.column_names}
    held["repeat_of"] = repeats_in_pages(observations)
    held["organisation_id"] = [organisation_key(name) for name in observations["organisation"].to_pylist()]
    held["family"] = [catalogue[code].family for code in observations["metric"].to_pylist()]
    return _table("observations", held).append_column(HEADLINE.name, observations[HEADLINE.name])


def _table(name: str, values: Mapping[str, object]) -> pa.Table:
    return arrow_table(TABLES[name], values)


def _family_of(tables: Tables, name: str) -> pa.Table:
    """The table of a family: its figures that are no repeats, the value in the column of what its unit counts."""
    observations, schema = tables["observations"], FAMILIES[name]
    own = pc.and_(pc.equal(observations["family"].cast(pa.string()), name), pc.is_null(observations["repeat_of"]))
    wanted = {column.name for column in schema.columns} | {"unit", "value"}
    rows = observations.select([c for c in observations.column_names if c in wanted]).filter(own)
    rows = rows.sort_by([("document", "ascending"), ("observation_id", "ascending")])
    held = {c.name: rows[c.name] for c in schema.columns if c.name in rows.column_names}
    return _table(name, held | {measure: _measured(rows, measure) for measure in FAMILY_MEASURES[name]})


def _measured(rows: pa.Table, measure: str) -> pa.ChunkedArray:
    """The values whose unit counts that, else null; a count as a whole number, null where it is none.

    Which is flagged: fractional_count.
    """
    units = [unit for unit in UNITS if measure_of(unit) == measure]
    value = rows["value"]
    own = pc.is_in(rows["unit"].cast(pa.string()), pa.array(units))
    if measure != "count":
        return pc.if_else(own, value, None)
    whole = pc.and_(pc.equal(pc.floor(value), value), pc.less(pc.abs(value), 2.0**63))
    return pc.if_else(pc.and_(own, whole), value, None).cast(pa.int64())


def organisations(
    seen: pa.Table, observations: pa.Table, articles: pa.Table, division_name: DivisionName,
    union_kinds: tuple[str, ...],
) -> pa.Table:
    """One row a canonical name that a page, a figure or an article has; kind and place are the most frequent ones."""
    kinds, codes = _counts(seen, "kind"), _counts(seen, "division_code")
    forms: dict[str, set[str]] = {name: set() for (name,) in _distinct(seen, ["organisation"])}
    for name, words in _distinct(_form_by_form(seen), ["organisation", "form"]):
        forms[name].add(words)
    for name, code, mention in _distinct(observations, _NAMED):
        forms.setdefault(name, set()).update([mention] if mention else [])
        if name not in codes and code is not None:
            codes[name] = Counter([code])
    for (name,) in _distinct(articles, ["organisation"]):
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


_NAMED = ["organisation", "division_code", "organisation_mention"]


def _distinct(table: pa.Table, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """The different rows of these columns, as they come first, but for those without an organisation."""
    named = table.select(columns).filter(pc.is_valid(table["organisation"]))
    distinct = named.group_by(columns, use_threads=False).aggregate([])
    return zip(*(distinct[column].to_pylist() for column in columns), strict=True)


def _form_by_form(seen: pa.Table) -> pa.Table:
    """The columns organisation and form, a row a form of each list."""
    forms = seen["forms"].combine_chunks()
    return pa.table({"organisation": seen["organisation"].take(pc.list_parent_indices(forms)),
                     "form": pc.list_flatten(forms)})


def _counts(seen: pa.Table, column: str) -> dict[str, Counter[str]]:
    """How often each value of a column stands with an organisation, by its name; missing ones are not counted."""
    known = seen.select(["organisation", column]).filter(pc.is_valid(seen[column]))
    counted = known.group_by(["organisation", column]).aggregate([([], "count_all")])
    counts: dict[str, Counter[str]] = {}
    for row in counted.to_pylist():
        counts.setdefault(row["organisation"], Counter())[row[column]] = row["count_all"]
    return counts


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
    rows = list(map(_printable, distinct))
    names = [column.name for column in TABLES["quarantine"].columns]
    return _table("quarantine", {name: [row[position] for row in rows] for position, name in enumerate(names)})
