"""A story printed as PDF in columns, as a newspaper sets it, with a free Chinese font; no test lives here."""
from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image
from PIL.Image import Image as Picture

from tests.read.rendering import Story, is_headline

FONT = "Noto Sans CJK SC"
WIDTH, HEIGHT, MARGIN = 780.0, 1100.0, 40.0  # points
BODY, LEADING, GUTTER = 10.0, 15.0, 16.0
HEAD, KICKER = 24.0, 16.0  # size of a story's title, and of the headlines above and below it
STOPS = "，。、；：？！）】》”’％%,.;:!?)"


@lru_cache(maxsize=1)
def font() -> tuple[str, int]:
    """The file of the font and the number of the face in it; the test is skipped where it is not installed."""
    listed = shutil.which("fc-list") and subprocess.run(
        ["fc-list", f"{FONT}:style=Regular", "file", "index"], capture_output=True, text=True, check=True).stdout
    if not listed:
        pytest.skip(f"the font {FONT} is not installed (Debian: fonts-noto-cjk)")
    path, _, rest = sorted(listed.splitlines())[0].partition(":")
    return path, int(rest.rpartition("=")[2] or 0)


def sheet(width: float = WIDTH, height: float = HEIGHT, other: tuple[str, int] | None = None) -> FPDF:
    """An empty PDF file with the font set, or another one."""
    pdf = FPDF(unit="pt", format=(width, height))
    path, face = other or font()
    pdf.add_font("cjk", "", path, collection_font_number=face)
    pdf.set_font("cjk", size=BODY)
    pdf.set_auto_page_break(False)
    return pdf


def printed(stories: Sequence[Story], columns: int, other: tuple[str, int] | None = None) -> bytes:
    """A PDF file with a page for each story, its headlines across all columns; set in the font or another one."""
    pdf = sheet(other=other)
    for story in stories:
        pdf.add_page()
        set_story(pdf, story, (MARGIN, MARGIN, WIDTH - MARGIN), columns)
    return bytes(pdf.output())


def set_story(pdf: FPDF, story: Story, frame: tuple[float, float, float], columns: int) -> float:
    """Set a story into a frame (left, top, right), its columns of equal length; where it ends."""
    left, top, right = frame
    y = top
    for number, line in enumerate(story.head):
        size = HEAD if number == min(1, len(story.head) - 1) else KICKER
        for piece in wrapped(pdf, line, right - left, size):
            y += size * 1.4
            put(pdf, left + (right - left - pdf.get_string_width(piece)) / 2, y, piece, size)
    y += LEADING
    wide = (right - left - GUTTER * (columns - 1)) / columns
    lines = [line for block in story.blocks for line in paragraph(pdf, block, wide)]
    each = -(-len(lines) // columns)
    for number, line in enumerate(lines):
        column, row = divmod(number, each)
        put(pdf, left + column * (wide + GUTTER), y + (row + 1) * LEADING, line, BODY)
    return y + (each + 1) * LEADING


def paragraph(pdf: FPDF, block: Sequence[str], wide: float) -> list[str]:
    """The printed lines of a block: a paragraph for each subhead, row, or run of lines that ends a sentence."""
    texts = [""]
    for line in block:
        alone = not texts[-1] and is_headline(line) or "|" in line or "\t" in line
        texts[-1] += line.strip()
        if alone or texts[-1].endswith(tuple("。！？”）)")):
            texts.append("")
    return [line for text in texts if text for line in wrapped(pdf, "　　" + text, wide, BODY)]


def wrapped(pdf: FPDF, text: str, wide: float, size: float) -> list[str]:
    """A text as lines that fit, none beginning with a stop, numbers broken as they come."""
    pdf.set_font_size(size)
    lines = [""]
    for character in text:
        if pdf.get_string_width(lines[-1] + character) > wide:
            kept = len(lines[-1]) - (character in STOPS)
            lines[-1:] = [lines[-1][:kept], lines[-1][kept:]]
        lines[-1] += character
    return lines


def put(pdf: FPDF, x: float, y: float, text: str, size: float) -> None:
    """A line of text with its base line at y."""
    pdf.set_font_size(size)
    pdf.text(x, y, text)


def picture() -> Picture:
    """A picture without text."""
    return Image.new("L", (60, 60), 128)


def scanned(data: bytes) -> bytes:
    """The pages of a PDF file as pictures of them."""
    document = pypdfium2.PdfDocument(data)
    pdf = sheet()
    for page in document:
        pdf.add_page()
        pdf.image(page.render(scale=3, grayscale=True).to_pil(), 0, 0, WIDTH, HEIGHT)
    return bytes(pdf.output())


def drawn(page: dict[str, Any]) -> bytes:
    """A PDF file with the one page that an entry of layouts.toml draws."""
    pdf = sheet()
    pdf.add_page()
    pieces = [(x, y, text, size) for piece in page["draw"] for x, y, text, size in _pieces(piece)]
    if page.get("shuffled"):
        pieces = pieces[::3] + pieces[2::3] + pieces[1::3]
    turned = pdf.rotation(page["turned"], WIDTH / 2, HEIGHT / 2) if "turned" in page else contextlib.nullcontext()
    with turned:
        for x, y, text, size in pieces:
            put(pdf, x, y, text, size)
            if page.get("twice"):
                put(pdf, x + 0.4, y, text, size)
        for piece in page["draw"]:
            if "box" in piece:
                pdf.rect(*piece["box"])
    return bytes(pdf.output())


def _pieces(piece: dict[str, Any]) -> Iterator[tuple[float, float, str, float]]:
    size = piece.get("size", BODY)
    for number, line in enumerate(piece.get("lines", ())):
        yield piece["x"], piece["y"] + number * LEADING * size / BODY, line, size
    for number, character in enumerate(piece.get("upright", "")):
        yield piece["x"], piece["y"] + number * 1.1 * size, character, size
