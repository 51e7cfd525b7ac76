"""Of what a quantity speaks: scores the vocabulary's signals around it. Which words signal which metric is data.

A signal is a chain of word slots to the left and right of the quantity. It scores by the length of the words
matched, less what lies between them: characters, commas and other quantities. The best score names the metric.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from pipeline.extract.modifiers import torn_words
from pipeline.vocabulary import Metric, Signal, metrics

WORD = 2.6  # what a matched slot is worth
LETTER = 0.45  # and each of its characters
GAP = 0.14  # what a character in between costs
COSTS = {"，": (1.5, 4.8), "；": (4.0, 8.0), "、": (1.2, 2.4), "。": (4.0, 12.0), "\n": (4.0, 12.0), "：": (0.8, 3.0),
         "）": (0.5, 0.5)}  # to the left and to the right
CROSSED = (1.9, 2.8)  # another quantity in between, to the left and to the right
LISTED = (0.6, 0.8)  # the same where both stand in one list
# What it costs a metric to count in another unit than the noun at a figure tells (2.6万个班组), and how many units its
# classifier alone may mean at most for the noun not to matter.
ANOTHER, FEW = 2.0, 2
OWN_FIRST = ("facility", "team")  # units of metrics that count places and teams, whatever the classifier says first
_COSTLY = re.compile(f"[{''.join(COSTS)}]")
_BREAKS = re.compile("[，；。：]")

Words = frozenset[str]
Spot = tuple[int, int]  # start and end of a word or quantity in the sentence
Spots = list[Spot]
Order = Callable[[Spot], Spot]


class Reading(NamedTuple):
    """A metric for a quantity, how well it is supported, and the signal that spoke."""

    metric: str
    unit: str
    score: float
    margin: float  # over the best signal of another metric
    signal: str
    chance: float = 0.5  # of the metric by the words around the figure alone (`loglinear`), 0 to 1


@dataclass(frozen=True, slots=True)
class _Rule:
    """A signal made ready: its slots from the quantity outwards, left ones first, each with the order to search it in.

    `anchor`: the slot whose words the fewest signals share; the rule is looked up by them.
    """

    metric: Metric
    signal: Signal
    slots: tuple[tuple[Words, Order], ...]
    anchor: tuple[Words, Order]
    others: tuple[Words, ...]  # the words of the other slots
    lefts: int  # how many of the slots are left ones
    silencers: Words
    units: frozenset[str]


class SignalIndex:
    """All signals, found by their words: one automaton pass over a sentence tells which can match at all."""

    def __init__(self, catalogue: Sequence[Metric]) -> None:
        import ahocorasick

        self.catalogue = catalogue
        self.signalled = {(metric.code, unit) for metric in catalogue for unit in metric.signalled_units}
        self.suited: dict[tuple[tuple[str, ...], bool], dict[str, str]] = {}
        signals = [(metric, signal) for metric in catalogue for signal in metric.signals]
        shared = Counter(word for _, s in signals for token in s.left + s.right for word in token.words)
        self.rules = [_rule(metric, signal, shared) for metric, signal in signals]
        self.anchored_left: dict[str, list[int]] = {}  # for each word the rules whose anchor, left of #, it fills
        self.anchored_right: dict[str, list[int]] = {}
        self.fitting: dict[frozenset[str], frozenset[int]] = {}  # for each set of units seen so far the rules for any
        self.torn = torn_words()
        self.tears = re.compile(f"[{''.join(self.torn)}]")
        self.automaton: Any = ahocorasick.Automaton()
        for number, rule in enumerate(self.rules):
            words, order = rule.anchor
            for word in words:
                anchored = self.anchored_left if order is _by_end else self.anchored_right
                anchored.setdefault(word, []).append(number)
            for word in rule.silencers.union(*(words for words, _ in rule.slots)):
                self.automaton.add_word(word, word)
        self.automaton.make_automaton()

    def metrics_for(self, units: tuple[str, ...], settled: bool) -> Mapping[str, str]:
        """The metrics that a quantity with one of the units can have, each with that unit (see `Scene.readings`)."""
        found = self.suited.get((units, settled))
        if found is None:
            pairs = ((metric.code, _unit(units, (*metric.units, *sorted(metric.signalled_units)), settled))
                     for metric in self.catalogue)
            self.suited[units, settled] = found = {code: unit for code, unit in pairs if unit is not None}
        return found

    def is_signalled(self, code: str, unit: str) -> bool:
        """Whether a figure of the unit is that metric's only where a signal says so."""
        return (code, unit) in self.signalled

    def scene(self, sentence: str, quantities: Sequence[Spot], units: Iterable[str]) -> Scene:
        """The sentence with its word hits and costs, ready to judge its quantities.

        `quantities`: their (start, end) in the sentence, in order; `units`: all base units that any of them can have.
        """
        hits = self._hits(sentence)
        anchored = self._anchored(hits, quantities[0][1], quantities[-1][0]) if quantities else set[int]()
        return Scene(sentence, quantities, self._possible(hits, anchored & self._of_units(frozenset(units))),
                     self.metrics_for)

    def _hits(self, sentence: str) -> dict[str, Spots]:
        hits: dict[str, Spots] = {}
        torn = {spot.start(): self.torn[spot.group()] for spot in self.tears.finditer(sentence)}
        for last, word in self.automaton.iter(sentence):
            end = last + 1
            if end in torn and word[-1] != sentence[end] and word.endswith(torn[end]):
                continue
            if word in hits:
                hits[word].append((end - len(word), end))
            else:
                hits[word] = [(end - len(word), end)]
        return hits

    def _anchored(self, hits: dict[str, Spots], first_end: int, last_start: int) -> set[int]:
        """The rules that have a word for their anchor, on its side of some quantity."""
        found: set[int] = set()
        for word, spots in hits.items():
            if spots[0][1] <= last_start and word in self.anchored_left:
                found.update(self.anchored_left[word])
            if spots[-1][0] >= first_end and word in self.anchored_right:
                found.update(self.anchored_right[word])
        return found

    def _possible(self, hits: dict[str, Spots], anchored: set[int]) -> list[tuple[_Rule, list[Spots]]]:
        """Of the rules those that have a word for each slot and none that silences them, with their spots."""
        words = frozenset(hits)
        found = []
        for number in sorted(anchored):
            rule = self.rules[number]
            if rule.silencers and not words.isdisjoint(rule.silencers):
                continue
            if any(map(words.isdisjoint, rule.others)):
                continue
            spots = []
            for slot, order in rule.slots:
                here = words & slot
                spots.append(hits[next(iter(here))] if len(here) == 1 else _merged(hits, here, order))
            found.append((rule, spots))
        return found

    def _of_units(self, units: frozenset[str]) -> frozenset[int]:
        found = self.fitting.get(units)
        if found is None:
            found = frozenset(n for n, rule in enumerate(self.rules) if not units.isdisjoint(rule.units))
            self.fitting[units] = found
        return found


