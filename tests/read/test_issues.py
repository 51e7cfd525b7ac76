"""Each page tells its issue as issues.toml says; a wrong manifest is refused with line and column."""
from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserError
from pipeline.read.imprint import half_width, printed, written_out
from pipeline.read.issues import IssueRow, issue_of, load_issues, parse_date
from pipeline.vocabulary import read_toml

CASES = tomllib.loads((Path(__file__).parent / "issues.toml").read_text(encoding="utf-8"))
PATTERNS = read_toml("imprint.toml")["pattern"]


@pytest.mark.parametrize("page", CASES["page"], ids=lambda page: page["name"])
def test_issue(page: dict[str, Any]) -> None:
    row = None
    if "manifest" in page:
        cells = dict(page["manifest"])
        day, precision = parse_date(cells.pop("issue_date"))
        row = IssueRow("a.txt", issue_date=day, precision=precision, **cells)
    text = page["text"].replace("REPEAT", "某县慰问60人。\n" * page.get("lines", 0))
    issue = issue_of(page.get("document", "a.txt"), text, row)
    expect = page["expect"]
    day = date.fromisoformat(expect["date"]) if "date" in expect else None
    assert (issue.issue_date, issue.precision, issue.basis) == (day, expect.get("precision"), expect["basis"])
    assert (issue.publication, issue.page, issue.section) == tuple(
        expect.get(field) for field in ("publication", "page", "section"))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern["name"])
def test_pattern_finds_its_examples(pattern: dict[str, Any]) -> None:
    for example in pattern["examples"]:
        assert re.search(written_out(pattern["regex"]), "\n" + half_width(example)), example
        assert pattern.get("needs", "") in half_width(example)
    found = printed(pattern["examples"][0])
    gives = {"date": found.issue_date and str(found.issue_date), "publication": found.publication,
             "page": found.page, "section": found.section}
    assert {field: value for field, value in gives.items() if value} == pattern["gives"]


@pytest.mark.parametrize("wrong", CASES["wrong"], ids=lambda wrong: wrong["says"][-1])
def test_wrong_manifest(wrong: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text(wrong["csv"], encoding="utf-8")
    with pytest.raises(UserError) as error:
        load_issues(tmp_path)
    for words in wrong["says"]:
        assert words in str(error.value)


def test_manifest_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    text = "document,publication,issue_date,page,section\r\na.txt,某报,2021-03,3,\r\n\r\nsub/b.txt,,,,要闻\r\n"
    for encoding in ("utf-8-sig", "gb18030"):
        (tmp_path / "issues.csv").write_bytes(text.encode(encoding))
        manifest = load_issues(tmp_path, {"a.txt"})
        assert manifest.rows["a.txt"] == IssueRow("a.txt", "某报", date(2021, 3, 1), "month", "3", None, 2)
        assert manifest.rows["sub/b.txt"].section == "要闻"
        assert manifest.warnings == ("issues.csv, line 4: there is no document 'sub/b.txt'",)


def test_rows_about_pages_of_a_file_are_no_strangers(tmp_path: Path) -> None:
    (tmp_path / "issues.csv").write_text("document,page\na.zip#b/c.pdf#3,3\nd.pdf#2,2\ngone.pdf#1,1\n")
    manifest = load_issues(tmp_path, {"a.zip", "d.pdf"})
    assert manifest.warnings == ("issues.csv, line 4: there is no document 'gone.pdf#1'",)
    assert set(manifest.of_file("a.zip")) == {"a.zip#b/c.pdf#3"}


def test_no_manifest(tmp_path: Path) -> None:
    assert load_issues(tmp_path).rows == {}
