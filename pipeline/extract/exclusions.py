"""Numbers that count nothing (dates, ordinals, names, slogans …) and why; quantities are read in `quantities`."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.model import Numeral
from pipeline.vocabulary import VocabularyError, read_toml

REACH = 6  # characters before a number in which a pattern that explains it may begin
CHARACTERS = "一二两三四五六七八九十百"
ANY = rf"(?:\d[\d.,]*+[万亿千百]?|[〇零{CHARACTERS}千万]+)"  # no pattern goes on with a digit after N
_ALIKE = ("0123456789", f"〇零{CHARACTERS}千万")  # characters with which about the same patterns begin
_CLASS = r"\[(?:\\.|[^]\\])+\]"
_PLACEHOLDER = re.compile(rf"{_CLASS}|[NC](?![a-z])")
_ATOM = re.compile(rf"\(\?(?::|<?[=!])|{_CLASS}|\{{[^}}]*\}}|\\u[\da-f]{{4}}|\\.|.")
_DIGIT = re.compile(r"[\d一二三四五六七八九万亿]")


@dataclass(frozen=True, slots=True)
class _Pattern:
    text: str
    reason: str
    opening: re.Pattern[str]  # what its first character is


@lru_cache(maxsize=1)
def _patterns() -> tuple[list[_Pattern], frozenset[str]]:
    """The patterns in the order of their file, and the reasons whose numbers may be quantities all the same."""
    entries = read_toml("exclusions.toml")["exclusion"]
    written = [(_checked(expand(pattern)), entry["reason"]) for entry in entries for pattern in entry["patterns"]]
    return ([_Pattern(text, reason, re.compile("|".join(openings(text)))) for text, reason in written],
            frozenset(entry["reason"] for entry in entries if entry.get("keep")))


@cache
def _beginning_with(character: str) -> tuple[re.Pattern[str], list[str]] | None:
    """The patterns that can begin with a character, in one, and the reason for each of its groups; None without any."""
    return _beginning_with_any(next((alike for alike in _ALIKE if character in alike), character))


@cache
def _beginning_with_any(characters: str) -> tuple[re.Pattern[str], list[str]] | None:
    chosen = [pattern for pattern in _patterns()[0] if any(map(pattern.opening.match, characters))]
    union = re.compile("|".join(f"({pattern.text})" for pattern in chosen))
    return (union, [pattern.reason for pattern in chosen]) if chosen else None


def _checked(pattern: str) -> str:
    if "(" in _ATOM.findall(pattern):
        raise VocabularyError(f"exclusions.toml: the pattern “{pattern}” has a group. Write (?: for its bracket.")
    return pattern


def expand(pattern: str) -> str:
    """A vocabulary pattern with its placeholders written out: N a number, C one in characters; in a class one digit."""
    return _PLACEHOLDER.sub(_written_out, pattern)


def _written_out(found: re.Match[str]) -> str:
    place = found.group()
    if place[0] != "[":
        return ANY if place == "N" else f"[{CHARACTERS}]+"
    place = re.sub(r"(?<!-)N(?!-)", rf"{CHARACTERS}\\d", place)
    return re.sub(r"(?<!-)C(?!-)", CHARACTERS, place)


def openings(pattern: str) -> list[str]:
    """The characters and classes, as patterns, one of which begins whatever `pattern` matches."""
    return _openings(_ATOM.findall(pattern)[::-1])[0]


def led(pattern: str, grouped: str = "") -> str:
    """`pattern` behind a look at its first character, where a search fails at once in most places of a text.

    `grouped`: the same pattern with groups, which take its place.
    """
    return f"(?={'|'.join(dict.fromkeys(openings(pattern)))})(?:{grouped or pattern})"


def _openings(atoms: list[str]) -> tuple[list[str], bool]:
    """What the alternatives up to a closing bracket begin with, and whether one can be empty; consumes the stack."""
    found: list[str] = []
    empty, first = False, True  # first: whether nothing need stand before the next atom
    while atoms and (atom := atoms.pop()) != ")":
        if atom == "|":
            empty, first = empty or first, True
            continue
        inner, optional = _openings(atoms) if atom.startswith("(?") else ([atom], False)
        if atom in ("(?=", "(?!", "(?<=", "(?<!", "^", "$"):
            continue  # it takes no character
        while atoms and (atoms[-1] in "?*+" or atoms[-1][0] == "{"):
            optional |= atoms.pop()[:2] in ("?", "*", "{0")
        if first:
            found, first = found + inner, optional
    return found, empty or first


def exclusions(text: str, numerals: Sequence[Numeral]) -> list[str | None]:
    """For each numeral of `text`, in order, the reason why it counts nothing, or None where it may be a quantity."""
    found: list[str | None] = []
    covered, last = 0, None
    for numeral in numerals:
        if numeral.end > covered:
            end, last = _explained(text, numeral)
            covered = max(covered, end)
        found.append(last or _quoted(text, numeral))
    return found


def _explained(text: str, numeral: Numeral) -> tuple[int, str | None]:
    """Where the first pattern that covers a numeral ends, and its reason; (0, None) if there is none."""
    for start in range(max(0, numeral.start - REACH), numeral.start + 1):
        entry = _beginning_with(text[start])
        match = entry[0].match(text, start) if entry else None
        if entry and match and match.end() > numeral.start and _covers(text, match.end(), numeral.end):
            return match.end(), entry[1][(match.lastindex or 1) - 1]
    return 0, None


def _covers(text: str, end: int, numeral_end: int) -> bool:
    """Whether a pattern that ends at `end` covers the numeral, but for the qualifier at the numeral's own end."""
    return end >= numeral_end or not _DIGIT.search(text, end, numeral_end)


def kept(reason: str | None) -> bool:
    """Whether a number excluded for `reason` may still be a quantity where a metric's signal speaks for it."""
    return reason in _patterns()[1]


_STOPS = re.compile("[”’，。；！？\n]")
_TITLE_STOPS = re.compile("[》\n]")
_QUOTE_END = re.compile(r"[^“‘，。；！？\n]{0,16}[”’]")


def _quoted(text: str, numeral: Numeral) -> str | None:
    """name for a number in a title《》, slogan for one in a short quotation."""
    start, end = numeral.start, numeral.end
    title = text.rfind("《", max(0, start - 60), start)
    if title >= 0 and not _TITLE_STOPS.search(text, title, start) and "》" in text[end: end + 60]:
        return "name"
    near = max(0, start - 15)
    quote = max(text.rfind("“", near, start), text.rfind("‘", near, start))
    if quote >= 0 and not _STOPS.search(text, quote, start) and _QUOTE_END.match(text, end):
        return "slogan"
    return None
