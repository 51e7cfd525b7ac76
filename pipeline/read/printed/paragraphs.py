"""From the regions of a printed page to its text: lines that fill their column run on, paragraphs and blocks do not.

In which order regions are read is decided in `columns`.
"""
from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.read.printed.items import HEADLINE
from pipeline.read.printed.runs import Run, downwards

CAPTION = 0.92  # times the size of the body up to which type is a caption's
SHORT, SHORTER = 1.6, 3.2  # ems by which a full line may end before its column does; and where it has no stop
NARROW = 5.0  # ems; in a narrower column there are figures or names, not prose
INDENT = 1.5  # ems by which a paragraph begins further in
APART = 0.75  # ems of white between blocks
_ENDS = "。！？…!?”』）)"
_CHINESE = re.compile("[\u4e00-\u9fff]")


class _Line(NamedTuple):
    """A printed line: `block` is its block's number in its region; `missing`: ems to the edge of its column.

    `missing` is infinite for what is no prose: several pieces on one line, a line of figures, a narrow column.
    """

    text: str
    size: float
    block: int
    missing: float
    indent: bool


def text_of(regions: Sequence[Sequence[Run]], body: float) -> str:
    """The text of a page, whose body is set in type of that size; a blank line stands between blocks."""
    return _joined([_lines(region, body) for region in regions], body)


def _joined(regions: Sequence[Sequence[_Line]], body: float) -> str:
    """Regions as text: a line that fills its column goes on in the next one, or in the next column."""
    indents = any(line.indent for region in regions for line in region)
    text = ""
    last: _Line | None = None
    for region in regions:
        for number, line in enumerate(region):
            if last is not None:
                text += _joint(last, line, number == 0, body, indents)
            text += "　　" + line.text if line.indent else line.text
            last = line
    return text


def _joint(last: _Line, line: _Line, new_column: bool, body: float, indents: bool) -> str:
    """What stands between two lines; `indents`: whether the page's paragraphs begin further in."""
    prose = CAPTION * body < min(last.size, line.size) and max(last.size, line.size) < HEADLINE * body
    same = prose if new_column else last.block == line.block
    ends = last.text[-1] in _ENDS
    full = last.missing < (SHORTER if indents and not ends else SHORT)
    if prose and full and not line.indent and (not ends or same and indents):
        return ""
    return "\n" if same else "\n\n"


def _lines(region: Sequence[Run], body: float) -> list[_Line]:
    """The lines of a region, captions after the rest."""
    rows: list[list[Run]] = []
    for run in sorted(region, key=downwards):
        if rows and not run.upright and not rows[-1][0].upright and run.middle < rows[-1][0].y1 - 0.2 * run.size:
            rows[-1].append(run)
        else:
            rows.append([run])
    rows = [sorted(row, key=lambda run: run.x0) if len(row) > 1 else row for row in rows]
    small = [row for row in rows if row[0].size <= CAPTION * body]
    if small and len(small) < len(rows):
        rows = [row for row in rows if row[0].size > CAPTION * body] + small
    left = min((row[0].x0 for row in rows), default=0.0)
    right = max((row[-1].x1 for row in rows if CAPTION * body < row[0].size < HEADLINE * body), default=0.0)
    lines: list[_Line] = []
    for number, row in enumerate(rows):
        block = lines[-1].block + _breaks(rows[number - 1][0], row[0], body) if lines else 0
        size = row[0].size
        indent = INDENT * size < row[0].x0 - left < 4 * size and size < HEADLINE * body
        text = " ".join(run.text for run in row)
        prose = len(rows) > 1 and len(row) == 1 and right - left > NARROW * size and _CHINESE.search(text)
        lines.append(_Line(text, size, block, (right - row[-1].x1) / size if prose else math.inf, indent))
    return lines


def _breaks(above: Run, below: Run, body: float) -> bool:
    """Whether a new block begins: other type, white between the lines, or a new headline."""
    other = max(above.size, below.size) > 1.1 * min(above.size, below.size)
    return other or above.upright or below.y0 - above.y1 > APART * body or below.y1 < above.y0
