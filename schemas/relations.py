"""What must hold between the tables: keys that exist, a whole ledger, parts and totals, families; not within a row."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schemas import TABLES
from schemas.families import FAMILIES
from schemas.table import ForeignKey

NAMED_ROWS = 5  # how many of the rows that break a relation are named
EXCEEDS = "parts_exceed_total"
KEYED = ("documents", "articles", "observations", "numerals")
Tables = Mapping[str, pa.Table]


def broken(tables: Tables) -> list[str]:
    """Every relation that does not hold, as a sentence that names the table, the relation and the first rows."""
    missing = [name for name in TABLES if name not in tables]
    if missing:
        return [f"tables: {', '.join(missing)} is missing"]
    checks = (_keys, _foreign_keys, _repeats, _parts, _ledger, _families, _counts)
    return [problem for check in checks for problem in check(tables)]


def _named(rows: list[str]) -> str:
    more = f" and {len(rows) - NAMED_ROWS} more" if len(rows) > NAMED_ROWS else ""
    return ", ".join(rows[:NAMED_ROWS]) + more


def _words(table: pa.Table, column: str) -> pa.ChunkedArray:
    """A column of words as plain strings, lists flattened, nulls dropped."""
    values = table[column]
    if pa.types.is_list(values.type):
        values = pc.list_flatten(values)
    return values.cast(pa.string()).drop_null()


def _keys(tables: Tables) -> Iterator[str]:
    """A key stands in one row: rows are checked page by page, so only here all of them are seen together."""
    for name in KEYED:
        keys = tables[name].select(TABLES[name].key)
        if _rise(keys) or len(keys.column_names) == 1 and pc.count_distinct(keys.column(0)).as_py() == keys.num_rows:
            continue
        counts = keys.group_by(keys.column_names).aggregate([([], "count_all")])
        twice = counts.filter(pc.greater(counts["count_all"], 1)).select(keys.column_names).to_pylist()
        if twice:
            named = sorted(" ".join(map(str, row.values())) for row in twice)
            yield f"{name}: {', '.join(keys.column_names)} stands in more than one row: {_named(named)}"


def _rise(keys: pa.Table) -> bool:
    """Whether each row's key is greater than the one before it, so that none stands twice; quick, for most tables."""
    before, after = keys.slice(0, max(0, keys.num_rows - 1)), keys.slice(1)
    tied, greater = np.ones(after.num_rows, bool), np.zeros(after.num_rows, bool)
    for name in keys.column_names:
        greater |= tied & pc.greater(after[name], before[name]).fill_null(False).to_numpy()
        tied &= pc.equal(after[name], before[name]).fill_null(False).to_numpy()
    return bool(greater.all())


def _foreign_keys(tables: Tables) -> Iterator[str]:
    """All columns that lead to one column are looked up in it together; only where something is lost, one by one."""
    leading: dict[tuple[str, str], list[tuple[str, ForeignKey]]] = {}
    for name, schema in TABLES.items():
        for key in schema.foreign_keys:
            leading.setdefault((key.table, key.target), []).append((name, key))
    for (table, target), keys in leading.items():
        known = _words(tables[table], target).combine_chunks()
        words = pa.chunked_array([chunk for name, key in keys for chunk in _words(tables[name], key.column).chunks],
                                 pa.string())
        if pc.all(pc.is_in(words, known)).as_py() is not False:
            continue
        for name, key in keys:
            lost = _lost(_words(tables[name], key.column), known)
            if lost:
                yield f"{name}.{key.column}: not found in {table}.{target}: {_named(lost)}"


def _lost(words: pa.ChunkedArray, known: pa.Array) -> list[str]:
    lost: list[str] = pc.unique(words.filter(pc.invert(pc.is_in(words, known)))).to_pylist()
    return sorted(lost)


def _repeats(tables: Tables) -> Iterator[str]:
    """A repeat points at a figure that counts, so never at a repeat; no figure is its own repeat or part."""
    observations = tables["observations"].select(["observation_id", "repeat_of", "part_of"])
    repeats = observations.filter(pc.is_valid(observations["repeat_of"]))
    chained = repeats.filter(pc.is_in(repeats["repeat_of"], repeats["observation_id"]))
    if chained.num_rows:
        yield f"observations.repeat_of: points at a repeat: {_named(chained['observation_id'].to_pylist())}"
    own = observations.filter(pc.equal(observations["part_of"], observations["observation_id"]))
    if own.num_rows:
        yield f"observations.part_of: is its own total: {_named(own['observation_id'].to_pylist())}"


