"""PDF pages are read in the order in which they are read on paper, or refused; layouts.toml draws them.

The PDF files are made here, with a free Chinese font; what must be refused is written byte by byte and needs no font.
"""
from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Refusal
from pipeline.model import Page
from pipeline.read import read_bytes
from pipeline.read.issues import IssueRow, load_issues
from tests.read import printing
from tests.read.bad_pdf import BAD, CHINESE, written
from tests.read.facts import dated, only, same, tuples
from tests.read.rendering import EPAPERS, story_of

LAYOUTS = tomllib.loads((Path(__file__).parent / "layouts.toml").read_text(encoding="utf-8"))["page"]
STORY = (EPAPERS / "story.txt").read_text(encoding="utf-8")
SHARE = 0.97  # of the tuples of hand-read pages that PDF must give as well


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout["name"])
def test_reading_order(layout: dict[str, Any]) -> None:
    page = only("a.pdf", printing.drawn(layout))
    assert page.text == layout["gives"].lstrip("\n")
    assert (page.reader, page.system) == ("pdf", "text_layer")


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_a_printed_page_gives_what_its_text_gives(columns: int) -> None:
    row = IssueRow("page", *[None] * 5)
    text = only("page", STORY.encode(), row)
    assert tuples(only("page", printing.printed([story_of(STORY)], columns), row)) == tuples(text)


@pytest.mark.parametrize("columns", [2, 4])
def test_hand_read_pages_as_pdf(shared: Path, columns: int) -> None:
    rows = load_issues(shared / "corpus").rows
    read = [dated(path, rows.get(path.name)) for path in sorted((shared / "corpus").glob("[rs][0-9]*.txt"))]
    data = printing.printed([story_of(text.text) for text, _ in read], columns)
    pages = read_bytes("a.pdf", data, {f"a.pdf#{number}": row for number, (_, row) in enumerate(read, 1)})
    assert len(pages) == len(read) >= 10
    alike = [same(text, page) for (text, _), page in zip(read, pages, strict=True) if isinstance(page, Page)]
    kept, total = sum(kept for kept, _ in alike), sum(total for _, total in alike)
    assert total > 100
    assert kept >= SHARE * total, f"{kept} of {total}"


def test_each_page_is_a_document_with_the_issue_of_its_file() -> None:
    rows = {"a.pdf": IssueRow("a.pdf", "某报", page="9"), "a.pdf#2": IssueRow("a.pdf#2", page="B2")}
    pages = read_bytes("a.pdf", printing.printed([story_of(STORY)] * 2, 2), rows)
    assert [(page.document, page.issue.publication, page.issue.page) for page in pages if isinstance(page, Page)] == [
        ("a.pdf#1", "某报", None), ("a.pdf#2", "某报", "B2")]


@pytest.mark.parametrize("place", [
    "10 0 0 10 {x} {y} Tm",  # as many programs write it: type of size 1, made larger by its matrix
    "0 10 -10 0 {turned} {x} Tm",  # and for a page that is shown turned
], ids=["scaled", "turned"])
def test_type_that_a_matrix_sets(place: str) -> None:
    """The page holds no font, so that letters are as wide as those of the one that is installed."""
    printing.font()
    columns = {40: ["本报讯某市总工会发展会员1287人", "，慰问困难职工四百二十名，发放救",
                    "助金三十万元，受到各方面的好评与"],
               230: ["称赞，全市新建基层工会三十五家，", "签订集体合同280份。", ""]}
    lines = [(x, 700 - 15 * number, text) for number in range(3) for x, texts in columns.items()
             for text in texts[number:number + 1]]
    content = "".join(f"BT /F 1 Tf {place.format(x=x, y=y, turned=842 - y)} <{text.encode('utf-16-be').hex()}> Tj ET\n"
                      for x, y, text in lines)
    page = only("a.pdf", written([content.encode()], CHINESE))
    assert page.text == "".join(text for texts in columns.values() for text in texts) + "\n"


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_pdf_that_cannot_be_read(bad: Any) -> None:
    results = read_bytes("a.pdf", bad.data())
    assert [(one.code, bad.says in one.reason) if isinstance(one, Refusal) else one for one in results] == [
        (bad.refused, True)]


def test_a_picture_among_pages_of_text_is_refused_alone() -> None:
    pdf = printing.sheet()
    for number in range(3):
        pdf.add_page()
        if number == 1:
            pdf.image(printing.picture(), 0, 0, 200, 200)
        else:
            printing.put(pdf, 50, 50, "某市总工会发展会员1287人。", 10)
    results = read_bytes("a.pdf", bytes(pdf.output()))
    assert [(one.document, one.code if isinstance(one, Refusal) else "") for one in results] == [
        ("a.pdf#1", ""), ("a.pdf#2", "needs_ocr"), ("a.pdf#3", "")]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_damage_gives_pages_or_refusals(place: int, damage: bytes) -> None:
    data = BAD[0].whole()
    place %= len(data)
    assert read_bytes("a.pdf", b"%PDF-1.7\n" + data[9:place] + damage + data[place + len(damage):])
