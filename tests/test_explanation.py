"""Which words of a page an explanation marks, and which rules it names; cases in explanation_cases.toml."""
from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.explanation import Explainer
from tests.cases import cases, read_page


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("explanation_cases.toml")))
def test_the_words_that_spoke_are_marked_in_the_page(case):
    extraction = read_page(case["text"], case.get("issued", "2020-06-15"))
    (o,) = [o for o in extraction.observations if o.quote == case["quote"]]
    told = Explainer(extraction).explain(o)
    marked = [[mark.role, extraction.page.text[mark.start:mark.end]] for mark in told.marks]
    assert marked == case["marks"]
    assert [rule.metric for rule in told.rules][:len(case["rules"])] == case["rules"]
    assert told.rule.signal == case["signal"]
