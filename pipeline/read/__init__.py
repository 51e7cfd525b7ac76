"""From a folder of raw files to pages: which files hold pages, which reader takes each, what is refused and why.

A new input format is one file beside this one with a `Reader`, added to `READERS`. What a format looks like inside
lives in its own file (`text`, `html`, `pdf`), files of files in `archive`, whose issue a page belongs to in `issues`,
what on it is no prose in `furniture`.
"""
from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.errors import Refusal, UserError
from pipeline.model import Page
from pipeline.places import Address, Place, TooLarge, names
from pipeline.read.archive import LARGEST as LARGEST_ARCHIVE
from pipeline.read.archive import Member, is_archive, members
from pipeline.read.child import read_guarded
from pipeline.read.html import is_html, read_html
from pipeline.read.issues import IssueRow, issue_of, load_issues
from pipeline.read.ocr import read_pdf_with_ocr
from pipeline.read.pdf import is_pdf, read_pdf
from pipeline.read.saved import pages_among
from pipeline.read.sheet import Fault, Sheet, UnreadableError
from pipeline.read.text import foreign_format, is_text, read_text

HEAD = 4096  # bytes that tell a file's format
PART = "#"  # between the name of a file and that of one of its pages
TABLES = frozenset({"issues.csv", "corrections.csv"})  # at the top of the raw folder: tables about pages

ReadResult: TypeAlias = Page | Refusal
Read: TypeAlias = Callable[[bytes], Sequence[Sheet | Fault]]


@dataclass(frozen=True, slots=True)
class Reader:
    """One input format: its name, whether a file that begins with some bytes is of it, and the pages that it holds.

    `read` raises `UnreadableError` where the file gives no page at all. `largest`: bytes of a file, beyond which it is
    refused unread. `guarded`: whether it is run in a child process, for it leaves the bytes to a parser written in C.
    `ocr`: what reads the file instead where pictures of text are to be recognised.
    """

    name: str
    accepts: Callable[[bytes], bool]
    read: Read
    largest: int = 8_000_000  # a page of text is below 1 MB
    guarded: bool = False
    ocr: Read | None = None

    def chosen(self, ocr: bool) -> Read:
        """What reads a file, with or without recognising pictures of text."""
        return self.ocr if ocr and self.ocr else self.read

    def sheets(self, data: bytes, ocr: bool) -> Sequence[Sheet | Fault]:
        """The pages that `data` holds; raises UnreadableError."""
        return read_guarded(self.name, ocr, data) if self.guarded else self.chosen(ocr)(data)


READERS: tuple[Reader, ...] = (  # the first that accepts the bytes reads them
    Reader("pdf", is_pdf, read_pdf, 64_000_000, True, read_pdf_with_ocr),
    Reader("html", is_html, read_html, guarded=True),
    Reader("text", is_text, read_text),
)


def by_name(name: str) -> Reader:
    """The reader of that name."""
    return next(reader for reader in READERS if reader.name == name)


def read_folder(raw: Place, rows: Mapping[str, IssueRow] | None = None, ocr: bool = False) -> Iterator[ReadResult]:
    """Each page of each file of `raw`, or the Refusal of the file, in the order of `files`.

    `rows` are those of issues.csv, read from `raw` where not given (see `load_issues` for what that raises).
    """
    manifest = load_issues(raw).rows if rows is None else rows
    for file in files(raw):
        yield from read_file(raw, file, manifest, ocr)


def files(raw: Place) -> list[str]:
    """The files of `raw` that should hold pages: paths relative to it with `/`, sorted by character.

    Hidden files are none, nor what a browser saved beside a page (see `pages_among`).
    Raises UserError where the folder is not there.
    """
    if not raw.is_dir():
        raise UserError("there is no such folder of raw pages", file=str(raw), remedy="Name the folder with --raw")
    return sorted(file for file in pages_among(names(raw)) if file not in TABLES)


def read_file(
    raw: Place, file: str, rows: Mapping[str, IssueRow] | None = None, ocr: bool = False,
) -> list[ReadResult]:
    """The pages of a file of `raw`, each with the issue that its manifest row (by document) or itself tells.

    What cannot be read gives a Refusal in place of its pages. `ocr`: whether pictures of text are to be recognised.
    """
    (data,) = load_files(raw, [file])
    return [data] if isinstance(data, Refusal) else read_bytes(file, data, rows, ocr)


def load_files(raw: Place, listed: Sequence[str]) -> Iterator[bytes | Refusal]:
    """The bytes of some files of `raw`, in their order; why not, where they cannot be had or are too many."""
    if isinstance(raw, Address):
        return map(_fetched, listed, raw.contents(listed, LARGEST_ARCHIVE))
    return (load_file(raw, file) for file in listed)


