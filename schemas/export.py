"""From columns to files: Arrow schemas and tables, Parquet bytes, the Data Package descriptor.

Everything here is explicit, so that the same rows give the same bytes: types, order of codes, chunks, writer options.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schemas import TABLES
from schemas.columns import Column
from schemas.table import TableSchema

ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(), "dictionary": pa.dictionary(pa.int32(), pa.string()),
    "list": pa.list_(pa.field("element", pa.string())),  # the name that Parquet gives it, so that reading gives it back
    "date32": pa.date32(), "float64": pa.float64(), "float32": pa.float32(), "int16": pa.int16(),
    "int32": pa.int32(), "int64": pa.int64(),
}
ROW_GROUP = 131_072
_UNCONVERTIBLE = (pa.ArrowException, OverflowError, TypeError, ValueError)


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """The Arrow schema of a table, each field with its description, without the pandas block (that needs the rows)."""
    return pa.schema(
        [pa.field(c.name, ARROW_TYPES[c.type], c.nullable, {"description": c.description}) for c in schema.columns],
        {"description": schema.description},
    )


def arrow_array(column: Column, values: Sequence[Any]) -> pa.Array:
    """The values as one Arrow array of the column's type; a dictionary holds its code list, then what is outside it.

    NaN counts as missing. Raises an Arrow, overflow, type or value error if a value is not of the type.
    """
    if column.type != "dictionary":
        return pa.array(values, ARROW_TYPES[column.type], from_pandas=column.type.startswith("float"))
    return dictionary_array(column, pa.array(values, pa.string()))


def dictionary_array(column: Column, words: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Words as a dictionary of the column's codes in their order, then the words outside the list, sorted."""
    known = column.codes or ()
    outside = {word for word in pc.unique(words).to_pylist() if word is not None}.difference(known)
    codes = pa.array([*known, *sorted(outside)], pa.string())
    indices = pc.index_in(words, codes)
    if isinstance(indices, pa.ChunkedArray):
        indices = pa.concat_arrays(indices.chunks) if indices.num_chunks else pa.array([], pa.int32())
    return pa.DictionaryArray.from_arrays(indices, codes)


def unconvertible(column: Column, values: Sequence[Any]) -> dict[int, str]:
    """The positions whose value is not of the column's type (a year of 70000, text where a number belongs), and why."""
    faults: dict[int, str] = {}
    for position, value in enumerate(values):
        try:
            pa.array([value], ARROW_TYPES["string" if column.type == "dictionary" else column.type])
        except _UNCONVERTIBLE as error:
            faults[position] = f"{column.name} is {value!r}, which is no {column.type}: {error}"
    return faults


def convert(column: Column, values: Sequence[Any]) -> tuple[pa.Array, dict[int, str]]:
    """The array and, by position, the values that could not be converted, which are null in the array."""
    try:
        return arrow_array(column, values), {}
    except _UNCONVERTIBLE:
        faults = unconvertible(column, values)
        return arrow_array(column, [None if i in faults else value for i, value in enumerate(values)]), faults


def arrow_table(schema: TableSchema, values: Mapping[str, Any]) -> pa.Table:
    """The table out of Arrow arrays or sequences by column name, sorted, in one chunk, with its pandas block."""
    return finished(schema, unsorted(schema, values))


def unsorted(schema: TableSchema, values: Mapping[str, Any]) -> pa.Table:
    """The same with its rows as they come, for `finished` to end."""
    arrays = [
        column_of if isinstance(column_of := values[c.name], (pa.Array, pa.ChunkedArray)) else arrow_array(c, column_of)
        for c in schema.columns
    ]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(schema))


def finished(schema: TableSchema, table: pa.Table) -> pa.Table:
    """The same rows in the table's order, in one chunk, with the schema's metadata and dictionaries in fixed order."""
    if schema.order:
        table = _sorted(table, schema.order)
    fixed = arrow_schema(schema)
    arrays = [_whole(table[c.name], c) for c in schema.columns]
    metadata = {**fixed.metadata, b"pandas": pandas_block(schema, table.num_rows)}
    return pa.Table.from_arrays(arrays, schema=fixed.with_metadata(metadata))


def _sorted(table: pa.Table, order: tuple[str, ...]) -> pa.Table:
    """Sorted by the columns in `order`, nulls last; dictionaries by their words, not by their positions."""
    if _in_order(table, order):
        return table
    return table.take(pa.array(np.lexsort([_ranks(table[name]) for name in reversed(order)])))


def _in_order(table: pa.Table, order: tuple[str, ...]) -> bool:
    """Whether the rows are sorted already, told from neighbours alone; False also where that is not cheap to tell."""
    tied = None
    for name in order:
        column = table[name]
        if column.null_count or pa.types.is_dictionary(column.type):
            return False
        one, next_one = column.slice(0, max(len(column) - 1, 0)), column.slice(1)
        falls = pc.greater(one, next_one)
        if pc.any(falls if tied is None else pc.and_(falls, tied)).as_py():
            return False
        alike = pc.equal(one, next_one)
        tied = alike if tied is None else pc.and_(alike, tied)
    return True


def _ranks(column: pa.ChunkedArray) -> NDArray[Any]:
    """Whole numbers in the order of the values, nulls after all others."""
    if pa.types.is_integer(column.type):
        return np.asarray(column.cast(pa.int64()).fill_null(np.iinfo(np.int64).max).to_numpy())
    words = column.cast(pa.string())
    known = pc.unique(words).drop_null()
    ranks = pc.index_in(words, known.take(pc.sort_indices(known))).fill_null(len(known))
    return np.asarray(ranks.to_numpy())


