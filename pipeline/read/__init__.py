"""From a folder of raw files to pages: which files hold pages, which reader takes each, what is refused and why.

A new input format is one file beside this one with a `Reader`, added to `READERS`. What a format looks like inside
lives in its own file (`text`), whose issue a page belongs to in `issues`, what on it is no prose in `furniture`.
"""
from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.errors import Refusal, UserError
from pipeline.model import Page
from pipeline.read.issues import IssueRow, issue_of, load_issues
from pipeline.read.text import UndecodableError, foreign_format, is_text, read_text

LARGEST = 8_000_000  # bytes; a whole printed issue is below 1 MB, so a larger file is no page
PART = "#"  # between the name of a file and that of one of its pages
TABLES = frozenset({"issues.csv", "corrections.csv"})  # at the top of the raw folder: tables about pages

ReadResult: TypeAlias = Page | Refusal


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of one page of a file and its encoding; `part` tells the pages of one file apart (3 of name.pdf#3)."""

    text: str
    encoding: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """One input format: its name, whether some bytes are of it, and the pages that they hold.

    `read` raises `UndecodableError` where the bytes cannot be read after all.
    """

    name: str
    accepts: Callable[[bytes], bool]
    read: Callable[[bytes], Sequence[Sheet]]


def _one_text(data: bytes) -> Sequence[Sheet]:
    return (Sheet(*read_text(data)),)


READERS: tuple[Reader, ...] = (Reader("text", is_text, _one_text),)  # the first that accepts the bytes reads them


def read_folder(raw: Path, rows: Mapping[str, IssueRow] | None = None) -> Iterator[ReadResult]:
    """Each page of each file of `raw`, or the Refusal of the file, in the order of `files`.

    `rows` are those of issues.csv, read from `raw` where not given (see `load_issues` for what that raises).
    """
    manifest = load_issues(raw).rows if rows is None else rows
    for file in files(raw):
        yield from read_file(raw, file, manifest)


def files(raw: Path) -> list[str]:
    """The files of `raw` that should hold pages, no hidden ones: paths relative to it with `/`, sorted by character.

    Raises UserError where the folder is not there.
    """
    if not raw.is_dir():
        raise UserError("there is no such folder of raw pages", file=str(raw), remedy="Name the folder with --raw")
    found = []
    for folder, folders, names in os.walk(raw):
        folders[:] = [name for name in folders if not name.startswith(".")]
        above = PurePosixPath(Path(folder).relative_to(raw).as_posix())
        found += [(above / name).as_posix() for name in names if not name.startswith(".")]
    return sorted(file for file in found if file not in TABLES)


def read_file(raw: Path, file: str, rows: Mapping[str, IssueRow] | None = None) -> list[ReadResult]:
    """The pages of a file of `raw`, each with the issue that its manifest row (by document) or itself tells.

    What cannot be read gives a Refusal in place of its pages.
    """
    name = os.fsencode(file).decode("utf-8", "backslashreplace")
    if name != file:
        reason = "its name is not UTF-8"
        return [Refusal(name, None, "unreadable", reason, "Rename the file")]
    try:
        status = (raw / file).stat()
        if not stat.S_ISREG(status.st_mode):
            return [Refusal(file, None, "unreadable", "it is no ordinary file", "Put a file there, or remove it")]
        if status.st_size > LARGEST:
            reason = f"it has {status.st_size:,} bytes, a page at most {LARGEST:,}"
            return [Refusal(file, None, "too_large", reason, "Split it into pages, or remove it")]
        data = (raw / file).read_bytes()
    except OSError as error:
        reason = f"it cannot be opened: {error.strerror}"
        return [Refusal(file, None, "unreadable", reason, "Check that it is there and that its permissions allow it")]
    return read_bytes(file, data, rows)


def read_bytes(file: str, data: bytes, rows: Mapping[str, IssueRow] | None = None) -> list[ReadResult]:
    """The pages that `data` gives under the name `file`, or one Refusal; the same bytes give the same texts."""
    reader = next((reader for reader in READERS if reader.accepts(data)), None)
    if reader is None:
        reason = f"it is {foreign_format(data)}, for which there is no reader"
        return [Refusal(file, None, "not_text", reason, "Save the page as a text file")]
    try:
        sheets = reader.read(data)
    except UndecodableError as refused:
        return [Refusal(file, None, refused.code, refused.reason, refused.remedy)]
    sha256, rows = hashlib.sha256(data).hexdigest(), rows or {}
    named = [(sheet, file if sheet.part is None else f"{file}{PART}{sheet.part}") for sheet in sheets]
    return [Page(document, sheet.text, issue_of(document, sheet.text, rows.get(document)), sha256, sheet.encoding,
                 reader.name) for sheet, document in named]


def file_of(document: str, known: Collection[str]) -> str:
    """The file, of those `known`, that holds a document: itself, or for name.pdf#3 the file name.pdf."""
    return document if document in known else document.rpartition(PART)[0] or document
