"""The reader of PDF files: which of them can be opened, and what each page gives (see `pdfpage`).

Pictures of text are not read here (see `ocr`). Nothing in a file is run or fetched: no scripts, links or forms.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.read.sheet import Fault, Sheet, UnreadableError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MOST_PAGES = 400  # a printed issue has at most a hundred
ENCODING = "unicode"  # of all PDF files


def is_pdf(head: bytes) -> bool:
    """Whether a file that begins with `head` is a PDF file."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-")


def read_pdf(data: bytes) -> Sequence[Sheet | Fault]:
    """The pages of a PDF file, numbered from 1 where there are several; a Fault for each page without a text layer.

    Raises UnreadableError for a file that is damaged, locked with a password, or has more pages than any issue.
    """
    from pipeline.read.pdfpage import read_page  # here, for who reads no PDF shall not load numpy

    document = opened(data)
    try:
        return [read_page(document, number, part_of(document, number)) for number in range(len(document))]
    finally:
        document.close()


def opened(data: bytes) -> PdfDocument:
    """The PDF file of these bytes; raises UnreadableError (see `read_pdf`)."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("locked", "it is locked with a password", "Save it without one") from None
        raise UnreadableError("truncated", "it is a PDF that is damaged or cut off", "Copy it again") from None
    if not 0 < count <= MOST_PAGES:
        document.close()
        reason = f"it has {count:,} pages, at most {MOST_PAGES:,} are read" if count else "it has no pages"
        raise UnreadableError("too_large" if count else "empty", reason, "Split it into issues, or remove it")
    return document


def part_of(document: PdfDocument, number: int) -> str | None:
    """The name of a page in its file; None where it is the only one."""
    return str(number + 1) if len(document) > 1 else None
