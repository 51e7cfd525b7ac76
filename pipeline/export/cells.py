"""How a value is written in a cell so that a spreadsheet shows what it is; where the cells go is decided elsewhere."""
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from schemas.table import TableSchema

Cell = str | int | float | date | None
SEPARATOR = "; "  # between the values of a list
BATCH = 20_000  # rows held as Python values at once
FLOAT32_DIGITS = 6
# A spreadsheet takes these for a formula, wherever the file came from; and for a number, of which it keeps 15 digits.
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_MISTAKEN = re.compile(r"\d{16,}|\d+[eE]\d+")


def rows(schema: TableSchema, table: pa.Table) -> Iterator[list[Cell]]:
    """The rows of a table as values of text, number and date; whole numbers are written without a fraction."""
    types = [column.type for column in schema.columns]
    for batch in table.to_batches(BATCH):
        columns = [batch[column.name].to_pylist() for column in schema.columns]
        for row in zip(*columns, strict=True):
            yield [cell(value, kind) for value, kind in zip(row, types, strict=True)]


def cell(value: Any, kind: str) -> Cell:
    """One value of a column of the type `kind` (see `schemas.columns.Column`)."""
    if kind == "list":
        return SEPARATOR.join(value) if value else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.{FLOAT32_DIGITS if kind == 'float32' else 15}g}")
    taken: Cell = value
    return taken


def neutral(text: str) -> str:
    """Text that no spreadsheet runs or turns into a number: an apostrophe goes before what it would mistake."""
    return f"'{text}" if _FORMULA.match(text) or _MISTAKEN.fullmatch(text) else text
