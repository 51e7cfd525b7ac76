"""Statistical tables printed as text: rows of a label and figures, under a head of years or with a column of units.

Prose is not read here; the metric of a row is chosen from its label like that of a clause (`metrics`).
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.numerals import find_numerals
from pipeline.extract.quantities import Quantity, by_noun, find_quantities, units_of
from pipeline.unwrap import Paragraph

FEWEST_LINES = 3  # lines with bars or tabs that make a table
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_UNIT = re.compile(r"[（(]([^（）()]{1,5})[）)]")
_NUMBER = re.compile(r"\d[\d,.]*")
MULTIPLES = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "千": Decimal(1_000)}


@dataclass(frozen=True, slots=True)
class TableFigure:
    """A figure of a table: its quantity (offsets in `paragraph`), its row's label, and its column's year if told."""

    paragraph: Paragraph
    quantity: Quantity
    label: str
    year: int | None


def is_table_line(text: str) -> bool:
    """Whether an unwrapped line is cells between bars or tabs, no sentence among them."""
    return "|" in text and not re.search("[。；！？]", text) and all(len(cell) <= 20 for cell in text.split("|"))


def table_figures(paragraphs: Sequence[Paragraph]) -> list[TableFigure]:
    """The figures of the table that `paragraphs` make, in order; a row goes on over lines until the next label.

    A label may bear its unit in brackets (会员人数（万人）), a cell of its own may (人), or the figure itself
    (318万元); a row without one, marked # or 其中, takes the unit of the row before.
    """
    figures: list[TableFigure] = []
    years: list[int] = []
    label, unit, column = "", "", 0
    for paragraph in paragraphs:
        at = 0
        for cell in paragraph.text.split("|"):
            text, start = cell.strip(), at + len(cell) - len(cell.lstrip())
            at += len(cell) + 1
            if not text:
                continue
            if _YEAR.fullmatch(text) and not figures:
                years.append(int(text[:4]))
            elif _NUMBER.match(text):
                found = _figure(text, start, unit, label)
                if found is not None:
                    year = years[column] if column < len(years) else None
                    figures.append(TableFigure(paragraph, found, label, year))
                column += 1
            elif len(text) <= 3 and units_of(text.lstrip("万亿千")):
                unit = text
            elif re.search(r"[\u4e00-\u9fff]", text):
                told = _UNIT.search(text)
                unit = told.group(1) if told else unit if text[0] in "#＃其" else ""
                label, column = _UNIT.sub("", text).strip("#＃ "), 0
                inner = re.search(r"\d", text)
                if inner and (found := _embedded(text, start)):
                    figures.append(TableFigure(paragraph, found, text[: inner.start()], None))
    return figures


def _embedded(text: str, start: int) -> Quantity | None:
    """A quantity inside a remark's cell (其中女会员291人)."""
    quantities, _ = find_quantities(text)
    return quantities[0].moved(start) if quantities else None


def _figure(text: str, start: int, unit: str, label: str) -> Quantity | None:
    quantities, _ = find_quantities(text)
    if quantities:
        return quantities[0].moved(start)
    numerals = find_numerals(text)
    units = by_noun(label, units_of(unit.lstrip("万亿千")))
    if not numerals or not units or not _NUMBER.fullmatch(printed := text[numerals[0].start: numerals[0].end]):
        return None
    times = MULTIPLES.get(unit[0], Decimal(1))
    value = float(Decimal(printed.replace(",", "")) * times)
    begin, end = numerals[0].start + start, numerals[0].end + start
    return Quantity(begin, end, value, value, value, "exact", units, unit.lstrip("万亿千"))
