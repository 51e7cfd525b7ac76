"""What a page, its path or its prose tell of its issue (date, paper, page, section); the manifest lives in `issues`."""
from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.date_numbers import small_number, year_in_digits
from pipeline.vocabulary import read_toml

_FULL = "０１２３４５６７８９：（），．／－；！？｜＞＜［］\u3000\u00a0\t"
_HALF = "0123456789:(),./-;!?|><[]   "
_DATE = (r"(?P<year>(?<!\d)(?:19|20)\d\d)(?: ?年 ?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?日"
         r"| ?[-/.] ?(?P<month2>\d{1,2}) ?[-/.] ?(?P<day2>\d{1,2})(?!\d))")
_PAGE = r"[A-D]?\d{1,5}"
_DAY_IN_PATH = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]*(?P<year>(?:19|20)\d\d)(?:年|[-_./]?)(?P<month>0?[1-9]|1[0-2])"
                          r"(?:月|[-_./]?)(?P<day>0[1-9]|[12]\d|3[01]|[1-9])日?(?:\d\d)?(?![0-9A-Za-z])")
_MONTH_IN_PATH = re.compile(r"(?<![0-9A-Za-z])(?P<year>(?:19|20)\d\d)(?:年|[-_./])(?P<month>0[1-9]|1[0-2]|[1-9](?=月))"
                            r"月?(?![0-9A-Za-z])|(?:^|/)(?P<year2>(?:19|20)\d\d)(?P<month2>0[1-9]|1[0-2])(?=/)")
_YEAR_IN_PATH = re.compile(r"(?:^|/)(?P<year>(?:19|20)\d\d)年?(?=/)")
_COUNT = "(十[一二三四五六七八九]?|[一二三]?十?[一二三四五六七八九]|[二三]十)"
_IN_CHARACTERS = re.compile(
    f"([一二](?<![\u4e00-\u9fff].)[〇零○ＯO一二三四五六七八九]{{3}})年{_COUNT}月{_COUNT}日")
FIRST_WORDS = 160  # characters of prose in which a dated report names its day


@dataclass(frozen=True, slots=True)
class Imprint:
    """What was found of an issue; None where nothing tells. `precision` is that of `issue_date`: day, month, year."""

    issue_date: date | None = None
    precision: str | None = None
    publication: str | None = None
    page: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[str]
    fields: frozenset[str]
    head: int | None
    crawled: bool
    needs: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[list[_Pattern], re.Pattern[str]]:
    words = read_toml("imprint.toml")
    patterns = []
    for entry in words["pattern"]:
        regex = re.compile(written_out(entry["regex"]))
        fields = frozenset("date" if name == "year" else name for name in regex.groupindex)
        patterns.append(_Pattern(regex, fields & {"date", "publication", "page", "section"}, entry.get("head"),
                                 entry.get("crawled", False), entry.get("needs", "")))
    return patterns, re.compile(words["copied"])


_BY_THEN = re.compile(r"前(?![\d一二两三四五六七八九十]{1,2}个?(?:月|季)|半年)")  # 2012年前, but not 2012年前11个月


def half_width(text: str) -> str:
    """The text with half-width digits, punctuation and blanks, character for character, as the patterns expect it."""
    for full, half in zip(_FULL, _HALF, strict=True):  # six times as fast as str.translate on Chinese text
        text = text.replace(full, half)
    return text


def in_digits(text: str) -> str:
    """The text with the dates that stand in characters (二○○六年四月九日) in digits, as the patterns expect them."""
    def written(found: re.Match[str]) -> str:
        return f"{year_in_digits(found[1])}年{small_number(found[2])}月{small_number(found[3])}日"

    return _IN_CHARACTERS.sub(written, text)


def names_year(text: str) -> bool:
    """Whether the text names any year in digits, without which `from_prose` finds nothing."""
    return re.search(r"(?:19|20)\s*\d\s*\d\s*年", half_width(text)) is not None


def written_out(regex: str) -> str:
    """A pattern of imprint.toml with its D (a date) and P (a page number) replaced by what they stand for."""
    return re.sub(r"(?<![A-Za-z<\\-])D(?![A-Za-z])", lambda _: _DATE, regex).replace(">P)", f">{_PAGE})")


def printed(text: str, known: Collection[str] = ()) -> Imprint:
    """The issue as the page's text prints it: each field from the first pattern of imprint.toml that gives it.

    `known`: those of date, publication, page and section that nothing is asked about.
    """
    patterns, copied = _patterns()
    plain = "\n" + in_digits(half_width(text))  # so that a pattern may begin with the start of a line
    found: dict[str, str] = {}
    day: date | None = None
    for pattern in patterns:
        wanted = {field for field in pattern.fields.difference(known)
                  if (day is None if field == "date" else field not in found)}
        if not wanted or pattern.needs not in plain:
            continue
        match = pattern.regex.search(plain, 0, len(plain) if pattern.head is None else pattern.head + 1)
        if match is None or pattern.crawled and copied.search(plain):
            continue
        if "date" in pattern.fields:
            read = _date_of(match)
            if read is None:
                continue
            day = day or read
        found |= {field: value for field in wanted - {"date"} if (value := match.group(field))}
    page = _page_number(found.get("page"))
    return Imprint(day, "day" if day else None, found.get("publication"), page, found.get("section"))


