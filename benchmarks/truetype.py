"""The font of the tests with TrueType outlines, to see what reading a PDF costs with either kind; it measures nothing.

The font itself has outlines of the other kind (CFF), on which pdfium spends several times as long.
"""
from __future__ import annotations

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable

EXACT = 1.0  # thousandths of an em by which an outline may differ
DROPPED = ("BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")  # about layout and type set from top to bottom


def write_truetype(font: tuple[str, int], text: str, path: str) -> tuple[str, int]:
    """Write the characters of `text`, of a font (its file, and the number of its face), to `path`; gives that font."""
    made = TTFont(font[0], fontNumber=font[1])
    options = Options(layout_features=[], notdef_outline=True)
    options.drop_tables += DROPPED
    subsetter = Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(made)
    drawn, order = made.getGlyphSet(), made.getGlyphOrder()
    outlines = made["glyf"] = newTable("glyf")
    outlines.glyphOrder, outlines.glyphs = order, {name: _outline(drawn, name) for name in order}
    for outline in outlines.glyphs.values():
        outline.recalcBounds(outlines)
    del made["CFF "]
    made["loca"] = newTable("loca")
    made["maxp"].tableVersion = 0x00010000
    for limit in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
                  "maxSizeOfInstructions", "maxComponentElements"):
        setattr(made["maxp"], limit, 0)
    made["maxp"].maxZones, made["post"].formatType, made.sfntVersion = 1, 3.0, "\x00\x01\x00\x00"
    made.save(path)
    return path, 0


def _outline(drawn, name):
    pen = TTGlyphPen(None)
    drawn[name].draw(Cu2QuPen(pen, EXACT, reverse_direction=True))
    return pen.glyph()
