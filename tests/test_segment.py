"""Paragraphs become articles with headlines and bylines (segment_cases.toml); none is lost and none stands twice."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.segment import segment
from pipeline.unwrap import unwrap
from tests.cases import cases

PIECES = ["码头夜校开课", "船厂食堂开张", "▲码头工会办起夜校。",
          "\u3000\u3000本报讯（李某）码头工会办起夜校，学费全免。", "图为焊工吃热饭。 王某 摄",
          "学费全免，教材由工会买。□李某", "■基层传真■", "一、开夜校", "【码头】夜校开课了。", "工会动态", "",
          "第2版"]


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("segment_cases.toml")))
def test_a_page_is_cut_into_articles(case: dict[str, Any]) -> None:
    found = segment(unwrap(case["page"]))
    assert [article.kind for article in found] == [expected["kind"] for expected in case["articles"]]
    for article, expected in zip(found, case["articles"], strict=True):
        assert [p.text for p in article.headlines] == expected.get("headlines", [])
        assert article.byline == expected.get("byline")
        assert article.opens == expected.get("opens", article.opens)
        assert [p.text[:len(words)] for p, words in zip(article.paragraphs, expected["paragraphs"], strict=True)] \
            == expected["paragraphs"]


def test_the_only_story_of_a_page_is_told() -> None:
    one, two = "　　本报讯 码头工会办起夜校。\n", "　　本报讯 盐场工会发放草帽。\n"
    assert [a.own_page for a in segment(unwrap(one))] == [True]
    assert [a.own_page for a in segment(unwrap(one + two))] == [False, False]


def test_furniture_belongs_to_no_article() -> None:
    page = "今天是2019年5月3日\n码头工会办起了夜校。"
    article, = segment(unwrap(page, [(0, 12, "date")]))
    assert [p.text for p in article.paragraphs] == ["码头工会办起了夜校。"] and not article.headlines


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("\n".join))
def test_a_paragraph_stands_in_one_article_at_most(page: str) -> None:
    paragraphs = unwrap(page)
    placed = [id(p) for article in segment(paragraphs) for p in (*article.paragraphs, *article.headlines)]
    assert len(placed) == len(set(placed)) and set(placed) <= {id(p) for p in paragraphs}
    prose = [id(p) for p in paragraphs if "。" in p.text]
    assert set(prose) <= set(placed)
