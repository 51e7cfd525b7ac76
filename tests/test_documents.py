"""The documents keep up with the code: what is generated is fresh, what is shown runs, what is linked is there."""
from __future__ import annotations

import os
import re
import subprocess
import sys
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


READMES = [REPOSITORY / "README.md", REPOSITORY / "README.zh-CN.md"]
SHOWN = [*READMES, *(REPOSITORY / "docs" / name for name in ("report.md", "sdmx.md", "sql.md"))]
COMMAND = re.compile(r"^    (?:\$ )?((?:\.venv/bin/|union-metrics |python -m ).*)$", re.M)
COMMANDS = list(dict.fromkeys(
    command for document in SHOWN for command in COMMAND.findall(document.read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def checkout(sample: Path) -> Path:
    """The sample's folder with what commands need of the checkout, links all of it."""
    for name in ("data/raw", "tests", "pipeline", "schemas"):
        (sample / name).symlink_to(REPOSITORY / name)
    (sample / ".venv").symlink_to(sys.prefix)
    return sample


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_shown_runs(command: str, checkout: Path):
    environment = os.environ | {"PATH": f"{checkout / '.venv' / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(command, shell=True, cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout, done.stderr


@pytest.mark.parametrize("document", READMES, ids=lambda path: path.name)
def test_the_python_of_a_readme_runs_and_draws_its_chart(document: Path, checkout: Path, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(checkout)
    names: dict[str, object] = {}
    for line in re.findall(r"^    >>> (.*)$", document.read_text(encoding="utf-8"), re.M):
        exec(compile(line, document.name, "single"), names)
    assert Path("chart.png").read_bytes().startswith(b"\x89PNG")
    Path("chart.png").unlink()


def test_both_readmes_show_the_same_commands_and_code():
    english, chinese = (re.findall(r"^    (?:\$|>>>) .*$", path.read_text(encoding="utf-8"), re.M) for path in READMES)
    assert set(chinese) <= set(english)
    assert [line for line in english if "$" in line] == [line for line in chinese if "$" in line]


def test_each_target_of_make_that_is_shown_exists():
    shown = "".join(path.read_text(encoding="utf-8") for path in SHOWN)
    targets = re.findall(r"`make (\w+)`|^    make (\w+)", shown, re.M)
    known = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.M))
    assert {name for pair in targets for name in pair if name} <= known
