"""From the glyphs of a printed page to its text, whatever file they come from; `page_text` is the whole way.

    glyphs -> runs: pieces of lines -> items: headlines, boxes, running titles -> columns: reading order -> paragraphs
"""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.read.printed.columns import in_order
from pipeline.read.printed.glyphs import Glyphs
from pipeline.read.printed.items import Box, body_size, items_of
from pipeline.read.printed.paragraphs import text_of
from pipeline.read.printed.runs import runs_of


def page_text(glyphs: Glyphs, boxes: Sequence[Box], height: float) -> str:
    """The text of a page of that height, in points, on which all glyphs stand upright.

    `boxes` are the rectangles drawn on it. A line that fills its column goes on in the next one; paragraphs that begin
    further in keep two blanks in front; a blank line stands between headlines, columns' stories and captions.
    """
    runs = runs_of(glyphs)
    if not runs:
        return ""
    body = body_size(runs)
    top, middle, foot = items_of(runs, boxes, body, height)
    regions = [top, *in_order(middle, body), foot]
    return text_of([[item.run for item in region if item.run] for region in regions if region], body)
