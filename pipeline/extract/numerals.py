"""Every number of a text as it is written: where it stands, its value, its bounds and its qualifier.

Puts together the reading of one number (`numeral_grammar`), ranges of two (2至5, 5000元至1万元) and the words around
them (`qualifiers`), and passes over idioms. Whether a number is a date, an ordinal or a figure is not decided here.
"""
from __future__ import annotations

import re
from bisect import bisect_right
from decimal import Decimal

from pipeline.extract.numeral_grammar import COUNTED, HAN, PAIRS, Reading, chinese_integer, evaluate, read
from pipeline.extract.qualifiers import JOINING, bounds, qualify
from pipeline.model import Numeral
from pipeline.vocabulary import read_toml

__all__ = ["bounds", "chinese_integer", "find_numerals", "qualify"]

_HALF_WIDTH = str.maketrans("０１２３４５６７８９％．／﹪", "0123456789%./%")
_DIGIT = r"0-9〇零○一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
# White space inside a number (2\n万, 百 分 之) goes; between two digits it stays, as does a new paragraph's indent.
_GAP = re.compile(rf"(?<=[^{_DIGIT},，.\s])(?:\n\n?|[ \t\u3000]{{1,4}}|[ \t]\n[ \t]?|\n[ \t])(?=\S)"
                  rf"|(?<=[{_DIGIT},，.])(?:\n\n?|[ \t\u3000]{{1,4}}|[ \t]\n[ \t]?|\n[ \t])(?=[^{_DIGIT}.\s])")
_FULL_WIDTH, _SPACE = re.compile("[０-９％．／﹪]"), re.compile(r"[ \t\u3000\n]")
_YEAR, _ZEROS = re.compile("[一二][0OＯ一二三四五六七八九]{3}(?=年)"), str.maketrans("0OＯ", "〇〇〇")  # 二OO八年
# One class of all characters first, so that a search runs over the others; then what must stand after some of them.
_LEAD = re.compile(rf"[{_DIGIT}十百千万亿拾佰仟廿卅半负几数上－.-](?:(?<=[^几数上－.-])|(?<=[几数])(?=[十百千万亿])"
                   r"|(?<=上)(?=[百千万亿])|(?<=[－.-])(?=[0-9.]))")
_CURRENCY = re.compile("[余多]?(?:" + "|".join(sorted(COUNTED["currencies"], key=lambda w: (-len(w), w))) + ")")
_UNIT_PATTERN = "|".join(sorted(COUNTED["longer"], key=lambda w: (-len(w), w))) + f"|[{COUNTED['characters']}]"
_UNIT = re.compile(_UNIT_PATTERN)
_UNIT_OPENINGS = frozenset(COUNTED["characters"]).union(word[0] for word in COUNTED["longer"])
_CURRENCY_OPENINGS = frozenset("余多").union(word[0] for word in COUNTED["currencies"])
_TO_OPENINGS = _UNIT_OPENINGS.union("（(至到—–~～〜－-与和、")
_GREATEST = Decimal(10) ** 300  # what a float64 holds; a longer run of digits is noise
_COUNTED_NEXT = re.compile(rf"余|{_UNIT_PATTERN}|公[里斤顷]|多?[{COUNTED['characters']}]")
_TO = re.compile(rf"(?P<unit>{_UNIT_PATTERN})?(?:[（(]含[)）])?(?P<word>至|到|[—–~～〜－-]{{1,2}}|[与和]第?|、)(?=\S)")
_CENTS = re.compile(r"(?P<yuan>[元圆块])(?:(?P<jiao>[0-9]|[一二两三四五六七八九壹贰叁肆伍陆柒捌玖])[角毛])?"
                    r"(?:零?(?P<fen>[0-9]|[一二两三四五六七八九壹贰叁肆伍陆柒捌玖])分(?!之))?"
                    rf"(?:(?P<zero>零)?(?P<rest>[一二三四五六七八九])(?=$|[^{HAN}]|[到至]))?")
_YUAN = frozenset("元圆块")
_SHARED = re.compile(r"(?P<core>.*?[0-9].*?|.+?)(?P<shared>[万亿]+|[百千佰仟]|成)$")


_ENTRIES = read_toml("idioms.toml")["idiom"]
_IDIOMS, _NUMBERS = (frozenset(word for entry in _ENTRIES for word in entry.get(key, "").split())
                     for key in ("words", "numbers"))


def _idiom_pattern() -> re.Pattern[str]:
    by_first: dict[str, list[str]] = {}
    for word in sorted(_IDIOMS | _NUMBERS, key=lambda w: (-len(w), w)):
        by_first.setdefault(word[0], []).append(word[1:])
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in sorted(by_first.items())))


_IDIOM = _idiom_pattern()
_IN_IDIOMS = frozenset("".join(_IDIOMS))
_LONGEST_IDIOM = max(map(len, _IDIOMS | _NUMBERS))


