"""Number and unit together: our own cases, and the clauses of union news that stand outside this repository.

What is not found yet is listed by line, with its reason, in `quantities_left_out.csv`.
"""
from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.quantities import Quantity, find_quantities
from pipeline.unwrap import unwrap
from tests.cases import cases, read_page

HERE = Path(__file__).parent
PIECES = ["310", "2.5", "三百", "余", "万", "人", "家", "个", "元", "%", "职工", "发展会员", "第", "年", "至", "，",
          "《", "》", "“", "”", "近", "以上"]


def clauses(shared: Path) -> dict[int, dict[str, Any]]:
    """The clauses by their line, from 1."""
    lines = (shared / "conformance/quantities.jsonl").read_text(encoding="utf-8").splitlines()
    return {number: json.loads(line) for number, line in enumerate(lines, 1)}


def quantities(page: str) -> list[tuple[int, int, Quantity]]:
    """The quantities of a page's unwrapped text, with their places in the page."""
    return [(*paragraph.span(quantity.start, quantity.end), quantity)
            for paragraph in unwrap(page) for quantity in find_quantities(paragraph.text)[0]]


def found(item: dict[str, Any], told: list[tuple[int, int, Quantity]]) -> bool:
    """Whether a quantity overlaps the expected one with its value or ends, and its unit where it says one."""
    return any(start < item["end"] and item["start"] < end and item.get("unit", q.units[0]) == q.units[0]
               and (q.value == item["value"] if "value" in item else (q.low, q.high) == (item["low"], item["high"]))
               for start, end, q in told)


def test_every_clause_gives_its_quantities_or_is_left_out(shared: Path) -> None:
    failed = {number for number, clause in clauses(shared).items()
              if not all(found(item, quantities(clause["input"])) for item in clause["expected"])}
    with (HERE / "quantities_left_out.csv").open(encoding="utf-8", newline="") as lines:
        left_out = {int(row["line"]): row["reason"] for row in csv.DictReader(lines)}
    assert failed - left_out.keys() == set(), "failing, and not on the list"
    assert left_out.keys() - failed == set(), "on the list, but passing"
    assert all(left_out.values()), "a reason is missing"


def test_a_trap_gives_no_figure(shared: Path) -> None:
    traps = [clause["input"] for clause in clauses(shared).values() if not clause["expected"]]
    assert {trap: [o.quote for o in read_page(trap).observations] for trap in traps} == {trap: [] for trap in traps}


@pytest.mark.parametrize("case", cases(HERE / "quantity_cases.jsonl"))
def test_numbers_are_quantities_or_have_a_reason(case: dict[str, Any]) -> None:
    text = case["text"]
    kept, rejected = find_quantities(text)
    assert [[text[q.start:q.end], q.value, q.units[0]] for q in kept] == case["quantities"]
    assert [[text[r.start:r.end], r.reason] for r in rejected] == case["rejected"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_each_number_is_either_a_quantity_or_rejected(text: str) -> None:
    kept, rejected = find_quantities(text)
    spans = sorted([*((q.start, q.end) for q in kept), *((r.start, r.end) for r in rejected)])
    assert all(a < b for a, b in spans) and all(a[1] <= b[0] for a, b in pairwise(spans))
    digits = {i for i, c in enumerate(text) if c.isdigit()}
    assert digits <= {i for a, b in spans for i in range(a, b)}


def test_a_number_of_the_site_s_within_a_line_is_no_figure() -> None:
    page = read_page("码头工会送清凉\n浏览:640次 时间:2018-02-05 来源:本站\n\n码头工会慰问职工310人。")
    assert [row.quote for row in page.observations] == ["310人"]
    assert [entry.reason for entry in page.ledger if entry.quote == "640次"] == ["furniture"]
