"""A sentence under reading: its figures and the words they share. What each figure is, `articles` reads."""
from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract import modifiers
from pipeline.extract.metrics import Reading
from pipeline.extract.naming import find_places
from pipeline.extract.pairs import Share
from pipeline.extract.quantities import Quantity
from pipeline.unwrap import Paragraph

PART = 4.0  # score of a signal from which on a part of a figure may be of another metric than the whole
BECAME = "what the figure before it became"
_LIST = ("、", "，", "；")


@dataclass(slots=True)
class Sentence:
    """A sentence under reading: where it stands, its quantities (offsets in it) and the rows made of them so far."""

    paragraph: Paragraph
    offset: int
    text: str
    quantities: list[Quantity]
    headline: bool
    rows: list[tuple[Quantity, int]]  # each figure so far and its place in the page's list
    shares: dict[int, Share]  # of the quantities in a paired list (分别), by their number

    def before(self, number: int) -> int:
        """Where the quantity before the one with this number ends."""
        return self.quantities[number - 1].end if number else 0

    def before_told(self, number: int) -> int:
        """The same, but over a 一户 or 一人 before it, which tells for what each it is (平均一户二百元)."""
        while number and self.quantities[number - 1].vague and self.quantities[number - 1].value == 1:
            number -= 1
        return self.before(number)

    def after(self, number: int) -> int:
        """Where the quantity after the one with this number starts."""
        return self.quantities[number + 1].start if number + 1 < len(self.quantities) else len(self.text)

    def first_of_list(self, number: int) -> int:
        """The number of the first quantity of the list (3000元、2000元) around this one: words before it serve all."""
        while number and self.text[self.before(number): self.quantities[number].start] in ("、", "和", "及", "或"):
            number -= 1
        return number

    def rated(self, number: int) -> int:
        """The number of the quantity whose words tell for what each this one is: of one raised from it, the first."""
        first = self.first_of_list(number)
        while first and modifiers.is_raised(self.text[self.before(first): self.quantities[first].start]):
            first = self.first_of_list(first - 1)
        return first


def as_before(sentence: Sentence, number: int, before: Quantity, best: Reading | None) -> str | None:
    """Why a figure is of the same metric as `before`, one of its unit; None where that does not follow."""
    if before.end == sentence.before(number):
        between = sentence.text[before.end: sentence.quantities[number].start]
        if modifiers.is_raised(between):
            return BECAME
        if (best is None or best.score < PART) and modifiers.is_part(between):
            return "a part of the figure before"
    return "of a list of places, as the figure before" if _in_list_of_places(sentence, number, before) else None


def _in_list_of_places(sentence: Sentence, number: int, before: Quantity) -> bool:
    """Whether only a place stands between a figure and the one before, which counts the same (河北8家、辽宁6家)."""
    quantity = sentence.quantities[number]
    between = sentence.text[sentence.before(number): quantity.start]
    if between[:1] not in _LIST or before.end != sentence.before(number) or before.unit_text != quantity.unit_text:
        return False
    return any((start, end) == (1, len(between)) for start, end, _, _ in find_places(between))
