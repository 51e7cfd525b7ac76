"""To which year a figure belongs, from when to when (period_cases.jsonl: quote -> year, start, end, basis)."""
from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.periods import Calendar
from tests.cases import cases, figures

WORDS = ["2018年", "98年", "去年", "今年", "13月", "0月", "2月", "31日", "至", "—", "截至", "以来", "底", "三年来",
         "“十三五”期间", "未来五年", "上半年", "前", "十二个月", "比", "上月", "中旬", "发展会员", "，", "。", "九十",
         "30"]
POINTS = ["2018年", "2016年11月", "去年", "今年", "2月", "11月", "31日", "3月9日", "上半年", "下半年", "一季度",
          "去年底", "5月中旬"]
JOINS = ["至", "—", "到", "，截至"]
DAYS = st.one_of(st.none(), st.dates(date(1950, 1, 1), date(2035, 12, 31)))


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("period_cases.jsonl")))
def test_a_figure_has_its_time(case: dict[str, Any]) -> None:
    found = {quote: [row.year, row.period_start and row.period_start.isoformat(),
                     row.period_end and row.period_end.isoformat(), row.period_basis]
             for quote, row in figures(case).items()}
    assert found == case["figures"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join), DAYS, st.sampled_from(["day", "month", "year"]))
def test_times_of_any_text_stand_in_it_in_order(text: str, issued: date | None, precision: str) -> None:
    end = 0
    for period in Calendar(issued, precision).times(text):
        assert end <= period.position and text.startswith(period.words, period.position)
        end = period.position + len(period.words)


def test_a_period_does_not_end_before_it_begins() -> None:
    texts = ["".join(pieces) for pieces in product(POINTS, JOINS, POINTS)]
    periods = [p for month in (1, 6, 12) for text in texts for p in Calendar(date(2020, month, 15)).times(text)]
    assert [p.words for p in periods if p.start and p.end and p.start > p.end] == []
