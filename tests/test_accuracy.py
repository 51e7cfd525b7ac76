"""How well the builder reads: never below the floors of accuracy_floors.toml."""
from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipeline.evaluate import pair_corpus, tally
from tests.conftest import REPOSITORY

FLOORS = tomllib.loads((Path(__file__).parent / "accuracy_floors.toml").read_text(encoding="utf-8"))


def below(figures: dict[str, float], floors: dict[str, float]) -> dict[str, float]:
    """The figures that are below their floor."""
    return {name: figures[name] for name, floor in floors.items() if figures[name] < floor}


@pytest.fixture(scope="module")
def sample():
    return pair_corpus(REPOSITORY / "data" / "raw", REPOSITORY / "tests" / "gold")


def test_the_sample_pages_are_all_read_by_hand(sample):
    assert len(sample) == len(list((REPOSITORY / "data" / "raw").rglob("*.txt")))


def test_the_sample_pages(sample):
    assert below(tally(sample).figures, FLOORS["sample"]) == {}


def test_the_pages_written_for_measuring():
    pages = pair_corpus(REPOSITORY / "tests/pages/raw", REPOSITORY / "tests/pages/gold", "check")
    assert below(tally(pages).figures, FLOORS["pages"]) == {}


def test_the_shared_pages(shared):
    assert below(tally(pair_corpus(shared / "corpus", shared / "gold")).figures, FLOORS["shared"]) == {}
