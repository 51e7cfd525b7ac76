"""A published dataset in other forms: CSV and a workbook for Excel, SDMX-CSV with its structure; Parquet stays the one
that everything else is made from. How each form is written has a module of its own.
"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import DataError, UserError
from pipeline.load import open_dataset
from schemas import TABLES

FORMATS = ("csv", "xlsx", "sdmx")


def export(root: Path, to: Path, formats: Sequence[str] = ("csv",), tables: Sequence[str] = ()) -> list[Path]:
    """Write the dataset published under `root` into the folder `to` and return the files, in order.

    `tables`: only these, for csv and xlsx (all where none is named); sdmx is always the panel. The same dataset gives
    the same bytes. Raises UserError for a table or format that does not exist or needs a package that is not installed,
    DataError where the disk refuses or a table does not fit its form.
    """
    unknown = [name for name in tables if name not in TABLES] + [name for name in formats if name not in FORMATS]
    if unknown:
        raise UserError(f"there is no table or form {unknown[0]}", remedy=f"Tables: {', '.join(TABLES)}")
    dataset, names = open_dataset(root), list(dict.fromkeys(tables)) or list(TABLES)
    written: list[Path] = []
    try:
        to.mkdir(parents=True, exist_ok=True)
        if "csv" in formats:
            from pipeline.export.csv_files import write_csv

            written += [write_csv(dataset, name, to) for name in names]
        if "xlsx" in formats:
            from pipeline.export.workbook import write_workbook

            written.append(write_workbook(dataset, names, to))
        if "sdmx" in formats:
            from pipeline.export.sdmx import write_sdmx

            written += write_sdmx(dataset, to)
    except OSError as error:
        raise DataError(f"the export could not be written: {error.strerror or error}", file=str(to),
                        remedy="Make room or give access, or name another folder with --to") from error
    return written


def needed(package: str) -> UserError:
    """The error for a form whose package is not installed."""
    return UserError(f"this form needs the package {package}, which is not installed",
                     remedy="Run `make extras`, or install union-metrics[export]")