def find_numerals(text: str) -> list[Numeral]:
    """All numbers of `text` in reading order, without overlap; offsets are characters of `text`.

    A numeral holds its multiplier (2万), inner qualifier (280余), % and 个百分点, but not its unit, nor 近 before and
    以上 after it, which show in `qualifier`, `low` and `high`. Percentages are in points. A range is one numeral that
    reaches from its first number to its last, the first one's unit included (5000元至1万). So does a sum in 元, 角 and
    分, which holds its last unit too. 几十 and 数万 have no value, only bounds, and are `about`.
    """
    clean, gaps = _prepare(text)
    found: list[Numeral] = []
    position = 0
    while lead := _LEAD.search(clean, position):
        reading = read(clean, lead.start())
        if reading is None or not _is_number(clean, reading):
            position = lead.end()
        elif reading.high > _GREATEST or _idiom_end(clean, reading.start) >= reading.end:
            position = reading.end
        else:
            numeral = _numeral(clean, reading)
            position = numeral.end
            found.append(numeral)
    joined = _join_bounds(clean, found)
    return [_moved(numeral, *gaps) for numeral in joined] if gaps[0] else joined


def _prepare(text: str) -> tuple[str, tuple[list[int], list[int]]]:
    """The text with half-width digits and no white space inside numbers, and the gaps closed.

    A gap is where in the new text something was taken out, and how many characters are missing from there on.
    """
    if _FULL_WIDTH.search(text):
        text = text.translate(_HALF_WIDTH)
    text = _YEAR.sub(_with_zeros, text)
    kept: list[str] = []
    at: list[int] = []
    missing: list[int] = []
    last = removed = 0
    space = _SPACE.search(text)
    while space:
        start, end = space.span()
        gap = _GAP.match(text, start)
        if gap:
            end = gap.end()
            kept.append(text[last:start])
            at.append(start - removed)
            removed += end - start
            missing.append(removed)
            last = end
        space = _SPACE.search(text, end)
    return ("".join(kept) + text[last:] if kept else text), (at, missing)


def _with_zeros(year: re.Match[str]) -> str:
    return year.group().translate(_ZEROS)


def _moved(numeral: Numeral, at: list[int], missing: list[int]) -> Numeral:
    """The numeral with its offsets in the text as it was given."""
    first, last = bisect_right(at, numeral.start), bisect_right(at, numeral.end - 1)
    start = numeral.start + (missing[first - 1] if first else 0)
    end = numeral.end + (missing[last - 1] if last else 0)
    return Numeral(start, end, numeral.value, numeral.low, numeral.high, numeral.qualifier, numeral.kind)


def _idiom_end(text: str, position: int) -> int:
    """Where the idiom ends that reaches farthest of those in which the character stands; 0 where it stands in none."""
    end = 0
    if text[position] in _IN_IDIOMS:
        reach = position + _LONGEST_IDIOM
        found = _IDIOM.search(text, max(0, position - _LONGEST_IDIOM + 1), reach)
        while found and found.start() <= position:
            if found.end() > position and found.group() in _IDIOMS:
                end = max(end, found.end())
            found = _IDIOM.search(text, found.start() + 1, reach)
    return end


def _is_number(text: str, reading: Reading) -> bool:
    """Whether what was read can be a number where it stands: 百 only in 百场, 近百 or 百余, 陆 not in 大陆."""
    body = text[reading.start:reading.end]
    if body[0] < "\u0080":
        return True
    before, after = text[reading.start - 1:reading.start], text[reading.end:reading.end + 1]
    alone = not _is_han(before) and not _is_han(after)
    if reading.bare and reading.inner == "exact":
        counted = bool(_COUNTED_NEXT.match(text, reading.end))
        return counted or qualify(text, reading.start, reading.end, "exact") != "exact"
    if body[0] in "陆伍肆拾" and _is_han(before):
        return len(body) > 1 and body[1] in "零壹贰叁肆伍陆柒捌玖拾佰仟"
    if len(body) == 1 and body in "零壹贰叁肆伍陆柒捌玖拾佰仟":
        counted = not _is_han(after) or bool(_COUNTED_NEXT.match(text, reading.end))
        return alone or (counted and body not in "陆伍肆拾")
    return True


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _numeral(text: str, first: Reading) -> Numeral:
    """The numeral that begins with `first`: a range, a sum in 元角分 or the number itself."""
    first = _with_cents(text, first)
    second = _range_end(text, first)
    if second is not None:
        return Numeral(first.start, second.end, None, float(second.low), float(second.high), "range", "range")
    if first.low != first.high:
        qualifier = "about" if first.inner == "about" else "range"
        return Numeral(first.start, first.end, None, float(first.low), float(first.high), qualifier, "range")
    follows, kind = text[first.end: first.end + 1], first.kind
    if kind == "number" and follows in _CURRENCY_OPENINGS and _CURRENCY.match(text, first.end):
        kind = "money"
    qualifier = qualify(text, first.start, first.end, first.inner)
    unit = _UNIT.match(text, first.end) if qualifier == "exact" and follows in _UNIT_OPENINGS else None
    if unit:
        qualifier = qualify(text, first.start, unit.end(), first.inner)
    value = float(first.low)
    return Numeral(first.start, first.end, value, *bounds(value, qualifier), qualifier, kind)


