"""The tables themselves: columns as the design promises, keys and foreign keys that exist, what each rule refuses."""
from __future__ import annotations

import pandas as pd
import pytest

from pipeline import vocabulary
from pipeline.assemble import assemble
from schemas import TABLES, table
from schemas.columns import MEASURE_COLUMNS, UNITS
from schemas.export import arrow_table
from schemas.families import FAMILIES
from tests.extractions import CATALOGUE, extractions, read_json


@pytest.fixture(scope="module")
def tables():
    return assemble(extractions(), CATALOGUE, code_version="1")


def test_observations_have_the_columns_of_the_contract():
    assert [c.name for c in TABLES["observations"].columns] == list(read_json("schemas/dtypes.json")["observations"])


@pytest.mark.parametrize("schema", TABLES.values(), ids=TABLES)
def test_keys_order_and_foreign_keys_name_columns_that_exist(schema):
    names = {column.name for column in schema.columns}
    assert len(names) == len(schema.columns)
    assert {*schema.key, *schema.order} <= names
    for key in schema.foreign_keys:
        assert key.column in names and key.target in {column.name for column in TABLES[key.table].columns}
    assert all(column.description.endswith(".") for column in schema.columns)


def test_every_measure_has_a_family_that_carries_it():
    carried = {column.name for schema in FAMILIES.values() for column in schema.columns}
    assert carried >= {*MEASURE_COLUMNS.values(), "count"}


@pytest.mark.parametrize("part", [table.PART, 2])
@pytest.mark.parametrize("case", read_json("schemas/refused.json")["cases"],
                         ids=lambda case: f"{case['table']}-{'-'.join(case['set'])}")
def test_a_row_that_breaks_a_rule_is_named_with_its_reason(tables, case, part, monkeypatch):
    """Whether the table is looked at as a whole or in parts."""
    monkeypatch.setattr(table, "PART", part)
    schema, rows = TABLES[case["table"]], tables[case["table"]].to_pylist()
    rows[-1] |= {name: float(value) if value in ("inf", "nan") else value for name, value in case["set"].items()}
    broken = arrow_table(schema, {c.name: [row[c.name] for row in rows] for c in schema.columns})
    [failure] = schema.failures(broken)
    assert failure.row is not None and case["reason"] in failure.reason


def test_the_pandera_schema_takes_frames_of_plain_pandas(tables):
    for name, schema in TABLES.items():
        frame = tables[name].to_pandas()
        assert len(schema.pandera().validate(frame, lazy=True)) == tables[name].num_rows


@pytest.mark.parametrize("part", [table.PART, 2])
def test_a_frame_of_other_types_fails_as_a_whole(tables, part, monkeypatch):
    monkeypatch.setattr(table, "PART", part)
    wide = tables["metrics"].append_column("extra", tables["metrics"]["family"])
    assert [failure.row for failure in TABLES["metrics"].failures(wide)] == [None]
    assert isinstance(tables["metrics"].to_pandas(), pd.DataFrame)


def test_the_vocabulary_and_the_tables_know_the_same_units_and_families():
    assert vocabulary.UNITS == UNITS
    for metric in vocabulary.metrics():
        assert metric.family in {*FAMILIES, "other"}, metric.code
        if metric.family in FAMILIES:
            carried = {column.name for column in FAMILIES[metric.family].columns}
            assert carried >= {MEASURE_COLUMNS.get(unit, "count") for unit in metric.units}, metric.code
