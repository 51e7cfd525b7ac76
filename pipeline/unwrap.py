"""From a page's text to paragraphs: hard wraps undone, one spelling for each character, every offset kept.

Which paragraphs make an article is not decided here (see `segment`).
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.vocabulary import HERE, read_toml

WIDEST_COLUMN = 46.0  # characters; a longer line is a whole paragraph, not a wrapped one
SLACK = 3.3  # by how much a full line may fall short of its column (indents, justified punctuation)
_FULL = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ％．＋－／＝"
_HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%.+-/="
SPELLING = str.maketrans(_FULL + ",;:()!?\u3000\t\u00a0＂｜", _HALF + "，；：（）！？ | \"|")
_POINT = re.compile(r"(?<=[\u4e00-\u9fff”\"）])\.(?![\d.])")  # a full stop typed as a point
_NARROW = re.compile("[\u0000-\u1fff]")
_STOPS = re.compile("[，。、；：？！“”‘’（）《》…]")
_FIGURE = re.compile(r"\d[\d.,，]*[万亿]?")
_PINYIN = re.compile(r"（[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,7}[）)]")  # a mirror's gloss after a character
SIGNATURE = re.compile(r"[□■]\s*[\u4e00-\u9fff][^，。□■]{1,22}$")
SECTION_MARK = re.compile(r"■[^■，。]{2,8}■")
_NUMBER_PUNCTUATION = re.compile(r"(?<=\d)[，](?=\d{3}(?!\d))|(?<=\d)[：](?=\d)")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Unwrapped text; `at[i]` is where its character i stands in the page, so text[i:j] is page[at[i]:at[j-1]+1]."""

    text: str
    at: tuple[int, ...]
    furniture: str | None = None  # the reason, where the whole paragraph is the site's furniture

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the page's text that `text[start:end]` was read from."""
        return self.at[start], self.at[end - 1] + 1


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str  # with spaces at both ends stripped
    indent: bool
    width: float
    block: int
    furniture: str | None


@lru_cache(maxsize=1)
def _layout() -> tuple[str, str, str, re.Pattern[str], re.Pattern[str]]:
    words = read_toml("layout.toml")
    opening = re.compile("|".join(words["dateline"]) + "|" + words["subhead"] + r"|^[\[【■]|^——")
    return words["bullets"], words["terminals"], words["closers"], opening, re.compile(words["caption"])


def unwrap(text: str, furniture: Sequence[tuple[int, int, str]] = ()) -> list[Paragraph]:
    """The paragraphs of a page's `text`, in its order; `furniture`: ranges of it that are no prose, with the reason."""
    lines = _lines(simplified(text), furniture)
    groups: list[list[_Line]] = []
    for number, line in enumerate(lines):
        if number and _runs_on(lines, number - 1):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_paragraph(group) for group in groups]


def simplified(text: str) -> str:
    """`text` in simplified characters, one for one, where it is written in traditional ones (mirrors of other regions)."""
    pairs, pattern = _traditional()
    if len(pattern.findall(text)) * 12 < len(text):
        return text
    return text.translate(pairs)


