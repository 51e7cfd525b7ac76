"""From the glyphs of a printed page to runs: pieces of lines, and headlines set from top to bottom.

Lengths are in points, y grows downwards. In which order runs are read is not decided here (see `columns`).
What concerns each glyph is worked out on columns of them, what concerns pieces of lines piece by piece.
"""
from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.read.printed.glyphs import Glyphs, Numbers, spelled

GAP = 1.2  # ems between glyphs that follow each other in the file and still make one piece of a line
NEAR = 0.35  # the same for glyphs that stand anywhere in the file
ALIKE = 1.4  # how many times larger one of two glyphs of a line may be
LETTERSPACED = 0.2  # ems between most characters of a piece from which on it is set wide
BLANK, LATIN_BLANK = 0.45, 0.15  # ems of white, more than usual, that stand for a blank; and between Latin letters
STACK = 3  # characters from which on a column of single ones is a line set from top to bottom
_BOLD = 0.3  # ems; the same glyph as near as this is printed twice to look bold
_IS_LATIN = np.array([chr(code).isalpha() for code in range(0x250)] + [False])  # the last one: all that come after
downwards, rightwards = attrgetter("y0", "x0"), attrgetter("x0", "y0")  # how all that has a place is sorted


class _Place(NamedTuple):
    """The box of a glyph, and its size."""

    x0: float
    y0: float
    x1: float
    y1: float
    size: float


class _Piece(NamedTuple):
    """Glyphs that follow each other in the file as on a line: their numbers from `start` to before `stop`."""

    start: int
    stop: int
    first: _Place
    last: _Place


class Run(NamedTuple):
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


def runs_of(glyphs: Glyphs) -> list[Run]:
    """The runs of a page of which all glyphs stand upright, in no order that matters."""
    glyphs = _printed_once(glyphs)
    lines = _joined(glyphs, _once(_pieces(glyphs), glyphs.text))
    if not lines:
        return []
    order = np.concatenate([np.arange(piece.start, piece.stop) for line in lines for piece in line])
    lengths = np.array([sum([piece.stop - piece.start for piece in line]) for line in lines])
    return _stacked(_runs(glyphs.chosen(order), lengths))


def _printed_once(glyphs: Glyphs) -> Glyphs:
    """The glyphs without those that are printed again at once."""
    alike = np.flatnonzero(glyphs.codes[1:] == glyphs.codes[:-1]) + 1
    which = np.union1d(alike - 1, alike)
    places = dict(zip(which.tolist(), _places(glyphs, which), strict=True))
    first: dict[int, int] = {}  # of the glyphs to be left out, which ones they repeat
    for number in alike.tolist():
        last = first.get(number - 1, number - 1)
        if _again(places[last], places[number]):
            first[number] = last
    return glyphs.chosen(np.delete(np.arange(len(glyphs)), list(first))) if first else glyphs


def _places(glyphs: Glyphs, which: NDArray[np.intp]) -> list[_Place]:
    columns = glyphs.x0, glyphs.y0, glyphs.x1, glyphs.y1, glyphs.size
    return list(map(_Place, *(column[which].tolist() for column in columns)))


def _again(place: _Place, other: _Place) -> bool:
    """Whether type that begins at the other place is that which begins at the one, printed twice to look bold."""
    return abs(place.x0 - other.x0) + abs(place.y0 - other.y0) < _BOLD * other.size


def _pieces(glyphs: Glyphs) -> list[_Piece]:
    """Glyphs that follow each other in the file as on a line."""
    before, after = slice(None, -1), slice(1, None)
    size, white = glyphs.size[after], glyphs.x0[after] - glyphs.x1[before]
    alike = (glyphs.y0[before] == glyphs.y0[after]) & (glyphs.size[before] == size)  # as nearly all glyphs are
    joined = alike & (-0.5 * size < white) & (white < GAP * size)
    others = np.flatnonzero(~alike & (-size < white) & (white < 2 * size))
    pairs = zip(_places(glyphs, others), _places(glyphs, others + 1), strict=True)
    joined[others] = [_follows(last, place, GAP) for last, place in pairs]
    starts = np.flatnonzero(np.concatenate([[len(glyphs) > 0], ~joined]))
    stops = np.append(starts[1:], len(glyphs))[:len(starts)]
    return list(map(_Piece, starts.tolist(), stops.tolist(), _places(glyphs, starts), _places(glyphs, stops - 1)))


