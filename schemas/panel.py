"""The panel: one row an organisation, year, metric, breakdown and unit; `pipeline.panel` says which value is chosen."""
from __future__ import annotations

from schemas.columns import columns
from schemas.table import ForeignKey, Rule, TableSchema

PANEL = TableSchema(
    "panel",
    "One row an organisation, year, metric, breakdown and unit: the value chosen, the observations behind it and how "
    "far they disagree. A stock takes the latest statement of the year, a flow the one of the longest period, then the "
    "greatest. Targets, repeats, parts, increases and rates for each person are kept apart.",
    columns(
        "organisation_id", "organisation", "year", "metric", "family", "measure", "breakdown", "unit", "value",
        "value_low", "value_high", "qualifier", "observation_id", "panel.observation_count", "value_min", "value_max",
        "spread", "observation_ids", "apart_ids", organisation_id=False, organisation=False, year=False,
    ),
    ("organisation_id", "year", "metric", "breakdown", "unit"),
    ("organisation", "organisation_id", "metric", "year", "breakdown", "unit"),
    (
        Rule("least", ("value_min", "value_max"), "the least value is not above the greatest",
             lambda frame: ~(frame["value_min"] > frame["value_max"])),
        Rule("chosen", ("value", "value_min", "value_max"), "the value chosen lies among the values",
             lambda frame: ~((frame["value"] < frame["value_min"]) | (frame["value"] > frame["value_max"]))),
        Rule("behind", ("observation_count",), "as many observations stand behind as are listed",
             lambda frame: frame["observation_ids"].str.len() == frame["observation_count"]),
    ),
    (
        ForeignKey("organisation_id", "organisations", "organisation_id"), ForeignKey("metric", "metrics", "metric"),
        ForeignKey("observation_id", "observations", "observation_id"),
        ForeignKey("observation_ids", "observations", "observation_id"),
        ForeignKey("apart_ids", "observations", "observation_id"),
    ),
)