def _date_of(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    return _day(groups["year"], groups.get("month") or groups.get("month2"), groups.get("day") or groups.get("day2"))


def _day(year: str, month: str | None, day: str | None) -> date | None:
    """The date, where there is such a day; a month or day of None is the first."""
    try:
        return date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None


def _page_number(printed_page: str | None) -> str | None:
    """`003` and `00003` are page 3; a page with a letter (A05) keeps its zeros, as papers print it."""
    return (printed_page.lstrip("0") or None) if printed_page and printed_page.isdigit() else printed_page


def from_path(document: str) -> Imprint:
    """The issue date in a file's name or its folders: 2021-03-17, 20210317, 2021/03/17; a month or year by itself.

    The most precise one counts, and of several the last.
    """
    for pattern, precision in ((_DAY_IN_PATH, "day"), (_MONTH_IN_PATH, "month"), (_YEAR_IN_PATH, "year")):
        for match in reversed(list(pattern.finditer(half_width(document)))):
            groups = match.groupdict()
            year, month = groups["year"] or groups["year2"], groups.get("month") or groups.get("month2")
            found = _day(year, month, groups.get("day"))
            if found:
                return Imprint(found, precision)
    return Imprint()


@dataclass(frozen=True, slots=True)
class _Prose:
    dated: re.Pattern[str]
    future: re.Pattern[str]
    start: re.Pattern[str]
    start_after: re.Pattern[str]
    present: re.Pattern[str]
    bare: re.Pattern[str]


@lru_cache(maxsize=1)
def _prose() -> _Prose:
    words = read_toml("imprint.toml")["prose"]
    dated = (rf"(?P<now>{words['now']})?(?<!\d)(?P<year>(?:19|20)\d\d)年(?!代)"
             r"(?:(?P<month>\d{1,2})月份?(?:(?P<day>\d{1,2})日)?)?(?P<closed>年?[底末])?")
    return _Prose(re.compile(dated), re.compile(words["future"]), re.compile(rf"(?:{words['start']})$"),
                  re.compile(rf".{{0,4}}?(?:{words['start_after']})"), re.compile(words["present"]),
                  re.compile(r"(?<![年\d])(\d{1,2})月\d{1,2}日"))


def from_prose(text: str, furniture: Sequence[tuple[int, int, str]] = ()) -> Imprint:
    """The issue's month or year as far as the prose tells it; nothing where it names no year.

    A full date in the first words, or one that the figures are counted up to (截至), is the month of the issue if no
    later year is named. Figures up to the end of a year beside days without a year belong to an issue of the next one.
    Else the issue is taken to be of the latest year named, as careful readers of pages without a date took it.
    """
    words = _prose()
    plain = _without(text, furniture)
    years: list[int] = []  # every year that has come, for all the text says
    lived: list[int] = []  # of these, those that are not the beginning of something
    dates: list[tuple[date, str]] = []
    for sentence in re.finditer(r"[^。;!?]+", plain):
        for match in words.dated.finditer(sentence.group()):
            if _to_come(match, sentence.group()):
                continue
            years.append(int(match["year"]))
            if not _begins(match, sentence.group()):
                lived.append(int(match["year"]))
            reached = _reached(match, sentence.group(), sentence.start())
            if reached:
                dates.append(reached)
    latest = max(dates, default=None)
    if latest is None or max(years) > latest[0].year:
        return Imprint(date(max(years), 1, 1), "year") if years and max(years) in lived else Imprint()
    if latest[1] == "closed":
        return _after_year_end(latest[0].year, plain)
    return Imprint(latest[0].replace(day=1), "month")


def _without(text: str, furniture: Sequence[tuple[int, int, str]]) -> str:
    """The prose without furniture and without the blanks and line ends that wrapping puts inside numbers."""
    kept, at = [], 0
    for start, end, _ in furniture:
        kept.append(text[at:max(at, start)])
        at = max(at, end)
    return re.sub(r"\s+", "", half_width("。".join([*kept, text[at:]])))


def _to_come(match: re.Match[str], sentence: str) -> bool:
    """Whether a date lies ahead: words for the future stand before it, or anywhere after one that names no day."""
    future = _prose().future
    before = future.search(sentence, max(0, match.start() - 12), match.start())
    after = match["day"] is None and future.search(sentence, match.end(), match.end() + 80)
    return bool(before or after) or _BY_THEN.match(sentence, match.end()) is not None


def _begins(match: re.Match[str], sentence: str) -> bool:
    """Whether a date is where something begins (自2016年, 2016年以来)."""
    words = _prose()
    before = sentence[max(0, match.start() - 4):match.start()]
    return bool(words.start.search(before) or words.start_after.match(sentence, match.end()))


def _reached(match: re.Match[str], sentence: str, offset: int) -> tuple[date, str] | None:
    """The day or month that the report has surely reached (`open`), or the year whose end it has (`closed`)."""
    if _begins(match, sentence):
        return None
    so_far = (match["now"] or "").startswith("截")  # 到 and 至 may also speak of what is to come
    if match["closed"] and match["month"] in (None, "12"):
        return (date(int(match["year"]), 12, 31), "closed") if so_far else None
    found = _day(match["year"], match["month"], match["day"])
    if found is None or not match["month"]:
        return None
    dated = match["day"] is not None and (match["now"] or offset + match.start() < FIRST_WORDS)
    return (found, "open") if dated or so_far else None


def _after_year_end(year: int, plain: str) -> Imprint:
    """The year of an issue that tells figures up to the end of `year`."""
    words = _prose()
    months = [int(match[1]) for match in words.bare.finditer(plain)]
    if any(month < 11 for month in months):
        return Imprint(date(year + 1, 1, 1), "year")
    return Imprint() if months or words.present.search(plain) else Imprint(date(year, 1, 1), "year")
