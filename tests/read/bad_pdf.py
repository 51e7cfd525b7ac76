"""PDF files written byte by byte, so that no font or library is needed, most of them bad; no test lives here."""
from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

TEXT = b"BT /F 10 Tf 40 700 Td (Some Latin text of a page that is no picture) Tj ET"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
UNMAPPED = (b"<< /Type /Font /Subtype /Type0 /BaseFont /None /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
            b"/Subtype /CIDFontType2 /BaseFont /None /DW 1000 /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
            b"/Supplement 0 >> >>] >>")
CHINESE = (b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [<< "
           b"/Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo << /Registry (Adobe) "
           b"/Ordering (GB1) /Supplement 4 >> >>] >>")
CODES = b"BT /F 10 Tf 40 700 Td <" + b"".join(b"%04X" % code for code in range(300, 400)) + b"> Tj ET"
PICTURE = b"q 400 0 0 400 50 50 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x00\xff\xff\x00 EI Q"


@dataclass(frozen=True)
class BadPdf:
    """A file that must be refused: with which code, in words that hold `says`."""

    name: str
    data: Callable[[], bytes]
    refused: str
    says: str

    def whole(self) -> bytes:
        """A file that is good."""
        return written([TEXT])


def written(contents: list[bytes], font: bytes = FONT, kids: str | None = None, trailer: bytes = b"") -> bytes:
    """A PDF file with a page for each content; `kids`: the page tree's own list of pages."""
    pages = [4 + 2 * n for n in range(len(contents))]
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 3: font}
    listed = kids or " ".join(f"{n} 0 R" for n in pages)
    objects[2] = f"<< /Type /Pages /Count {listed.count('R')} /Kids [{listed}] >>".encode()
    for number, content in zip(pages, contents, strict=True):
        objects[number] = (f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number + 1} 0 R "
                           f"/Resources << /Font << /F 3 0 R >> >> >>").encode()
        objects[number + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    data = b"%PDF-1.7\n"
    places = {}
    for number in sorted(objects):
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 00001 f \n"
                     for n in range(1, max(objects) + 1))
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return data + end % (max(objects) + 1, table, max(objects) + 1, trailer, len(data))


def chinese(text: str) -> bytes:
    """The content of a page that holds a line of text in the font CHINESE, which is named and not put in."""
    return b"BT /F 10 Tf 40 700 Td <" + text.encode("utf-16-be").hex().encode() + b"> Tj ET"


def locked() -> bytes:
    """A file that asks for a password, by the standard handler with 40-bit keys and a digest that no password has."""
    secret = b"(" + b"\\050" * 32 + b")"
    return written([TEXT], trailer=b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O %s /U %s /P -4 >>" % (
        secret, secret))


def noise(size: int) -> bytes:
    """Bytes without any order, the same each time."""
    return b"".join(hashlib.sha256(struct.pack(">I", n)).digest() for n in range(size // 32))


def bomb(size: int) -> bytes:
    """A page whose content grows to so many bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)) + packer.flush()
    content = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    return written([TEXT]).replace(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(TEXT), TEXT), content)


def fan() -> bytes:
    """A page that draws ten forms, each of which draws itself ten times."""
    form = (b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 3 0 R >> >> /Length 60 >>\n"
            b"stream\n%s\nendstream" % (b"/X Do " * 10))
    return written([b"/X Do " * 10], form).replace(b"/Font << /F 3 0 R >>", b"/XObject << /X 3 0 R >>")


HOSTILE: dict[str, Callable[[], bytes]] = {"a bomb": lambda: bomb(500_000_000), "forms that draw themselves": fan}
BAD = (
    BadPdf("cut off", lambda: written([TEXT])[:120], "truncated", "damaged or cut off"),
    BadPdf("noise with the mark of a PDF", lambda: b"%PDF-1.7\n" + noise(50_000), "truncated", "damaged or cut off"),
    BadPdf("locked with a password", locked, "locked", "password"),
    BadPdf("a thousand pages", lambda: written([TEXT], kids=" ".join(["4 0 R"] * 1000)), "too_large", "1,000 pages"),
    BadPdf("a blank page", lambda: written([b""]), "empty", "blank"),
    BadPdf("a picture", lambda: written([PICTURE]), "needs_ocr", "without a text layer"),
    BadPdf("fonts without a map to Unicode", lambda: written([CODES], UNMAPPED), "needs_ocr", "its fonts do not say"),
    BadPdf("a page tree without pages", lambda: written([TEXT], kids="9 0 R"), "truncated", "damaged"),
    BadPdf("far more characters than a page holds", lambda: written([TEXT * 1500]), "too_complex", "characters"),
)