def _step(values: pd.Series[float]) -> pd.Series[float]:
    """One in the last digit that is not zero, for whole numbers up to 15 digits: 884 -> 1, 800 -> 100; else 0."""
    left = values.abs().fillna(0).where(lambda v: (v < 1e15) & (v == v.round()), 0).astype("int64").to_numpy()
    step = np.where(left > 0, 1, 0)
    for _ in range(15):
        more = (left > 0) & (left % 10 == 0)
        left, step = np.where(more, left // 10, left), np.where(more, step * 10, step)
    return pd.Series(step.astype("float64"), values.index)


def exceeded_totals(observations: pd.DataFrame) -> set[str]:
    """observation_id of the totals that the parts of one unit add up beyond.

    In: the columns PART_COLUMNS. What counts is the least that the parts may be (近 and 约: one in the last printed
    digit less) against the most that the total may be (800余: below 900).
    Repeated parts count once; percentages do not add up and are left out, as are rates for each person.
    """
    parts = observations[observations["part_of"].notna() & observations["repeat_of"].isna()]
    parts = parts[(parts["unit"] != "percent") & parts["per"].isna()]
    if parts.empty:
        return set()
    step = _step(parts["value"])
    least = parts["value_low"].fillna(parts["value"] - step).fillna(0).clip(lower=0)
    keys = ["part_of", "unit"]
    sums = parts.assign(least=least, unit=parts["unit"].astype("str")).groupby(keys, sort=True)["least"].sum()
    totals = observations[observations["observation_id"].isin(parts["part_of"])]
    most = totals["value_high"].fillna(totals["value"] + _step(totals["value"])).fillna(np.inf)
    most.index = pd.MultiIndex.from_arrays([totals["observation_id"], totals["unit"].astype("str")], names=keys)
    limits = most.reindex(sums.index)
    return set(sums.index[(sums > limits * (1 + 1e-9)).to_numpy()].get_level_values("part_of"))


def families_of_parts(observations: pa.Table) -> pa.Table:
    """The columns PART_COLUMNS of the parts and of their totals: all that `exceeded_totals` needs to see."""
    totals = pc.is_in(observations["observation_id"], pc.unique(observations["part_of"]).drop_null())
    return observations.select(PART_COLUMNS).filter(pc.or_(totals, pc.is_valid(observations["part_of"])))


PART_COLUMNS = ["observation_id", "value", "value_low", "value_high", "unit", "per", "part_of", "repeat_of"]


def _parts(tables: Tables) -> Iterator[str]:
    observations = tables["observations"]
    exceeded = exceeded_totals(families_of_parts(observations).to_pandas())
    if not exceeded:
        return
    totals = observations.filter(pc.is_in(observations["observation_id"], pa.array(sorted(exceeded), pa.string())))
    silent = [row["observation_id"] for row in totals.select(["observation_id", "flags"]).to_pylist()
              if EXCEEDS not in row["flags"]]
    if silent:
        yield f"observations.part_of: the parts exceed the total, which is not flagged {EXCEEDS}: {_named(silent)}"


def _ledger(tables: Tables) -> Iterator[str]:
    """Every observation stands in the ledger once (that the ledger's ids exist is a foreign key)."""
    entries = tables["numerals"].select(["observation_id"]).filter(pc.is_valid(tables["numerals"]["observation_id"]))
    counts = entries.group_by("observation_id").aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))["observation_id"].to_pylist()
    if twice:
        yield f"numerals.observation_id: stands in the ledger twice: {_named(sorted(twice))}"
    ids = tables["observations"]["observation_id"]
    absent = ids.filter(pc.invert(pc.is_in(ids, counts["observation_id"].combine_chunks()))).to_pylist()
    if absent:
        yield f"observations.observation_id: does not stand in the ledger: {_named(absent)}"


def _families(tables: Tables) -> Iterator[str]:
    """A family table holds exactly the family's observations that are no repeats."""
    observations = tables["observations"].select(["observation_id", "repeat_of", "family"])
    counted = observations.filter(pc.is_null(observations["repeat_of"]))
    family = counted["family"].cast(pa.string())
    for name in FAMILIES:
        expected = counted.filter(pc.equal(family, name))["observation_id"].combine_chunks()
        held = tables[name]["observation_id"].combine_chunks()
        if len(expected) != len(held) or _beyond(expected, held):  # no id stands twice
            differing = [*_beyond(expected, held), *_beyond(held, expected)]
            yield f"{name}: differs from the observations of the family: {_named(sorted(differing))}"


def _beyond(ids: pa.Array, known: pa.Array) -> list[str]:
    """The ids that are not among the known ones."""
    lost: list[str] = ids.filter(pc.invert(pc.is_in(ids, known))).to_pylist()
    return lost


def _counts(tables: Tables) -> Iterator[str]:
    """What a document says it holds is what the tables hold of it."""
    documents = tables["documents"]
    for column, name in (("article_count", "articles"), ("observation_count", "observations"),
                         ("numeral_count", "numerals")):
        held = {row["values"]: row["counts"] for row in pc.value_counts(tables[name]["document"]).to_pylist()}
        pairs = zip(documents["document"].to_pylist(), documents[column].to_pylist(), strict=True)
        wrong = [document for document, count in pairs if held.get(document, 0) != count]
        if wrong:
            yield f"documents.{column}: differs from the rows of {name}: {_named(wrong)}"
