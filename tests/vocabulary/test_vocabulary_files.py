"""Every example in the files of units, exclusions, times, modifiers, bodies and layout; metrics are tested apart."""
from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.extract import modifiers
from pipeline.extract.bodies import is_short_for
from pipeline.extract.exclusions import exclusions
from pipeline.extract.mentions import find_mentions
from pipeline.extract.numerals import find_numerals
from pipeline.extract.quantities import Quantity, find_quantities
from pipeline.layout import marks
from pipeline.vocabulary import UNITS, read_toml
from tests.cases import by_quote, read_page

UNIT_WORDS, EXCLUSIONS, TIMES, MODIFIERS, BODIES, LAYOUT = (
    read_toml(f"{name}.toml") for name in ("units", "exclusions", "periods", "modifiers", "bodies", "layout"))
UNIT_EXAMPLES = [entry["example"] for kind in ("classifier", "head", "bare") for entry in UNIT_WORDS[kind]]
EXCLUDED = [(example, entry["reason"]) for entry in EXCLUSIONS["exclusion"] for example in entry["examples"]]
BODY_KINDS = ("back", "region", "place", "employer", "unnamed")


def quantity(sentence: str, printed: str) -> Quantity:
    start = sentence.index(printed)
    return next(q for q in find_quantities(sentence)[0] if q.start == start and q.end == start + len(printed))


@pytest.mark.parametrize(("sentence", "printed", "unit"), UNIT_EXAMPLES)
def test_a_unit_is_read(sentence: str, printed: str, unit: str) -> None:
    assert [(sentence[q.start:q.end], q.units[0]) for q in find_quantities(sentence)[0]] == [(printed, unit)]


@pytest.mark.parametrize("name", ["becoming", "adding"])
def test_a_number_borrows_the_unit_of_its_neighbour(name: str) -> None:
    sentence, printed, unit = UNIT_WORDS["borrowed"][name]
    assert quantity(sentence, printed).units[0] == unit


@pytest.mark.parametrize(("sentence", "printed", "percent"), UNIT_WORDS["share"]["examples"])
def test_a_fraction_of_a_whole_is_a_share(sentence: str, printed: str, percent: float | str) -> None:
    shares = {sentence[q.start: q.end]: q.value for q in find_quantities(sentence)[0] if q.units == ("percent",)}
    assert shares == ({} if percent == "none" else {printed: pytest.approx(percent)})


def test_units_are_those_of_the_catalogue() -> None:
    told = [unit for entry in UNIT_WORDS["classifier"] for unit in entry["units"]]
    told += [entry["unit"] for kind in ("head", "bare") for entry in UNIT_WORDS[kind]]
    assert set(told) <= set(UNITS)


def test_a_classifier_stands_once() -> None:
    words = [text for entry in UNIT_WORDS["classifier"] for text in entry["text"]]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(("text", "reason"), EXCLUDED)
def test_a_number_that_counts_nothing_has_its_reason(text: str, reason: str) -> None:
    """An idiom among the examples (三是) has no number at all."""
    assert set(exclusions(text, find_numerals(text))) <= {reason}


@pytest.mark.parametrize("example", TIMES["example"], ids=lambda example: example["text"])
def test_a_time_is_dated(example: dict[str, Any]) -> None:
    row = by_quote(read_page(example["text"], example["issue"]).observations)["300人"]
    assert row.year == example.get("year")
    for read, told in ((row.period_start, "start"), (row.period_end, "end")):
        assert told not in example or read == date.fromisoformat(example[told])


@pytest.mark.parametrize(("sentence", "printed", "status"), MODIFIERS["status"]["examples"])
def test_a_plan_is_told_from_a_result(sentence: str, printed: str, status: str) -> None:
    assert modifiers.status(sentence, quantity(sentence, printed))[0] == status


@pytest.mark.parametrize(("sentence", "printed", "per"), [e for entry in MODIFIERS["per"] for e in entry["examples"]])
def test_a_rate_says_for_whom(sentence: str, printed: str, per: str) -> None:
    assert (modifiers.per(sentence, quantity(sentence, printed), 0) or "none") == per


