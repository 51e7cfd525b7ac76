"""What differs between two versions, and why: a page, its issue, a correction, the words, the code, another page."""
from __future__ import annotations

import json
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from pipeline.build import build
from pipeline.diff import SCHEMA, diff
from pipeline.drift import drops
from pipeline.extract.observations import extract
from tests.raw_pages import ISSUES, LINES, write_raw
from tests.test_cli import call

PAGE = "2018-03-05_02.txt"


@pytest.fixture
def folder(tmp_path):
    """A folder with raw pages in `raw` and a first version in `out`."""
    build(write_raw(tmp_path / "raw"), tmp_path / "out")
    return tmp_path


def differences(folder, **options):
    build(folder / "raw", folder / "out", **options)
    return diff(folder / "out")


def told(changes):
    return {(row["change"], *row["why"], row["document"], row["quote"], *row["fields"])
            for row in changes.table.to_pylist()}


def test_what_comes_with_a_page_and_what_goes_with_it(folder):
    (folder / "raw" / "new.txt").write_text("本报讯　2019年，吉安市总工会慰问职工77人。", encoding="utf-8")
    (folder / "raw" / "gb.txt").unlink()
    changes = differences(folder)
    assert told(changes) == {("came", "page", "new.txt", "77人"), ("went", "page", "gb.txt", "640人次"),
                             ("went", "page", "gb.txt", "95%")}
    assert changes.summary().endswith("1 came (page 1), 2 went (page 2), none changed")


def test_a_figure_that_a_changed_page_gives_otherwise_is_one_that_changed(folder):
    text = LINES[PAGE].replace("10万元", "11万元").replace("去年", "今年")
    (folder / "raw" / PAGE).write_text(text, encoding="utf-8")
    rows = told(differences(folder))
    assert ("changed", "page", PAGE, "1287人", "year") in {row[:5] for row in rows}
    assert {row[:4] for row in rows if row[3] != "1287人"} == {("went", "page", PAGE, "10万元"),
                                                              ("came", "page", PAGE, "11万元")}


def test_the_date_of_an_issue_is_a_reason_of_its_own(folder):
    (folder / "raw" / "issues.csv").write_text("document,issue_date\ngb.txt,2014\n", encoding="utf-8")
    rows = told(differences(folder))
    assert {row[:3] for row in rows} == {("changed", "issue", "gb.txt"), ("changed", "issue", PAGE)}


@pytest.mark.parametrize(("tool", "why"), [("fingerprint", "vocabulary"), ("source_digest", "code")])
def test_words_and_code_are_reasons(folder, monkeypatch, tool, why):
    def other(page):
        found = extract(page)
        return replace(found, observations=tuple(replace(o, confidence=0.25) for o in found.observations))

    monkeypatch.setattr(sys.modules["pipeline.build"], tool, lambda: "another")
    monkeypatch.setattr("pipeline.extraction.extract", other)
    assert {row[:2] + row[4:] for row in told(differences(folder, full=True))} == {("changed", why, "confidence")}


def test_a_row_that_changes_through_another_page_alone(folder):
    (folder / "raw" / "issues.csv").write_text(f"{ISSUES}again.txt,,2018-02-20,,\n", encoding="utf-8")
    (folder / "raw" / "again.txt").write_text(LINES[PAGE], encoding="utf-8")
    rows = told(differences(folder))
    assert ("changed", "other pages", PAGE, "1287人", "repeat_of") in rows


def test_as_text_as_json_and_as_parquet(folder):
    (folder / "raw" / "gb.txt").unlink()
    changes = differences(folder)
    code, said, _ = call("diff", "--root", folder / "out", "--rows", 1)
    assert code == 0 and said.splitlines()[1].startswith("- gb.txt: 640人次 (page): workers_trained")
    assert said.endswith("and 1 more\n")
    code, said, _ = call("diff", "previous", "current", "--root", folder / "out", "--json")
    assert json.loads(said)["counts"] == {"came": {}, "went": {"page": 2}, "changed": {}}
    file = folder / "changes.parquet"
    assert call("diff", changes.before[:6], changes.after[:6], "--root", folder / "out", "--parquet", file)[0] == 0
    table = pq.read_table(file)
    assert table.equals(changes.table) and table.schema.equals(SCHEMA, check_metadata=True)


@pytest.mark.parametrize("arguments", [["nothing"], ["current", "nothing"], ["", "current"]])
def test_a_version_that_is_not_kept_is_told(folder, arguments):
    code, said, error = call("diff", *arguments, "--root", folder / "out")
    assert (code, said) == (2, "") and "no version" in error and "Choose one of" in error


def test_rollback_goes_to_the_version_before_and_lists_what_is_kept(folder):
    first = diff(folder / "out", "current", "current").before
    (folder / "raw" / "gb.txt").unlink()
    second = build(folder / "raw", folder / "out").version
    assert call("rollback", "--list", "--root", folder / "out")[1] == f"{second}  current\n{first}\n"
    code, said, _ = call("rollback", "--root", folder / "out")
    assert code == 0 and f"version {first} is current" in said
    assert call("rollback", "--list", "--root", folder / "out")[1] == f"{second}\n{first}  current\n"
    assert call("rollback", "--root", folder / "out")[0] == 2  # there is none before the first
    assert call("rollback", second[:5], "--root", folder / "out")[0] == 0


def test_rollback_refuses_a_damaged_version(folder):
    (folder / "raw" / "gb.txt").unlink()
    first, second = diff(folder / "out", "current", "current").before, build(folder / "raw", folder / "out").version
    (folder / "out" / ".versions" / first / "panel.parquet").write_bytes(b"PAR1")
    code, _, error = call("rollback", "--root", folder / "out")
    assert code == 1 and "damaged" in error and "panel.parquet" in error
    assert call("rollback", "--list", "--root", folder / "out")[1].startswith(f"{second}  current")


def lose_figures(folder):
    """Twelve figures of a family, of which other code finds but four."""
    many = "。".join(f"2019年，吉安市总工会发展会员{number}人" for number in range(101, 113)) + "。"
    (folder / "raw" / "many.txt").write_text(f"本报讯　{many}", encoding="utf-8")
    build(folder / "raw", folder / "out")
    few = many.split("。")[:4]
    (folder / "raw" / "many.txt").write_text(f"本报讯　{'。'.join(few)}。", encoding="utf-8")


def test_a_family_that_loses_figures_is_warned_of_and_refused_where_strict(folder):
    lose_figures(folder)
    before = (folder / "out" / "current").resolve()
    code, said, error = call("build", "--raw", folder / "raw", "--out", folder / "out", "--strict")
    assert (code, said) == (1, "") and "membership fell from 14 figures to 6" in error
    assert (folder / "out" / "current").resolve() == before
    code, said, error = call("build", "--raw", folder / "raw", "--out", folder / "out")
    assert code == 0 and "Warning: membership fell from 14 figures to 6" in error


def test_what_goes_with_a_page_that_vanished_is_no_loss(folder):
    lose_figures(folder)
    (folder / "raw" / "many.txt").unlink()
    assert build(folder / "raw", folder / "out", strict=True).warnings == ()


def test_a_small_loss_is_none(folder):
    table = pq.read_table(folder / "out" / "observations.parquet")
    assert list(drops(table, table.slice(1), table["document"])) == []
