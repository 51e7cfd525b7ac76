"""What a page's characters are, asked at once, is what pdfium says of each; the files need no font."""
from __future__ import annotations

import subprocess
import sys

import pypdfium2
import pytest
from pypdfium2 import raw

from pipeline.read.textlayer import glyphs_of
from tests.conftest import REPOSITORY
from tests.read.bad_pdf import CHINESE, FONT, chinese, written

BEYOND = (b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences "
          b"[65 /u20089 /u4E2D] >> >>")  # a character beyond the first 65,536, which the text as a whole leaves out
PAGES = {
    "plain": ([chinese("某市总工会发展会员1287人，慰问职工")], CHINESE),
    "a hyphen at the end of a line": ([b"BT /F 10 Tf 40 700 Td (some mem-) Tj 0 -12 Td (bers of a union) Tj ET"], FONT),
    "two halves of a character": ([chinese("某\U00020089市")], CHINESE),
    "a character beyond": ([b"BT /F 10 Tf 40 700 Td (ABAB) Tj ET"], BEYOND),
    "control characters": ([chinese("某\x03市\x1f总\ufffe会")], CHINESE),
}


@pytest.mark.parametrize("name", PAGES)
def test_characters_are_those_that_pdfium_tells_one_by_one(name: str) -> None:
    document = pypdfium2.PdfDocument(written(*PAGES[name]))
    page = document[0]
    text_page = page.get_textpage()
    told = [raw.FPDFText_GetUnicode(text_page.raw, index) for index in range(text_page.count_chars())]
    text = "".join("\ufffd" if 0xD800 <= code < 0xE000 else chr(code) for code in told)
    assert glyphs_of(page, 100).text == "".join(character for character in text if character not in "\x01\x02\r\n \t")
    assert glyphs_of(page, 2).text == text[:2]


def test_who_reads_no_pdf_does_not_load_numpy() -> None:
    program = ("import sys; from pipeline.read import child; child._answer('html', False, b'<p>');"
               "print('numpy' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "False\n"
