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
    pieces = _joined(_pieces(_printed_once(glyphs)))
    return _stacked([_run(piece) for piece in pieces])


def turned(glyphs: Iterable[Glyph], turn: int, width: float, height: float) -> list[Glyph]:
    """Glyphs that are rotated by `turn` quarter turns, clockwise, as they stand once the page is turned upright."""
    told = []
    for g in glyphs:
        if turn == 1:
            box = g.y0, width - g.x1, g.y1, width - g.x0
        elif turn == 2:
            box = width - g.x1, height - g.y1, width - g.x0, height - g.y0
        elif turn == 3:
            box = height - g.y1, g.x0, height - g.y0, g.x1
        else:
            box = g.x0, g.y0, g.x1, g.y1
        told.append(Glyph(g.text, *box, g.size, 0, g.spaced))
    return told


def _printed_once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The glyphs without those that are printed again in the same place."""
    seen: dict[tuple[str, int, int], list[Glyph]] = defaultdict(list)
    kept = []
    for g in glyphs:
        x, y = math.floor(g.x0 / max(g.size, 1)), math.floor(g.y0 / max(g.size, 1))
        near = (other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in seen.get((g.text, x + dx, y + dy), ()))
        if not any(abs(o.x0 - g.x0) + abs(o.y0 - g.y0) < _BOLD * g.size for o in near):
            seen[g.text, x, y].append(g)
            kept.append(g)
    return kept


def _pieces(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that follow each other in the file as on a line."""
    pieces: list[list[Glyph]] = []
    for g in glyphs:
        if pieces and _follows(pieces[-1][-1], g, GAP):
            pieces[-1].append(g)
        else:
            pieces.append([g])
    return pieces


def _follows(before: Glyph, after: Glyph, gap: float) -> bool:
    """Whether two glyphs stand side by side on one line, `gap` ems apart at most."""
    small, large = sorted((before.size, after.size))
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
    text = piece[0].text
    for before, after in pairwise(piece):
        latin = before.text < "\u0250" and before.text.isalpha() and after.text < "\u0250" and after.text.isalpha()
        apart = after.spaced or after.x0 - before.x1 > (0.15 if latin else 0.45) * after.size
        text += (" " if apart else "") + after.text
    size = median(g.size for g in piece)
    return Run(text.strip(" "), piece[0].x0, min(g.y0 for g in piece), max(g.x1 for g in piece),
               max(g.y1 for g in piece), size)


def _stacked(runs: list[Run]) -> list[Run]:
    """Single characters that stand one above the other become one run that is read downwards."""
    runs = [run for run in runs if run.text]
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
