"""Tables on a shelf come back as they were put there, small and large, and one that is replaced stays whole."""
from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import shelf as module
from pipeline.pagerows import PageRows
from pipeline.shelf import Shelf

TABLE = pa.table({
    "document": ["a.txt", "a.txt", "b.txt"], "code": pa.array(["x", None, "y"]).dictionary_encode(),
    "flags": [["p"], [], ["p", "q"]],
}).replace_schema_metadata({"description": "three rows"})


@pytest.fixture(params=["in memory", "in files"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(module, "SMALL", 1_000_000 if request.param == "in memory" else 0)
    return Shelf(tmp_path / "shelf")


def test_a_table_comes_back_as_it_was(shelf: Shelf) -> None:
    shelf["one"] = TABLE
    shelf["none"] = TABLE.slice(0, 0)
    assert list(shelf) == ["one", "none"] and len(shelf) == 2
    assert shelf["one"].equals(TABLE, check_metadata=True) and shelf["none"].num_rows == 0
    assert [column.num_chunks for column in shelf["one"].columns] == [1, 1, 1]
    with pytest.raises(KeyError):
        shelf["other"]


def test_a_table_may_be_made_from_the_one_that_it_replaces(shelf: Shelf) -> None:
    shelf["one"] = TABLE
    before = shelf["one"]
    shelf["one"] = before.slice(1)
    assert before.equals(TABLE) and shelf["one"].equals(TABLE.slice(1))
    del shelf["one"]
    assert list(shelf) == []


def test_small_tables_cost_no_file(tmp_path: Path) -> None:
    Shelf(tmp_path / "shelf")["one"] = TABLE
    assert not (tmp_path / "shelf").exists()


def test_rows_of_some_documents_and_of_the_others(shelf: Shelf) -> None:
    shelf["one"] = TABLE
    rows = PageRows(shelf)
    assert rows.of(["a.txt"])["one"].equals(TABLE.slice(0, 2))
    assert rows.but(["a.txt"])["one"].equals(TABLE.slice(2))
    assert list(rows.but([]).tables) == ["one"]
