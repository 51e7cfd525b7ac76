"""Bytes to text: which encoding a file is in, and the reader of plain text files; not whose issue it is."""
from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from functools import cache

from pipeline.read.sheet import Sheet, UnreadableError

CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1b\x7f\ufffd]")
CONTROL_SHARE = 0.01  # of the characters; more than this, and than STRAY of them, is no text
STRAY = 2
FOREIGN_SHARE = 0.05  # of the bytes that break UTF-8; up to this the file is damaged UTF-8, not another encoding
COMMON_SHARE = 0.5  # of the characters outside ASCII that must be frequent ones; mojibake stays below
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a gzip file"),
    (b"Rar!", "a RAR file"),
    (b"From: <Saved by", "a web archive (MHTML)"),
    (b"MIME-Version:", "a web archive (MHTML)"),
    (b"{\\rtf", "an RTF file"),
    (b"<?xml", "an XML file"),
)


def is_text(data: bytes) -> bool:
    """Whether the text reader is the one to try: not a format that another reader would be needed for."""
    return foreign_format(data) is None


def foreign_format(data: bytes) -> str | None:
    """What the file is where its first bytes show that it is no plain text (an image, an archive), else None."""
    return next((name for signature, name in _SIGNATURES if data.startswith(signature)), None)


def read_text(data: bytes) -> Sequence[Sheet]:
    """The one page of a plain text file; raises UnreadableError (see `decode`)."""
    return (Sheet(*decode(data)),)


def decode(data: bytes) -> tuple[str, str]:
    """The text of `data` and the name of its encoding: UTF-8, UTF-16 (UTF-32 with a mark) or GB18030.

    A byte order mark is left out and line ends become \\n; nothing else changes, since spans count these characters.
    Raises UnreadableError where the bytes are empty, binary, damaged, or in an encoding that none of these is.
    """
    if not data.strip():
        raise UnreadableError("empty", "the file is empty", "Copy it again, or remove it")
    text, encoding = _marked(data) or _unmarked(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableError("empty", "the file holds nothing but blanks", "Copy it again, or remove it")
    strange = len(CONTROL.findall(text))
    if strange > max(STRAY, CONTROL_SHARE * len(text)):
        reason = f"{strange} of its {len(text)} characters are control or replacement characters"
        raise UnreadableError("not_text", reason, "Save the page as a UTF-8 text file")
    return text, encoding


def _marked(data: bytes) -> tuple[str, str] | None:
    """The text of a file that says its encoding with a byte order mark."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _damaged(encoding, error.start) from None
    return None


def _unmarked(data: bytes) -> tuple[str, str]:
    if b"\x00" in data:
        return _utf16(data)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            raise _damaged("utf-8", error.start) from None
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        reason = f"it is neither UTF-8 nor GB18030 (the byte at {error.start} fits neither)"
        raise UnreadableError("undecodable", reason, "Convert the file to UTF-8") from None
    if common_share(text) < COMMON_SHARE:
        reason = "read as GB18030 it is no Chinese text, and it is not UTF-8"
        raise UnreadableError("undecodable", reason, "Find out its encoding and convert the file to UTF-8")
    return text, "gb18030"


def _utf16(data: bytes) -> tuple[str, str]:
    """The text of UTF-16 without a mark, known by its NUL bytes standing where ASCII and line ends put them."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and common_share(text) >= COMMON_SHARE:
            return text, encoding
    raise UnreadableError("not_text", "it holds NUL bytes, as binary files do", "Save the page as a UTF-8 text file")


def _mostly_utf8(data: bytes) -> bool:
    """Whether a file that is not UTF-8 is damaged UTF-8: long sequences that are right, and few bytes that are not."""
    kept = data.decode("utf-8", "ignore")
    wide = sum(len(character.encode()) for character in kept if character > "\u07ff")
    lost = len(data) - len(kept.encode())
    return wide > 0 and lost <= max(4, FOREIGN_SHARE * wide)


def common_share(text: str) -> float:
    """The share of the frequent characters of Chinese among those outside ASCII (1.0 where there are none of these).

    Frequent are the punctuation and the first level of GB 2312 (3,755 characters by use), rows 1 to 3 and 16 to 55.
    """
    wide = [character for character in text[:20_000] if character > "\x7f"]
    return sum(map(_frequent().__contains__, wide)) / len(wide) if wide else 1.0


@cache
def _frequent() -> frozenset[str]:
    rows = (*range(0xA1, 0xA4), *range(0xB0, 0xD8))
    cells = b" ".join(bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return frozenset(cells.decode("gb2312", "ignore").replace(" ", ""))


def _damaged(encoding: str, at: int) -> UnreadableError:
    return UnreadableError("undecodable", f"it is {encoding} with damage at byte {at}", "Copy the file again, whole")
