"""Fits the weights of `pipeline.extract.loglinear` to hand-read pages and prints what they are worth; no build uses it.

    python -m benchmarks.fit_loglinear [--judge] [--write] FOLDER …

Each FOLDER is GOLD:CORPUS[:SPLIT:HALF,HALF…]; "vocabulary" stands for the examples of the metrics' entries and "lines"
for the labelled lines beside this file (`lines/*.txt`: sentences of our own, each figure marked [[1287人|code]]); a
FOLDER that starts with + is only judged, never fitted to. A page's figures are paired with its facts; the features of a
figure are those that the model sees in a build. The share of metrics that are right is by cross-validation over pages.

Written weights are drawn to those of `from_the_web.csv`, as far as HELD says: they were fitted, among others, to pages
that are others' and are not kept (docs/pages_read.csv). Judging leaves these out, for they know the pages that they
would be judged by.
"""
from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.sparse import csr_array

from pipeline.evaluate import pair
from pipeline.extract import loglinear
from pipeline.extract.metrics import Reading
from pipeline.extract.observations import extract
from pipeline.gold import figure_of, gold_pages, read_gold
from pipeline.model import Issue, Page
from pipeline.single import extraction_of
from pipeline.vocabulary import HERE, metrics
from pipeline.vocabulary import Example as ExampleSentence

VOCABULARY, LINES = "vocabulary", "lines"
_MARK = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")
Table = Mapping[str, Sequence[tuple[str, float]]]
FOLDS = 6
FEWEST = 5  # figures in which a feature must stand
KEPT = 32000  # weights that are written: the largest
PENALTY = 0.0001  # of the squared distance to what the weights are drawn to, a figure
WEB, HELD = Path(__file__).with_name("from_the_web.csv"), 0.6
STEPS, RATE, MOMENTUM = 160, 2.0, 0.9


Settings = dict[tuple[str, int], tuple[loglinear.Setting, list[Reading]]]


@dataclass
class Example:
    """One figure that is a fact: its page, what stands around it, its signals' readings, the metrics that are right."""

    page: str
    group: str
    fitted: bool
    setting: loglinear.Setting
    readings: list[Reading]
    metric: str
    right: frozenset[str]
    counts: bool
    features: loglinear.Features


def examples(told: str) -> list[Example]:
    """The figures of the pages of one FOLDER, or of the vocabulary's own examples."""
    if told == VOCABULARY:
        return [example for metric in metrics() for number, written in enumerate(metric.examples)
                for example in _of_entry(metric.code, number, written)]
    if told == LINES:
        return [example for path in sorted(Path(__file__).with_name(LINES).glob("*.txt"))
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
                for example in _of_line(f"{path.stem} {number}", line)]
    gold, corpus, split, halves = (*told.removeprefix("+").split(":"), "", "")[:4]
    names = [name for half in (halves.split(",") if halves else [None])
             for name in gold_pages(Path(gold), half, Path(split) if split else None)]
    return [example for name in names for example in _of_page(Path(gold), Path(corpus), name, told)]


def _of_page(gold: Path, corpus: Path, name: str, told: str) -> list[Example]:
    seen: dict[tuple[str, str], list[tuple[loglinear.Setting, list[Reading]]]] = {}
    weigh = loglinear.weigh

    def recording(setting: loglinear.Setting, readings: list[Reading]) -> Reading | None:
        key = setting.sentence.strip(), setting.sentence[setting.start: setting.end]
        seen.setdefault(key, []).append((setting, readings))
        return weigh(setting, readings)

    with patch.object(loglinear, "weigh", recording):
        extraction = extraction_of(corpus, f"{name}.txt")
    facts = read_gold(gold, {name: extraction.page.text})[name]
    rows = [figure_of(o) for o in extraction.observations]
    found = []
    for number, fact in sorted(pair(rows, facts).pairs.items()):
        o, true = extraction.observations[number], facts[fact]
        for setting, readings in seen.get((o.sentence, "".join(o.quote.split())), [])[:1]:
            also = {str(metric) for metric in true.also.get("metric", ())}
            found.append(Example(name, told, not told.startswith("+"), setting, readings, true.figure.metric,
                                 frozenset(also | {true.figure.metric}), not true.free, loglinear.features(setting)))
    return found


def _of_line(name: str, line: str) -> list[Example]:
    """The marked figures of a line; one that the builder reads as no figure, or that stands there twice, is left."""
    seen = _weighed(_MARK.sub(lambda mark: mark[1], line))
    found = []
    for quote, codes in _MARK.findall(line):
        of = seen.get("".join(quote.split()), [])
        first, *others = codes.split("/")
        if len(of) == 1:
            setting, readings = of[0]
            found.append(Example(name, LINES, True, setting, readings, first, frozenset([first, *others]), True,
                                 loglinear.features(setting)))
    return found


def _of_entry(code: str, number: int, written: ExampleSentence) -> list[Example]:
    return [Example(f"{code} {number}", VOCABULARY, True, setting, readings, code, frozenset([code]), True,
                    loglinear.features(setting))
            for setting, readings in _weighed(written.sentence).get(written.quote, [])[:1]]


def _weighed(text: str) -> dict[str, list[tuple[loglinear.Setting, list[Reading]]]]:
    """What the model is asked to weigh in a text, by the figure as it stands there."""
    seen: list[tuple[loglinear.Setting, list[Reading]]] = []
    with patch.object(loglinear, "weigh", lambda *given: seen.append(given)):
        extract(Page("example", text, Issue()))
    by_quote: dict[str, list[tuple[loglinear.Setting, list[Reading]]]] = {}
    for setting, readings in seen:
        by_quote.setdefault(setting.sentence[setting.start: setting.end], []).append((setting, readings))
    return by_quote


