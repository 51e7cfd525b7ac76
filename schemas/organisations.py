"""The organisations table: who the figures and articles are about, one row a canonical name."""
from __future__ import annotations

from schemas.columns import columns
from schemas.table import ForeignKey, Rule, TableSchema

ORGANISATIONS = TableSchema(
    "organisations", "The organisations that figures and articles are about, one row a canonical name.",
    columns("organisation_id", "organisation", "organisations.kind", "province", "prefecture", "county",
            "division_code", "parent", "forms", organisation_id=False, organisation=False),
    ("organisation_id",), ("organisation", "organisation_id"),
    (
        Rule("division", ("division_code",), "the division code has six digits",
             lambda frame: frame["division_code"].isna() | frame["division_code"].str.fullmatch("[0-9]{6}")),
        Rule("parent", ("organisation_id", "parent"), "no organisation is its own parent",
             lambda frame: ~(frame["parent"] == frame["organisation_id"])),
    ),
    (ForeignKey("parent", "organisations", "organisation_id"),),
)
