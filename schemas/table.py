"""What a table's schema is made of: columns, key, order, rules and foreign keys; the tables have a module each.

pyarrow and pandera are imported where they are used: naming the tables costs nothing.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.columns import Column

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera
    import pyarrow as pa


PART = 250_000  # rows that are checked at once, which bounds the memory


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of each row: `holds(frame)` is a boolean Series; `sentence` says what holds, of which `columns`."""

    name: str
    columns: tuple[str, ...]
    sentence: str
    holds: Callable[[pd.DataFrame], pd.Series[bool]]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Where `column` is not null, the column `target` of `table` holds its value (a list: each of its values)."""

    column: str
    table: str
    target: str


class Failure(NamedTuple):
    """A row that fails, or the whole table where `row` is None, and the reason in words."""

    row: int | None
    reason: str


@dataclass(frozen=True)
class TableSchema:
    """One table: `key` is unique and identifies a row, `order` is how rows are sorted in the file."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def arrow(self) -> pa.Schema:
        """The Arrow schema; each field's metadata holds the column's description."""
        from schemas.export import arrow_schema

        return arrow_schema(self)

    def pandera(self) -> pandera.DataFrameSchema:
        """The pandera schema for a frame of the dtypes that `pd.read_parquet` gives."""
        return _pandera(self)

    def failures(self, table: pa.Table) -> list[Failure]:
        """Which rows of an Arrow table break the schema, each once with all its reasons, in the order of rows.

        A large table is looked at in parts, but for its key, which all rows together must keep.
        """
        if table.num_rows <= PART or _repeated(table, self.key):
            return self._failures(table)
        found = (Failure(failure.row if failure.row is None else failure.row + start, failure.reason)
                 for start in range(0, table.num_rows, PART) for failure in self._failures(table.slice(start, PART)))
        return list(dict.fromkeys(found))  # what is wrong with the table as a whole is wrong in every part

    def _failures(self, table: pa.Table) -> list[Failure]:
        from pandera.errors import SchemaErrors

        frame = table.to_pandas(date_as_object=False)
        try:
            self.pandera().validate(frame, lazy=True, inplace=True)
        except SchemaErrors as errors:
            return _failures(self, frame, errors.failure_cases)
        return []


def _repeated(table: pa.Table, key: tuple[str, ...]) -> bool:
    """Whether two rows have one key."""
    if not key:
        return False
    return bool(table.select(key).group_by(list(key), use_threads=False).aggregate([]).num_rows < table.num_rows)


@lru_cache(maxsize=64)
def _pandera(schema: TableSchema) -> pandera.DataFrameSchema:
    import pandera.pandas as pandera

    return pandera.DataFrameSchema(
        {column.name: _pandera_column(column, schema) for column in schema.columns},
        checks=[pandera.Check(rule.holds, name=rule.name, error=rule.sentence) for rule in schema.rules],
        unique=list(schema.key) if len(schema.key) > 1 else None,
        report_duplicates="exclude_first",
        strict=True,
        ordered=True,
        name=schema.name,
    )


def _pandera_column(column: Column, schema: TableSchema) -> pandera.Column:
    """Dates are coerced, so that the schema takes them as datetime.date and as datetime64 alike."""
    import pandera.pandas as pandera

    date = column.type == "date32"
    checks = [] if column.codes is None else [
        pandera.Check.isin(column.codes, error=f"{column.name} is a code of its list")
    ]
    return pandera.Column(
        "datetime64[ms]" if date else column.pandas, checks, nullable=column.nullable, coerce=date,
        unique=schema.key == (column.name,), report_duplicates="exclude_first",
    )


def _failures(schema: TableSchema, frame: pd.DataFrame, cases: pd.DataFrame) -> list[Failure]:
    """One Failure a row out of pandera's failure cases (one a row, check and column)."""
    columns = {rule.sentence: rule.columns for rule in schema.rules}
    found: dict[int | None, dict[str, None]] = {}
    for case in cases.to_dict("records"):
        row = None if case["index"] is None or case["index"] != case["index"] else int(case["index"])
        found.setdefault(row, {})[_reason(case, columns, schema, frame, row)] = None
    return [Failure(row, "; ".join(reasons)) for row, reasons in sorted(found.items(), key=lambda f: (f[0] or -1))]


def _reason(
    case: dict[Any, Any], columns: dict[str, tuple[str, ...]], schema: TableSchema, frame: pd.DataFrame,
    row: int | None,
) -> str:
    """`what holds, but column is value` for a check of the rows, what pandera says otherwise."""
    check = str(case["check"])
    if row is None:
        return f"{schema.name}: {check} fails with {case['failure_case']}"
    if check == "not_nullable":
        return f"{case['column']} is missing"
    if check == "field_uniqueness" or "unique" in check:
        return f"{', '.join(schema.key)} stands in an earlier row too"
    values = ", ".join(f"{name} is {frame[name].iloc[row]}" for name in columns.get(check, (case["column"],)))
    return f"{check}, but {values}"
