"""Words are cut and tagged as jieba does it with its whole dictionary in memory."""
from pathlib import Path

import pytest

from pipeline import words
from pipeline.jieba_words import TOTAL

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
LINES = [line for page in sorted(RAW.glob("dump_*.txt"))[:4] for line in page.read_text("utf-8").splitlines() if line]


@pytest.fixture(scope="module")
def jieba():
    import jieba

    whole = jieba.Tokenizer()
    whole.initialize()
    return whole


def test_the_total_is_that_of_the_dictionary(jieba):
    with jieba.get_dict_file() as file:
        assert sum(int(line.split()[1]) for line in file) == TOTAL


def test_cut_as_by_jieba(jieba):
    assert LINES
    assert [words.cut(line) for line in LINES] == [tuple(jieba.lcut(line)) for line in LINES]


def test_tagged_as_by_jieba(jieba):
    words.tagged("")  # jieba.posseg must first be imported by `words`
    from jieba.posseg import POSTokenizer

    whole = POSTokenizer(jieba)
    assert [words.tagged(line) for line in LINES] == [
        tuple((pair.word, pair.flag) for pair in whole.lcut(line)) for line in LINES]
