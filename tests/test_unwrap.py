"""Hard wraps are undone, characters spelled alike (unwrap_cases.toml), and each character keeps its place."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.unwrap import SPELLING, simplified, unwrap
from tests.cases import cases

# Signs whose spelling hangs on what stands beside them.
IN_CONTEXT = {('"', "“"), ('"', "”"), ("，", ","), ("：", ":"), (".", "。"), (" ", "|")}
PIECES = ["会员", "码头工会", "1287", "２８", "人", "万", "，", "。", "：", "；", ",", ".", ":", "\n", "\n\n",
          "\u3000\u3000", " ", "\t", "\r", "▲", "■", "□", "本报讯", "（zhāng）", "（", "）", "“", "”", '"', "|", "摄",
          "會員發體總"]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("unwrap_cases.toml")))
def test_a_page_is_unwrapped(case: dict[str, Any]) -> None:
    assert [paragraph.text for paragraph in unwrap(case["page"])] == case["paragraphs"]


def test_a_span_leads_back_over_the_line_end() -> None:
    page = "　　码头工会为装卸工办理互助保险，参保的有 12\n 86人，又办理了赔付31万元。"
    paragraph, = unwrap(page)
    start = paragraph.text.index("1286人")
    first, last = paragraph.span(start, start + len("1286人"))
    assert page[first:last] == "12\n 86人"


def test_a_paragraph_of_furniture_bears_its_reason() -> None:
    page = "今天是2019年5月3日\n码头工会办起了夜校。"
    assert [(p.text, p.furniture) for p in unwrap(page, [(0, 12, "date")])] == [
        ("今天是2019年5月3日", "date"), ("码头工会办起了夜校。", None)]


@settings(deadline=None)
@given(TEXTS)
def test_every_character_stands_where_it_was_read(text: str) -> None:
    spelled = simplified(text).translate(SPELLING)
    assert len(spelled) == len(text)
    last = -1
    for paragraph in unwrap(text):
        for position, character in enumerate(paragraph.text):
            at = paragraph.place(position)
            assert last < at < len(text)
            assert character == spelled[at] or (spelled[at], character) in IN_CONTEXT
            last = at