def _standing(told: list[Example], columns: Mapping[str, int]) -> csr_array:
    """Which features stand in which examples and how much they count: a row an example, a column a feature."""
    cells = [(row, columns[feature], counts) for row, example in enumerate(told)
             for feature, counts in (("", 1.0), *example.features.items()) if feature in columns]
    rows, places, counts = (np.array(part) for part in zip(*cells, strict=True))
    return csr_array((counts.astype(np.float32), (rows, places)), shape=(len(told), len(columns)))


class Model:
    """A softmax regression: a weight for each feature and metric; fitted by gradient descent with momentum."""

    def __init__(self, fitted: list[Example], drawn_to: Table) -> None:
        standing = Counter(feature for example in fitted for feature in example.features)
        features = {feature for feature, count in standing.items() if count >= FEWEST}.union(drawn_to) - {""}
        self.columns = {"": 0} | {feature: number for number, feature in enumerate(sorted(features), 1)}
        metrics = {example.metric for example in fitted}
        self.metrics = sorted(metrics.union(metric for weights in drawn_to.values() for metric, _ in weights))
        known = {metric: n for n, metric in enumerate(self.metrics)}
        self.right = np.array([known[example.metric] for example in fitted])
        self.standing = _standing(fitted, self.columns)
        self.drawn_to = np.zeros((len(self.columns), len(self.metrics)), np.float32)
        for feature, weights in drawn_to.items():
            for metric, weight in weights:
                self.drawn_to[self.columns[feature], known[metric]] = HELD * weight
        self.weights = self.drawn_to.copy()
        self._descend(np.ones_like(self.weights))
        least = np.sort(np.abs(self.weights), axis=None)[-min(KEPT, self.weights.size)]
        kept = (np.abs(self.weights) >= least).astype(np.float32)
        kept[0] = 1.0
        self._descend(kept)

    def _descend(self, kept: np.ndarray) -> None:
        self.weights *= kept
        speed, turned = np.zeros_like(self.weights), self.standing.T.tocsr()
        for _ in range(STEPS):
            totals = self.standing @ self.weights
            totals -= totals.max(axis=1, keepdims=True)
            chances = np.exp(totals)
            chances /= chances.sum(axis=1, keepdims=True)
            chances[np.arange(len(self.right)), self.right] -= 1.0
            slope = turned @ chances / len(self.right) + PENALTY * (self.weights - self.drawn_to)
            speed = MOMENTUM * speed - RATE * slope * kept
            self.weights += speed

    def table(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """The weights as `loglinear` takes them, rounded; those that are nought left out."""
        found: dict[str, list[tuple[str, float]]] = {}
        for feature, column in self.columns.items():
            for number in np.flatnonzero(np.abs(self.weights[column]) >= 0.005):
                weight = round(float(self.weights[column, number]), 2)
                found.setdefault(feature, []).append((self.metrics[number], weight))
        return {feature: tuple(weights) for feature, weights in found.items()}


def judged(told: list[Example], table: dict[str, tuple[tuple[str, float], ...]]) -> list[tuple[str, bool, bool]]:
    """(group, right by signals alone, right with the weights) of each example that counts."""
    found = []
    weights = loglinear.Weights(table)
    with patch.object(loglinear, "_weights", lambda: weights):
        for example in told:
            if example.counts:
                alone = example.readings[0].metric if example.readings else "other"
                weighed = loglinear.weigh(example.setting, example.readings)
                right = weighed is not None and weighed.metric in example.right
                found.append((example.group, alone in example.right, right))
    return found


def cross_validated(told: list[Example]) -> list[tuple[str, bool, bool]]:
    """As `judged`, each page by weights that were fitted without it."""
    pages = sorted({example.page for example in told})
    fold = {page: number % FOLDS for number, page in enumerate(pages)}
    found: list[tuple[str, bool, bool]] = []
    for number in range(FOLDS):
        model = Model([e for e in told if e.fitted and fold[e.page] != number], {})
        found += judged([e for e in told if fold[e.page] == number], model.table())
        print(f"fold {number + 1} of {FOLDS}", flush=True)
    return found


def write(model: Model) -> None:
    """Write the table of weights, features in order."""
    with open(HERE / loglinear.TABLE, "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["zone", "piece", "metric", "weight"])
        for feature, weights in sorted(model.table().items()):
            for metric, weight in weights:
                lines.writerow([feature[:1], feature[1:], metric, f"{weight:.2f}"])


def main() -> None:
    """Fit, print what the weights are worth, and write them if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--judge", action="store_true", help="judge them by cross-validation")
    parser.add_argument("--write", action="store_true", help="write the weights, fitted to all pages")
    arguments = parser.parse_args()
    told = [example for folder in arguments.folders for example in examples(folder)]
    results = cross_validated(told) if arguments.judge else []
    for group in dict.fromkeys(group for group, _, _ in results):
        here = [(alone, both) for of, alone, both in results if of == group]
        alone, both = np.mean(here, axis=0)
        print(f"{group}: {len(here)} figures, metric right by signals {alone:.3f}, weighed {both:.3f}")
    if arguments.write:
        write(Model([example for example in told if example.fitted], loglinear.weights(WEB)))


if __name__ == "__main__":
    main()
