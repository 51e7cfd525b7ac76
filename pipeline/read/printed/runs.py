"""From the glyphs of a printed page to runs: pieces of lines, and headlines set from top to bottom.

Lengths are in points, y grows downwards. In which order runs are read is not decided here (see `columns`).
"""
from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

GAP = 1.2  # ems between glyphs that follow each other in the file and still make one piece of a line
NEAR = 0.35  # the same for glyphs that stand anywhere in the file
ALIKE = 1.4  # how many times larger one of two glyphs of a line may be
LETTERSPACED = 0.2  # ems between most characters of a piece from which on it is set wide
STACK = 3  # characters from which on a column of single ones is a line set from top to bottom
_BOLD = 0.3  # ems; the same glyph as near as this is printed twice to look bold


class Glyph(NamedTuple):
    """A character and its box.

    `size`: the size of its font; `turn`: quarter turns that it is rotated by; `spaced`: after a typed blank.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    turn: int = 0
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line: its text, its box and the size of its type. `upright`: set from top to bottom."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    upright: bool = False

    @property
    def middle(self) -> float:
        """Where the middle of its height is."""
        return (self.y0 + self.y1) / 2


def runs_of(glyphs: Sequence[Glyph]) -> list[Run]:
    """The runs of a page of which all glyphs stand upright, in no order that matters."""
    once = _once(_pieces(glyphs))
    return _stacked([_run(piece) for piece in _joined(once)])


def turned(glyphs: Iterable[Glyph], turn: int, width: float, height: float) -> list[Glyph]:
    """Glyphs that are rotated by `turn` quarter turns, clockwise, as they stand once the page is turned upright."""
    if turn == 0:
        return list(glyphs)
    told = []
    for g in glyphs:
        if turn == 1:
            box = g.y0, width - g.x1, g.y1, width - g.x0
        elif turn == 2:
            box = width - g.x1, height - g.y1, width - g.x0, height - g.y0
        else:
            box = height - g.y1, g.x0, height - g.y0, g.x1
        told.append(Glyph(g.text, *box, g.size, 0, g.spaced))
    return told


def _pieces(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that follow each other in the file as on a line; one that is printed again at once is left out."""
    pieces: list[list[Glyph]] = []
    piece: list[Glyph] = []
    last = None
    for g in glyphs:
        if last is not None and g.text == last.text and _again(last.x0, last.y0, g.x0, g.y0, g.size):
            continue
        if last is not None and g.y0 == last.y0 and g.size == last.size:  # the same as below, for nearly all glyphs
            joined = -0.5 * g.size < g.x0 - last.x1 < GAP * g.size
        else:
            joined = last is not None and _follows(last, g, GAP)
        if not joined:
            piece = []
            pieces.append(piece)
        piece.append(g)
        last = g
    return pieces


def _again(x0: float, y0: float, x1: float, y1: float, size: float) -> bool:
    """Whether type that begins at the one place is that which begins at the other, printed twice to look bold."""
    return abs(x0 - x1) + abs(y0 - y1) < _BOLD * size


def _once(pieces: list[list[Glyph]]) -> list[list[Glyph]]:
    """The pieces without those that are printed again in the same place."""
    kept: list[list[Glyph]] = []
    seen: dict[str, list[Glyph]] = defaultdict(list)  # by text, where it begins
    for piece in pieces:
        text, first = "".join([g.text for g in piece]), piece[0]
        if not any(_again(other.x0, other.y0, first.x0, first.y0, first.size) for other in seen[text]):
            seen[text].append(first)
            kept.append(piece)
    return kept


def _follows(before: Glyph, after: Glyph, gap: float) -> bool:
    """Whether two glyphs stand side by side on one line, `gap` ems apart at most."""
    small, large = (before.size, after.size) if before.size < after.size else (after.size, before.size)
    if large > ALIKE * small or not -0.5 * small < after.x0 - before.x1 < gap * large:
        return False
    overlap = min(before.y1, after.y1) - max(before.y0, after.y0)
    return overlap > 0.5 * min(before.y1 - before.y0, after.y1 - after.y0)


def _joined(pieces: list[list[Glyph]]) -> list[list[Glyph]]:
    """Pieces that lie side by side without a gap become one, in whatever order the file has them."""
    rows: dict[int, list[list[Glyph]]] = defaultdict(list)
    step = 2 * median(g.size for piece in pieces for g in piece) if pieces else 1.0
    made: list[list[Glyph]] = []
    for piece in sorted(pieces, key=lambda piece: (piece[0].x0, piece[0].y0)):
        row = math.floor(piece[0].y0 / step)
        near = (one for r in (row - 1, row, row + 1) for one in rows[r] if _follows(one[-1], piece[0], NEAR))
        left = next(near, None)
        if left is None:
            made.append(list(piece))
            rows[row].append(made[-1])
        else:
            left.extend(piece)
    return made


def _run(piece: Sequence[Glyph]) -> Run:
    """A piece with blanks where white is left on purpose: more of it than between most characters of the piece."""
    whites = [(after.x0 - before.x1) / after.size for before, after in pairwise(piece)]
    usual = max(0.0, median(whites)) if whites else 0.0
    letterspaced = usual > LETTERSPACED
    text = piece[0].text
    for white, (before, after) in zip(whites, pairwise(piece), strict=True):
        typed = after.spaced and not letterspaced
        if typed or white - usual > 0.45 or white - usual > 0.15 and _is_latin(before.text + after.text):
            text += " "
        text += after.text
    return Run(text, piece[0].x0, min([g.y0 for g in piece]), max([g.x1 for g in piece]), max([g.y1 for g in piece]),
               median([g.size for g in piece]))


def _is_latin(text: str) -> bool:
    return max(text) < "\u0250" and text.isalpha()


def _stacked(runs: list[Run]) -> list[Run]:
    """Single characters that stand one above the other become one run that is read downwards."""
    single = sorted((run for run in runs if len(run.text) == 1), key=lambda run: (run.y0, run.x0))
    stacks: list[list[Run]] = []
    for run in single:
        below = (stack for stack in stacks if _continues(stack[-1], run))
        stack = next(below, None)
        if stack is None:
            stacks.append([run])
        else:
            stack.append(run)
    tall = [stack for stack in stacks if len(stack) >= STACK]
    taken = {id(run) for stack in tall for run in stack}
    upright = [Run("".join(run.text for run in stack), min(run.x0 for run in stack), stack[0].y0,
                   max(run.x1 for run in stack), stack[-1].y1, stack[0].size, True) for stack in tall]
    return [run for run in runs if id(run) not in taken] + upright


def _continues(above: Run, below: Run) -> bool:
    small, large = sorted((above.size, below.size))
    middle = abs(above.x0 + above.x1 - below.x0 - below.x1) / 2
    return large < ALIKE * small and middle < 0.3 * large and -0.6 * large < below.y0 - above.y1 < 0.8 * large
