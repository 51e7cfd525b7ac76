"""The numeral grammar against cases of our own, the examples of its vocabulary, and what must hold for any text."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.numerals import bounds, chinese_integer, find_numerals, qualify
from pipeline.vocabulary import read_toml

CASES = [json.loads(line) for line in (Path(__file__).parent / "numeral_cases.jsonl").read_text("utf-8").splitlines()]
QUALIFIERS = [example for place in ("before", "after", "inside")
              for entry in read_toml("qualifiers.toml")[place] for example in entry["examples"]]
IDIOMS = read_toml("idioms.toml")["idiom"]
ALPHABET = ("〇零○一二两三五八九十百千万亿壹伍拾佰仟廿卅0135.,，"
            "多余几数上来半点分之又负-—至到、个元角块成%‰ \n近约以下名人年/与之间工会")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_a_number_is_read_as_written(case: dict[str, Any]) -> None:
    text = case["text"]
    found = [[text[n.start:n.end], n.value, n.low, n.high, n.qualifier, n.kind] for n in find_numerals(text)]
    assert found == case["numerals"]


@pytest.mark.parametrize(("sentence", "numeral", "qualifier"), QUALIFIERS)
def test_words_around_a_number_qualify_it(sentence: str, numeral: str, qualifier: str) -> None:
    assert [(sentence[n.start:n.end], n.qualifier) for n in find_numerals(sentence)] == [(numeral, qualifier)]


@pytest.mark.parametrize("sentence", [s for entry in IDIOMS for s in entry["examples"]])
def test_an_idiom_holds_no_number(sentence: str) -> None:
    assert find_numerals(sentence) == []


@pytest.mark.parametrize(("sentence", "numerals"), [c for entry in IDIOMS for c in entry["counter"]])
def test_a_number_that_runs_on_beyond_an_idiom_is_read(sentence: str, numerals: list[str]) -> None:
    assert [sentence[n.start:n.end] for n in find_numerals(sentence)] == numerals


@pytest.mark.parametrize("word", sorted({word for entry in IDIOMS for word in entry["words"].split()}))
def test_every_idiom_alone_is_no_number(word: str) -> None:
    assert find_numerals(word) == []


@pytest.mark.parametrize(("text", "value"), [
    ("三千零五十", 3050), ("一百二", 120), ("两万五", 25000), ("二〇二一", 2021), ("壹拾贰万叁仟", 123000),
    ("四千五百六十九万八千三百一十一亿", 45698311_00000000), ("廿二", 22), ("十", 10), ("一亿二", 120000000)])
def test_a_chinese_integer_has_its_value(text: str, value: int) -> None:
    assert chinese_integer(text) == value


@pytest.mark.parametrize("text", ["", "十多", "百分之三十", "三四", "三百二十二十", "亿", "1287", "一点五"])
def test_what_is_no_chinese_integer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a whole number"):
        chinese_integer(text)


def test_the_caller_may_name_the_end_of_the_classifier() -> None:
    assert qualify("覆盖90家以上", 2, 5, "exact") == "above"
    assert qualify("覆盖近2万人", 3, 6, "exact") == "below"
    assert qualify("约280余份", 1, 5, "above") == "above"
    assert qualify("达到60%", 2, 5, "exact") == "exact"


@pytest.mark.parametrize(("qualifier", "expected"), [
    ("exact", (7.0, 7.0)), ("above", (7.0, None)), ("below", (None, 7.0)), ("about", (None, None))])
def test_bounds_are_what_the_text_commits_to(qualifier: str, expected: tuple[float | None, float | None]) -> None:
    assert bounds(7.0, qualifier) == expected


@given(st.one_of(st.text(max_size=40), st.text(alphabet=ALPHABET, max_size=24)))
def test_numerals_of_any_text_stand_in_it_in_order(text: str) -> None:
    end = 0
    for numeral in find_numerals(text):
        assert end <= numeral.start < numeral.end <= len(text)
        assert numeral.low is None or numeral.high is None or numeral.low <= numeral.high
        end = numeral.end