@pytest.mark.parametrize(("sentence", "printed", "metric"), [e for t in MODIFIERS["torn"] for e in t["examples"]])
def test_a_word_that_is_cut_from_a_longer_one_signals_nothing(sentence: str, printed: str, metric: str) -> None:
    assert by_quote(read_page(f"本报讯 {sentence}。").observations)[printed].metric == metric


@pytest.mark.parametrize(("sentence", "printed", "per"), MODIFIERS["raised"]["examples"])
def test_what_a_figure_was_raised_to_is_for_each_of_the_same(sentence: str, printed: str, per: str) -> None:
    assert (by_quote(read_page(f"本报讯 {sentence}。").observations)[printed].per or "none") == per


@pytest.mark.parametrize(("sentence", "printed", "what"), MODIFIERS["increase"]["examples"])
def test_an_increase_is_told_from_a_level(sentence: str, printed: str, what: str) -> None:
    assert modifiers.is_increase(sentence, quantity(sentence, printed)) == (what == "increase")


@pytest.mark.parametrize(("sentence", "part", "total"), MODIFIERS["part"]["examples"])
def test_a_part_opens_after_its_total(sentence: str, part: str, total: str) -> None:
    end, start = quantity(sentence, total).end, quantity(sentence, part).start
    assert modifiers.opens_part(sentence, end, start) and not modifiers.opens_part(sentence, 0, end)


@pytest.mark.parametrize(("sentence", "printed", "words"), MODIFIERS["breakdown"]["examples"])
def test_a_sub_population_is_named(sentence: str, printed: str, words: str) -> None:
    assert (modifiers.breakdown(sentence, quantity(sentence, printed), 0, len(sentence)) or "none") == words


@pytest.mark.parametrize(("form", "level"), [(form, e["level"]) for e in BODIES["short"] for form in e["forms"]])
def test_a_short_form_stands_for_the_union_of_a_level(form: str, level: str) -> None:
    mention, = find_mentions(form + "培训焊工410人")
    assert (mention.text, mention.kind, mention.level, mention.doer) == (form, "level", level, True)


@pytest.mark.parametrize(("sentence", "kind"), [(s, kind) for kind in BODY_KINDS for s in BODIES[kind]["examples"]])
def test_a_body_is_mentioned_as_the_doer(sentence: str, kind: str) -> None:
    assert [(m.kind, m.doer) for m in find_mentions(sentence)] == [(kind, True)]


@pytest.mark.parametrize(("sentence", "kind"), [(s, kind) for kind in BODY_KINDS
                                                for s in BODIES[kind].get("counter_examples", ())])
def test_what_only_looks_like_a_body_is_none(sentence: str, kind: str) -> None:
    assert [m.text for m in find_mentions(sentence) if m.kind == kind] == []


@pytest.mark.parametrize("sentence", BODIES["back"]["bare_examples"])
def test_an_employer_that_spends_is_pointed_at(sentence: str) -> None:
    assert [m.text for m in find_mentions(sentence) if m.kind == "employer" and m.level and m.doer]


@pytest.mark.parametrize(("name", "fuller", "is_short"),
                         [*((*pair, True) for pair in BODIES["back"]["short_examples"]),
                          *((*pair, False) for pair in BODIES["back"]["short_counter_examples"])])
def test_a_short_name_is_told_from_another_body(name: str, fuller: str, is_short: bool) -> None:
    assert is_short_for(name, fuller) is is_short


@pytest.mark.parametrize(("sentence", "acts"), [*((s, True) for s in BODIES["doer"]["examples"]),
                                                *((s, False) for s in BODIES["doer"]["counter_examples"])])
def test_a_doer_is_told_from_a_body_in_passing(sentence: str, acts: bool) -> None:
    assert [(m.kind, m.doer) for m in find_mentions(sentence)] == [("union", acts)]


@pytest.mark.parametrize(("key", "text"), [(key.removesuffix("_examples"), text) for key, examples in LAYOUT.items()
                                           if key.endswith("_examples") for text in examples])
def test_a_mark_of_the_layout_is_known(key: str, text: str) -> None:
    assert getattr(marks(), key).search(text)
