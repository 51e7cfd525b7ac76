"""The observations table, one row a figure, and what must hold of a row; links between rows are in `relations.py`."""
from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.columns import columns
from schemas.table import ForeignKey, Rule, TableSchema

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = columns(
    "observation_id", "document", "article_id", "publication", "issue_date", "issue_date_precision",
    "issue_date_basis", "metric", "family", "value", "value_low", "value_high", "qualifier", "unit", "unit_text",
    "per", "status", "breakdown", "part_of", "repeat_of", "organisation_id", "organisation", "organisation_mention",
    "organisation_basis", "division_code", "year", "period_start", "period_end", "period_basis", "confidence",
    "flags", "quote", "sentence", "span_start", "span_end",
)
SIGNED_METRIC = "growth_rate"  # the one metric that may fall below zero, or above a hundred without a warning


def _finite(frame: pd.DataFrame) -> pd.Series[bool]:
    values = frame[["value", "value_low", "value_high"]].abs()
    return ~(values == float("inf")).any(axis=1)


def _stated(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["value"].notna() | frame["value_low"].notna() | frame["value_high"].notna()


def _enclosed(frame: pd.DataFrame) -> pd.Series[bool]:
    """A comparison with a missing value is false, so a bound that is not stated never fails."""
    value, low, high = frame["value"], frame["value_low"], frame["value_high"]
    return ~((value < low) | (value > high) | (low > high))


def _signed(frame: pd.DataFrame) -> pd.Series[bool]:
    negative = (frame["value"] < 0) | (frame["value_low"] < 0) | (frame["value_high"] < 0)
    return ~negative | (frame["metric"] == SIGNED_METRIC)


def _spanned(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["span_start"] >= 0) & (frame["span_end"] - frame["span_start"] == frame["quote"].str.len())


def _year(frame: pd.DataFrame) -> pd.Series[bool]:
    year = frame["year"].fillna(2000)
    return (year >= 1900) & (year <= 2100)


def _period(frame: pd.DataFrame) -> pd.Series[bool]:
    return ~(frame["period_start"] > frame["period_end"])


RULES = (
    Rule("finite", ("value", "value_low", "value_high"), "the figure is finite", _finite),
    Rule("stated", ("quote",), "a value or a bound is stated", _stated),
    Rule("enclosed", ("value", "value_low", "value_high"), "the bounds enclose the value", _enclosed),
    Rule("signed", ("metric", "value"), "only a growth rate is below zero", _signed),
    Rule("span", ("span_start", "span_end", "quote"), "the span starts before it ends and is as long as the quote",
         lambda frame: (frame["span_start"] < frame["span_end"]) & _spanned(frame)),
    Rule("confidence", ("confidence",), "the confidence lies in 0 to 1",
         lambda frame: (frame["confidence"] >= 0) & (frame["confidence"] <= 1)),
    Rule("year", ("year",), "the year lies in 1900 to 2100", _year),
    Rule("period", ("period_start", "period_end"), "the period starts before it ends", _period),
    Rule("division", ("division_code",), "the division code has six digits",
         lambda frame: frame["division_code"].isna() | frame["division_code"].str.fullmatch("[0-9]{6}")),
    Rule("named", ("organisation_id", "organisation"), "an organisation has both key and name",
         lambda frame: frame["organisation_id"].isna() == frame["organisation"].isna()),
)
OBSERVATIONS = TableSchema(
    "observations", "One row a figure that a page reports: how many, of what, by whom, when, and where it was read.",
    COLUMNS, ("observation_id",), ("document", "span_start", "span_end", "observation_id"), RULES,
    (
        ForeignKey("document", "documents", "document"), ForeignKey("article_id", "articles", "article_id"),
        ForeignKey("metric", "metrics", "metric"), ForeignKey("part_of", "observations", "observation_id"),
        ForeignKey("repeat_of", "observations", "observation_id"),
        ForeignKey("organisation_id", "organisations", "organisation_id"),
    ),
)
