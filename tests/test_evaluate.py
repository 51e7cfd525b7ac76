"""The score: cases of scores.toml, gold files that do not fit their page, and the same figures as the shared scorer."""
from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.errors import DataError, UserError
from pipeline.evaluate import report, score, tally
from pipeline.gold import Fact, Figure, figures_of, gold_pages, read_gold
from pipeline.load import open_dataset
from pipeline.read import files, read_file
from pipeline.vocabulary import metrics

SCORES = tomllib.loads((Path(__file__).parent / "scores.toml").read_text(encoding="utf-8"))


def figure(given: dict[str, object]) -> Figure:
    fields = {"quote": "12人", "per": None} | SCORES["default"] | given
    return Figure(**{name: fields[name] for name in Figure.__slots__})


def fact(given: dict[str, object]) -> Fact:
    also = {name.removesuffix("_alt"): frozenset(given[name]) for name in given if name.endswith("_alt")}
    return Fact(figure(given), also, bool(given.get("optional") or given.get("repeat")))


@pytest.mark.parametrize("case", SCORES["case"], ids=lambda case: case["name"])
def test_scores(case):
    facts, figures = [fact(given) for given in case["facts"]], [figure(given) for given in case["figures"]]
    counted = score({"page": figures}, {"page": facts}, case.get("families", ()))
    assert {name: counted.figures[name] for name in case["expected"]} == pytest.approx(case["expected"])
    if "mistakes" in case:
        assert sorted(mistake.kind for mistake in counted.mistakes) == sorted(case["mistakes"])


def test_facts_are_found_by_text_and_nth(tmp_path):
    line = {**SCORES["default"], "text": "3人", "nth": 2, "per": None, "year_alt": [2019]}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(line)}\n\n{json.dumps({'skip': []})}\n", encoding="utf-8")
    (found,) = read_gold(tmp_path, {"a": "甲3人，乙3人。"})["a"]
    assert (found.figure.start, found.figure.end) == (5, 7)
    assert found.accepts("year", 2019) and found.accepts("year", 2018) and not found.accepts("year", 2020)


@pytest.mark.parametrize("line", ['{"text": "9人", "nth": 1}', '{"text": "3人"}', "{", '["3人"]'])
def test_a_line_that_does_not_fit_is_told_with_file_and_line(tmp_path, line):
    (tmp_path / "a.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.jsonl, line 2"):
        read_gold(tmp_path, {"a": "甲3人，乙3人。"})


def test_halves_come_from_a_table(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.jsonl").touch()
    with pytest.raises(UserError, match="halves"):
        gold_pages(tmp_path, "tune")
    (tmp_path / "split.csv").write_text("document,half\na,tune\nb,check\nc,tune\n", encoding="utf-8")
    assert gold_pages(tmp_path, "tune") == ["a", "c"] and gold_pages(tmp_path) == ["a", "b", "c"]
    (tmp_path / "own.csv").write_text("document,half\nb,tune\n", encoding="utf-8")
    assert gold_pages(tmp_path, "tune", tmp_path / "own.csv") == ["b"]


def test_the_report_has_a_line_a_family():
    families = {metric.family for metric in metrics()}
    lines = report({}, by_family=True).splitlines()
    assert families <= {line.split()[0] for line in lines if line}


def test_the_same_figures_as_the_shared_scorer(shared, tmp_path):
    """The pages of the half that may be looked at, scored by both, over all families and by each."""
    corpus, gold = shared / "corpus", shared / "gold"
    tune = gold_pages(gold, "tune")
    for name in tune:
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw" / f"{name}.txt").write_bytes((corpus / f"{name}.txt").read_bytes())
    (tmp_path / "raw" / "issues.csv").write_bytes((corpus / "issues.csv").read_bytes())
    result = build(tmp_path / "raw", tmp_path / "out")
    import pyarrow.parquet as pq

    figures = figures_of(pq.read_table(open_dataset(result.out).path("observations")))
    pages = {Path(name).stem: read_file(corpus, name)[0] for name in files(tmp_path / "raw")}
    facts = read_gold(gold, {name: page.text for name, page in pages.items()})
    families = sorted({metric.family for metric in metrics()})
    for chosen in ([], *([family] for family in families), families[:3]):
        wanted = ["--families", ",".join(chosen)] if chosen else []
        call = [sys.executable, gold / "score.py", result.out / "observations.parquet", corpus, gold, "--json",
                "--half", "tune", *wanted]
        theirs = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
        assert score(figures, facts, chosen).figures == theirs
    assert tally({}).figures.keys() == theirs.keys()
