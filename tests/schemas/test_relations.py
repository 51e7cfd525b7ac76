"""Relations between tables: each kind of break is found, and the rows are named."""
from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.assemble import assemble
from schemas import TABLES
from schemas.export import arrow_table
from schemas.relations import broken, exceeded_totals
from tests.extractions import CATALOGUE, extractions, read_json


@pytest.fixture(scope="module")
def tables():
    return assemble(extractions(), CATALOGUE, code_version="1")


def with_row(table: pa.Table, name: str, position: int, **fields: object) -> pa.Table:
    rows = table.to_pylist()
    rows[position] |= fields
    return arrow_table(TABLES[name], {c.name: [row[c.name] for row in rows] for c in TABLES[name].columns})


@pytest.mark.parametrize("case", read_json("schemas/broken.json")["cases"], ids=lambda case: case["problem"])
def test_each_broken_relation_is_named(tables, case):
    name = case["table"]
    changed = {**tables, name: with_row(tables[name], name, case["row"], **case["set"])}
    assert any(case["problem"] in problem for problem in broken(changed)), broken(changed)


def test_a_lost_row_is_missed_by_ledger_family_and_count(tables):
    problems = "\n".join(broken({**tables, "numerals": tables["numerals"].slice(1)}))
    assert "does not stand in the ledger" in problems and "documents.numeral_count" in problems
    assert "relief: differs" in "\n".join(broken({**tables, "relief": tables["relief"].slice(1)}))


def test_a_missing_table_is_named(tables):
    assert broken({name: table for name, table in tables.items() if name != "panel"}) == ["tables: panel is missing"]


@pytest.mark.parametrize("case", read_json("schemas/sums.json")["cases"], ids=lambda case: case["about"])
def test_parts_against_their_total(case):
    blank = {"value_low": None, "value_high": None, "unit": "person", "per": None, "part_of": None, "repeat_of": None}
    rows = [blank | {"observation_id": "total"} | case["total"]]
    rows += [blank | {"observation_id": f"part{n}", "part_of": "total"} | part for n, part in enumerate(case["parts"])]
    frame = pd.DataFrame(rows).astype({"value": float, "value_low": float, "value_high": float})
    assert exceeded_totals(frame) == ({"total"} if case["exceeds"] else set())