@lru_cache(maxsize=1)
def _traditional() -> tuple[dict[int, str], re.Pattern[str]]:
    table = (HERE / "traditional.csv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = dict(line.split(",") for line in table)
    return str.maketrans(pairs), re.compile(f"[{''.join(pairs)}]")


def _lines(text: str, furniture: Sequence[tuple[int, int, str]]) -> list[_Line]:
    lines: list[_Line] = []
    start = block = 0
    blank = True
    for raw in text.split("\n"):
        stripped = raw.strip(" \t\u3000\u00a0\r\f\ufeff")
        if not stripped:
            blank = True
        else:
            block += blank
            blank = False
            at = start + raw.index(stripped[0])
            reason = next((why for a, b, why in furniture if a <= at and at + len(stripped) <= b), None)
            lines.append(_Line(at, stripped, at - start >= 2 or raw[0] == "\u3000", _width(stripped), block, reason))
        start += len(raw) + 1
    return lines


def _width(text: str) -> float:
    """In ems as justified type sets them: punctuation takes about half of what a Chinese character takes."""
    return len(text) - 0.5 * len(_NARROW.findall(text)) - 0.4 * len(_STOPS.findall(text))


def _runs_on(lines: list[_Line], number: int) -> bool:
    """Whether the line after `number` goes on with its sentence."""
    bullets, terminals, closers, opening, caption = _layout()
    here, after = lines[number], lines[number + 1]
    if any(mark in here.text + after.text for mark in "|\t｜"):
        return False
    if here.furniture or after.furniture or here.width > WIDEST_COLUMN:
        return False
    if SIGNATURE.search(here.text) or SECTION_MARK.fullmatch(here.text):
        return False
    if SIGNATURE.fullmatch(after.text):
        return True
    if after.text[0] in closers and "，" not in after.text[:1] + here.text[-1:]:
        return True
    if here.text[-1] in terminals or here.text[-2:-1] in set(terminals) and here.text[-1] in "”』）)":
        return False
    if after.indent or after.text[0] in bullets or opening.search(after.text[:24]) or caption.search(here.text):
        return False
    if after.text[0] in "，,；;、":
        return True
    if _FIGURE.fullmatch(here.text) and number and len(lines[number - 1].text) > 4 or _FIGURE.fullmatch(after.text):
        return here.text[-1] not in "|：:" and not _is_table(lines, number)
    column = max((lines[n].width for n in (number - 1, number, number + 1)
                  if 0 <= n < len(lines) and lines[n].block == here.block and not lines[n].furniture), default=0.0)
    longest = max(len(lines[n].text) for n in (number - 1, number, number + 1)
                  if 0 <= n < len(lines) and (lines[n].block == here.block or n == number))
    slack = SLACK if not after.text[0].isdigit() else 3 * SLACK  # a long number is wrapped as a whole
    if here.width < column - slack and len(here.text) < longest - 2 or here.width < 4:
        return False
    if here.block == after.block:
        return not (after.width > WIDEST_COLUMN) and (here.width > 12 or after.width <= column + SLACK)
    return _is_prose(lines, number) and _is_prose(lines, number + 1)


def _is_table(lines: list[_Line], number: int) -> bool:
    """Whether figures stand one a line around here, as in the columns of a table."""
    near = lines[max(0, number - 3): number + 4]
    return sum(1 for line in near if _FIGURE.fullmatch(line.text)) > 1 or any("|" in line.text or "\t" in line.text for line in near)


def _is_prose(lines: list[_Line], number: int) -> bool:
    """Whether the block of a line holds more than headlines: several lines, or a stop inside."""
    block = [line for line in lines[max(0, number - 6): number + 7] if line.block == lines[number].block]
    marks = sum(c in "，。、；,;“" for line in block for c in line.text)
    return marks > 0 and (len(block) > 1 or "。" in block[0].text or "，" in block[0].text and block[0].width > 10)


def _paragraph(group: list[_Line]) -> Paragraph:
    at = [place for line in group for place in range(line.start, line.start + len(line.text))]
    spelled = "".join(line.text for line in group).translate(SPELLING)
    for mark in reversed(list(SECTION_MARK.finditer(spelled))):
        if len(spelled) > len(mark.group()):
            spelled, at = spelled[:mark.start()] + spelled[mark.end():], at[:mark.start()] + at[mark.end():]
    spelled = _NUMBER_PUNCTUATION.sub(lambda m: "," if m.group() == "，" else ":", spelled)
    spelled = _POINT.sub("。", spelled)
    for gloss in reversed(list(_PINYIN.finditer(spelled))):
        spelled, at = spelled[:gloss.start()] + spelled[gloss.end():], at[:gloss.start()] + at[gloss.end():]
    if " " in spelled or '"' in spelled:
        keep = [i for i, c in enumerate(spelled) if c != " " or _space_parts(spelled, i)]
        spelled, at = "".join(spelled[i] for i in keep), [at[i] for i in keep]
    return Paragraph(spelled, tuple(at), group[0].furniture)


def _space_parts(text: str, at: int) -> bool:
    """Whether the space at `at` separates words: not next to another space, nor between a digit and a Chinese character."""
    before, after = text[:at].rstrip(" ")[-1:], text[at + 1: at + 2]
    if not before or not after or after == " ":
        return False
    ascii_before, ascii_after = before < "\u0080", after < "\u0080"
    return ascii_before == ascii_after