def _follows(before: _Place, after: _Place, gap: float) -> bool:
    """Whether two glyphs stand side by side on one line, `gap` ems apart at most."""
    small, large = (before.size, after.size) if before.size < after.size else (after.size, before.size)
    if large > ALIKE * small or not -0.5 * small < after.x0 - before.x1 < gap * large:
        return False
    overlap = min(before.y1, after.y1) - max(before.y0, after.y0)
    return overlap > 0.5 * min(before.y1 - before.y0, after.y1 - after.y0)


def _once(pieces: Sequence[_Piece], text: str) -> list[_Piece]:
    """The pieces, of glyphs with that text, without those that are printed again in the same place."""
    kept: list[_Piece] = []
    seen: dict[str, list[_Place]] = defaultdict(list)  # by text, where it begins
    for piece in pieces:
        places = seen[text[piece.start:piece.stop]]
        if not any(_again(place, piece.first) for place in places):
            places.append(piece.first)
            kept.append(piece)
    return kept


def _joined(glyphs: Glyphs, pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces that lie side by side without a gap, together, in whatever order the file has them."""
    rows: dict[int, list[list[_Piece]]] = defaultdict(list)
    sizes = [glyphs.size[piece.start:piece.stop] for piece in pieces]
    step = 2 * float(np.median(np.concatenate(sizes))) if sizes else 1.0
    made: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.first[:2]):
        row = math.floor(piece.first.y0 / step)
        left = _left_of(piece.first, chain(rows[row - 1], rows[row], rows[row + 1]))
        if left is None:
            made.append([piece])
            rows[row].append(made[-1])
        else:
            left.append(piece)
    return made


def _left_of(first: _Place, lines: Iterable[list[_Piece]]) -> list[_Piece] | None:
    """The first line that goes on at once with a glyph at that place."""
    for line in lines:
        last = line[-1].last
        if abs(last.x1 - first.x0) < first.size and _follows(last, first, NEAR):
            return line
    return None


def _runs(glyphs: Glyphs, lengths: NDArray[np.intp]) -> list[Run]:
    """A run for each so many glyphs, with blanks where white is left on purpose."""
    starts = np.cumsum(lengths) - lengths
    blanks = _blanks(glyphs, lengths)
    text = spelled(np.insert(glyphs.codes, np.flatnonzero(blanks), ord(" ")))
    ends = (starts + lengths + np.cumsum(blanks)[starts + lengths - 1]).tolist()
    texts = [text[start:end] for start, end in pairwise([0, *ends])]
    return list(map(Run, texts, glyphs.x0[starts].tolist(), np.minimum.reduceat(glyphs.y0, starts).tolist(),
                    np.maximum.reduceat(glyphs.x1, starts).tolist(), np.maximum.reduceat(glyphs.y1, starts).tolist(),
                    _medians(glyphs.size, lengths).tolist()))


def _blanks(glyphs: Glyphs, lengths: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Before which glyphs a blank stands: where more white is left than between most glyphs of the run."""
    run = np.repeat(np.arange(len(lengths)), lengths)
    inner = np.flatnonzero(run[1:] == run[:-1]) + 1  # all but the first of each run
    white = (glyphs.x0[inner] - glyphs.x1[inner - 1]) / glyphs.size[inner]
    usual = np.maximum(_medians(white, lengths - 1), 0.0)[run[inner]]
    latin = _IS_LATIN[np.minimum(glyphs.codes, len(_IS_LATIN) - 1)]
    found = np.zeros(len(glyphs), bool)
    found[inner] = (glyphs.spaced[inner] & (usual <= LETTERSPACED) | (white - usual > BLANK)
                    | (white - usual > LATIN_BLANK) & latin[inner] & latin[inner - 1])
    return found


def _medians(values: Numbers, lengths: NDArray[np.intp]) -> Numbers:
    """The median of each so many values that follow each other; 0 where there are none."""
    ordered = np.append(values[np.lexsort((values, np.repeat(np.arange(len(lengths)), lengths)))], 0.0)
    starts = np.cumsum(lengths) - lengths
    middle = (ordered[starts + np.maximum(lengths - 1, 0) // 2] + ordered[starts + lengths // 2]) / 2
    return np.where(lengths > 0, middle, 0.0)


def _stacked(runs: list[Run]) -> list[Run]:
    """Single characters that stand one above the other become one run that is read downwards."""
    single = sorted((run for run in runs if len(run.text) == 1), key=downwards)
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
