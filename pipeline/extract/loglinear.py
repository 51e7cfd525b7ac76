"""How likely each metric is, given the words around a figure: a log-linear model that weighs where signals are weak.

Its weights are in `vocabulary/loglinear.csv`, fitted to hand-read pages by `benchmarks/fit_loglinear.py`; a row says by
how much one piece of text in one zone around a figure speaks for a metric, in natural logarithms. The vocabulary's
signals are found in `metrics`; `weigh` puts the two together.
"""
from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import add
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.metrics import Reading, index
from pipeline.vocabulary import HERE

TABLE = "loglinear.csv"
BEFORE, AFTER, REST, FAR = 16, 12, 20, 40  # characters that count: in the figure's clause, before that, farther off
HIGHER = 60  # of the sentence before and of the headline
SHARED = 512  # of these whose sums are kept
CLEAR, APART = 8.0, 3.0  # score of a signal, and its lead over the next metric's, with which it decides alone
TRUST = 0.5  # what a point of a signal's score is worth beside the weights
LEAST = -12.0  # the logarithm of the least likelihood, beside the likeliest
_CLAUSE_END = re.compile("[，。；：！？]")
_NUMBER = re.compile(r"\d")

# How much a feature of each zone counts ("": the bias), and how long the pieces of text are that are looked at there.
COUNTS = {"": 1.0, "u": 1.0, "c": 1.0, "p": 0.5, "L": 1.0, "K": 0.5, "R": 1.0, "M": 0.7, "F": 0.4, "W": 0.3, "C": 0.25,
          "H": 0.25}
LENGTHS = {"L": (2, 3), "K": (1,), "R": (1, 2, 3), "M": (2,), "F": (2,)}
NONE = 0  # row of the matrix of weights that is of no feature

Features = dict[str, float]
Totals: TypeAlias = NDArray[np.float64]  # a number a metric
Columns: TypeAlias = NDArray[np.intp]


class Setting(NamedTuple):
    """What stands around the figure `sentence[start:end]`.

    `previous`, `following`: where the quantity before it ends and the one after it starts; `context`: the sentence
    before; `headline`: that of the story; `classifier`: as printed; `prior`: the metric of the figure before, if any;
    `units`, `settled`: as of a quantity.
    """

    sentence: str
    start: int
    end: int
    previous: int
    following: int
    context: str
    headline: str
    units: tuple[str, ...]
    settled: bool
    classifier: str | None
    prior: str | None


def features(setting: Setting) -> Features:
    """The pieces of text around a figure by zone (`L会员`: 会员 in its clause before it), with how much each counts.

    Zones: L and R the clause before and after it, K the characters of L, M what is left of the way to the quantity
    before, F what stands before that, W the whole sentence, C the sentence before, H the headline; u its unit, c its
    classifier, p the metric of the figure before.
    """
    beside = ((zone, _pieces(text, LENGTHS[zone])) for zone, text in _zones(setting))
    around = ((zone, _pieces(_wide(zone, text), (2,))) for zone, text in _around(setting))
    return {zone + piece: COUNTS[zone] for zone, pieces in (*_told(setting), *beside, *around) for piece in pieces}


def _told(setting: Setting) -> tuple[tuple[str, tuple[str]], ...]:
    """The features that are no pieces of text, by zone."""
    return ("u", (setting.units[0],)), ("c", (setting.classifier or "",)), ("p", (setting.prior or "",))


def _zones(setting: Setting) -> tuple[tuple[str, str], ...]:
    """The text of each zone of the figure's own sentence."""
    sentence, previous = _plain(setting.sentence), setting.previous
    left, right = sentence[previous: setting.start], sentence[setting.end: setting.following]
    clause = _CLAUSE_END.split(left)[-1]
    return (("L", clause[-BEFORE:]), ("K", clause[-BEFORE:]), ("R", _CLAUSE_END.split(right)[0][:AFTER]),
            ("M", left[: len(left) - len(clause)][-REST:]), ("F", sentence[max(0, previous - FAR): previous]))


@lru_cache(maxsize=16)
def _plain(text: str) -> str:
    """The text with every digit alike; asked for by each figure of a sentence."""
    return _NUMBER.sub("0", text)


def _around(setting: Setting) -> tuple[tuple[str, str], ...]:
    """What several figures share, by zone: their sentence, the one before it, the headline."""
    return ("W", setting.sentence), ("C", setting.context), ("H", setting.headline)


def _wide(zone: str, text: str) -> str:
    """What counts of a text that several figures share: all of their own sentence, the end of another."""
    return _plain(text if zone == "W" else text[-HIGHER:])


def _pieces(text: str, lengths: tuple[int, ...]) -> Iterable[str]:
    """The pieces of the text of these lengths, in their order; put together without a step for each."""
    if lengths == (2,):
        return map(add, text, text[1:])
    pairs = list(map(add, text, text[1:]))
    return chain(text if 1 in lengths else (), pairs, map(add, pairs, text[2:]))


