"""The whole flow on a small folder: what is published, what is refused, the same bytes however it is run."""
from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.build import build
from pipeline.errors import DataError, UserError
from pipeline.extract.observations import extract
from pipeline.extraction import EXTRACTION_FAILED
from pipeline.load import open_dataset
from pipeline.validate import validate
from tests.conftest import REPOSITORY
from tests.raw_pages import GB18030, LINES, REFUSED, write_raw


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    return build(write_raw(folder / "raw"), folder / "out")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_good_pages_are_read_and_bad_ones_refused(built):
    assert set(built.out.joinpath("documents.parquet").resolve().parent.iterdir())
    documents = pipeline.load("documents", root=built.out).set_index("document")
    assert sorted(documents.index) == sorted([*LINES, GB18030[0]])
    assert documents.encoding[GB18030[0]] == "gb18030"
    assert {refusal.document for refusal in built.quarantined} == set(REFUSED)
    quarantine = pipeline.load("quarantine", root=built.out)
    assert set(quarantine.document) == set(REFUSED)
    assert quarantine.reason.str.len().min() > 0 and quarantine.remedy.str.len().min() > 0


def test_figures_arrive_with_value_and_year(built):
    observations = pipeline.load(root=built.out)
    found = {(row.document, row.quote): (row.value, row.year) for row in observations.itertuples()}
    assert found["2018-03-05_02.txt", "1287人"] == (1287, 2017)
    assert found["2018-03-05_02.txt", "10万元"] == (100_000, 2017)
    assert found["gb.txt", "95%"] == (95, 2011)


def test_the_result_says_what_was_published(built):
    assert built.folder.name == built.version
    assert built.counts["documents"] == 4 and built.counts["quarantine"] == 3
    info = open_dataset(built.out).build
    assert info["version"] == built.version and info["code_version"] == built.code_version
    assert info["inputs"]["documents"] == 4 and info["inputs"]["quarantined"] == 3
    assert validate(built.out) == []


def test_a_crash_on_one_page_stops_nothing(tmp_path, monkeypatch):
    def crash(page):
        if page.document == "1999-06.txt":
            raise RecursionError("too deep")
        return extract(page)

    monkeypatch.setattr("pipeline.extraction.extract", crash)
    result = build(write_raw(tmp_path / "raw", refused=False), tmp_path / "out")
    assert [(refusal.document, refusal.code) for refusal in result.quarantined] == [("1999-06.txt", EXTRACTION_FAILED)]
    assert "RecursionError" in result.quarantined[0].reason
    assert result.counts["documents"] == 3


def test_a_bad_file_changes_no_other_row(tmp_path, built):
    clean = build(write_raw(tmp_path / "raw", refused=False), tmp_path / "out")
    for table in ("observations", "articles", "numerals", "documents", "panel"):
        one, other = (pq.read_table(result.folder / f"{table}.parquet") for result in (clean, built))
        assert one.equals(other, check_metadata=True), table


def test_a_page_that_goes_takes_its_rows_along(tmp_path):
    raw = write_raw(tmp_path / "raw")
    build(raw, tmp_path / "out")
    for name in (*LINES, *REFUSED, GB18030[0], "issues.csv"):
        (raw / name).unlink()
    result = build(raw, tmp_path / "out")
    assert result.counts["documents"] == result.counts["observations"] == result.counts["quarantine"] == 0
    assert "no page" in result.warnings[0]


def test_rows_of_the_manifest_about_no_page_give_a_warning(tmp_path):
    result = build(write_raw(tmp_path / "raw", "document,issue_date\ngone.txt,2018\n"), tmp_path / "out")
    assert len(result.warnings) == 1 and "line 2" in result.warnings[0] and "gone.txt" in result.warnings[0]


@pytest.mark.parametrize(("workers", "engine", "seed"), [(1, "serial", "1"), (2, "processes", "2"), (3, None, "77")])
def test_the_same_bytes_however_it_is_run(tmp_path, built, workers, engine, seed):
    raw = write_raw(tmp_path / "elsewhere")
    call = f"import pipeline; pipeline.build({str(raw)!r}, {str(tmp_path / 'out')!r}, {workers}, {engine!r})"
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu"}
    subprocess.run([sys.executable, "-c", call], check=True, cwd=REPOSITORY, env=environment)
    assert contents(tmp_path / "out" / "current") == contents(built.folder)


@pytest.mark.parametrize("out", ["raw", "raw/out", "raw/gb.txt/out", "file", "file/out"])
def test_folders_that_hold_no_dataset_are_refused(tmp_path, out):
    raw = write_raw(tmp_path / "raw")
    (tmp_path / "file").write_text("taken")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(UserError):
        build(raw, tmp_path / out)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_page_from_a_file_and_from_a_string(tmp_path):
    path = write_raw(tmp_path) / GB18030[0]
    for page in (path, str(path), GB18030[1]):
        observations = pipeline.extract_page(page, "2012-05")
        assert [(o.quote, o.value, o.year) for o in observations] == [("640人次", 640, 2011), ("95%", 95, 2011)]
    assert pipeline.extract_page("发展会员12人。", date(2009, 1, 2))[0].year == 2009
    assert [GB18030[1][o.start:o.end] for o in pipeline.extract_page(GB18030[1])] == ["640人次", "95%"]


def test_a_page_that_cannot_be_read_says_so(tmp_path):
    raw = write_raw(tmp_path)
    with pytest.raises(DataError, match=r"empty\.txt"):
        pipeline.extract_page(raw / "empty.txt")
    with pytest.raises(UserError, match="no such file"):
        pipeline.extract_page(raw / "gone.txt")
    with pytest.raises(UserError, match="YYYY-MM-DD"):
        pipeline.extract_page("发展会员12人。", "5 March")


def test_the_public_names_stay_functions_and_cost_little():
    code = """
import sys, pipeline
assert not {"pandas", "pyarrow", "pipeline.vocabulary"} & set(sys.modules)
import pipeline.build, pipeline.load
from pipeline.load import open_dataset
assert [n.value for n in pipeline.find_numerals("招工12人，捐款3万元")] == [12, 30000]
assert all(callable(getattr(pipeline, name)) for name in pipeline.__all__)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)


def test_the_version_is_that_of_the_project():
    import tomllib

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == pipeline.__version__