def _whole(chunked: pa.ChunkedArray, column: Column) -> pa.Array:
    """One chunk; a dictionary anew, since which codes a chunk knows depends on how the rows came."""
    if column.type == "dictionary":
        chunked = chunked.dictionary_encode() if not pa.types.is_dictionary(chunked.type) else chunked
        return _recoded(column, chunked.unify_dictionaries().combine_chunks())
    return chunked.combine_chunks() if chunked.num_chunks != 1 else chunked.chunk(0)


def _recoded(column: Column, array: pa.DictionaryArray) -> pa.Array:
    """The same words with the column's codes in their order, then the words outside the list that are used, sorted."""
    words, known = array.dictionary, column.codes or ()
    used = {words[i].as_py() for i in pc.unique(array.indices).drop_null().to_pylist()}
    codes = pa.array([*known, *sorted(used.difference(known))], pa.string())
    return pa.DictionaryArray.from_arrays(pc.index_in(words, codes).take(array.indices), codes)


_PANDAS_TYPES = {"string": "unicode", "dictionary": "categorical", "list": "list[unicode]", "date32": "date"}


def pandas_block(schema: TableSchema, rows: int) -> bytes:
    """The `pandas` metadata that makes plain `pd.read_parquet` give the dtypes promised (Int16, category, str …)."""
    described = [
        {
            "name": c.name, "field_name": c.name, "pandas_type": _PANDAS_TYPES.get(c.type, c.type),
            "numpy_type": "int32" if c.type == "dictionary" else c.pandas,
            "metadata": {"num_categories": len(c.codes or ()), "ordered": False} if c.type == "dictionary" else None,
        }
        for c in schema.columns
    ]
    block = {
        "index_columns": [{"kind": "range", "name": None, "start": 0, "stop": rows, "step": 1}],
        "column_indexes": [{"name": None, "field_name": None, "pandas_type": "unicode", "numpy_type": "str",
                            "metadata": {"encoding": "UTF-8"}}],
        "columns": described, "attributes": {}, "creator": {"library": "pyarrow", "version": pa.__version__},
    }
    return json.dumps(block, ensure_ascii=False).encode()


class ParquetBytes:
    """The bytes of a Parquet file: first the rows, then, once metadata that follow from them are known, the end.

    Options are fixed: the same table, metadata and pyarrow version give the same bytes.
    """

    def __init__(self, read: Callable[[], pa.Table]):
        """Lay out the rows of the table that `read` gives; `digest` is the SHA-256 of what they take, in hex.

        It is asked anew for each row group, so that of a table that is mapped no more than one is in memory.
        """
        table = read()
        self._bytes, rows = BytesIO(), table.num_rows
        self._writer = pq.ParquetWriter(
            self._bytes, table.schema, version="2.6", data_page_version="1.0", compression="zstd", compression_level=3,
            use_dictionary=True, write_statistics=True, store_schema=True,
        )
        for start in range(0, rows or 1, ROW_GROUP):
            table = read().slice(start, ROW_GROUP)
            self._writer.write_table(table, row_group_size=ROW_GROUP)
        self.digest = hashlib.sha256(self._bytes.getbuffer()).hexdigest()

    def ended(self, metadata: Mapping[str, str]) -> memoryview:
        """The whole file, with these entries beside those of the schema."""
        self._writer.add_key_value_metadata(dict(metadata))
        self._writer.close()
        return self._bytes.getbuffer()


# A list is "any": readers give a Parquet list as an array of their own kind, which Table Schema's "array" refuses.
_PACKAGE_TYPES = {"dictionary": "string", "list": "any", "date32": "date", "float64": "number", "float32": "number",
                  "int16": "integer", "int32": "integer", "int64": "integer", "string": "string"}


def _field(column: Column, schema: TableSchema) -> dict[str, Any]:
    """One field of a Table Schema: type, description, whether it must be there, is unique, and its codes."""
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if schema.key == (column.name,):
        constraints["unique"] = True
    if column.codes is not None:
        constraints["enum"] = list(column.codes)
    field = {"name": column.name, "type": _PACKAGE_TYPES[column.type], "description": column.description}
    return field | ({"constraints": constraints} if constraints else {})


def table_schema(schema: TableSchema) -> dict[str, Any]:
    """The Table Schema (Data Package v2) of a table; keys into a list column are left out, since it knows none."""
    lists = {column.name for column in schema.columns if column.type == "list"}
    keys = [
        {"fields": [key.column],
         "reference": {"resource": "" if key.table == schema.name else key.table, "fields": [key.target]}}
        for key in schema.foreign_keys if key.column not in lists
    ]
    described: dict[str, Any] = {"fields": [_field(column, schema) for column in schema.columns]}
    if schema.key and not any(c.nullable for c in schema.columns if c.name in schema.key):
        described["primaryKey"] = list(schema.key)
    elif schema.key:
        described["uniqueKeys"] = [list(schema.key)]
    return described | ({"foreignKeys": keys} if keys else {})


def datapackage(files: Mapping[str, tuple[int, str, int]], version: str) -> dict[str, Any]:
    """The Data Package v2 descriptor; `files` gives (bytes, sha256, rows) of each table's file by the table's name."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "union-metrics", "title": "Union metrics", "version": version,
        "description": "What newspaper pages report about trade unions, one typed row a figure.",
        "resources": [
            {
                "name": name, "type": "table", "path": f"{name}.parquet", "format": "parquet",
                "mediatype": "application/vnd.apache.parquet", "description": TABLES[name].description,
                "bytes": size, "hash": f"sha256:{digest}", "rowCount": rows, "schema": table_schema(TABLES[name]),
            }
            for name, (size, digest, rows) in files.items()
        ],
    }
