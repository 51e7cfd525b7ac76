"""The site's lines and marks are found, prose never; pages in furniture.toml, examples in the vocabulary."""
from __future__ import annotations

import csv
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.read.furniture import furniture
from pipeline.read.imprint import written_out
from pipeline.vocabulary import read_toml

PAGES = tomllib.loads((Path(__file__).parent / "furniture.toml").read_text(encoding="utf-8"))["page"]
WORDS = read_toml("furniture.toml")
LINES = [(example, entry["reason"]) for entry in WORDS["line"] for example in entry["examples"]]
PARTS = [(within, example, entry["reason"]) for entry in WORDS["part"]
         for within, example in zip(entry.get("within", entry["examples"]), entry["examples"], strict=True)]


def found(text: str) -> list[list[str]]:
    return [[text[start:end], reason] for start, end, reason in furniture(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["name"])
def test_page(page: dict[str, Any]) -> None:
    assert found(page["text"]) == page["furniture"]


@pytest.mark.parametrize(("lines", "reason"), LINES)
def test_line_of_the_vocabulary(lines: str, reason: str) -> None:
    assert found(lines) == [[line, reason] for line in lines.split("\n")]


@pytest.mark.parametrize(("within", "part", "reason"), PARTS)
def test_part_of_the_vocabulary(within: str, part: str, reason: str) -> None:
    assert [part, reason] in found(within) or found(within) == [[within, found(within)[0][1]]]


@pytest.mark.parametrize("entry", [*WORDS["line"], *WORDS["part"]], ids=lambda entry: entry["patterns"][0])
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_whatever_a_pattern_matches_holds_what_it_needs(entry: dict[str, Any], data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(entry["patterns"]))
    text = data.draw(st.from_regex(re.sub(r"\(\?P<\w+>", "(?:", written_out(pattern))))
    assert any(word in text for word in entry["needs"])


@pytest.mark.parametrize("prose", WORDS["prose"]["examples"])
def test_prose_of_the_vocabulary(prose: str) -> None:
    assert found(prose) == []


@given(st.text(st.sampled_from("首页 今天是\n本版导读>|- 12版年月日:。")))
def test_stretches_are_in_order_and_apart(text: str) -> None:
    at = 0
    for start, end, _ in furniture(text):
        assert at <= start < end <= len(text)
        at = end


def test_no_figure_of_a_hand_read_page_is_furniture(shared: Path) -> None:
    """On the half of the pages that may be looked at."""
    lost = []
    for row in csv.DictReader((shared / "gold/split.csv").open(encoding="utf-8")):
        if row["half"] != "tune":
            continue
        text = (shared / f"corpus/{row['document']}.txt").read_bytes().decode("utf-8").replace("\r\n", "\n")
        ranges = furniture(text)
        for line in (shared / f"gold/{row['document']}.jsonl").open(encoding="utf-8"):
            fact = json.loads(line)
            if "skip" in fact or fact.get("optional") or fact.get("repeat"):
                continue
            at = -1
            for _ in range(fact["nth"]):
                at = text.index(fact["text"], at + 1)
            if any(start <= at < end for start, end, _ in ranges):
                lost.append((row["document"], fact["text"]))
    assert lost == []
