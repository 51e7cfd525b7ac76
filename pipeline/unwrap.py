"""From a page's text to paragraphs: hard wraps undone, one spelling for each character, every offset kept.

Which paragraphs make an article is not decided here (see `segment`).
"""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from pipeline.layout import marks
from pipeline.vocabulary import HERE
from pipeline.words import crosses

WIDEST_COLUMN = 46.0  # characters; a longer line is a whole paragraph, unless it breaks off inside a sentence
OPENING = 24  # characters at the start of a line in which a dateline stands
CAPTION_LINE = 16  # characters before a photographer's mark that is alone in its line, in which the name begins
CAPTION_MARK = 8  # characters at the end of a line in which the mark of a caption stands
SLACK = 3.3  # by how much a full line may fall short of its column (indents, justified punctuation)
_FULL = ("０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
         "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ％．＋－／＝,;:()!?\u3000\t\u00a0＂｜")
_HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%.+-/=，；：（）！？ | \"|"
SPELLING = str.maketrans(dict(zip(_FULL, _HALF, strict=True)))
_SPELT_OTHERWISE = re.compile(f"[{_FULL}]")
_BLANK = " \t\u3000\u00a0\r\f\ufeff"
_BARS = re.compile("[|\t｜]")
_NARROW = re.compile("[\u0000-\u1fff]")
_STOPS = re.compile("[，。、；：？！“”‘’（）《》…]")
_PAUSES = re.compile("[，。、；,;“]")
OPEN_END = re.compile(r"[\d\u4e00-\u9fff、，,]")  # the last letter of a text that may go on
_FIGURE = re.compile(r"\d[\d.,，]*[万亿]?")
_MYRIADS = re.compile(r"\d[万亿]$")
SIGNATURE = re.compile(r"[□■]\s*[\u4e00-\u9fff][^，。□■]{1,22}$")
SECTION_MARK = re.compile(r"■[^■，。]{2,8}■")
# The mark first and what stands before it after, so that a search need not look behind at every character.
_NUMBER_PUNCTUATION = re.compile(r"，(?<=\d，)(?=\d{3}(?!\d))|：(?<=\d：)(?=\d)")
_RAISED_POINT = re.compile(r"[·・](?<=\d.)(?=\d{1,4}[余多]?(?:[万亿%元吨]|百分点|公里|千瓦))")  # 3·72万元, old papers
_POINT = re.compile(r"\.(?<=[\u4e00-\u9fff”\"）]\.)(?![\d.])")  # a full stop typed as a point
_PINYIN = re.compile(r"（[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,7}[）)]")  # a mirror's gloss after a character
_GAPS = re.compile(r"(?<=\S)[ \u3000]{2,}(?=\S)")
# Two gaps at least, a figure after the last: one gap is a heading's (第3版  要闻) or a list's.
_COLUMNS = re.compile(r"(?<=\n)[^\n，。；|]{2,30}?[ \u3000]{2,}(?:\S{1,12}[ \u3000]{2,})+"
                      r"\d[\d.,，]*[年%]?[ \u3000]*(?=\n|$)")
_COLUMN = re.compile(r"[ \u3000][ \u3000]\d")  # without which no such row stands on a page
_SPACES = re.compile(" +")

Runs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Unwrapped text; `runs` of it stand in the page unbroken, each (its start in `text`, its place in the page)."""

    text: str
    runs: tuple[tuple[int, int], ...]
    furniture: str | None = None  # the reason, where the whole paragraph is the site's furniture

    def place(self, position: int) -> int:
        """Where the character at `position` of `text` stands in the page."""
        start, place = self.runs[bisect_right(self.runs, (position + 1,)) - 1]
        return place + position - start

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the page's text that `text[start:end]` was read from."""
        return self.place(start), self.place(end - 1) + 1


class _Line(NamedTuple):
    start: int
    text: str  # with spaces at both ends stripped
    indent: bool
    width: float
    block: int
    furniture: str | None
    apart: bool  # furniture or cells of a table: never part of a longer paragraph


def unwrap(text: str, furniture: Sequence[tuple[int, int, str]] = ()) -> list[Paragraph]:
    """The paragraphs of a page's `text`, in its order; `furniture`: ranges of it that are no prose, with the reason."""
    text = _barred(simplified(text))
    spelt = _spelt(text)
    lines = _lines(text, furniture)
    groups: list[list[_Line]] = []
    for number, line in enumerate(lines):
        if number and _runs_on(lines, number - 1):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_paragraph(spelt, group) for group in groups]


