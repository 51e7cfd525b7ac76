"""The catalogue of metrics: its codes, and every example and counter-example; units and times are tested elsewhere."""
from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline import vocabulary
from pipeline.vocabulary import Example, VocabularyError, metrics, parse_signal
from tests.cases import read_page

CODES = Path(__file__).with_name("metric_codes.csv")
FIELDS = ("code", "family", "dimension", "measure")
EXAMPLES = [(m.code, example) for m in metrics() for example in m.examples]
COUNTER_EXAMPLES = [(m.code, sentence) for m in metrics() for sentence in m.counter_examples]
ENTRY = """
[[metric]]
code = "members_recruited"
label_zh = "新发展会员"
label_en = "members recruited"
dimension = "persons"
measure = "flow"
definition = "people who joined"
units = ["person"]
signals = ["发展 会员 #"]
examples = [["发展会员12人", "12人", 12]]
"""


def rows(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [tuple(row[field] for field in FIELDS) for row in csv.DictReader(lines)]


def load(folder: Path, entry: str, monkeypatch: pytest.MonkeyPatch) -> tuple[vocabulary.Metric, ...]:
    """The catalogue made of one file, membership.toml, with this text."""
    (folder / "metrics").mkdir()
    (folder / "metrics/membership.toml").write_text(entry, encoding="utf-8")
    monkeypatch.setattr(vocabulary, "HERE", folder)
    return metrics.__wrapped__()


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=[f"{code}: {e.sentence}" for code, e in EXAMPLES])
def test_an_example_gives_its_figure(code: str, example: Example) -> None:
    start = example.sentence.index(example.quote)
    end = start + len(example.quote)
    found = [(o.metric, o.value) for o in read_page(example.sentence).observations if o.start < end and start < o.end]
    assert (code, example.value) in found, f"{code}: “{example.sentence}” gives {found} for {example.quote}"


@pytest.mark.parametrize(("code", "sentence"), COUNTER_EXAMPLES, ids=[f"{c}: {s}" for c, s in COUNTER_EXAMPLES])
def test_a_counter_example_gives_no_such_figure(code: str, sentence: str) -> None:
    found = [o.quote for o in read_page(sentence).observations if o.metric == code]
    assert found == [], f"{code}: “{sentence}” must not give it"


def test_the_catalogue_has_its_codes() -> None:
    assert sorted((m.code, m.family, m.dimension, m.measure) for m in metrics()) == sorted(rows(CODES))


def test_every_entry_says_what_it_is_not() -> None:
    assert [m.code for m in metrics() if not m.counter_examples] == []


def test_codes_are_those_of_the_hand_read_pages(shared: Path) -> None:
    with (shared / "gold/metrics.csv").open(encoding="utf-8", newline="") as lines:
        theirs = {(row["metric"], row["family"], row["dimension"], row["measure"]) for row in csv.DictReader(lines)}
    assert set(rows(CODES)) == theirs


def test_a_whole_entry_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [(m.code, m.family) for m in load(tmp_path, ENTRY, monkeypatch)] == [("members_recruited", "membership")]


@pytest.mark.parametrize(("old", "new", "complaint"), [
    ('examples = [["发展会员12人", "12人", 12]]', "", "lacks examples"),
    ('examples = [["发展会员12人", "12人", 12]]', "examples = []", "lacks examples"),
    ('definition = "people who joined"', "", "lacks definition"),
    ('units = ["person"]', 'units = ["people"]', "unknown unit people"),
    ("发展 会员 #", "发展 会员", "needs one #"),
    ("发展 会员 #", "发展 # 会员 #", "needs one #"),
    ("发展 会员 #", "# !入会率 +1", "at least one word"),
    ("发展 会员 #", "发展||吸收 会员 #", "at least one word"),
    ("", ENTRY, "stands twice"),
], ids=lambda text: text.strip()[:30])
def test_a_bad_entry_is_refused_by_name(old: str, new: str, complaint: str, tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VocabularyError, match=complaint) as refused:
        load(tmp_path, ENTRY.replace(old, new, 1) if old else ENTRY + new, monkeypatch)
    assert "metrics/membership.toml" in str(refused.value) and "members_recruited" in str(refused.value)


def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VocabularyError, match=r"metrics/membership\.toml: not valid TOML"):
        load(tmp_path, "[[metric", monkeypatch)


def test_a_signal_is_read_slot_by_slot() -> None:
    signal = parse_signal("发展|吸收 会员 # 入会 !拟|将 +1.5", "here")
    assert [token.words for token in signal.left] == [("发展", "吸收"), ("会员",)]
    assert [token.words for token in signal.right] == [("入会",)]
    assert (signal.without, signal.weight) == (("拟", "将"), 1.5)