def _fetched(file: str, given: bytes | TooLarge | OSError) -> bytes | Refusal:
    if isinstance(given, OSError):
        return _closed(file, given)
    size, head = (given.size, given.head) if isinstance(given, TooLarge) else (len(given), given)
    return _too_large(file, size, _largest(head)) if isinstance(given, TooLarge) or size > _largest(head) else given


def load_file(raw: Path, file: str) -> bytes | Refusal:
    """The bytes of a file of a folder; why not, where they cannot be had or are too many."""
    name = os.fsencode(file).decode("utf-8", "backslashreplace")
    if name != file:
        reason = "its name is not UTF-8"
        return Refusal(name, None, "unreadable", reason, "Rename the file")
    try:
        status = (raw / file).stat()
        if not stat.S_ISREG(status.st_mode):
            return Refusal(file, None, "unreadable", "it is no ordinary file", "Put a file there, or remove it")
        with (raw / file).open("rb") as opened:
            head = opened.read(HEAD)
            if status.st_size > _largest(head):
                return _too_large(file, status.st_size, _largest(head))
            return head + opened.read()
    except OSError as error:
        return _closed(file, error)


def _closed(file: str, error: OSError) -> Refusal:
    reason = f"it cannot be opened: {error.strerror}"
    return Refusal(file, None, "unreadable", reason, "Check that it is there and that its permissions allow it")


def _reader(head: bytes) -> Reader | None:
    return next((reader for reader in READERS if reader.accepts(head[:HEAD])), None)


def _largest(head: bytes) -> int:
    """How many bytes a file that begins with `head` may have."""
    reader = _reader(head)
    return LARGEST_ARCHIVE if is_archive(head) else reader.largest if reader else by_name("text").largest


def _too_large(document: str, size: int, largest: int) -> Refusal:
    reason = f"it has {size:,} bytes, a file of its kind at most {largest:,}"
    return Refusal(document, None, "too_large", reason, "Split it into pages, or remove it")


def read_bytes(
    file: str, data: bytes, rows: Mapping[str, IssueRow] | None = None, ocr: bool = False,
) -> list[ReadResult]:
    """The pages that `data` gives under the name `file`, or Refusals; the same bytes give the same texts."""
    sha256, rows = hashlib.sha256(data).hexdigest(), rows or {}
    if not is_archive(data):
        return _pages(file, data, sha256, rows, ocr)
    try:
        found = [_of_member(f"{file}{PART}{member.name}", member, sha256, rows, ocr)
                 for member in members(data, _largest)]
    except UnreadableError as refused:
        return [Refusal(file, None, refused.code, refused.reason, refused.remedy)]
    return [result for results in found for result in results]


def _of_member(
    document: str, member: Member, sha256: str, rows: Mapping[str, IssueRow], ocr: bool,
) -> list[ReadResult]:
    if member.fault:
        return [Refusal(document, None, member.fault.code, member.fault.reason, member.fault.remedy)]
    return _pages(document, member.data, sha256, rows, ocr)


def _pages(
    document: str, data: bytes, sha256: str, rows: Mapping[str, IssueRow], ocr: bool,
) -> list[ReadResult]:
    """The pages of one file, or of one in an archive, whose document name they have or extend."""
    reader = _reader(data)
    if reader is None:
        reason = f"it is {foreign_format(data)}, for which there is no reader"
        return [Refusal(document, None, "not_text", reason, "Save the page as text, HTML or PDF")]
    if len(data) > reader.largest:
        return [_too_large(document, len(data), reader.largest)]
    try:
        sheets = reader.sheets(data, ocr)
    except UnreadableError as refused:
        return [Refusal(document, None, refused.code, refused.reason, refused.remedy)]
    return [_page(document if sheet.part is None else f"{document}{PART}{sheet.part}", sheet, sha256, rows, reader)
            for sheet in sheets]


def _page(
    document: str, sheet: Sheet | Fault, sha256: str, rows: Mapping[str, IssueRow], reader: Reader,
) -> ReadResult:
    if isinstance(sheet, Fault):
        return Refusal(document, None, sheet.code, sheet.reason, sheet.remedy)
    issue = issue_of(document, sheet.text, _row(document, rows), sheet.imprint)
    return Page(document, sheet.text, issue, sha256, sheet.encoding, reader.name, sheet.system)


def _row(document: str, rows: Mapping[str, IssueRow]) -> IssueRow | None:
    """What the manifest says of a page: its own row, and where that is silent the row of the file that holds it."""
    found = rows.get(document)
    above = document.rpartition(PART)[0]
    if not above:
        return found
    of_file = _row(above, rows)
    return found.completed(of_file) if found and of_file else found or (of_file and of_file.of_part(document))


def file_of(document: str, known: Collection[str]) -> str:
    """The file, of those `known`, that holds a document: itself, or for a.zip#b/c.pdf#3 the file a.zip."""
    file = document
    while file and file not in known:
        file = file.rpartition(PART)[0]
    return file or document
