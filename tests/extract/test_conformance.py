"""The numeral grammar against the cases of other libraries' test suites, which stand outside this repository.

What is left out on purpose is listed, with its reason, in `conformance_left_out.csv`.
"""
from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

from pipeline.extract.numerals import find_numerals
from pipeline.model import Numeral

LEFT_OUT = Path(__file__).parent / "conformance_left_out.csv"


def test_every_conformance_case_passes_or_is_left_out_with_a_reason(shared: Path) -> None:
    cases = _cases(shared, "numerals.jsonl")
    failed = {(c["peer"], c["suite"], c["id"]) for c in cases if not _passes(c, find_numerals(c["input"]))}
    with LEFT_OUT.open(encoding="utf-8", newline="") as file:
        left_out = {(row["peer"], row["suite"], row["id"]): row["reason"] for row in csv.DictReader(file)}
    assert failed - left_out.keys() == set(), "failing, and not on the list"
    assert left_out.keys() - failed == set(), "on the list, but passing"
    assert all(left_out.values()), "a reason is missing"


def test_the_quantities_of_union_news_have_their_values(shared: Path) -> None:
    cases = [c for c in _cases(shared, "quantities.jsonl") if c["expected"]]
    assert [c["input"] for c in cases if not _passes(c, find_numerals(c["input"]))] == []


def _cases(shared: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "conformance" / name).read_text("utf-8").splitlines()]


def _passes(case: dict[str, Any], found: list[Numeral]) -> bool:
    """Each expected item is overlapped by a numeral of the same value or ends; in a trap nothing is found."""
    if not case["expected"]:
        return not found
    return all(any(n.start < item["end"] and item["start"] < n.end and _same(n, item) for n in found)
               for item in case["expected"])


def _same(numeral: Numeral, item: dict[str, Any]) -> bool:
    if "value" in item:
        return _equal(numeral.value, item["value"])
    return _equal(numeral.low, item["low"]) and _equal(numeral.high, item["high"])


def _equal(mine: float | None, theirs: float | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return math.isclose(mine, theirs, rel_tol=1e-9)