def _barred(text: str) -> str:
    """`text` with a bar in each gap of a table that is set with spaces (职工书屋    个    8,716); none moves."""
    if not _COLUMN.search(text):
        return text
    return _COLUMNS.sub(lambda row: _GAPS.sub(lambda gap: "|" + gap.group()[1:], row.group()), text)


def simplified(text: str) -> str:
    """`text` in simplified characters, one for one, where it is written in traditional ones (mirrors elsewhere)."""
    pairs, pattern = _traditional()
    if len(pattern.findall(text)) * 12 < len(text):
        return text
    return text.translate(pairs)


@lru_cache(maxsize=1)
def _traditional() -> tuple[dict[int, str], re.Pattern[str]]:
    table = (HERE / "traditional.csv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = dict(line.split(",") for line in table)
    return str.maketrans(pairs), re.compile(f"[{''.join(pairs)}]")


def _spelt(text: str) -> str:
    """`text` with one spelling for each character; none moves. Faster than `translate`: a page has few of them."""
    for character in set(_SPELT_OTHERWISE.findall(text)):
        text = text.replace(character, SPELLING[ord(character)])
    return text


def _lines(text: str, furniture: Sequence[tuple[int, int, str]]) -> list[_Line]:
    lines: list[_Line] = []
    start = block = 0
    blank = True
    stretches = sorted(furniture)
    begins = [stretch[0] for stretch in stretches]
    bars = _BARS.search(text) is not None
    for raw in text.split("\n"):
        stripped = raw.strip(_BLANK)
        if not stripped:
            blank = True
        else:
            block += blank
            blank = False
            indent = raw.index(stripped[0])
            at, reason = start + indent, None
            number = bisect_right(begins, at) if begins else 0
            if number and at + len(stripped) <= stretches[number - 1][1]:
                reason = stretches[number - 1][2]
            lines.append(_Line(at, stripped, indent >= 2 or raw[0] == "\u3000", _width(stripped), block, reason,
                               reason is not None or bars and _BARS.search(stripped) is not None))
        start += len(raw) + 1
    return lines


def _width(text: str) -> float:
    """In ems as justified type sets them: punctuation takes about half of what a Chinese character takes."""
    return len(text) - 0.5 * len(_NARROW.findall(text)) - 0.4 * len(_STOPS.findall(text))


def _runs_on(lines: list[_Line], number: int) -> bool:
    """Whether the line after `number` goes on with its sentence."""
    here, after = lines[number], lines[number + 1]
    if here.apart or after.apart:
        return False
    told = _by_marks(here.text, after.text, after.indent)
    if here.width > WIDEST_COLUMN:
        return told is True or told is None and bool(OPEN_END.match(here.text[-1])) and crosses(here.text, after.text)
    if told is not None:
        return told
    if _is_figure(here.text) and number and len(lines[number - 1].text) > 4 or _is_figure(after.text):
        return here.text[-1] not in "|：:" and not _is_table(lines, number)
    return _by_width(lines, number)


def _is_figure(text: str) -> bool:
    return text[0].isdigit() and _FIGURE.fullmatch(text) is not None


def _by_marks(here: str, after: str, indent: bool) -> bool | None:
    """Whether a line goes on in the next as the characters at their ends tell; None where they tell nothing."""
    known = marks()
    first, last = after[0], here[-1]
    if after == "摄" and "□" in here[-CAPTION_LINE:]:
        return True
    if ("□" in here or "■" in here) and (SIGNATURE.search(here) or SECTION_MARK.fullmatch(here)):
        return False
    if first in "□■" and SIGNATURE.fullmatch(after):
        return True
    if first in known.closers and first != "，" != last:
        return True
    if first in known.unit_starts and not _is_figure(here) and (
            last.isdigit() or _MYRIADS.search(here) and _PAUSES.search(here) and not after.startswith(known.not_units)):
        return True
    if last in known.terminals or last in "”』）)" and here[-2:-1] in tuple(known.terminals):
        return False
    if indent or first in known.bullets or known.head.match(after) or known.caption.search(here[-CAPTION_MARK:]):
        return False
    if known.dateline_needs.search(after, 0, OPENING) and known.dateline.search(after[:OPENING]):
        return False
    return True if first in "，,；;、" else None


def _by_width(lines: list[_Line], number: int) -> bool:
    """Whether a line fills its column, as the lines around it show the column, and the next one lies in it too."""
    here, after = lines[number], lines[number + 1]
    column, longest = here.width, len(here.text)
    for line in lines[max(0, number - 1): number + 2: 2] if number else (after,):
        if line.block == here.block:
            column = column if line.furniture else max(column, line.width)
            longest = max(longest, len(line.text))
    slack = SLACK if not after.text[0].isdigit() else 3 * SLACK  # a long number is wrapped as a whole
    if here.width < column - slack and len(here.text) < longest - 2 or here.width < 4:
        return False
    if here.block == after.block:
        return not (after.width > WIDEST_COLUMN) and (here.width > 12 or after.width <= column + SLACK)
    begins = marks().opening_day.match(after.text) and here.text[-1] not in marks().day_follows
    return not begins and _is_prose(lines, number) and _is_prose(lines, number + 1)


def _is_table(lines: list[_Line], number: int) -> bool:
    """Whether figures stand one a line around here, as in the columns of a table."""
    near = [line.text for line in lines[max(0, number - 3): number + 4]]
    return sum(map(_is_figure, near)) > 1 or any("|" in text or "\t" in text for text in near)


def _is_prose(lines: list[_Line], number: int) -> bool:
    """Whether the block of a line holds more than headlines: several lines, or a stop inside."""
    block = [line for line in lines[max(0, number - 6): number + 7] if line.block == lines[number].block]
    first = block[0]
    if len(block) == 1 and "。" not in first.text and not ("，" in first.text and first.width > 10):
        return False
    return any(_PAUSES.search(line.text) for line in block)


def _paragraph(spelt: str, group: list[_Line]) -> Paragraph:
    """The paragraph that a group of lines makes, from the page as `spelt`."""
    text, runs = "", Runs()
    for line in group:
        runs.append((len(text), line.start))
        text += spelt[line.start: line.start + len(line.text)]
    if "■" in text:
        marks = [mark.span() for mark in SECTION_MARK.finditer(text)]
        alone = sum(end - start for start, end in marks) == len(text)  # then one mark is the paragraph
        text, runs = _without(text, runs, marks[alone:])
    text = _NUMBER_PUNCTUATION.sub(_half_width, text)
    if "·" in text or "・" in text:
        text = _RAISED_POINT.sub(".", text)
    text = _POINT.sub("。", text)
    if '"' in text:
        text = _paired(text)
    text, runs = _without(text, runs, [gloss.span() for gloss in _PINYIN.finditer(text)])
    if " " in text:
        text, runs = _without(text, runs, [_superfluous(text, *run.span()) for run in _SPACES.finditer(text)])
    return Paragraph(text, tuple(runs), group[0].furniture)


def _paired(text: str) -> str:
    """The paragraph with its straight quotation marks as the opening and closing ones that they stand for."""
    parts = text.split('"')
    if len(parts) % 2 == 0:  # one is missing, so that none can be told
        return text
    return "".join(part + mark for part, mark in zip_longest(parts, "“”" * (len(parts) // 2), fillvalue=""))


def _half_width(mark: re.Match[str]) -> str:
    return "," if mark.group() == "，" else ":"


def _without(text: str, runs: Runs, spans: Sequence[tuple[int, int]]) -> tuple[str, Runs]:
    """The text and its runs without some spans of it, given in order."""
    if not any(end > start for start, end in spans):
        return text, runs
    kept, places, length = "", Runs(), 0
    for start, end in zip([0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True):
        for run, place in runs[bisect_right(runs, (start + 1,)) - 1:]:
            if run >= end:
                break
            first = max(run, start)
            places.append((length + first - start, place + first - run))
        kept += text[start:end]
        length += end - start
    return kept, places


def _superfluous(text: str, start: int, end: int) -> tuple[int, int]:
    """The spaces of a run that go: all but one that separates words, not a digit from a Chinese character."""
    before, after = text[start - 1: start], text[end: end + 1]
    separates = bool(before and after) and (before < "\u0080") == (after < "\u0080")
    return start, end - separates
