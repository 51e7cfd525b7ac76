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

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.rows import Metric
from schemas import TABLES
from schemas.columns import PERS
from schemas.export import arrow_table

UNLIKE = ("other", "other_rate", "growth_rate")
YEAR = 365  # days
INCREASE = "increase"  # flag of a figure that is an increase over another year, not the amount itself
CELL = ["organisation_id", "year", "metric", "breakdown", "unit"]
_READ = [
    *CELL, "organisation", "family", "value", "value_low", "value_high", "qualifier", "observation_id", "status",
    "repeat_of", "part_of", "per", "period_start", "period_end", "issue_date", "confidence", "flags",
]


def panel(observations: pa.Table, catalogue: Mapping[str, Metric], increases: tuple[str, ...] = ()) -> pa.Table:
    """The panel of finished observations; `increases`: words by which a breakdown says that it is an increase."""
    frame = observations.select(_READ).to_pandas(date_as_object=False)
    for name in ("metric", "unit", "family", "qualifier", "status", "per"):
        frame[name] = frame[name].astype("str" if name != "per" else pd.CategoricalDtype(list(PERS)))
    frame = frame[frame["organisation_id"].notna() & frame["year"].notna() & ~frame["metric"].isin(UNLIKE)]
    frame = frame.assign(cell=frame.groupby(CELL, dropna=False, sort=False).ngroup())
    apart = _apart(frame, increases)
    beside = _ids_by_cell(frame[apart].sort_values(["cell", "observation_id"]))
    return _rows(_ranked(frame[~apart], catalogue), beside)


def _apart(frame: pd.DataFrame, increases: tuple[str, ...]) -> pd.Series[bool]:
    """Which figures stand behind no row: targets, repeats, parts, increases, rates for each."""
    flagged = pd.Series([INCREASE in flags for flags in frame["flags"]], frame.index, dtype=bool)
    worded = frame["breakdown"].str.startswith(increases).fillna(False) if increases else flagged
    return (
        (frame["status"] != "actual") | frame["repeat_of"].notna() | frame["part_of"].notna()
        | frame["per"].notna() | flagged | worded.astype(bool)
    )


def _ids_by_cell(frame: pd.DataFrame) -> dict[int, list[str]]:
    """observation_id by cell, in the order of the frame, which is sorted by cell."""
    pairs = zip(frame["cell"].tolist(), frame["observation_id"].tolist(), strict=True)
    return {cell: [identity for _, identity in ids] for cell, ids in groupby(pairs, key=itemgetter(0))}


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


def _rows(counted: pd.DataFrame, beside: Mapping[int, list[str]]) -> pa.Table:
    """One row a cell: its first figure, the number, ends and spread of all, and who is behind and beside."""
    low, high = counted["value"].fillna(counted["value_low"]), counted["value"].fillna(counted["value_high"])
    cells = counted.assign(least=low, most=high).groupby("cell")
    rows = cells.head(1).set_index("cell")
    ends = cells.agg(value_min=("least", "min"), value_max=("most", "max"), observation_count=("least", "size"))
    rows = rows.join(ends)
    behind = _ids_by_cell(counted)
    rows["observation_ids"] = [behind[cell] for cell in rows.index]
    rows["apart_ids"] = [beside.get(cell, []) for cell in rows.index]
    gap = rows["value_max"] - rows["value_min"]
    rows["spread"] = (gap / rows["value_max"].abs()).where(gap != 0, 0.0)
    return arrow_table(TABLES["panel"], {
        column.name: rows[column.name].astype(object).where(rows[column.name].notna(), None).tolist()
        for column in TABLES["panel"].columns
    })
