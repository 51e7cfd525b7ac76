"""What limits a figure: plan, rate, part, increase, sub-population, bounds (modifier_cases.jsonl: quote -> fields)."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.model import Observation
from tests.cases import cases, figures, read_page


def shown(row: Observation, rows: list[Observation], field: str) -> Any:
    """A field of a row as the cases write it: the total by its quote, flags as a list."""
    value = getattr(row, field)
    if field == "total":
        return None if value is None else rows[value].quote
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("modifier_cases.jsonl")))
def test_a_figure_is_limited_by_its_surroundings(case: dict[str, Any]) -> None:
    found = figures(case)
    rows = sorted(found.values(), key=lambda row: row.start)
    assert found.keys() == case["figures"].keys()
    assert {quote: {field: shown(found[quote], rows, field) for field in fields}
            for quote, fields in case["figures"].items()} == case["figures"]


def test_a_headline_figure_is_told_from_the_body_s() -> None:
    page = "码头工会发展会员310人\n　　本报讯 码头工会今年发展会员310人，发放补助4万元。"
    assert [(row.quote, row.metric, row.headline) for row in read_page(page).observations] == [
        ("310人", "members_recruited", True), ("310人", "members_recruited", False), ("4万元", "relief_funds", False)]


def test_a_headline_rounds_the_figure_of_its_story() -> None:
    page = "码头夜校三年结业300人\n　　本报讯 码头工会三年来培训职工312人。"
    assert [(row.quote, row.metric) for row in read_page(page).observations] == [
        ("300人", "workers_trained"), ("312人", "workers_trained")]
