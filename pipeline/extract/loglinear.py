"""How likely each metric is, given the words around a figure: a log-linear model that weighs where signals are weak.

Its weights are in `vocabulary/loglinear.csv`, fitted to hand-read pages by `benchmarks/fit_loglinear.py`; a row says by
how much one piece of text in one zone around a figure speaks for a metric, in natural logarithms. The vocabulary's
signals are found in `metrics`; `weigh` puts the two together.
"""
from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.metrics import Reading, index
from pipeline.vocabulary import HERE

TABLE = "loglinear.csv"
BEFORE, AFTER, REST, FAR = 16, 12, 20, 40  # characters that count: in the figure's clause, before that, farther off
HIGHER = 60  # of the sentence before and of the headline
SHARED = 512  # of these whose sums are kept
CLEAR, APART = 4.0, 2.0  # score of a signal, and its lead over the next metric's, with which it decides alone
TRUST = 1.5  # what a point of a signal's score is worth beside the weights
LEAST = -12.0  # the logarithm of the least likelihood, beside the likeliest
_CLAUSE_END = re.compile("[，。；：！？]")
_NUMBER = re.compile(r"\d")

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Setting:
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

    Zones: L and R the clause before and after it, M what is left of the way to the quantity before, F what stands
    before that, C the sentence before, H the headline; u its unit, c its classifier, p the metric of the figure before.
    """
    return _beside(setting) | _above("C", setting.context) | _above("H", setting.headline)


def _beside(setting: Setting) -> Features:
    """The features of the figure itself and of its sentence."""
    sentence = _NUMBER.sub("0", setting.sentence)
    left, right = sentence[setting.previous: setting.start], sentence[setting.end: setting.following]
    clause = _CLAUSE_END.split(left)[-1]
    found: Features = {f"u{setting.units[0]}": 1.0, f"c{setting.classifier or ''}": 1.0, f"p{setting.prior or ''}": 0.5}
    zones = (("L", clause[-BEFORE:], (2, 3), 1.0), ("R", _CLAUSE_END.split(right)[0][:AFTER], (1, 2, 3), 1.0),
             ("M", left[: len(left) - len(clause)][-REST:], (2,), 0.7),
             ("F", sentence[: setting.previous][-FAR:], (2,), 0.4))
    for zone, text, lengths, counts in zones:
        found.update((zone + piece, counts) for piece in _pieces(text, lengths))
    return found


def _above(zone: str, text: str) -> Features:
    """The features of the sentence before (C) or the headline (H)."""
    return {zone + piece: 0.25 for piece in _pieces(_NUMBER.sub("0", text[-HIGHER:]), (2,))}


def _pieces(text: str, lengths: tuple[int, ...]) -> Iterator[str]:
    for length in lengths:
        for start in range(len(text) - length + 1):
            yield text[start: start + length]


class Weights:
    """By feature, the metrics that it speaks for or against, with the weight; the bias of each under the empty one."""

    def __init__(self, table: Mapping[str, Sequence[tuple[str, float]]]) -> None:
        self.table = table
        self._shared: dict[tuple[str, str], Features] = {}  # a sentence before or a headline serves several figures

    def totals(self, setting: Setting) -> Features:
        """By metric the sum of the weights of a figure's features, each as often as it counts."""
        totals = dict(self.table.get("", ()))
        for above in (("C", setting.context), ("H", setting.headline)):
            if above not in self._shared:
                if len(self._shared) > SHARED:
                    self._shared.clear()
                self._shared[above] = self._add({}, _above(*above))
            for metric, total in self._shared[above].items():
                totals[metric] = totals.get(metric, 0.0) + total
        return self._add(totals, _beside(setting))

    def _add(self, totals: Features, features: Features) -> Features:
        for feature, counts in features.items():
            for metric, weight in self.table.get(feature, ()):
                totals[metric] = totals.get(metric, 0.0) + counts * weight
        return totals


@lru_cache(maxsize=1)
def _weights() -> Weights:
    table: dict[str, list[tuple[str, float]]] = {}
    with open(HERE / TABLE, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            table.setdefault(row["zone"] + row["piece"], []).append((row["metric"], float(row["weight"])))
    return Weights(table)


def likelihoods(setting: Setting) -> dict[str, float]:
    """For each metric that the weights speak of the logarithm of how likely it is, up to a constant."""
    return _weights().totals(setting)


def weigh(setting: Setting, readings: Sequence[Reading]) -> list[Reading]:
    """The readings of a figure by its signals, and those that the words around it suggest, best first.

    A reading counts TRUST times its signal's score plus the logarithm of its likelihood; `margin` is by how much that
    lies above the next one's, `chance` its share by the words around the figure alone. Only metrics that share a unit
    with the figure are considered. Of a metric that the hand-read pages have not, such as one that is new in the
    vocabulary, the signals alone decide, and so they do where one of them is clear.
    """
    fitting = index().metrics_for(setting.units, setting.settled)
    likely = _likely(setting, fitting)
    if readings and readings[0].score >= CLEAR:
        lead = readings[0].score - (readings[1].score if len(readings) > 1 else 0.0)
        if lead >= APART:
            return [readings[0]._replace(margin=lead, chance=_chance(readings[0].metric, likely))]
    signals = {reading.metric: reading for reading in readings}
    weighed: list[tuple[float, str, str]] = []
    for code, unit in fitting:
        if code in likely or code in signals:
            score = TRUST * max(signals[code].score, 0.0) if code in signals else 0.0
            weighed.append((likely.get(code, 0.0) + score, code, unit))
    weighed.sort(key=lambda one: (-one[0], one[1]))
    following = [total for total, _, _ in weighed[1:]] + [LEAST]
    return [_reading(code, unit, total - after, signals.get(code))._replace(chance=_chance(code, likely))
            for (total, code, unit), after in zip(weighed, following, strict=False)]


def _likely(setting: Setting, fitting: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Of the metrics that fit a figure the likelihoods, the greatest at nought and none below LEAST."""
    found = likelihoods(setting)
    here = {code: found[code] for code, _ in fitting if code in found}
    best = max(here.values(), default=0.0)
    return {code: max(total - best, LEAST) for code, total in here.items()}


def _chance(code: str, likely: Mapping[str, float]) -> float:
    """The share of a metric in the likelihoods of all; one half of a metric that no weight speaks of."""
    return math.exp(likely[code]) / sum(map(math.exp, likely.values())) if code in likely else 0.5


def _reading(code: str, unit: str, margin: float, signal: Reading | None) -> Reading:
    if signal is None:
        return Reading(code, unit, 0.0, margin, "the words around it")
    return signal._replace(margin=margin)
