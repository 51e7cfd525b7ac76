"""One Excel workbook of a dataset: what it is, what each column means, then a sheet a table with filters set."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.errors import DataError
from pipeline.export import needed
from pipeline.export.cells import Cell, rows
from pipeline.load import Dataset
from schemas import TABLES

NAME = "union-metrics.xlsx"
LONGEST = 32_767  # characters that a cell holds; longer text is cut, with … at its end
MOST = 1_048_575  # rows that a sheet holds below its heads
CREATED = datetime(2000, 1, 1)  # a workbook must state a moment; this one keeps the bytes the same
WIDTHS = {"string": 22, "dictionary": 14, "list": 22, "date32": 12}
ABOUT = ("Union metrics", "What newspaper pages report about trade unions, one row a figure.",
         "The sheet `columns` says what each column means. Texts are never formulas; a text of more than "
         f"{LONGEST:,} characters is cut.")


def write_workbook(dataset: Dataset, names: Sequence[str], to: Path) -> Path:
    """Write the tables `names` as one workbook; raises UserError without XlsxWriter, DataError for too many rows."""
    try:
        import xlsxwriter
    except ImportError:
        raise needed("XlsxWriter") from None
    path = to / NAME
    tables = {name: pq.read_table(dataset.path(name)) for name in names}
    for name, table in tables.items():
        if table.num_rows > MOST:
            raise DataError(f"the table {name} has {table.num_rows:,} rows, a sheet holds {MOST:,}", file=str(path),
                            remedy="Export it as csv, or name other tables with --table")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": ABOUT[0], "comments": f"Version {dataset.build['version']}", "created": CREATED})
        _about(book, dataset)
        _columns(book, names)
        for name, table in tables.items():
            schema = TABLES[name]
            heads = [(column.name, WIDTHS.get(column.type, 12)) for column in schema.columns]
            _sheet(book, name, heads, rows(schema, table), table.num_rows)
    return path


def _about(book: Any, dataset: Dataset) -> None:
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 100)
    for row, line in enumerate((*ABOUT, f"Version {dataset.build['version']}")):
        sheet.write_string(row, 0, line, book.add_format({"bold": row == 0, "text_wrap": True}))


def _columns(book: Any, names: Sequence[str]) -> None:
    described = [[name, column.name, column.type, column.description] for name in names
                 for column in TABLES[name].columns]
    _sheet(book, "columns", [("table", 14), ("column", 24), ("type", 12), ("meaning", 90)], described, len(described))


def _sheet(book: Any, name: str, heads: Sequence[tuple[str, int]], body: Iterable[Sequence[Cell]], count: int) -> None:
    """A sheet with a fixed line of heads over rows that can be filtered."""
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, (head, width) in enumerate(heads):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, head, bold)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, count, len(heads) - 1)
    for number, row in enumerate(body, 1):
        for place, value in enumerate(row):
            _write(sheet, number, place, value, day)


def _write(sheet: Any, row: int, place: int, value: Cell, day: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, place, value if len(value) <= LONGEST else f"{value[:LONGEST - 1]}…")
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, day)
    elif value is not None:
        sheet.write_number(row, place, value)
