"""What every reader gives: the sheets of a file, or why a part of it gives none; no format is read here."""
from __future__ import annotations

from dataclasses import dataclass

from pipeline.read.imprint import Imprint

MAY_PASS = frozenset({"too_slow", "crashed", "unreadable"})  # codes of refusals that another run may not give


class UnreadableError(ValueError):
    """Bytes that give no page; `code` (empty, truncated, locked …), the reason and what to do about it."""

    def __init__(self, code: str, reason: str, remedy: str):
        super().__init__(reason)
        self.code, self.reason, self.remedy = code, reason, remedy


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of one page of a file, all spans count its characters, and how it was had.

    `part` tells the pages of one file apart (3 of name.pdf#3), None where the file is one page. `system`: by whose
    marks it was read (an e-paper system, a text layer, ocr). `imprint`: what the reader knows of the issue, which then
    is not looked for in the text; None where the text is all there is.
    """

    text: str
    encoding: str
    part: str | None = None
    system: str | None = None
    imprint: Imprint | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of a file that gives no page: its name (None: the whole file), a code, the reason and what to do."""

    part: str | None
    code: str
    reason: str
    remedy: str
