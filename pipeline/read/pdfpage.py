"""The reader of one page of a PDF file: its text in reading order, or why it has none.

Pictures of text are not read here (see `ocr`), nor is it asked what the file is (see `pdf`).
"""
from __future__ import annotations

import re

import numpy as np
from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from pipeline.read.pdf import ENCODING
from pipeline.read.printed import page_text
from pipeline.read.printed.glyphs import Glyphs, turned
from pipeline.read.sheet import Fault, Sheet
from pipeline.read.text import COMMON_SHARE, common_share
from pipeline.read.textlayer import boxes_of, frame_of, glyphs_of, has_picture

MOST_GLYPHS = 30_000  # a full page has about eight thousand
FEWEST_GLYPHS = 8  # a page with less text than this and a picture is a picture
LOST_SHARE = 0.1  # of the glyphs; if more do not say which character they are, the text layer is worthless, as it
# is where what they say is no Chinese (see `COMMON_SHARE`): the numbers of glyphs in a font were taken for characters
SYSTEM = "text_layer"
SAMPLE = 2_000  # characters that show whether they are Chinese
_LOST = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ufffe\uffff\ue000-\uf8ff]")


def read_page(document: PdfDocument, number: int, part: str | None) -> Sheet | Fault:
    """One page, numbered from 0."""
    try:
        page = document[number]
    except PdfiumError:
        return Fault(part, "truncated", "this page of the PDF is damaged", "Copy the file again")
    try:
        glyphs = glyphs_of(page, 2 * MOST_GLYPHS)
        fault = _without_text(page, glyphs, part)
        return fault or Sheet(_text(page, glyphs), ENCODING, part, SYSTEM)
    finally:
        page.close()


def _without_text(page: PdfPage, glyphs: Glyphs, part: str | None) -> Fault | None:
    """Why the page has no text that could be read, if it has none."""
    remedy = "Build with --ocr, where Tesseract with Chinese is installed"
    if len(glyphs) > MOST_GLYPHS:
        return Fault(part, "too_complex", f"the page has over {MOST_GLYPHS:,} characters", "Split it, or remove it")
    text = glyphs.text
    if len(_LOST.findall(text)) > LOST_SHARE * len(text) or common_share(text[:SAMPLE]) < COMMON_SHARE:
        return Fault(part, "needs_ocr", "its fonts do not say which characters they draw, so it needs OCR", remedy)
    if len(glyphs) >= FEWEST_GLYPHS:
        return None
    if has_picture(page):
        return Fault(part, "needs_ocr", "it is a picture without a text layer, so it needs OCR", remedy)
    return None if len(glyphs) else Fault(part, "empty", "the page is blank", "Remove it, or leave it as it is")


def _text(page: PdfPage, glyphs: Glyphs) -> str:
    """The text of a page: what is set as most of it is, then what is turned otherwise."""
    _, _, width, height = frame_of(page)
    counts = np.bincount(glyphs.turn, minlength=4).tolist()
    texts = []
    for turn in sorted(filter(counts.__getitem__, range(4)), key=lambda turn: -counts[turn]):
        upright = turned(glyphs.chosen(glyphs.turn == turn), turn, width, height)
        texts.append(page_text(upright, boxes_of(page) if turn == 0 else [], width if turn % 2 else height))
    return "\n\n".join(texts) + "\n"
