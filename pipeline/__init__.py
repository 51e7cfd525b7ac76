"""What other people import: build, extract_page, find_numerals and load; each loads its own part when first called.

Importing this costs nothing: pandas, pyarrow and the vocabulary are only loaded by what needs them.
"""
from __future__ import annotations

import sys

TYPE_CHECKING = False  # as in `typing`, which would cost more to import than the rest of this file
if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from pipeline.build import BuildResult
    from pipeline.model import Numeral, Observation
    from pipeline.places import Place

__version__ = "0.1.0"
__all__ = ["build", "extract_page", "find_numerals", "load"]


def build(
    raw: Place | str = "data/raw", out: Place | str = "data/processed", workers: int = 1, engine: str | None = None,
    *, ocr: bool = False, full: bool = False, corrections: Place | str | None = None, keep: int = 3,
    strict: bool = False, scheduler: str | None = None, local: Path | str | None = None,
) -> BuildResult:
    """Build the dataset of the pages in `raw` and publish it under `out`, all or nothing; each a folder or an address.

    `workers`: how many processes read pages. `engine`: serial, processes or dask; None takes what fits `workers`.
    `scheduler`: the address of a Dask scheduler whose workers read pages. The result is the same whatever they are. A
    file that cannot be read goes to quarantine and stops nothing. `ocr`: whether pictures of text in PDF files are
    recognised, by Tesseract; such rows have the flag ocr, less confidence. Only pages that are new or changed are read,
    unless `full`; the bytes are the same. `corrections`: their file, by default corrections.csv beside the folder
    `raw`. `keep`: how many versions stay. `strict`: publish nothing where a family lost figures without a page that
    vanished. `local`: for an address as `out`, the folder that keeps here what was read, so that the next build reads
    only what is new.
    Raises UserError if the call is wrong (no such folder, wrong cells in issues.csv, no Tesseract for `ocr`), DataError
    if nothing could be published; both are in `pipeline.errors`, and what was published before stays as it is.
    """
    from pipeline.build import build as run

    return run(raw, out, workers, engine, ocr=ocr, full=full, corrections=corrections, keep=keep, strict=strict,
               scheduler=scheduler, local=local)


def extract_page(path_or_text: Path | str, issue_date: date | str | None = None) -> list[Observation]:
    """The figures of one page in reading order; spans count characters of the page's text.

    A Path, or a string that is the path of a file, is read as a file; any other string is the page's text.
    `issue_date` (a date, or YYYY-MM-DD, YYYY-MM, YYYY) goes before what the page and its name say.
    Raises UserError for a file that is not there or no such date, DataError for a file that gives no text.
    """
    from pipeline.single import extract_single

    return extract_single(path_or_text, issue_date)


def find_numerals(text: str) -> list[Numeral]:
    """Every number in `text` as written, in order: start and end in characters, value, low, high, qualifier, kind."""
    from pipeline.extract.numerals import find_numerals as find

    return find(text)


def load(table: str = "observations", root: Path | str = "data/processed") -> pd.DataFrame:
    """A table of the dataset published under `root`.

    Raises UserError if nothing is published there or there is no such table.
    """
    from pipeline.load import load as read

    return read(table, root)


class _Package(type(sys)):  # type: ignore[misc]  # the type of modules
    """Keeps the functions above under their names: importing build.py would put the module in place of `build`."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, type(sys))):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
