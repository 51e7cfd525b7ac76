"""CSV that Excel opens right by a double click: UTF-8 with its mark, CRLF, no cell that could run as a formula."""
from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.export.cells import neutral, rows
from pipeline.load import Dataset
from schemas import TABLES


def write_csv(dataset: Dataset, name: str, to: Path) -> Path:
    """Write the table `name` as NAME.csv; missing values are empty, dates YYYY-MM-DD, lists joined by `; `."""
    schema, path = TABLES[name], to / f"{name}.csv"
    table = pq.read_table(dataset.path(name))
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([column.name for column in schema.columns])
        for row in rows(schema, table):
            writer.writerow([neutral(value) if isinstance(value, str) else value for value in row])
    return path
