"""Whatever stands on a printed page, each character of it is read, once; the layouts themselves are in test_pdf."""
from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.read.printed import page_text
from pipeline.read.printed.glyphs import Glyphs

PLACE = st.integers(0, 60).map(lambda n: n * 9.0)
GLYPHS = st.lists(st.tuples(PLACE, PLACE, st.sampled_from([8.0, 10.0, 10.0, 10.0, 24.0])), max_size=60)
BOXES = st.lists(st.tuples(PLACE, PLACE, PLACE, PLACE).map(lambda box: (
    min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]) + 1, max(box[1], box[3]) + 1)), max_size=4)


def glyphs_at(places):
    """A different character at each place, all of them upright."""
    x, y, size = np.array(list(places), float).reshape(-1, 3).T
    codes = np.arange(len(x), dtype=np.uint32) + 0x4E00
    return Glyphs(codes, x, y, x + size, y + size, size, np.zeros(len(x), int), np.zeros(len(x), bool))


@settings(deadline=None)
@given(GLYPHS, BOXES)
def test_no_character_is_lost_or_read_twice(places, boxes):
    glyphs = glyphs_at(places)
    text = page_text(glyphs, boxes, 600.0)
    assert "".join(sorted("".join(text.split()))) == glyphs.text


@settings(deadline=None)
@given(GLYPHS)
def test_the_order_of_the_file_changes_no_paragraph_of_a_page_without_overlaps(places):
    cells = {(x // 36, y // 36): (x // 36 * 36, y // 36 * 36, 10.0) for x, y, _ in places}
    glyphs = glyphs_at(cells.values())
    backwards = glyphs.chosen(np.arange(len(glyphs))[::-1])
    assert page_text(glyphs, (), 600.0) == page_text(backwards, (), 600.0)
