"""The reader of PDF files: each page's text layer in reading order, or why a page has none.

Pictures of text are not read here (see `ocr`). Nothing in a file is run or fetched: no scripts, links or forms.
"""
from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.read.printed import page_text
from pipeline.read.printed.items import Box
from pipeline.read.printed.runs import Glyph, turned
from pipeline.read.sheet import Fault, Sheet, UnreadableError
from pipeline.read.text import COMMON_SHARE, common_share

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 400  # a printed issue has at most a hundred
MOST_GLYPHS = 30_000  # a full page has about eight thousand
MOST_OBJECTS, MOST_BOXES = 20_000, 300  # drawn objects that are looked at, rectangles among them that are kept
LEAST_BOX = 40.0  # points; in a smaller rectangle there is no story
FEWEST_GLYPHS = 8  # a page with less text than this and a picture is a picture
LOST_SHARE = 0.1  # of the glyphs; if more do not say which character they are, the text layer is worthless, as it
# is where what they say is no Chinese (see `COMMON_SHARE`): the numbers of glyphs in a font were taken for characters
SYSTEM, ENCODING = "text_layer", "unicode"
SAMPLE = 2_000  # characters that show whether they are Chinese
_LOST = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ufffe\uffff\ue000-\uf8ff]")
_BLANKS = frozenset({1, 2, 9, 10, 11, 12, 13, 32, 0xA0, 0x2003, 0x2002, 0x3000, 0xFEFF})
_SURROGATES = range(0xD800, 0xE000)
_QUARTER = math.pi / 2


def is_pdf(head: bytes) -> bool:
    """Whether a file that begins with `head` is a PDF file."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-")


def read_pdf(data: bytes) -> Sequence[Sheet | Fault]:
    """The pages of a PDF file, numbered from 1 where there are several; a Fault for each page without a text layer.

    Raises UnreadableError for a file that is damaged, locked with a password, or has more pages than any issue.
    """
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


def read_page(document: PdfDocument, number: int, part: str | None) -> Sheet | Fault:
    """One page, numbered from 0."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return Fault(part, "truncated", "this page of the PDF is damaged", "Copy the file again")
    try:
        glyphs = _glyphs(page)
        fault = _without_text(page, glyphs, part)
        return fault or Sheet(_text(page, glyphs), ENCODING, part, SYSTEM)
    finally:
        page.close()


def _without_text(page: PdfPage, glyphs: Sequence[Glyph], part: str | None) -> Fault | None:
    """Why the page has no text that could be read, if it has none."""
    remedy = "Build with --ocr, where Tesseract with Chinese is installed"
    if len(glyphs) > MOST_GLYPHS:
        return Fault(part, "too_complex", f"the page has over {MOST_GLYPHS:,} characters", "Split it, or remove it")
    text = "".join(glyph.text for glyph in glyphs)
    if len(_LOST.findall(text)) > LOST_SHARE * len(text) or common_share(text[:SAMPLE]) < COMMON_SHARE:
        return Fault(part, "needs_ocr", "its fonts do not say which characters they draw, so it needs OCR", remedy)
    if len(glyphs) >= FEWEST_GLYPHS:
        return None
    if _has_picture(page):
        return Fault(part, "needs_ocr", "it is a picture without a text layer, so it needs OCR", remedy)
    return None if glyphs else Fault(part, "empty", "the page is blank", "Remove it, or leave it as it is")


def _text(page: PdfPage, glyphs: Sequence[Glyph]) -> str:
    """The text of a page: what is set as most of it is, then what is turned otherwise."""
    _, _, width, height = _frame(page)
    turns = Counter(glyph.turn for glyph in glyphs)
    texts = []
    for turn in sorted(turns, key=lambda turn: (-turns[turn], turn)):
        upright = turned((glyph for glyph in glyphs if glyph.turn == turn), turn, width, height)
        texts.append(page_text(upright, _boxes(page) if turn == 0 else [], width if turn % 2 else height))
    return "\n\n".join(texts) + "\n"


def _frame(page: PdfPage) -> tuple[float, float, float, float]:
    """The left edge and the top of the page in its own coordinates, its width and its height, unturned."""
    left, bottom, right, top = page.get_bbox()
    return left, top, right - left, top - bottom


def _glyphs(page: PdfPage) -> list[Glyph]:
    """The characters of a page without blanks, in boxes that are counted from its top left corner."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    count = min(text_page.count_chars(), 2 * MOST_GLYPHS)
    handle = text_page.raw
    left, top, _, _ = _frame(page)
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    matrix = raw.FS_MATRIX()
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    found = []
    spaced = False
    row = column = (0.0, 0.0)
    size, turn = 0.0, 0
    for index in range(count):
        code = unicode_of(handle, index)
        if code in _BLANKS:
            spaced = spaced or not raw.FPDFText_IsGenerated(handle, index)
            continue
        if not box_of(handle, index, pointer):
            continue
        x0, y0, x1, y1 = box.left - left, top - box.top, box.right - left, top - box.bottom
        if (y0, y1) != row and (x0, x1) != column:  # a glyph in line with the one before is set in the same way
            raw.FPDFText_GetMatrix(handle, index, matrix)
            size = abs(raw.FPDFText_GetFontSize(handle, index)) * math.hypot(matrix.c, matrix.d) or y1 - y0 or 1.0
            turn = round(raw.FPDFText_GetCharAngle(handle, index) / _QUARTER) % 4
        row, column = (y0, y1), (x0, x1)
        character = chr(code) if code not in _SURROGATES and code < 0x110000 else "\ufffd"
        found.append(Glyph(character, x0, y0, x1, y1, size, turn, spaced))
        spaced = False
    text_page.close()
    return found


def _has_picture(page: PdfPage) -> bool:
    from pypdfium2 import raw

    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None


def _boxes(page: PdfPage) -> list[Box]:
    """The rectangles that are drawn on a page, large enough for text and smaller than the page."""
    from pypdfium2 import raw

    left, top, width, height = _frame(page)
    edges = [ctypes.c_float() for _ in range(4)]
    found: dict[Box, None] = {}
    for index in range(min(raw.FPDFPage_CountObjects(page.raw), MOST_OBJECTS)):
        drawn = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            continue
        if raw.FPDFPageObj_GetBounds(drawn, *map(ctypes.byref, edges)):
            x0, y0, x1, y1 = (edge.value for edge in edges)
            if LEAST_BOX < x1 - x0 < 0.9 * width and LEAST_BOX < y1 - y0 < 0.9 * height:
                found[x0 - left, top - y1, x1 - left, top - y0] = None
    return list(found)[:MOST_BOXES]