def _rule(metric: Metric, signal: Signal, shared: Counter[str]) -> _Rule:
    slots = [(frozenset(token.words), _by_end) for token in reversed(signal.left)]
    slots += [(frozenset(token.words), _by_start) for token in signal.right]
    anchor = min(slots, key=lambda slot: sum(shared[word] for word in slot[0]))
    others = tuple(slot[0] for slot in slots if slot is not anchor)
    return _Rule(metric, signal, tuple(slots), anchor, others, len(signal.left), frozenset(signal.without),
                 signal.units or frozenset(metric.units))


def _merged(hits: dict[str, Spots], words: Words, order: Order) -> Spots:
    spots: Spots = []
    for word in words:
        spots += hits[word]
    spots.sort(key=order)
    return spots


def _by_end(spot: Spot) -> Spot:
    """Orders words left of a quantity, where the last to end is taken, of several the longest."""
    return spot[1], -spot[0]


def _by_start(spot: Spot) -> Spot:
    """Orders words right of a quantity, where the first to start is taken, of several the longest."""
    return spot[0], -spot[1]


class Scene:
    """One sentence: where the vocabulary's words stand and what it costs to reach over what lies between."""

    def __init__(self, sentence: str, quantities: Sequence[Spot], possible: list[tuple[_Rule, list[Spots]]],
                 metrics_for: Callable[[tuple[str, ...], bool], Mapping[str, str]]) -> None:
        """`possible`: the rules that have a word for each slot, and where these stand, in order of their starts.

        `metrics_for`: the metrics that fit some units (of `SignalIndex`).
        """
        self.leftward, self.rightward = _costs(sentence, quantities)
        self.possible = [(rule, rule.metric.code, spots[:rule.lefts], spots[rule.lefts:]) for rule, spots in possible]
        self.metrics_for = metrics_for

    def readings(self, start: int, end: int, units: tuple[str, ...], settled: bool = True) -> list[Reading]:
        """The metrics that signals around the quantity `start:end` support, best first.

        `units`: those it can have, likeliest first; not `settled`: the metric's own order of units goes before.
        """
        best: dict[str, tuple[float, str]] = {}
        fitting = self.metrics_for(units, settled)
        for rule, code, lefts, rights in self.possible:
            if code in fitting and fitting[code] in rule.units:
                score = self._score(rule.signal.weight, lefts, rights, start, end)
                if score is not None and (code not in best or score > best[code][0]):
                    best[code] = score, rule.signal.text
        cost = ANOTHER if settled and len(units) > FEW else 0.0
        found = [Reading(code, unit := fitting[code], score - cost * (unit != units[0]), 0.0, signal)
                 for code, (score, signal) in best.items()]
        return sorted(found, key=lambda reading: (-reading.score, reading.metric))

    def _score(self, weight: float, lefts: list[Spots], rights: list[Spots], start: int, end: int) -> float | None:
        """The signal's weight and words less what lies between them; None where a slot has no word on its side."""
        total, at = weight, start
        for slot in lefts:
            for spot in reversed(slot):
                if spot[1] <= at:
                    break
            else:
                return None
            total += WORD + LETTER * (spot[1] - spot[0]) - (self.leftward[at] - self.leftward[spot[1]])
            at = spot[0]
        at = end
        for slot in rights:
            for spot in slot:
                if spot[0] >= at:
                    break
            else:
                return None
            total += WORD + LETTER * (spot[1] - spot[0]) - (self.rightward[spot[0]] - self.rightward[at])
            at = spot[1]
        return total


