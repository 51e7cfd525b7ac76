"""The text layer of a PDF page as pdfium tells it: its characters with their places, and the rectangles drawn on it.

What text they make is worked out in `printed`; whether it is worth reading is decided in `pdf`. A call to pdfium costs
more than what it answers, so that of each character only its place is asked, and of all of them what they are at once.
"""
from __future__ import annotations

import ctypes
import math
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw

from pipeline.read.printed.glyphs import Glyphs
from pipeline.read.printed.items import Box

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

MOST_OBJECTS, MOST_BOXES = 20_000, 300  # drawn objects that are looked at, rectangles among them that are kept
LEAST_BOX = 40.0  # points; in a smaller rectangle there is no story
_BLANKS = np.array([1, 2, 9, 10, 11, 12, 13, 32, 0xA0, 0x2003, 0x2002, 0x3000, 0xFEFF], np.uint32)
_LOST = 0xFFFD  # stands for what is no character
_HYPHEN = 0xFFFE  # as which pdfium writes a hyphen at the end of a line
_QUARTER = math.pi / 2


def _unchecked(function: Any) -> Any:
    """A function of pdfium's that is handed its arguments as they are, which is twice as quick as checking each."""
    return ctypes.PYFUNCTYPE(function.restype)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_box_of, _is_generated = _unchecked(raw.FPDFText_GetLooseCharBox), _unchecked(raw.FPDFText_IsGenerated)
_matrix_of, _size_of = _unchecked(raw.FPDFText_GetMatrix), _unchecked(raw.FPDFText_GetFontSize)
_angle_of = _unchecked(raw.FPDFText_GetCharAngle)


def frame_of(page: PdfPage) -> tuple[float, float, float, float]:
    """The left edge and the top of the page in its own coordinates, its width and its height, unturned."""
    left, bottom, right, top = page.get_bbox()
    return left, top, right - left, top - bottom


def glyphs_of(page: PdfPage, most: int) -> Glyphs:
    """The characters of a page without blanks, in boxes counted from its top left corner; at most so many with them."""
    text_page = page.get_textpage()
    try:
        return _glyphs(text_page.raw, min(text_page.count_chars(), most), frame_of(page))
    finally:
        text_page.close()


def _glyphs(handle: Any, count: int, frame: tuple[float, float, float, float]) -> Glyphs:
    codes = _codes(handle, count)
    blank = np.isin(codes, _BLANKS)
    shown = np.flatnonzero(~blank)
    boxes, told = _boxes(handle, shown)
    shown, boxes = shown[told], boxes[told]
    left, top, _, _ = frame
    x0, y0, x1, y1 = boxes[:, 0] - left, top - boxes[:, 1], boxes[:, 2] - left, top - boxes[:, 3]
    size, turn = _type(handle, shown, (x0, y0, x1, y1))
    typed = np.zeros(count, int)
    typed[blank] = np.equal(list(map(_is_generated, repeat(handle), np.flatnonzero(blank).tolist())), 0)
    spaced = np.diff(np.cumsum(typed)[shown], prepend=0) > 0
    codes = codes[shown]
    codes[(codes >= 0xD800) & (codes < 0xE000) | (codes >= 0x110000)] = _LOST
    return Glyphs(codes, x0, y0, x1, y1, size, turn, spaced)


def _codes(handle: Any, count: int) -> NDArray[np.uint32]:
    """The numbers in Unicode of the first characters; asked one by one where the text as a whole leaves some out."""
    units = np.zeros(count + 1, np.uint16)
    told = raw.FPDFText_GetText(handle, 0, count, units.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort)))
    codes = units[:count].astype(np.uint32)
    unsure = np.flatnonzero(codes == _HYPHEN) if told == count + 1 else np.arange(count)
    codes[unsure] = [raw.FPDFText_GetUnicode(handle, index) for index in unsure.tolist()]
    return codes


def _boxes(handle: Any, which: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Left, top, right and bottom of those characters, in rows; and which of them have a place."""
    boxes = (raw.FS_RECTF * (len(which) + 1))()
    size = ctypes.sizeof(raw.FS_RECTF)
    places = map(ctypes.byref, repeat(boxes), range(0, len(which) * size, size))
    told = list(map(_box_of, repeat(handle), which.tolist(), places))
    return np.frombuffer(boxes, np.float32).reshape(-1, 4)[:-1].astype(np.float64), np.array(told, bool)


def _type(
    handle: Any, shown: NDArray[np.intp], box: tuple[NDArray[np.float64], ...],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The size and the turn of those characters, asked where one is not in line with the one before."""
    dx0, dy0, dx1, dy1 = (np.diff(edge, prepend=0.0) for edge in box)
    asked = np.flatnonzero(((dy0 != 0) | (dy1 != 0)) & ((dx0 != 0) | (dx1 != 0)))
    matrix = raw.FS_MATRIX()
    pointer = ctypes.byref(matrix)
    sizes, turns = [0.0], [0]
    for index, height in zip(shown[asked].tolist(), (box[3] - box[1])[asked].tolist(), strict=True):
        _matrix_of(handle, index, pointer)
        size = abs(_size_of(handle, index)) * math.hypot(matrix.c, matrix.d)
        sizes.append(size or height or 1.0)
        turns.append(round(_angle_of(handle, index) / _QUARTER) % 4)
    alike = np.diff(asked, prepend=0, append=len(shown))  # how many in turn are set in the same way
    return np.repeat(sizes, alike), np.repeat(turns, alike)


def has_picture(page: PdfPage) -> bool:
    """Whether a picture is among what the page draws."""
    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None


def boxes_of(page: PdfPage) -> list[Box]:
    """The rectangles that are drawn on a page, large enough for text and smaller than the page."""
    left, top, width, height = frame_of(page)
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
