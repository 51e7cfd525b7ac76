"""Follows docs/adding-a-metric.md to the letter: its entry, added to its file, and nothing else, gives the metric."""
from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline import vocabulary
from pipeline.extract import metrics as scoring
from pipeline.extract.observations import extract
from pipeline.model import Issue, Page

DOC = Path(__file__).parent.parent / "docs" / "adding-a-metric.md"
ISSUE = Issue(issue_date=date(2020, 6, 15), precision="day", basis="manifest")


def forget() -> None:
    """Let the vocabulary be read anew."""
    vocabulary.metrics.cache_clear()
    scoring.index.cache_clear()


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[vocabulary.Metric]:
    """The entry of the page, standing in a copy of the vocabulary."""
    block = re.search(r"```toml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    assert block, "the page shows no entry"
    copy = tmp_path / "vocabulary"
    shutil.copytree(vocabulary.HERE, copy)
    with open(copy / "metrics" / "activities.toml", "a", encoding="utf-8") as file:
        file.write("\n" + block.group(1))
    monkeypatch.setattr(vocabulary, "HERE", copy)
    forget()
    yield next(metric for metric in vocabulary.metrics() if metric.code in block.group(1))
    monkeypatch.undo()
    forget()


def test_the_entry_of_the_page_is_all_it_takes(entry: vocabulary.Metric) -> None:
    for example in entry.examples:
        found = extract(Page("example", example.sentence, ISSUE)).observations
        assert [(o.metric, o.value) for o in found if o.quote == example.quote] == [(entry.code, example.value)]


def test_the_counter_examples_of_the_page_give_something_else(entry: vocabulary.Metric) -> None:
    for sentence in entry.counter_examples:
        assert entry.code not in {o.metric for o in extract(Page("example", sentence, ISSUE)).observations}
