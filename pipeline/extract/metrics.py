"""Of what a quantity speaks: scores the vocabulary's signals around it. Which words signal which metric is data.

A signal is a chain of word slots to the left and right of the quantity. It scores by the length of the words
matched, less what lies between them: characters, commas and other quantities. The best score names the metric.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from pipeline.vocabulary import Metric, Signal, metrics

WORD = 2.6  # what a matched slot is worth
LETTER = 0.45  # and each of its characters
GAP = 0.14  # what a character in between costs
COSTS = {"，": (1.5, 4.8), "；": (4.0, 8.0), "、": (1.2, 2.4), "。": (4.0, 12.0), "\n": (4.0, 12.0), "：": (0.8, 3.0), "）": (0.5, 0.5)}
CROSSED = (1.9, 2.8)  # another quantity in between, to the left and to the right
LISTED = (0.6, 0.8)  # the same where both stand in one list


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric for a quantity, how well it is supported, and the signal that spoke."""

    metric: str
    unit: str
    score: float
    margin: float  # over the best signal of another metric
    signal: str


class SignalIndex:
    """All signals, found by their words: one automaton pass over a sentence tells which can match at all."""

    def __init__(self, catalogue: Sequence[Metric]) -> None:
        import ahocorasick

        self.units = {m.code: m.units for m in catalogue}
        self.signals: list[tuple[str, Signal]] = [(m.code, s) for m in catalogue for s in m.signals]
        self.automaton: Any = ahocorasick.Automaton()
        self.by_word: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, (_, signal) in enumerate(self.signals):
            for slot, token in enumerate(signal.left + signal.right):
                for word in dict.fromkeys(token.words):
                    self.by_word[word].append((number, 1 << slot))
            for word in signal.without:
                self.by_word.setdefault(word, [])
        for word in self.by_word:
            self.automaton.add_word(word, word)
        self.automaton.make_automaton()
        self.words = [([frozenset(t.words) for t in s.left], [frozenset(t.words) for t in s.right])
                      for _, s in self.signals]
        self.by_units: dict[frozenset[str], dict[str, list[tuple[int, int]]]] = {}
        self.full = [(1 << len(s.left) + len(s.right)) - 1 for _, s in self.signals]

    def scene(self, sentence: str, quantities: Sequence[tuple[int, int]], units: Iterable[str]) -> Scene:
        """The sentence with its word hits and costs, ready to judge its quantities.

        `quantities`: their (start, end) in the sentence; `units`: all base units that any of them can have.
        """
        return Scene(self, sentence, quantities, self._of_units(frozenset(units)))

    def _of_units(self, units: frozenset[str]) -> dict[str, list[tuple[int, int]]]:
        """For each word the signals and slots it fills, of those signals only that such a quantity can have."""
        found = self.by_units.get(units)
        if found is None:
            fitting = [not units.isdisjoint(self.units[code]) for code, _ in self.signals]
            found = {word: kept for word, slots in self.by_word.items() if (kept := [s for s in slots if fitting[s[0]]])}
            self.by_units[units] = found
        return found


class Scene:
    """One sentence: where the vocabulary's words stand and what it costs to reach over what lies between."""

    def __init__(self, index: SignalIndex, sentence: str, quantities: Sequence[tuple[int, int]],
                 fills: dict[str, list[tuple[int, int]]]) -> None:
        self.index = index
        self.slots: dict[int, tuple[list[list[tuple[int, int]]], list[list[tuple[int, int]]]]] = {}
        self.hits: dict[str, list[int]] = defaultdict(list)
        for last, word in index.automaton.iter(sentence):
            if sentence[last + 1: last + 2] != "率" or word[-1] == "率":  # 入会率 speaks of a rate, not of joining
                self.hits[word].append(last + 1 - len(word))
        self.leftward, self.rightward = _costs(sentence, quantities)
        filled: dict[int, int] = {}  # which slots of a signal have a word here, as bits
        for word in self.hits:
            for number, slot in fills.get(word, ()):
                filled[number] = filled.get(number, 0) | slot
        self.possible = [n for n in sorted(filled) if filled[n] == index.full[n]
                         and self.hits.keys().isdisjoint(index.signals[n][1].without)]

    def readings(self, start: int, end: int, units: Sequence[str], settled: bool = True) -> list[Reading]:
        """The metrics that signals around the quantity `start:end` support, best first.

        `units`: those it can have, likeliest first; not `settled`: the metric's own order of units goes before.
        """
        best: dict[str, Reading] = {}
        for number in self.possible:
            code, signal = self.index.signals[number]
            first, second = (units, self.index.units[code]) if settled else (self.index.units[code], units)
            unit = next((u for u in first if u in second), None)
            if unit is None:
                continue
            score = self._score(number, start, end)
            if score is not None and (code not in best or score > best[code].score):
                best[code] = Reading(code, unit, score, 0.0, signal.text)
        return sorted(best.values(), key=lambda r: (-r.score, r.metric))

    def _score(self, number: int, start: int, end: int) -> float | None:
        signal = self.index.signals[number][1]
        left, right = self._slots(number)
        total, at = signal.weight, start
        for hits in reversed(left):
            found = next((hit for hit in hits if hit[1] <= at), None)
            if found is None:
                return None
            total += WORD + LETTER * (found[1] - found[0]) - (self.leftward[at] - self.leftward[found[1]])
            at = found[0]
        at = end
        for hits in right:
            found = next((hit for hit in hits if hit[0] >= at), None)
            if found is None:
                return None
            total += WORD + LETTER * (found[1] - found[0]) - (self.rightward[found[0]] - self.rightward[at])
            at = found[1]
        return total

    def _slots(self, number: int) -> tuple[list[list[tuple[int, int]]], list[list[tuple[int, int]]]]:
        """For each slot of a signal where its words stand, (start, end): the last to end first on the left of the
        quantity, the first to start first on its right, of several there the longest."""
        found = self.slots.get(number)
        if found is None:
            left, right = self.index.words[number]
            found = ([sorted(self._spots(words), key=lambda hit: (-hit[1], hit[0])) for words in left],
                     [sorted(self._spots(words), key=lambda hit: (hit[0], -hit[1])) for words in right])
            self.slots[number] = found
        return found

    def _spots(self, words: frozenset[str]) -> list[tuple[int, int]]:
        return [(start, start + len(word)) for word in self.hits.keys() & words for start in self.hits[word]]


def _costs(sentence: str, quantities: Sequence[tuple[int, int]]) -> tuple[list[float], list[float]]:
    """Running totals of what lies between the sentence's start and each position, for reaching left and right."""
    costs = [COSTS.get(character, (GAP, GAP)) for character in sentence]
    for number, (start, end) in enumerate(quantities):
        costs[start:end] = [(0.0, 0.0)] * (end - start)
        costs[end - 1] = LISTED if _listed(sentence, quantities, number) else CROSSED
    return (list(accumulate((cost[0] for cost in costs), initial=0.0)),
            list(accumulate((cost[1] for cost in costs), initial=0.0)))


def _listed(sentence: str, quantities: Sequence[tuple[int, int]], number: int) -> bool:
    """Whether a quantity and the next stand in one list (1134个乡镇、281个街道已建立工会), so that words serve both."""
    if number + 1 == len(quantities):
        return False
    between = sentence[quantities[number][1]: quantities[number + 1][0]]
    return len(between) <= 12 and "、" in between and not any(mark in between for mark in "，；。：")


@lru_cache(maxsize=1)
def index() -> SignalIndex:
    """The index of the vocabulary's signals, built once a process."""
    return SignalIndex(metrics())
