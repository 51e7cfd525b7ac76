"""The rows of pages as they are kept between builds: checked, finished but for what other pages decide.

What makes them is `assemble.page_rows`, where they are kept is `cache.py`; links between pages are `integrity.py`.
"""
from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.rows import HEADLINE
from schemas import TABLES
from schemas.export import arrow_schema

MOST_RUNS = 1000  # up to so many it is cheaper to put runs together than rows
SEEN, REFUSALS = "seen", "refusals"  # organisations of each page; what was refused of it


@dataclass(frozen=True)
class PageRows:
    """Tables by name, each sorted by `document`: documents, articles, observations, numerals, `seen` and `refusals`.

    The observations have a column `headline` more than the published ones; their `repeat_of` knows only their page, and
    their `flags` nothing of sums.
    """

    tables: Mapping[str, pa.Table]

    def __getitem__(self, name: str) -> pa.Table:
        return self.tables[name]

    def of(self, documents: Collection[str]) -> PageRows:
        """The rows of these documents, looked up when they are asked for."""
        return PageRows(_Of(self.tables, pa.array(sorted(documents), pa.string())))

    def but(self, documents: Collection[str]) -> PageRows:
        """The rows of all other documents, likewise."""
        return PageRows(_Of(self.tables, pa.array(sorted(documents), pa.string()), others=True))


@dataclass(frozen=True)
class _Of(Mapping[str, pa.Table]):
    """The rows of some documents, or of all others, in the tables of `whole`."""

    whole: Mapping[str, pa.Table]
    documents: pa.Array
    others: bool = False

    def __getitem__(self, name: str) -> pa.Table:
        table = self.whole[name]
        wanted = pc.is_in(table["document"], self.documents)
        return table.filter(pc.invert(wanted) if self.others else wanted)

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)


def page_schemas() -> dict[str, pa.Schema]:
    """The Arrow schemas of the tables of `PageRows`."""
    text = pa.string()
    observations = arrow_schema(TABLES["observations"]).append(pa.field(HEADLINE.name, pa.int16()))
    kept = {name: arrow_schema(TABLES[name]) for name in ("documents", "articles", "numerals")}
    return {
        "documents": kept["documents"], "articles": kept["articles"], "observations": observations,
        "numerals": kept["numerals"],
        SEEN: pa.schema([("document", text), ("organisation", text), ("kind", text), ("division_code", text),
                         ("forms", pa.list_(text))]),
        REFUSALS: pa.schema([("document", text), ("place", text), ("code", text), ("reason", text), ("remedy", text)]),
    }


def joined(parts: Sequence[PageRows], into: MutableMapping[str, pa.Table] | None = None) -> PageRows:
    """The rows of all parts, by document; rows of one document stay in their order.

    The tables are put `into` what is given, one after the other, else into memory.
    """
    tables = {} if into is None else into
    for name, schema in page_schemas().items():
        whole = pa.concat_tables([part[name] for part in parts] or [schema.empty_table()], promote_options="none")
        tables[name] = by_document(whole.replace_schema_metadata())
        del whole  # before the next table is asked for
    return PageRows(tables)


def by_document(table: pa.Table) -> pa.Table:
    """The rows sorted by document alone, in one chunk."""
    documents = table["document"]
    known = pc.unique(documents)
    ranks = pc.index_in(documents, known.take(pc.sort_indices(known))).to_numpy()
    places = np.argsort(ranks, kind="stable")
    table = table.unify_dictionaries()
    starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)  # of runs of rows that stay together
    if len(starts) > MOST_RUNS:
        return table.take(pa.array(places)).combine_chunks()
    ends = np.append(starts, len(places))[1:]
    runs = [table.slice(places[start], end - start) for start, end in zip(starts, ends, strict=True)]
    return pa.concat_tables([table.slice(0, 0), *runs]).combine_chunks()
