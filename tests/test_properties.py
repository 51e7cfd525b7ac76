"""What must hold for every page: quotes stand where they are said to, no number is lost, order changes nothing.

Odd pages stand in soundness_cases.jsonl.
"""
from __future__ import annotations

import random
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.observations import extract
from pipeline.model import Extraction, Issue, Observation, Page
from pipeline.read import read_folder
from tests.cases import cases, read_page
from tests.conftest import REPOSITORY

DIGITS = re.compile("[0-9０-９]+")
PIECES = ["会员", "总工会", "宝鸡市", "陈仓区", "该会", "全县", "码头工会", "发展", "1287", "２８", "三百", "余",
          "人", "家", "万", "元", "%", "年", "月", "日", "去年", "2018", "截至", "以来", "至", "其中", "每人",
          "比上年", "增加", "力争", "第", "期", "电话", "，", "。", "：", "；", "、", ",", ".", "\n", "\n\n",
          "\u3000\u3000", " ", "\t", "\r", "▲", "□", "本报讯", "（", "）", "《", "》", "“", "”", "|", "-", "/", "摄",
          "成", "分之", "會員發體總"]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
ISSUES = st.one_of(st.just(Issue()), st.dates(date(1950, 1, 1), date(2035, 12, 31)).map(
    lambda day: Issue("陕西工人报", day, "day", "manifest")))
BRIEFS = ("▲靖边县总工会今年发展会员310人，其中农民工120人。", "▲宝鸡市总工会去年发放慰问金4万元，每户800元。",
          "▲红星轴承厂工会新建职工书屋36个。", "▲截至5月底，渭南市临渭区总工会建会率达88%。",
          "▲米脂县总工会三年来培训职工720人次。该会明年将再培训职工95人次。",
          "▲汉中市教育工会调解劳动争议17件，挽回工资6.5万元。")
PAGES = {page.document: page for page in read_folder(REPOSITORY / "data/raw") if isinstance(page, Page)}


def assert_sound(found: Extraction) -> None:
    """Spans are their quotes; the ledger holds each observation once, overlaps nowhere, and misses no digit."""
    text = found.page.text
    assert all(text[row.start:row.end] == row.quote != "" for row in found.observations)
    assert all(text[entry.start:entry.end] == entry.quote != "" for entry in found.ledger)
    assert sorted(e.observation for e in found.ledger if e.observation is not None) == [*range(len(found.observations))]
    assert all((entry.observation is None) != (entry.reason is None) for entry in found.ledger)
    assert all(a.end <= b.start for a, b in pairwise(found.ledger))
    for run in DIGITS.finditer(text):
        inside = any(e.start <= run.start() and run.end() <= e.end for e in found.ledger)
        assert inside, f"{run.group()} is not in the ledger"


@pytest.mark.parametrize("document", PAGES)
def test_a_page_of_the_raw_folder_is_sound(document: str) -> None:
    found = extract(PAGES[document])
    assert_sound(found)
    assert extract(PAGES[document]) == found


@pytest.mark.parametrize("document", PAGES)
def test_articles_lie_in_their_page_and_hold_their_figures(document: str) -> None:
    found = extract(PAGES[document])
    for row in found.observations:
        article = found.articles[row.article]
        assert 0 <= article.start <= row.start < row.end <= article.end <= len(found.page.text)
        assert row.total is None or found.observations[row.total].article == row.article


@settings(deadline=None)
@given(TEXTS, ISSUES)
def test_a_page_of_any_text_is_sound(text: str, issue: Issue) -> None:
    assert_sound(extract(Page("example", text, issue)))


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("soundness_cases.jsonl")))
def test_an_odd_page_is_sound(case: dict[str, str]) -> None:
    assert_sound(read_page(case["text"]))


def facts(row: Observation) -> tuple[object, ...]:
    """All of a row but its place in the page."""
    return (row.quote, row.sentence, row.metric, row.value, row.low, row.high, row.qualifier, row.unit, row.unit_text,
            row.per, row.status, row.breakdown, row.organisation, row.organisation_kind, row.organisation_mention,
            row.organisation_basis, row.division_code, row.year, row.period_start, row.period_end, row.period_basis,
            row.headline, row.confidence, row.flags, row.evidence)


def rows(briefs: list[str] | tuple[str, ...]) -> list[tuple[object, ...]]:
    return sorted((facts(row) for row in read_page("\n".join(briefs)).observations), key=repr)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_briefs_changes_no_row_but_its_place(seed: int) -> None:
    shuffled = list(BRIEFS)
    random.Random(seed).shuffle(shuffled)
    assert rows(shuffled) == rows(BRIEFS)


def test_a_brief_alone_gives_the_rows_that_it_gives_among_others() -> None:
    alone = sorted((row for brief in BRIEFS for row in rows([brief])), key=repr)
    assert alone == rows(BRIEFS) and len(alone) >= 2 * len(BRIEFS) - 2


def test_a_wrapped_page_gives_the_rows_of_an_unwrapped_one() -> None:
    story = ("本报讯 靖边县总工会今年发展会员1310人，为困难职工发放慰问金4.6万元，新建职工书屋36个，"
             "培训焊工、钳工和电工共计720人次，调解劳动争议17件。")
    lines = "\n".join(story[at: at + 22] for at in range(0, len(story), 22))
    wrapped, whole = ([facts(row)[1:] for row in read_page(text).observations] for text in (lines, story))
    assert wrapped == whole and len(whole) == 5