def _with_cents(text: str, first: Reading) -> Reading:
    """五元六角 as 5.6 yuan: the numeral then reaches to the end of its last unit."""
    in_yuan = first.kind == "number" and text[first.end: first.end + 1] in _YUAN
    cents = _CENTS.match(text, first.end) if in_yuan else None
    if cents is None or not any(cents.group("jiao", "fen", "rest")):
        return first
    if cents["rest"] and (cents["fen"] or (cents["yuan"] != "块" and not cents["jiao"])):
        return first
    jiao, fen, rest = (evaluate(cents[name] or "零") for name in ("jiao", "fen", "rest"))
    value = first.low + jiao / 10 + fen / 100 + rest / (100 if cents["jiao"] or cents["zero"] else 10)
    return first._replace(end=cents.end(), low=value, high=value, kind="money")


def _range_end(text: str, first: Reading) -> Reading | None:
    """The second number of a range that `first` begins, with the bounds of the whole range; None if it begins none."""
    to = _TO.match(text, first.end) if text[first.end: first.end + 1] in _TO_OPENINGS else None
    second = read(text, to.end()) if to else None
    if to is None or second is None or not second.positive or not _may_join(text, first, to, second):
        return None
    second = _with_cents(text, second)
    low, high = first.low, second.high
    if to["word"] == "、":
        low = _neighbour(text, first, second)
    elif not to["unit"]:
        low = _with_shared_multiplier(first, second, text[second.start:second.end])
    if low >= high or (first.kind == "percent" and second.kind == "money"):
        return None
    return second._replace(low=low, high=high)


def _may_join(text: str, first: Reading, to: re.Match[str], second: Reading) -> bool:
    word, before = to["word"], text[first.start - 1:first.start]
    if word == "、":
        pair = text[first.start:first.end] + text[second.start:second.start + 1]
        return (bool(re.fullmatch(PAIRS, pair)) and before not in ("、", "第")
                and (second.end - second.start > 1 or text[second.end:second.end + 1] == "个"))
    if word[0] in "与和":
        return text.startswith("之间", second.end) or (word[0] == "与" and text.startswith("间", second.end))
    if before in ("从", "由") and word == "到" and (to["unit"] or first.kind == "percent"):
        return False  # 从3家到10家: two states, not a range
    if to["unit"] and not text.startswith(to["unit"], second.end):
        return bool(_CURRENCY.match(to["unit"]) and _CURRENCY.match(text, second.end))
    if word in "至到":
        return True
    numbers = text[first.start:first.end], text[second.start:second.end]
    dated = any(n[0] == "0" and n[1:2] != "." and len(n) > 1 for n in numbers)  # 029-8765, 2018-05
    chained = (before in "-－/" and before != "") or text[second.end:second.end + 1] in ("-", "－", "/")
    return not dated and not chained


def _with_shared_multiplier(first: Reading, second: Reading, written: str) -> Decimal:
    """`first` times the multiplier that only `second` spells out: 两到三万 begins at 20,000, 8500到3万 at 8500."""
    shared = _SHARED.match(written)
    if shared is None or first.kind == "percent" or second.low == 0:
        return first.low
    by = Decimal(10) if shared["shared"] == "成" else evaluate("一" + shared["shared"])
    core = second.high / by
    small = shared["shared"] in tuple("百千佰仟")
    if first.low >= core or first.low >= by > 10 or (small and first.low >= 10):
        return first.low
    return first.low * by


def _neighbour(text: str, first: Reading, second: Reading) -> Decimal:
    """The lower end of 四、五十: the second number with the first one's digit."""
    lower = read(text[first.start:first.end] + text[second.start + 1:second.end], 0)
    return lower.low if lower else first.low


def _join_bounds(text: str, found: list[Numeral]) -> list[Numeral]:
    """Makes one range of two bounds side by side: 大于5小于10, 50人以上200人以下."""
    joined: list[Numeral] = []
    for numeral in found:
        last = joined[-1] if joined else None
        if last and {last.qualifier, numeral.qualifier} == {"above", "below"} and _side_by_side(text, last, numeral):
            low, high = sorted((last.value or 0.0, numeral.value or 0.0))
            joined[-1] = Numeral(last.start, numeral.end, None, low, high, "range", "range")
        else:
            joined.append(numeral)
    return joined


def _side_by_side(text: str, first: Numeral, second: Numeral) -> bool:
    if second.start - first.end > 16 or first.value is None or second.value is None:
        return False
    gap = JOINING.fullmatch(text[first.end:second.start].replace(" ", ""))
    lower = first if first.qualifier == "above" else second
    ordered = lower.value == min(first.value, second.value) and first.value != second.value
    return bool(gap and ordered and text.startswith(gap["unit"], second.end))
