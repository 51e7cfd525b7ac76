"""One table a metric family: the figures that are no repeats, the value under its own name and type."""
from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.columns import columns
from schemas.table import ForeignKey, Rule, TableSchema

if TYPE_CHECKING:
    import pandas as pd

# Which kinds of value a family has, by the dimensions of its metrics. The family `other` has no table of its own.
FAMILY_MEASURES: dict[str, tuple[str, ...]] = {
    "membership": ("count",),
    "relief": ("yuan", "count"),
    "contracts": ("count",),
    "coverage": ("percent",),
    "insurance": ("count", "yuan"),
    "rights": ("count", "yuan"),
    "employment": ("count",),
    "facilities": ("count", "square_metres"),
    "activities": ("count", "hours"),
    "innovation": ("count", "yuan"),
    "finance": ("yuan",),
}


def _one_measure(measures: tuple[str, ...]) -> Rule:
    def holds(frame: pd.DataFrame) -> pd.Series[bool]:
        return frame[list(measures)].notna().sum(axis=1) <= 1

    return Rule("one_measure", measures, "a figure is of one kind", holds)


def _family(name: str, measures: tuple[str, ...]) -> TableSchema:
    return TableSchema(
        name, f"The figures of the family {name} that are no repeats: the value as {' or '.join(measures)}.",
        columns(
            "observation_id", "document", "article_id", "publication", "issue_date", "metric", *measures, "value_low",
            "value_high", "qualifier", "unit", "unit_text", "per", "status", "breakdown", "part_of",
            "organisation_id", "organisation", "division_code", "year", "period_start", "period_end", "confidence",
            "flags", "quote",
        ),
        ("observation_id",), ("document", "observation_id"), (_one_measure(measures),),
        (
            ForeignKey("observation_id", "observations", "observation_id"),
            ForeignKey("document", "documents", "document"), ForeignKey("article_id", "articles", "article_id"),
            ForeignKey("metric", "metrics", "metric"), ForeignKey("part_of", "observations", "observation_id"),
            ForeignKey("organisation_id", "organisations", "organisation_id"),
        ),
    )


FAMILIES = {name: _family(name, measures) for name, measures in FAMILY_MEASURES.items()}
