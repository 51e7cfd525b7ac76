"""Pictures of text in PDF files, recognised with Tesseract where it is installed and wanted; what that costs in trust.

Tesseract is a program of its own, run on one page at a time without a shell; it reads a picture and prints text.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipeline.errors import UserError
from pipeline.model import Extraction
from pipeline.read.pdf import ENCODING, opened, part_of
from pipeline.read.sheet import Fault, Sheet

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

SYSTEM = FLAG = "ocr"  # the system of such a page, and the flag of each of its rows
TRUST = 0.7  # what the confidence of such a row is multiplied by: one misread digit spoils a figure
LANGUAGE = "chi_sim"
RESOLUTION = 300  # dots an inch
MOST_DOTS = 60_000_000  # a broadsheet page at that resolution has thirty million
PATIENCE = 240  # seconds for one page
SURE = 30  # percent; words of which Tesseract is less sure are specks and pictures
_TIGHT = re.compile(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")


def check() -> None:
    """Raises UserError where Tesseract or its Chinese is not installed."""
    if LANGUAGE not in _languages():
        raise UserError(f"pictures of text cannot be read: Tesseract with {LANGUAGE} is not installed",
                        remedy="On Debian: apt-get install tesseract-ocr tesseract-ocr-chi-sim; or build without --ocr")


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return frozenset(listed.stdout.split())


def read_pdf_with_ocr(data: bytes) -> Sequence[Sheet | Fault]:
    """The pages of a PDF file as `read_pdf` gives them, but those that need OCR recognised.

    Raises UnreadableError as `read_pdf` does.
    """
    document = opened(data)
    try:
        return [_read(document, number) for number in range(len(document))]
    finally:
        document.close()


def _read(document: PdfDocument, number: int) -> Sheet | Fault:
    from pipeline.read.pdfpage import read_page  # here, for the reason that `read_pdf` tells

    part = part_of(document, number)
    read = read_page(document, number, part)
    if isinstance(read, Sheet) or read.code != "needs_ocr":
        return read
    if LANGUAGE not in _languages():
        return Fault(part, "needs_ocr", read.reason + ", and Tesseract with Chinese is not installed here", read.remedy)
    text = _recognised(_picture(document, number))
    if text is None:
        return Fault(part, "too_slow", f"recognising the page takes over {PATIENCE} seconds", "Type it, or remove it")
    if not re.search("[\u4e00-\u9fff]", text):
        return Fault(part, "no_text", "no Chinese was recognised on the page", "Remove it, or type what it says")
    return Sheet(text + "\n", ENCODING, part, SYSTEM)


def _picture(document: PdfDocument, number: int) -> bytes:
    """A page in shades of grey, as a PGM file."""
    page = document[number]
    width, height = page.get_size()
    scale = min(RESOLUTION / 72, (MOST_DOTS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    dots, stride = bytes(bitmap.buffer), bitmap.stride
    rows = b"".join(dots[row * stride: row * stride + bitmap.width] for row in range(bitmap.height))
    header = b"P5\n%d %d\n255\n" % (bitmap.width, bitmap.height)
    bitmap.close()
    page.close()
    return header + rows


def _recognised(picture: bytes) -> str | None:
    """The text of a picture in Tesseract's reading order; None where that takes too long."""
    environment = {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
    command = ["tesseract", "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(RESOLUTION), "--psm", "3", "tsv"]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=PATIENCE, check=False,
                              env=environment, preexec_fn=_unlimited)
    except subprocess.TimeoutExpired:
        return None
    return _text(done.stdout.decode("utf-8", "replace"))


def _unlimited() -> None:
    """Tesseract takes longer than parsers may (see `child`); the clock bounds it."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (resource.getrlimit(resource.RLIMIT_CPU)[1],) * 2)


class _Word(NamedTuple):
    paragraph: tuple[str, str]  # block and paragraph
    line: str
    text: str


def _text(table: str) -> str:
    """Tesseract's table of words as text: a line for each line, a blank line between paragraphs."""
    words = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip() and float(cells[10]) >= SURE:
            words.append(_Word((cells[2], cells[3]), cells[4], cells[11].strip()))
    paragraphs = []
    for _, of_paragraph in groupby(words, key=lambda word: word.paragraph):
        lines = [" ".join(word.text for word in line) for _, line in groupby(of_paragraph, key=lambda word: word.line)]
        paragraphs.append("\n".join(_TIGHT.sub("", line) for line in lines))
    return "\n\n".join(paragraphs)


def doubted(extraction: Extraction) -> Extraction:
    """What a page gave, marked and trusted less where its text was recognised; as it is otherwise."""
    if extraction.page.system != SYSTEM:
        return extraction
    marked = tuple(replace(o, flags=(*o.flags, FLAG), confidence=o.confidence * TRUST) for o in extraction.observations)
    return replace(extraction, observations=marked)
