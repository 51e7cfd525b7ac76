"""Names to divisions: the cases stand in `gazetteer_cases.csv`; what a text says around a name is tested elsewhere."""
from __future__ import annotations

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.vocabulary.gazetteer import Division, Gazetteer

CASES = Path(__file__).with_name("gazetteer_cases.csv")
GAZETTEER = Gazetteer.load()
DIVISIONS = [d for rows in GAZETTEER._by_code.values() for d in rows]


def cases() -> list[list[str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


@pytest.mark.parametrize(("form", "within", "on", "full_name", "code"), cases())
def test_a_form_means_this_division_on_this_date(form: str, within: str, on: str, full_name: str, code: str) -> None:
    day = date.fromisoformat(on) if on else None
    division = GAZETTEER.resolve(form, GAZETTEER.resolve(within, on=day) if within else None, on=day)
    assert (GAZETTEER.full_name(division, day), division.code) == (full_name, code) if division else not code


def test_province_digits_settle_a_homonym() -> None:
    assert GAZETTEER.resolve("鼓楼区") is None
    division = GAZETTEER.resolve("鼓楼区", province="41")
    assert division is not None and GAZETTEER.full_name(division) == "开封市鼓楼区"


def test_short_forms_are_told_from_names() -> None:
    forms = ("宝鸡", "陈仓", "内蒙古", "宝鸡市", "恩施州", "吉林市", "某某")
    assert [form for form in forms if GAZETTEER.is_short(form)] == ["宝鸡", "陈仓", "内蒙古"]


def test_one_character_is_no_form() -> None:
    assert GAZETTEER.candidates("华") == () and GAZETTEER.find("华") == []


def test_chain_runs_from_the_province_down() -> None:
    division = GAZETTEER.by_code("610304")
    assert division is not None
    assert [d.name for d in GAZETTEER.chain(division)] == ["陕西省", "宝鸡市", "陈仓区"]


def test_find_takes_the_longest_names_from_the_left() -> None:
    assert GAZETTEER.find("陕西省宝鸡市陈仓区总工会、靖边") == [
        (0, 3, "陕西省", False), (3, 6, "宝鸡市", False), (6, 9, "陈仓区", False), (13, 15, "靖边", True)]


@given(st.text(alphabet="陕西省宝鸡市陈仓区安康地恩施州县新城，", max_size=40))
def test_find_gives_ordered_spans_of_the_text(text: str) -> None:
    free = 0
    for start, end, form, short in GAZETTEER.find(text):
        assert start >= free and text[start:end] == form and GAZETTEER.candidates(form)
        assert short == GAZETTEER.is_short(form)
        free = end


@pytest.mark.parametrize("level", ["province", "prefecture", "county"])
def test_every_division_has_its_place(level: str) -> None:
    """Parents and successors stand in the table, no code is borne twice at a time, every name can be looked up."""
    for division in (d for d in DIVISIONS if d.level == level):
        assert division in GAZETTEER.candidates(division.name)
        assert (level == "province") == (not division.parent_code)
        assert not division.parent_code or GAZETTEER.by_code(division.parent_code) is not None
        assert not division.successor_code or GAZETTEER.successor(division) is not None
        assert GAZETTEER.full_name(division).endswith(division.name)


def test_a_code_has_one_name_at_a_time() -> None:
    def ends(division: Division) -> date:
        return division.valid_to or date.max

    for rows in GAZETTEER._by_code.values():
        ordered = sorted(rows, key=ends)
        for earlier, later in pairwise(ordered):
            assert later.valid_from is None or ends(earlier) < later.valid_from, (earlier, later)
        assert sum(d.valid_to is None for d in rows) <= 1