def _unit(units: Sequence[str], fitting: Sequence[str], settled: bool) -> str | None:
    """The first unit that a quantity and a metric share, in the quantity's own order if it is settled.

    Of places and teams the metric's order goes first: 书屋5家 are facilities, though 5家 by itself are enterprises.
    """
    first, second = (units, fitting) if settled and fitting[0] not in OWN_FIRST else (fitting, units)
    for unit in first:
        if unit in second:
            return unit
    return None


def _costs(sentence: str, quantities: Sequence[Spot]) -> tuple[list[float], list[float]]:
    """Running totals of what lies between the sentence's start and each position, for reaching left and right."""
    leftward, rightward = [GAP] * len(sentence), [GAP] * len(sentence)
    for mark in _COSTLY.finditer(sentence):
        at = mark.start()
        leftward[at], rightward[at] = COSTS[sentence[at]]
    for number, (start, end) in enumerate(quantities):
        leftward[start:end] = rightward[start:end] = [0.0] * (end - start)
        leftward[end - 1], rightward[end - 1] = LISTED if _listed(sentence, quantities, number) else CROSSED
    return list(accumulate(leftward, initial=0.0)), list(accumulate(rightward, initial=0.0))


def _listed(sentence: str, quantities: Sequence[Spot], number: int) -> bool:
    """Whether a quantity and the next stand in one list (1134个乡镇、281个街道已建立工会), so that words serve both."""
    if number + 1 == len(quantities):
        return False
    between = sentence[quantities[number][1]: quantities[number + 1][0]]
    return len(between) <= 12 and "、" in between and not _BREAKS.search(between)


@lru_cache(maxsize=1)
def index() -> SignalIndex:
    """The index of the vocabulary's signals, built once a process."""
    return SignalIndex(metrics())
