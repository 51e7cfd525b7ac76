"""A batch: some raw files in, the rows of their pages as Arrow tables out; the unit of work of every engine.

`read_batch` is a pure function of the files' bytes, their rows of issues.csv, the code and the words: wherever and
however often it runs, it gives the same. Who runs it is `engines.py`, what becomes of the rows is `gather.py`.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Refusal, UserError
from pipeline.fingerprint import code_version
from pipeline.model import Extraction
from pipeline.places import Place
from pipeline.vocabulary import metrics

if TYPE_CHECKING:
    from pipeline.extraction import Item, Results
    from pipeline.pagerows import PageRows

MOST_ROWS = 100_000  # numbers; with so many, what was read becomes Arrow tables, which take a tenth of the room


@dataclass(frozen=True, slots=True)
class Source:
    """A raw file, its rows of issues.csv, the digest of its bytes and its key; None where it cannot be read."""

    item: Item
    content: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What `files` files gave.

    `kept`: rows that may be kept under the keys of `entries` (by key, the documents that a file gives). `passing`: rows
    that may be others next time, for the file changed meanwhile or failed in a way that may not come again.
    """

    files: int
    entries: dict[str, tuple[str, ...]]
    kept: PageRows | None
    passing: PageRows | None


def read_batch(raw: Place, ocr: bool, sources: Sequence[Source]) -> Batch:
    """What some files of `raw` give; no error of one page reaches another.

    Raises UserError where the whole folder is not there, as on a machine that does not share it.
    """
    from pipeline.extraction import extract_files

    if isinstance(raw, Path) and not raw.is_dir():
        raise UserError("the folder of the pages is gone, or is not there for a worker", file=str(raw),
                        remedy="Put the pages where every worker sees them: in a shared folder, or at an address")
    entries: dict[str, tuple[str, ...]] = {}
    kept, passing = _Rows(), _Rows()
    read = extract_files(raw, [source.item for source in sources], ocr)
    for source, (given, content) in zip(sources, read, strict=True):
        if source.key is not None and source.content == content and not _may_pass(given):
            entries[source.key] = tuple(map(_document, given))
            kept.add(given)
        else:
            passing.add(given)
    return Batch(len(sources), entries, kept.joined(), passing.joined())


def _may_pass(given: Results) -> bool:
    """Whether one of the pages failed in a way that may not come again."""
    from pipeline.extraction import EXTRACTION_FAILED
    from pipeline.read.sheet import MAY_PASS

    return any(isinstance(one, Refusal) and one.code in MAY_PASS | {EXTRACTION_FAILED} for one in given)


def _document(result: Extraction | Refusal) -> str:
    return result.document or "" if isinstance(result, Refusal) else result.page.document


class _Rows:
    """Rows of pages that come one by one."""

    def __init__(self) -> None:
        self._parts: list[PageRows] = []
        self._waiting: Results = []
        self._numbers = 0

    def add(self, given: Results) -> None:
        """The pages of one more file."""
        self._waiting += given
        self._numbers += sum(len(one.ledger) for one in given if isinstance(one, Extraction))
        if self._numbers >= MOST_ROWS:
            self._turn()

    def joined(self) -> PageRows | None:
        """The rows of all files; None where there was no file."""
        from pipeline.pagerows import joined

        if self._waiting:
            self._turn()
        return joined(self._parts) if self._parts else None

    def _turn(self) -> None:
        from pipeline.assemble import page_rows

        pages = [one for one in self._waiting if isinstance(one, Extraction)]
        refused = [one for one in self._waiting if isinstance(one, Refusal)]
        self._parts.append(page_rows(pages, metrics(), code_version(), refused))
        self._waiting, self._numbers = [], 0
