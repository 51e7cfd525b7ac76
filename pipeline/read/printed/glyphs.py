"""The glyphs of a printed page, as columns of numbers; how they are put together is told in `runs`.

Lengths are in points, y grows downwards.
"""
from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Characters and their boxes, a column for each of their properties, in the order of the file.

    `codes`: their numbers in Unicode; `size`: of their font; `turn`: quarter turns that they are rotated by; `spaced`:
    after a typed blank.
    """

    codes: NDArray[np.uint32]
    x0: Numbers
    y0: Numbers
    x1: Numbers
    y1: Numbers
    size: Numbers
    turn: NDArray[np.int64]
    spaced: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def text(self) -> str:
        """The characters, one for each glyph."""
        return spelled(self.codes)

    def chosen(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Glyphs:
        """Those of the given numbers, in their order, or those for which the given column is true."""
        return Glyphs(*(getattr(self, column.name)[which] for column in fields(self)))


def spelled(codes: NDArray[np.uint32]) -> str:
    """The text that the numbers of characters in Unicode make, none of them a surrogate."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")


def turned(glyphs: Glyphs, turn: int, width: float, height: float) -> Glyphs:
    """Glyphs that are rotated by `turn` quarter turns, clockwise, as they stand once the page is turned upright."""
    x0, y0, x1, y1 = glyphs.x0, glyphs.y0, glyphs.x1, glyphs.y1
    if turn == 1:
        x0, y0, x1, y1 = y0, width - x1, y1, width - x0
    elif turn == 2:
        x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
    elif turn == 3:
        x0, y0, x1, y1 = height - y1, x0, height - y0, x1
    return Glyphs(glyphs.codes, x0, y0, x1, y1, glyphs.size, np.zeros_like(glyphs.turn), glyphs.spaced)
