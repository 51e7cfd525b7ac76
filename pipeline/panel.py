"""The panel: one row an organisation, year, metric, breakdown and unit, with one value chosen from what was reported.

The rule. Only figures that count stand behind a row: actual, no repeat, no part of a total, no increase over
another year, no rate for each person, household, year, month or event; the others of the cell stand in `apart_ids`.
- A stock takes the latest statement: latest end of period (else issue date), then highest confidence.
- A flow takes the statement of the longest period (a year's total before a month's share; no dates: a year), then the
  greatest value, since a cumulative report is never below its pieces, then the latest, then highest confidence.
Figures with a value go before intervals; equal ones by their key. Nothing is added up: whether two reports overlap
is not known. Metrics that hold unlike things (`other`, other rates, growth) make no series and are left out.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.integrity import group_numbers
from pipeline.rows import Metric
from schemas import TABLES
from schemas.export import ARROW_TYPES, arrow_table, finished

OBSERVATIONS = {column.name for column in TABLES["observations"].columns}

UNLIKE = ("other", "other_rate", "growth_rate")
YEAR = 365  # days
INCREASE = "increase"  # flag of a figure that is an increase over another year, not the amount itself
CELL = ["organisation_id", "year", "metric", "breakdown", "unit"]
_RANKED = ["observation_id", "metric", "value", "value_low", "value_high", "period_start", "period_end", "issue_date",
           "confidence"]
_CHOSEN = [column.name for column in TABLES["panel"].columns if column.name in OBSERVATIONS]
_APART = ["flags", "status", "repeat_of", "part_of", "per"]
_NEEDED = list(dict.fromkeys([*CELL, *_RANKED, *_CHOSEN, *_APART]))
PART = 200_000  # rows that are ranked at once, which bounds the memory


def panel(observations: pa.Table, catalogue: Mapping[str, Metric], increases: tuple[str, ...] = ()) -> pa.Table:
    """The panel of finished observations; `increases`: words by which a breakdown says that it is an increase."""
    parts = list(_parts(observations, catalogue, increases))
    del observations  # it may be mapped, and takes memory until it is let go
    return finished(TABLES["panel"], pa.concat_tables(parts))


def _parts(observations: pa.Table, catalogue: Mapping[str, Metric], increases: tuple[str, ...]) -> Iterator[pa.Table]:
    """The panel of some cells after the other."""
    series = pc.and_(pc.is_valid(observations["organisation_id"]), pc.is_valid(observations["year"]))
    unlike = pc.is_in(observations["metric"].cast(pa.string()), pa.array(UNLIKE))
    rows = observations.select(_NEEDED).filter(pc.and_not(series, unlike))
    cells = group_numbers(rows.select(CELL))
    for places in _together(cells):
        part = _part(rows.take(pa.array(places)), cells[places], catalogue, increases)
        yield part.replace_schema_metadata()


def _together(cells: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The positions of rows, in parts of about PART rows that hold cells whole."""
    order = np.argsort(cells, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(cells[order])) + 1, len(cells))
    cuts = ends[np.searchsorted(ends, np.arange(PART, len(cells), PART))]
    return np.split(order, np.unique(cuts[cuts < len(cells)]))


def _part(
    rows: pa.Table, cells: NDArray[np.int64], catalogue: Mapping[str, Metric], increases: tuple[str, ...],
) -> pa.Table:
    """The panel of some cells."""
    apart = _apart(rows, increases)
    frame = rows.select(_RANKED).to_pandas(date_as_object=False)
    frame = frame.assign(metric=frame["metric"].astype("str"), cell=cells, row=np.arange(len(frame)))
    aside = frame[apart].sort_values(["cell", "observation_id"])
    return _rows(rows, _ranked(frame[~apart], catalogue), aside)


def _apart(rows: pa.Table, increases: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which figures stand behind no row: targets, repeats, parts, increases, rates for each."""
    flagged = np.zeros(rows.num_rows, bool)
    flags = rows["flags"].combine_chunks()
    flagged[pc.list_parent_indices(flags).filter(pc.equal(pc.list_flatten(flags), INCREASE)).to_numpy()] = True
    apart = pc.not_equal(rows["status"].cast(pa.string()), "actual")
    for name in ("repeat_of", "part_of", "per"):
        apart = pc.or_(apart, pc.is_valid(rows[name]))
    for words in increases:
        apart = pc.or_(apart, pc.starts_with(rows["breakdown"], words).fill_null(False))
    return np.asarray(apart.to_numpy() | flagged)


def _ranked(counted: pd.DataFrame, catalogue: Mapping[str, Metric]) -> pd.DataFrame:
    """Sorted by cell and, in a cell, from the figure to choose to the last."""
    measure = counted["metric"].map({code: metric.measure for code, metric in catalogue.items()})
    stock = measure == "stock"
    latest = counted["period_end"].fillna(counted["issue_date"]).fillna(pd.Timestamp(1900, 1, 1))
    days = (counted["period_end"] - counted["period_start"]).dt.days.fillna(YEAR).clip(upper=YEAR)
    ranks: dict[str, pd.Series[Any]] = {
        "interval": counted["value"].isna(),
        "span": -days.where(~stock, 0),
        "size": -counted["value"].fillna(0).where(~stock, 0),
        "latest": -(latest - pd.Timestamp(1900, 1, 1)).dt.days,
        "doubt": -counted["confidence"],
    }
    return counted.assign(measure=measure, **ranks).sort_values(["cell", *ranks, "observation_id"], kind="stable")


def _rows(rows: pa.Table, counted: pd.DataFrame, aside: pd.DataFrame) -> pa.Table:
    """One row a cell: its first figure, the number, ends and spread of all, and who is behind and beside."""
    low, high = counted["value"].fillna(counted["value_low"]), counted["value"].fillna(counted["value_high"])
    cells = counted.assign(least=low, most=high).groupby("cell")
    ends = cells.agg(value_min=("least", "min"), value_max=("most", "max"), observation_count=("least", "size"))
    chosen = cells.head(1)
    held: dict[str, Any] = {name: rows[name].take(pa.array(chosen["row"].to_numpy())) for name in _CHOSEN}
    gap = ends["value_max"] - ends["value_min"]
    ends["spread"] = (gap / ends["value_max"].abs()).where(gap != 0, 0.0)
    for name in ("value_min", "value_max", "spread"):
        held[name] = pa.array(ends[name], pa.float64(), from_pandas=True)
    held["observation_count"] = pa.array(ends["observation_count"], pa.int32())
    held["measure"] = chosen["measure"].tolist()
    held["observation_ids"] = _ids(counted, ends.index, rows)
    held["apart_ids"] = _ids(aside, ends.index, rows)
    return arrow_table(TABLES["panel"], held)


def _ids(frame: pd.DataFrame, cells: pd.Index[int], rows: pa.Table) -> pa.Array:
    """observation_ids by cell as lists, in the order of the frame, which is sorted by cell."""
    frame = frame[frame["cell"].isin(cells)]
    counts = frame["cell"].value_counts().reindex(cells, fill_value=0).to_numpy()
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    ids = rows["observation_id"].take(pa.array(frame["row"].to_numpy())).combine_chunks()
    return pa.ListArray.from_arrays(offsets, ids, type=ARROW_TYPES["list"])
