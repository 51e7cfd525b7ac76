"""Descriptors and determinism: the data dictionary is up to date, the package is whole, chunking changes no byte."""
from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.assemble import assemble
from schemas import TABLES
from schemas.export import ParquetBytes, data_dictionary, datapackage, finished
from tests.extractions import CATALOGUE, extractions

REPOSITORY = Path(__file__).parent.parent.parent


def test_the_data_dictionary_in_docs_is_the_one_of_the_schemas():
    written = (REPOSITORY / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "run `python -m schemas.export > docs/data_dictionary.md`"


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
        (tmp_path / name).write_bytes(ParquetBytes(version).ended({}))
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "cut").read_bytes()
