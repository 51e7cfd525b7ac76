"""The log-linear model: what it sees of a figure, how it decides beside the signals, and its table of weights."""
from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract import loglinear
from pipeline.extract.metrics import Reading
from pipeline.vocabulary import HERE, metrics

CASES = tomllib.loads(Path(__file__).with_name("loglinear_cases.toml").read_text(encoding="utf-8"))


def setting(case: dict[str, Any]) -> loglinear.Setting:
    start = case["sentence"].index(case["quote"])
    end = start + len(case["quote"])
    return loglinear.Setting(case["sentence"], start, end, 0, len(case["sentence"]), case["context"], case["headline"],
                             ("household",), True, case["quote"][-1], case["prior"])


def test_the_words_around_a_figure_are_its_features() -> None:
    found = loglinear.features(setting(CASES["features"]))
    assert {feature: found.get(feature) for feature in CASES["features"]["expected"]} == CASES["features"]["expected"]
    assert [feature for feature in CASES["features"]["absent"] if feature in found] == []


@pytest.mark.parametrize("case", CASES["weighing"], ids=lambda case: case["about"])
def test_weights_and_signals_decide_together(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[str, tuple[tuple[str, float], ...]] = {}
    for zone, piece, metric, weight in case["weights"]:
        table[zone + piece] = (*table.get(zone + piece, ()), (metric, weight))
    monkeypatch.setattr(loglinear, "_weights", lambda: loglinear.Weights(table))
    readings = [Reading(metric, unit, score, 0.0, "a signal") for metric, unit, score in case["readings"]]
    best = loglinear.weigh(setting(CASES["features"]), readings)
    assert best is not None and [best.metric, best.unit, best.margin] == case["expected"]


def test_the_table_of_weights_is_of_metrics_and_each_weight_stands_once() -> None:
    with open(HERE / loglinear.TABLE, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    keys = [(row["zone"] + row["piece"], row["metric"]) for row in rows]
    assert len(set(keys)) == len(keys) > 0
    assert {row["metric"] for row in rows} <= {metric.code for metric in metrics()}
    assert {row["zone"] for row in rows} <= {"", *"LKRMFWCHucp"}