class Weights:
    """By feature, how much it speaks for or against each metric: a row of a matrix, which has a column a metric.

    A row holds weights as often as its zone counts; that of the empty feature, the bias, is added to every figure.
    """

    def __init__(self, table: Mapping[str, Sequence[tuple[str, float]]]) -> None:
        self.codes = sorted({metric for weights in table.values() for metric, _ in weights})
        self.matrix = np.zeros((len(table) + 1, len(self.codes)))
        self.rows: dict[str, dict[str, int]] = {zone: {} for zone in COUNTS}
        columns = {code: number for number, code in enumerate(self.codes)}
        for row, (feature, weights) in enumerate(table.items(), 1):
            self.rows[feature[:1]][feature[1:]] = row
            for metric, weight in weights:
                self.matrix[row, columns[metric]] = COUNTS[feature[:1]] * weight
        self.bias = self.matrix[self.rows[""].get("", NONE)]
        self._fitting: dict[tuple[tuple[str, ...], bool], tuple[list[str], Columns]] = {}
        self._shared = lru_cache(SHARED)(self._sum_above)  # one text serves several figures

    def totals(self, setting: Setting) -> Totals:
        """By metric the sum of the weights of a figure's features, each as often as it counts."""
        found = [NONE, *(self.rows[zone].get(piece, NONE) for zone, (piece,) in _told(setting))]
        for zone, text in _zones(setting):
            found += self._known(zone, _pieces(text, LENGTHS[zone]))
        rows = self.matrix.take(found, axis=0)
        rows[0] = sum((self._shared(zone, text) for zone, text in _around(setting)), self.bias)
        return _sum(rows)

    def fitting(self, units: tuple[str, ...], settled: bool) -> tuple[list[str], Columns]:
        """The metrics that a quantity can have and some weight speaks of, and their columns."""
        known = self._fitting.get((units, settled))
        if known is None:
            codes = [code for code in index().metrics_for(units, settled) if code in self.codes]
            known = codes, np.array([self.codes.index(code) for code in codes], np.intp)
            self._fitting[units, settled] = known
        return known

    def _known(self, zone: str, pieces: Iterable[str]) -> Iterable[int]:
        """The rows of those pieces of a zone that are features, each once."""
        return dict.fromkeys(filter(None, map(self.rows[zone].get, pieces)))

    def _sum_above(self, zone: str, text: str) -> Totals:
        return _sum(self.matrix.take([NONE, *self._known(zone, _pieces(_wide(zone, text), (2,)))], axis=0))


def _sum(rows: Totals) -> Totals:
    """The rows added up one after the other, so that the last digit is the same on every machine."""
    totals: Totals = np.add.reduce(rows, axis=0)
    return totals


@lru_cache(maxsize=1)
def _weights() -> Weights:
    return Weights(weights())


def weights(file: Path = HERE / TABLE) -> dict[str, list[tuple[str, float]]]:
    """The table of weights: by feature the metrics that it speaks for or against, and by how much."""
    table: dict[str, list[tuple[str, float]]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)  # the head
        for zone, piece, metric, weight in rows:
            table.setdefault(zone + piece, []).append((metric, float(weight)))
    return table


def weigh(setting: Setting, readings: Sequence[Reading]) -> Reading | None:
    """The best of the readings of a figure by its signals and of those that the words around it suggest.

    A reading counts TRUST times its signal's score plus the logarithm of its likelihood; `margin` is by how much that
    lies above the next one's, `chance` its share by the words around the figure alone. Only metrics that share a unit
    with the figure are considered; None where there is none. Of a metric that the hand-read pages have not, such as one
    that is new in the vocabulary, the signals alone decide, and so they do where one of them is clear.
    """
    likely = _likely(setting)
    if readings and readings[0].score >= CLEAR:
        lead = readings[0].score - (readings[1].score if len(readings) > 1 else 0.0)
        if lead >= APART:
            return readings[0]._replace(margin=lead, chance=_chance(readings[0].metric, likely))
    signals = {reading.metric: reading for reading in readings}
    weighed: list[tuple[float, str, str]] = []
    for code, unit in index().metrics_for(setting.units, setting.settled).items():
        if code in signals or code in likely and not index().is_signalled(code, unit):
            score = TRUST * max(signals[code].score, 0.0) if code in signals else 0.0
            weighed.append((-likely.get(code, 0.0) - score, code, unit))
    if not weighed:
        return None
    best, after = (*sorted(weighed)[:2], (-LEAST, "", ""))[:2]
    return _reading(best[1], best[2], after[0] - best[0], signals.get(best[1]), _chance(best[1], likely))


def _likely(setting: Setting) -> dict[str, float]:
    """Of the metrics that fit a figure the logarithms of their likelihoods, the greatest nought, none below LEAST."""
    weights = _weights()
    codes, columns = weights.fitting(setting.units, setting.settled)
    if not codes:
        return {}
    totals = weights.totals(setting)[columns]
    likely: list[float] = np.maximum(totals - np.maximum.reduce(totals), LEAST).tolist()
    return dict(zip(codes, likely, strict=True))


def _chance(code: str, likely: Mapping[str, float]) -> float:
    """The share of a metric in the likelihoods of all; one half of a metric that no weight speaks of."""
    return math.exp(likely[code]) / sum(map(math.exp, likely.values())) if code in likely else 0.5


def _reading(code: str, unit: str, margin: float, signal: Reading | None, chance: float) -> Reading:
    if signal is None:
        return Reading(code, unit, 0.0, margin, "the words around it", chance)
    return signal._replace(margin=margin, chance=chance)
