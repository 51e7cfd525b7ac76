"""From a folder of raw files to pages: which files are pages, which reader takes each, what is refused and why.

A new input format is one file beside this one with a `Reader`, added to `READERS`. What a format looks like inside
lives in its own file (`text`), whose issue a page belongs to in `issues`, what on it is no prose in `furniture`.
"""
from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.errors import Refusal, UserError
from pipeline.model import Page
from pipeline.read.issues import IssueRow, issue_of, load_issues
from pipeline.read.text import UndecodableError, foreign_format, is_text, read_text

LARGEST = 8_000_000  # bytes; a whole printed issue is below 1 MB, so a larger file is no page
TABLES = frozenset({"issues.csv", "corrections.csv"})  # at the top of the raw folder: tables about pages

ReadResult: TypeAlias = Page | Refusal


@dataclass(frozen=True, slots=True)
class Reader:
    """One input format: its name, whether some bytes are of it, and their text with its encoding.

    `read` raises `UndecodableError` where the bytes cannot be read after all.
    """

    name: str
    accepts: Callable[[bytes], bool]
    read: Callable[[bytes], tuple[str, str]]


READERS: tuple[Reader, ...] = (Reader("text", is_text, read_text),)  # the first that accepts the bytes reads them


def read_folder(raw: Path, rows: Mapping[str, IssueRow] | None = None) -> Iterator[ReadResult]:
    """Each file of `raw` as a Page or a Refusal, in the order of `documents`.

    `rows` are those of issues.csv, read from `raw` where not given (see `load_issues` for what that raises).
    """
    manifest = load_issues(raw).rows if rows is None else rows
    for document in documents(raw):
        yield read_document(raw, document, manifest.get(document))


def documents(raw: Path) -> list[str]:
    """The files of `raw` that should be pages, without hidden ones: paths relative to it with `/`, sorted by character.

    Raises UserError where the folder is not there.
    """
    if not raw.is_dir():
        raise UserError("there is no such folder of raw pages", file=str(raw), remedy="Name the folder with --raw")
    found = []
    for folder, folders, names in os.walk(raw):
        folders[:] = [name for name in folders if not name.startswith(".")]
        above = PurePosixPath(Path(folder).relative_to(raw).as_posix())
        found += [(above / name).as_posix() for name in names if not name.startswith(".")]
    return sorted(document for document in found if document not in TABLES)


def read_document(raw: Path, document: str, row: IssueRow | None = None) -> ReadResult:
    """The file `document` of `raw` as a Page with the issue that its manifest row or itself tells; a Refusal else."""
    name = os.fsencode(document).decode("utf-8", "backslashreplace")
    if name != document:
        reason = "its name is not UTF-8"
        return Refusal(name, None, "unreadable", reason, "Rename the file")
    try:
        status = (raw / document).stat()
        if not stat.S_ISREG(status.st_mode):
            return Refusal(document, None, "unreadable", "it is no ordinary file", "Put a file there, or remove it")
        if status.st_size > LARGEST:
            reason = f"it has {status.st_size:,} bytes, a page at most {LARGEST:,}"
            return Refusal(document, None, "too_large", reason, "Split it into pages, or remove it")
        data = (raw / document).read_bytes()
    except OSError as error:
        reason = f"it cannot be opened: {error.strerror}"
        return Refusal(document, None, "unreadable", reason, "Check that it is there and that its permissions allow it")
    return read_bytes(document, data, row)


def read_bytes(document: str, data: bytes, row: IssueRow | None = None) -> ReadResult:
    """The Page that `data` gives under the name `document`, or the Refusal; the same bytes give the same text."""
    reader = next((reader for reader in READERS if reader.accepts(data)), None)
    if reader is None:
        reason = f"it is {foreign_format(data)}, for which there is no reader"
        return Refusal(document, None, "not_text", reason, "Save the page as a text file")
    try:
        text, encoding = reader.read(data)
    except UndecodableError as refused:
        return Refusal(document, None, refused.code, refused.reason, refused.remedy)
    issue = issue_of(document, text, row)
    return Page(document, text, issue, hashlib.sha256(data).hexdigest(), encoding, reader.name)
