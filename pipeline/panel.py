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
from schemas.export import ARROW_TYPES, finished, unsorted

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
    starts, sizes = _runs(cells[order])
    ends = starts + sizes
    cuts = ends[np.searchsorted(ends, np.arange(PART, len(cells), PART))]
    return np.split(order, np.unique(cuts[cuts < len(cells)]))


def _part(
    rows: pa.Table, cells: NDArray[np.int64], catalogue: Mapping[str, Metric], increases: tuple[str, ...],
) -> pa.Table:
    """The panel of some cells; a figure is its place in `rows` here."""
    apart = _apart(rows, increases)
    counted = np.flatnonzero(~apart)
    counted = counted[np.argsort(cells[counted], kind="stable")]
    starts, sizes = _runs(cells[counted])
    several = np.repeat(sizes > 1, sizes)  # most cells have one figure: nothing to choose
    counted[several] = _ranked(rows, cells, counted[several], catalogue)
    aside = np.flatnonzero(apart)
    aside = aside[np.isin(cells[aside], cells[counted])]
    by_cell = pa.table([cells[aside], rows["observation_id"].take(pa.array(aside))], ["cell", "id"])
    aside = aside[pc.sort_indices(by_cell, [("cell", "ascending"), ("id", "ascending")]).to_numpy()]
    before = np.searchsorted(cells[aside], cells[counted[starts]])
    return _rows(rows, catalogue, (counted, starts), (aside, before))


def _runs(sorted_cells: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each cell starts among sorted ones, and how many it has."""
    starts = np.flatnonzero(np.diff(sorted_cells, prepend=-1))
    return starts, np.diff(starts, append=len(sorted_cells))


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


def _ranked(
    rows: pa.Table, cells: NDArray[np.int64], places: NDArray[np.int64], catalogue: Mapping[str, Metric],
) -> NDArray[np.int64]:
    """The figures sorted by cell and, in a cell, from the one to choose to the last."""
    figures = rows.select(_RANKED).take(pa.array(places)).to_pandas(date_as_object=False)
    measure = figures["metric"].astype("str").map({code: metric.measure for code, metric in catalogue.items()})
    stock = measure == "stock"
    latest = figures["period_end"].fillna(figures["issue_date"]).fillna(pd.Timestamp(1900, 1, 1))
    days = (figures["period_end"] - figures["period_start"]).dt.days.fillna(YEAR).clip(upper=YEAR)
    ranks: dict[str, pd.Series[Any]] = {
        "interval": figures["value"].isna(),
        "span": -days.where(~stock, 0),
        "size": -figures["value"].fillna(0).where(~stock, 0),
        "latest": -(latest - pd.Timestamp(1900, 1, 1)).dt.days,
        "doubt": -figures["confidence"],
    }
    ranked = figures[["observation_id"]].assign(cell=cells[places], place=places, **ranks)
    ranked = ranked.sort_values(["cell", *ranks, "observation_id"], kind="stable")
    return np.asarray(ranked["place"])


Listed = tuple[NDArray[np.int64], NDArray[np.int64]]  # figures by cell, and where each cell's start


def _rows(rows: pa.Table, catalogue: Mapping[str, Metric], counted: Listed, aside: Listed) -> pa.Table:
    """One row a cell: its first figure, the number, ends and spread of all, and who is behind and beside."""
    figures, starts = counted
    low, high = (pc.coalesce(rows["value"], rows[end]).to_numpy()[figures] for end in ("value_low", "value_high"))
    ends = np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)
    gap = ends[1] - ends[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(gap != 0, gap / np.abs(ends[1]), 0.0)
    chosen = pa.array(figures[starts])
    held: dict[str, Any] = {name: rows[name].take(chosen) for name in _CHOSEN}
    for name, values in (("value_min", ends[0]), ("value_max", ends[1]), ("spread", spread)):
        held[name] = pa.array(values, pa.float64(), from_pandas=True)
    held["observation_count"] = pa.array(np.diff(starts, append=len(figures)), pa.int32())
    metric = held["metric"].combine_chunks()
    measures = pa.array([catalogue[code].measure for code in metric.dictionary.to_pylist()], pa.string())
    held["measure"] = measures.take(metric.indices).dictionary_encode()
    held["observation_ids"], held["apart_ids"] = _ids(rows, counted), _ids(rows, aside)
    return unsorted(TABLES["panel"], held)


def _ids(rows: pa.Table, listed: Listed) -> pa.Array:
    """The observation_ids of each cell as a list."""
    figures, starts = listed
    offsets = pa.array(np.append(starts, len(figures)), pa.int32())
    ids = rows["observation_id"].take(pa.array(figures)).combine_chunks()
    return pa.ListArray.from_arrays(offsets, ids, type=ARROW_TYPES["list"])
