"""Saved pages of each e-paper system give what their plain text gives; pages that are none are refused.

The pages are in epapers/, one a system, all with the story of story.txt; issues.toml says what each tells of its issue.
"""
from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Refusal
from pipeline.extract.observations import extract
from pipeline.read import read_bytes
from pipeline.read.epapers import systems
from pipeline.read.issues import IssueRow, load_issues
from tests.read.facts import dated, only, same, tuples
from tests.read.rendering import EPAPERS, MALFORMED, as_html, malformed, story_of

STORY = (EPAPERS / "story.txt").read_text(encoding="utf-8")
ISSUES: dict[str, dict[str, str]] = tomllib.loads((EPAPERS / "issues.toml").read_text(encoding="utf-8"))
SHARE = 0.97  # of the tuples of a hand-read page that HTML must give as well


@pytest.mark.parametrize("system", ISSUES)
def test_a_saved_page_gives_what_its_text_gives(system: str) -> None:
    expect = ISSUES[system]
    data = as_html(story_of(STORY), system).encode(expect.get("encoding", "utf-8"))
    page = only("page.html", data)
    assert (page.reader, page.system, page.encoding) == ("html", system, expect.get("encoding", "utf-8"))
    issue = page.issue
    assert {"date": str(issue.issue_date or ""), "page": issue.page or "", "section": issue.section or "",
            "publication": issue.publication or ""} == {
        field: expect.get(field, "") for field in ("date", "page", "section", "publication")}
    assert issue.basis == ("page" if issue.issue_date else "unknown")
    row = IssueRow("page", issue_date=issue.issue_date, precision=issue.precision)
    assert tuples(page) == tuples(only("page", STORY.encode(), row))


def test_each_system_has_a_page() -> None:
    assert {system.name for system in systems()} | {"general"} == set(ISSUES)


def test_a_page_that_a_system_lays_out_anew_is_read_by_its_prose() -> None:
    """The marks of 53BK mobile are there and its lines are not: the prose is read, the day of the copy is no date."""
    source = as_html(story_of(STORY), "general").replace("</header>", "</header><i>制作单位:53BK.com 上篇</i>")
    page = only("page.html", source.encode())
    assert page.system == "general"
    assert page.issue.issue_date is None
    assert page.text.startswith("工会“春风行动”见闻:\n临江市总工会")


def test_spans_point_at_the_quotes() -> None:
    page = only("page.html", as_html(story_of(STORY), "founder").encode())
    found = extract(page).observations
    assert len(found) > 10
    assert all(page.text[o.start:o.end] == o.quote for o in found)


@pytest.mark.parametrize("system", ["founder", "workers_daily"])
def test_hand_read_pages_as_html(shared: Path, system: str) -> None:
    rows = load_issues(shared / "corpus").rows
    alike = []
    for path in sorted((shared / "corpus").glob("[rs][0-9]*.txt")):
        text, row = dated(path, rows.get(path.name))
        alike.append(same(text, only(path.name, as_html(story_of(text.text), system).encode(), row)))
    kept, total = sum(kept for kept, _ in alike), sum(total for _, total in alike)
    assert len(alike) >= 10 and total > 100
    assert kept >= SHARE * total, f"{kept} of {total}"


@pytest.mark.parametrize("page", MALFORMED, ids=lambda page: page["name"])
def test_a_page_that_is_none(page: dict[str, Any]) -> None:
    (read,) = read_bytes("a.html", malformed(page).encode())
    assert isinstance(read, Refusal), read
    assert read.code == page["refused"]
    assert page["says"] in read.reason


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/!-&;#=\"' \n　abdiprtvh123人元家。，年"), max_size=120))
def test_any_markup_gives_a_page_or_a_refusal(markup: str) -> None:
    (read,) = read_bytes("a.html", f"<html><body>{markup}</body></html>".encode())
    assert isinstance(read, Refusal) or read.reader == "html"
