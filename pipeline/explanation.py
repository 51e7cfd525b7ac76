"""Why a figure reads as it does, as data: the reason for each field, the rules that spoke, the words in the page.

How this is shown lives in `explain` (a terminal, JSON) and `report` (the browser); what decides in `extract`.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.metrics import index
from pipeline.extract.quantities import Quantity, find_quantities
from pipeline.model import Extraction, Observation
from pipeline.read.furniture import furniture
from pipeline.unwrap import Paragraph, unwrap
from pipeline.vocabulary import Metric, metrics

ROLES = ("figure", "who", "antecedent", "when", "what")
RULES = 6  # rules that an explanation lists
_REASONED = re.compile(r"^(?P<rule>.*) \(score (?P<score>[-\d.]+), margin (?P<margin>[-\d.]+)\)$", re.S)
_ANTECEDENT = re.compile(r", after (.+)$")
_LED_BY = re.compile(r"^(?:doer of its sentence|doer of the lead|subject of the lead|named in the lead|headline"
                     r"|place in the lead|place of the story): ([^,]+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` of the page's text that played the role: figure, who, antecedent, when or what."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule of the vocabulary that has all its words around the figure: its metric and signal, and its score.

    In `signal` only the words that stand in the sentence are left; # is the figure.
    """

    metric: str
    signal: str
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure, the reason of each field (in English, see `messages`), and what of the page spoke, best first.

    `within`: start and end of the figure in its sentence, which is unwrapped; None where it is not found there.
    """

    observation: Observation
    within: tuple[int, int] | None
    headline: str | None
    reasons: tuple[tuple[str, str], ...]
    rule: Spoken
    rules: tuple[Spoken, ...]
    marks: tuple[Mark, ...]


class Explainer:
    """Explains the figures of one page; the page is unwrapped once."""

    def __init__(self, extraction: Extraction) -> None:
        self.extraction = extraction
        page = extraction.page
        self.paragraphs = [p for p in unwrap(page.text, furniture(page.text)) if p.text]
        self.headlines = {article.number: article.headline for article in extraction.articles}
        self.catalogue = {metric.code: metric for metric in metrics()}

    def explain(self, o: Observation) -> Explanation:
        """Why the observation, one of the page's, reads as it does."""
        told = dict(o.evidence)
        found = _REASONED.match(told.get("metric", ""))
        rule = found["rule"] if found else told.get("metric", "")
        quantities, _ = find_quantities(o.sentence)
        position = self._in_sentence(o)
        own = next((q for q in quantities if position is not None and q.start <= position < q.end), None)
        words, shown = _signal(rule, o, self.catalogue[o.metric], own)
        best = Spoken(o.metric, shown, float(found["score"]) if found else 0.0)
        rules = tuple(_rules(o, own, quantities, self.catalogue)) if own else ()
        return Explanation(o, (own.start, own.end) if own else None, self.headlines.get(o.article), o.evidence, best,
                           rules, tuple(self._marks(o, told, words)))

    def _marks(self, o: Observation, told: dict[str, str], words: Sequence[str]) -> list[Mark]:
        """The figure, and of the words that its reasons name those nearest to it, in the order of the page."""
        marks = [Mark(o.start, o.end, "figure")]
        antecedent, led = _ANTECEDENT.search(told.get("organisation", "")), _LED_BY.match(told.get("organisation", ""))
        sought = [("who", led[1] if led else o.organisation_mention), ("when", told.get("period")),
                  ("antecedent", antecedent[1] if antecedent else None), *(("what", word) for word in words)]
        for role, word in sought:
            span = self._nearest(word, o, in_paragraph=role == "what") if word else None
            if span and all(span[1] <= mark.start or mark.end <= span[0] for mark in marks):
                marks.append(Mark(*span, role))
        return sorted(marks, key=lambda mark: mark.start)

    def _nearest(self, word: str, o: Observation, in_paragraph: bool) -> tuple[int, int] | None:
        """Where `word` stands last before the figure, else first after it in its own paragraph."""
        home = self._home(o)
        if home is None:
            return None
        own = self.paragraphs[home]
        found = own.text.rfind(word, 0, _position(own, o.start))
        if found < 0:
            found = own.text.find(word, _position(own, o.end - 1) + 1)
        if found >= 0:
            return own.span(found, found + len(word))
        return None if in_paragraph else self._before(word, self.paragraphs[:home])

    def _home(self, o: Observation) -> int | None:
        """The number of the paragraph that holds the figure."""
        return next((n for n, p in enumerate(self.paragraphs) if o.start <= p.place(len(p.text) - 1)), None)

    def _in_sentence(self, o: Observation) -> int | None:
        """Where the figure begins in its sentence; None where the sentence does not stand in its paragraph as it is."""
        home = self._home(o)
        if home is None:
            return None
        own = self.paragraphs[home]
        position = _position(own, o.start)
        begin = own.text.find(o.sentence, max(0, position - len(o.sentence)))
        return position - begin if 0 <= begin <= position else None

    @staticmethod
    def _before(word: str, paragraphs: Sequence[Paragraph]) -> tuple[int, int] | None:
        for paragraph in reversed(paragraphs):
            found = paragraph.text.rfind(word)
            if found >= 0:
                return paragraph.span(found, found + len(word))
        return None


def _position(paragraph: Paragraph, character: int) -> int:
    """Which character of the paragraph the page's `character` is, or the next one after it."""
    ends = [start for start, _ in paragraph.runs[1:]] + [len(paragraph.text)]
    for (start, place), end in zip(paragraph.runs, ends, strict=True):
        if character < place + end - start:
            return max(start, start + character - place)
    return len(paragraph.text)


def _signal(rule: str, o: Observation, metric: Metric, q: Quantity | None) -> tuple[list[str], str]:
    """Of a signal's slots the words on its side of the figure `q`, and the signal written with them alone."""
    signal = next((signal for signal in metric.signals if signal.text == rule), None)
    if signal is None:
        return [], rule
    left: list[str] = []
    right: list[str] = []
    begin, end = (q.start, q.end) if q else (len(o.sentence), 0)
    for token in reversed(signal.left):
        ends = [(at + len(word), len(word), word) for word in token.words
                if (at := o.sentence.rfind(word, 0, begin)) >= 0]
        stop, length, word = max(ends, default=(begin, 0, _within(token.words, o.sentence)))
        begin = stop - length
        left.insert(0, word)
    for token in signal.right:
        starts = [(at, -len(word), word) for word in token.words if (at := o.sentence.find(word, end)) >= 0]
        start, length, word = min(starts, default=(end, 0, _within(token.words, o.sentence)))
        end = start - length
        right.append(word)
    return left + right, " ".join([*left, "#", *right])


def _within(words: Sequence[str], sentence: str) -> str:
    """The longest of the words that stands anywhere in the sentence, else the first."""
    return max((word for word in words if word in sentence), key=len, default=words[0])


def _rules(o: Observation, q: Quantity, quantities: Sequence[Quantity], catalogue: dict[str, Metric],
           ) -> Iterator[Spoken]:
    """The best rule of each metric whose words stand around the figure `q` of its sentence, best first."""
    units = [unit for quantity in quantities for unit in quantity.units]
    scene = index().scene(o.sentence, [(quantity.start, quantity.end) for quantity in quantities], units)
    for reading in scene.readings(q.start, q.end, q.units, q.settled)[:RULES]:
        if reading.score > 0 or reading.metric == o.metric:
            signal = _signal(reading.signal, o, catalogue[reading.metric], q)[1]
            yield Spoken(reading.metric, signal, round(reading.score, 1))
