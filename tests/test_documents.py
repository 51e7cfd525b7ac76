"""The documents keep up with the code: what is generated is fresh, what is shown runs, what is linked is there."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.dictionary import data_dictionary
from schemas import TABLES
from tests.conftest import REPOSITORY

DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)\s]+))?\)")


def headings(document: Path) -> set[str]:
    """The anchors of a document's headings."""
    lines = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in lines}


def test_the_data_dictionary_is_the_one_of_the_schemas_and_the_vocabulary():
    written = (REPOSITORY / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "run `python -m pipeline.dictionary > docs/data_dictionary.md`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_link_leads_somewhere(document: Path):
    for target, anchor in LINK.findall(document.read_text(encoding="utf-8")):
        path = (document.parent / target) if target else document
        assert path.exists(), f"{target} is not there"
        assert not anchor or anchor in headings(path), f"{target}#{anchor} is no heading"


def test_the_index_names_each_document():
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    for path in (REPOSITORY / "docs").glob("*.md"):
        assert path.name == "README.md" or f"({path.name})" in index, f"docs/README.md does not name {path.name}"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    build(REPOSITORY / "data" / "raw", folder / "data" / "processed")
    return folder


QUERIES = re.findall(r"```sql\n(.*?)```", (REPOSITORY / "docs" / "sql.md").read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.splitlines()[0].lstrip("- "))
def test_each_query_of_the_sql_page_runs_and_finds_something(query: str, sample: Path, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(sample)
    assert duckdb.sql(query).fetchall()


def test_the_tables_that_the_sql_page_names_are_tables():
    named = set(re.findall(r"data/processed/(\w+)\.parquet", " ".join(QUERIES)))
    assert named and named <= set(TABLES)
