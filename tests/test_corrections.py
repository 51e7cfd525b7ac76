"""What people correct, through the commands: applied in every build, shown, refused where it does not fit any more."""
from __future__ import annotations

import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.load import load
from pipeline.validate import validate
from tests.conftest import REPOSITORY
from tests.raw_pages import write_raw
from tests.test_cli import call

CASES = tomllib.loads((REPOSITORY / "tests" / "corrections.toml").read_text(encoding="utf-8"))
HEADER = "document,quote,nth,field,value,reason,expected\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with raw pages in `raw`, as `data` has them; corrections.csv stands beside them."""
    write_raw(tmp_path / "raw")
    return tmp_path


def built(folder: Path, *options: object) -> tuple[int, str, str]:
    return call("build", "--raw", folder / "raw", "--out", folder / "out", *options)


def correct(folder: Path, *rows: str) -> None:
    text = HEADER + "".join(f"{row}\n" for row in rows)
    (folder / "corrections.csv").write_text(text, encoding="utf-8")


def row_of(folder: Path, quote: str) -> dict:
    [row] = [row for row in pq.read_table(folder / "out" / "observations.parquet").to_pylist() if row["quote"] == quote]
    return row


@pytest.mark.parametrize("case", CASES["made"], ids=lambda case: case["row"])
def test_a_correction_is_applied_in_every_build_and_can_be_taken_back(folder, case):
    built(folder)
    before = row_of(folder, case["quote"])
    correct(folder, case["row"].replace("EXPECTED", before["metric"]))
    for _ in range(2):
        assert built(folder)[0] == 0
        row = row_of(folder, case["quote"])
        assert {name: row[name] for name in case["columns"]} == case["columns"]
        assert row["observation_id"] == before["observation_id"]
        assert validate(folder / "out") == []
        (folder / "raw" / "new.txt").write_text("本报讯　2019年，吉安市总工会慰问职工77人。", encoding="utf-8")
    (folder / "corrections.csv").unlink()
    built(folder)
    assert row_of(folder, case["quote"]) == before


def test_a_correction_is_the_reason_that_the_summary_and_the_diff_give(folder):
    built(folder)
    correct(folder, "gb.txt,95%,1,value,96,misread,95")
    assert "1 changed (correction 1)" in built(folder)[1]
    code, said, _ = call("diff", "--root", folder / "out")
    assert code == 0 and "~ gb.txt: 95% (correction): value 95 -> 96" in said


def test_explain_shows_the_correction_with_its_reason(folder):
    built(folder)
    correct(folder, "gb.txt,95%,1,value,96,misread in the scan,95")
    built(folder)
    said = call("explain", "gb.txt:95%", "--raw", folder / "raw", "--root", folder / "out")[1]
    assert "corrected" in said and "value 95 -> 96: misread in the scan" in said and "corrections.csv, line 2" in said


def test_a_number_that_is_no_figure_leaves_the_tables_but_not_the_ledger(folder):
    correct(folder, "2018-03-05_02.txt,1287人,1,figure,no,a telephone number,yes")
    assert built(folder)[0] == 0
    assert "1287人" not in set(load(root=folder / "out").quote)
    ledger = load("numerals", folder / "out").set_index("quote")
    assert ledger.reason["1287人"] == "corrected"
    assert validate(folder / "out") == []


def test_a_page_replaced_by_a_better_scan_stops_a_correction_that_it_makes_needless(folder):
    correct(folder, "gb.txt,95%,1,value,96,misread,95")
    built(folder)
    published = row_of(folder, "95%")
    page = "本报讯（王某）2011年，宣城市总工会培训职工640人次，签订率达96%。"
    (folder / "raw" / "gb.txt").write_text(page, encoding="utf-8")
    code, said, told = built(folder)
    assert (code, said) == (1, "") and "line 2: gb.txt" in told and "nothing was published" in told
    assert row_of(folder, "95%") == published
    correct(folder)
    assert built(folder)[0] == 0
    assert row_of(folder, "96%")["value"] == 96


def test_a_page_that_is_deleted_leaves_its_correction_waiting(folder):
    correct(folder, "gb.txt,95%,1,value,96,misread,95")
    built(folder)
    page = folder / "raw" / "gb.txt"
    data = page.read_bytes()
    page.unlink()
    for _ in range(2):  # also when nothing is new
        code, _, told = built(folder)
        assert code == 0 and "corrections.csv, line 2: there is no page 'gb.txt'" in told
    page.write_bytes(data)
    built(folder)
    assert row_of(folder, "95%")["value"] == 96


@pytest.mark.parametrize("case", CASES["unfit"], ids=lambda case: case["told"])
def test_a_correction_that_does_not_fit_stops_the_build(folder, case):
    built(folder)
    before = load(root=folder / "out")
    correct(folder, case["row"])
    code, said, told = built(folder)
    assert (code, said) == (1, "") and all(words in told for words in case["says"]), told
    assert load(root=folder / "out").equals(before)


@pytest.mark.parametrize("case", CASES["cells"], ids=lambda case: case["says"][-1])
def test_wrong_cells_are_told_with_line_and_column_before_anything_is_done(folder, case):
    (folder / "corrections.csv").write_text(case["file"], encoding="utf-8")
    code, said, told = built(folder)
    assert (code, said) == (2, "") and all(words in told for words in case["says"]), told
    assert not (folder / "out").exists()


def test_another_file_of_corrections_may_be_named(folder):
    correct(folder, "gb.txt,95%,1,value,96,misread,95")
    (folder / "corrections.csv").rename(folder / "ours.csv")
    built(folder, "--corrections", folder / "ours.csv")
    assert row_of(folder, "95%")["value"] == 96
    code, _, told = built(folder, "--corrections", folder / "gone.csv")
    assert code == 2 and "gone.csv" in told
