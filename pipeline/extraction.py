"""All that one raw file gives: its pages read and extracted, whatever goes wrong with one of them kept to itself."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.errors import Refusal
from pipeline.extract.observations import extract
from pipeline.fingerprint import content_digests, digest_of
from pipeline.model import Extraction, Page
from pipeline.places import Place
from pipeline.read import load_files, read_bytes
from pipeline.read.issues import IssueRow
from pipeline.read.ocr import doubted

EXTRACTION_FAILED = "extraction_failed"
Item = tuple[str, Mapping[str, IssueRow]]  # a file, relative to the raw folder, and its rows of issues.csv
Results = list[Extraction | Refusal]


def extract_file(raw: Place, item: Item, ocr: bool = False) -> Results:
    """All that the pages of one file give, or why they are refused; no error of one page reaches another."""
    return next(extract_files(raw, [item], ocr))[0]


def extract_files(raw: Place, items: Sequence[Item], ocr: bool = False) -> Iterator[tuple[Results, str | None]]:
    """The same for some files, each with the digest of the bytes that were read; None where they cannot be had."""
    for (file, rows), data in zip(items, load_files(raw, [file for file, _ in items]), strict=True):
        if isinstance(data, Refusal):
            yield [data], next(content_digests(raw, [file]))  # it was refused unread
        else:
            pages = read_bytes(file, data, rows, ocr)
            yield [page if isinstance(page, Refusal) else _extracted(page) for page in pages], digest_of(data)


def _extracted(page: Page) -> Extraction | Refusal:
    try:
        return doubted(extract(page))
    except Exception as error:
        return Refusal(page.document, None, EXTRACTION_FAILED, _crash(error), "Report it, with the page, as a defect")


def _crash(error: Exception) -> str:
    """What happened and where in the code, without anything that differs from run to run."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else "the code"
    return f"the builder failed on it: {type(error).__name__} in {place}"
