"""Descriptors and determinism: the package is whole and others read it, chunking changes no byte."""
from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.assemble import assemble
from pipeline.publish import publish
from schemas import TABLES
from schemas.export import ParquetBytes, datapackage, finished
from tests.extractions import CATALOGUE, extractions


def test_the_package_describes_every_column_and_key():
    package = datapackage(dict.fromkeys(TABLES, (1, "0" * 64, 0)), "v")
    for resource in package["resources"]:
        schema = TABLES[resource["name"]]
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == [column.name for column in schema.columns]
        assert all(field["description"] for field in fields)
    observations = package["resources"][0]["schema"]
    assert observations["primaryKey"] == ["observation_id"]
    assert {"fields": ["part_of"], "reference": {"resource": "", "fields": ["observation_id"]}} in observations[
        "foreignKeys"]


def test_chunks_and_order_of_rows_change_no_byte(tmp_path):
    table = assemble(extractions(), CATALOGUE)["observations"]
    cut = pa.concat_tables([table.slice(5), table.slice(0, 2), table.slice(2, 3)])
    again = finished(TABLES["observations"], cut)
    for name, version in (("whole", table), ("cut", again)):
        (tmp_path / name).write_bytes(ParquetBytes(lambda table=version: table).ended({}))
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "cut").read_bytes()


def test_frictionless_accepts_the_package(tmp_path):
    """Of a Parquet file it never counts the bytes, so the one check left out is ours: see test_publish."""
    frictionless = pytest.importorskip("frictionless")
    folder = publish(assemble(extractions(), CATALOGUE, code_version="1"), tmp_path, {})
    checked = frictionless.Package(folder / "datapackage.json").validate(
        frictionless.Checklist(skip_errors=["byte-count"]))
    assert checked.flatten(["title", "note"]) == [] and checked.valid
    assert len(checked.tasks) == len(TABLES)
