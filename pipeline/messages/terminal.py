"""Text on a terminal, where a Chinese character takes two columns: how wide it is, and lines that fit."""
from __future__ import annotations

import re
import unicodedata

_PIECES = re.compile(r"[\u0021-\u2e7f]+|\s+|.", re.S)
_CLINGING = "，。、；：？！）》”’"  # never at the start of a line


def width(text: str) -> int:
    """How many columns the text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def fitted(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`, broken between words or Chinese characters; a longer word stays whole."""
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if line and piece not in _CLINGING and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
    return [*lines, line.rstrip()] if line.strip() else lines
