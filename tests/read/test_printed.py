"""Whatever stands on a printed page, each character of it is read, once; the layouts themselves are in test_pdf."""
from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.read.printed import page_text
from pipeline.read.printed.runs import Glyph

PLACE = st.integers(0, 60).map(lambda n: n * 9.0)
GLYPHS = st.lists(st.tuples(PLACE, PLACE, st.sampled_from([8.0, 10.0, 10.0, 10.0, 24.0])), max_size=60)
BOXES = st.lists(st.tuples(PLACE, PLACE, PLACE, PLACE).map(lambda box: (
    min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]) + 1, max(box[1], box[3]) + 1)), max_size=4)


@settings(deadline=None)
@given(GLYPHS, BOXES)
def test_no_character_is_lost_or_read_twice(places, boxes):
    glyphs = [Glyph(chr(0x4E00 + number), x, y, x + size, y + size, size) for number, (x, y, size) in enumerate(places)]
    text = page_text(glyphs, boxes, 600.0)
    assert sorted("".join(text.split())) == [glyph.text for glyph in glyphs]


@settings(deadline=None)
@given(GLYPHS)
def test_the_order_of_the_file_changes_no_paragraph_of_a_page_without_overlaps(places):
    cells = {(x // 36, y // 36): (x // 36 * 36, y // 36 * 36, 10.0) for x, y, _ in places}
    glyphs = [Glyph(chr(0x4E00 + number), x, y, x + size, y + size, size)
              for number, (x, y, size) in enumerate(cells.values())]
    assert page_text(glyphs, (), 600.0) == page_text(glyphs[::-1], (), 600.0)
