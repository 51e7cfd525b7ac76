"""Whether a frame plainly keeps its table's schema, told from whole columns in a tenth of pandera's time.

It asks what the pandera schema asks. Only a frame that is not clean is given to pandera, which says what is wrong.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.columns import Column

if TYPE_CHECKING:
    import pandas as pd

    from schemas.table import Rule, TableSchema


def is_clean(schema: TableSchema, frame: pd.DataFrame) -> bool:
    """Whether every row of `frame`, an Arrow table with dates as datetime64, keeps the schema; False where in doubt."""
    if [(name, str(kind)) for name, kind in frame.dtypes.items()] != [(c.name, _dtype(c)) for c in schema.columns]:
        return False
    return (not any(frame[c.name].hasnans for c in schema.columns if not c.nullable)
            and all(_coded(frame[c.name], c) for c in schema.columns)
            and (not schema.key or not frame.duplicated(list(schema.key)).any())
            and all(_keeps(frame, rule) for rule in schema.rules))


def _dtype(column: Column) -> str:
    return "datetime64[ms]" if column.type == "date32" else column.pandas


def _coded(values: pd.Series, column: Column) -> bool:
    return column.codes is None or set(values.cat.categories).issubset(column.codes)


def _keeps(frame: pd.DataFrame, rule: Rule) -> bool:
    held = rule.holds(frame)
    return bool(held.notna().all() and held.all())
