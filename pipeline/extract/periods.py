"""When: the times a sentence names. The words of time live in `vocabulary/periods.toml`.

A figure takes the last time named before it in its sentence, else the time of the figure before it in the paragraph,
else the year of the issue (annotation guidelines, Fields and Hard choices).
"""
from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

from pipeline.date_numbers import small_number, year_in_digits
from pipeline.extract.time_words import points_in, time_words


class Period(NamedTuple):
    """A time in a text: the calendar year that a figure of it belongs to, its first and last day where they are told.

    `basis`: explicit, relative, inherited, issue. `position`: where in the text it was read.
    """

    year: int | None
    start: date | None
    end: date | None
    basis: str
    words: str = ""
    position: int = 0


class _Point(NamedTuple):
    """One date as written: a year, month or day (or a part of a year); `year` None where nothing tells it."""

    year: int | None
    first: tuple[int, int]
    last: tuple[int, int]
    basis: str
    whole_year: bool

    def opening(self) -> date | None:
        return _day(self.year, *self.first)

    def closing(self) -> date | None:
        return _day(self.year, *self.last)


def _day(year: int | None, month: int, day: int) -> date | None:
    if year is None or not 1 <= month <= 12:
        return None
    return date(year, month, max(1, min(day, calendar.monthrange(year, month)[1])))


LEAD = 24  # characters in which a digest's story names its date
OPENING = 6  # characters of a headline in which the year that it reports stands
OPENS_AT, OPENS_WITHIN = 1, 16  # characters: before the time that a sentence opens with, and those it stands in
LONG_PAST = 8  # years
DIGEST = 300  # days before the issue from which on a story is an old one
_HINT = re.compile("[年月季底初末岁前春夏秋冬]")  # without one of these no date stands in a text
_SPAN = re.compile(r"年?(?:至|到|—|－|-|–|~|～|——)$")
_BY_THEN = re.compile("[^，。；、]{0,4}?前(?!往|来|去|期)")  # 12月底前, 9月开学前: still to come
_PLAN = re.compile(r"(?<![一二三四五六七八九十〇零○])[“\"]?(十[一二三四五]五|[六七八九十]五)[”\"]?"
                   "(?:规划)?(?:期间|时期|以来|末|五年)?")
_EMPTY = re.compile("")
_THIRDS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}


class Calendar:
    """Reads times relative to one issue: `issued` its first possible day (None where unknown)."""

    def __init__(self, issued: date | None, precision: str | None = "day") -> None:
        self.issued = issued
        self.month_known = precision in ("day", "month")

    def of_story(self, lead: str) -> Calendar:
        """The calendar of a story that opens with a full date long before the issue (a digest): that of its date."""
        first = next(iter(self._points(lead[:LEAD], None)), None)
        if first is None or self.issued is None or first.start is None or first.start != first.end:
            return self
        named = first.basis == "explicit" and (self.issued - first.start).days > DIGEST
        return Calendar(first.start) if named else self

    def reports_last_year(self) -> bool:
        """Whether the issue is of January or February, when papers report on the year before."""
        return self.issued is not None and self.issued.month <= 2

    def default(self) -> Period:
        """The period of a figure that names no time and follows none: the year of the issue."""
        return Period(self.issued.year if self.issued else None, None, None, "issue")

    def reported(self, headline: str, lead: str) -> tuple[int, str] | None:
        """The year, not after the issue's, that a story reports as a whole, and the words that say so.

        A headline opens with it (2005年，…) or names it with a report (2005年…公报), as a lead does.
        """
        for text, is_headline in ((headline, True), (lead, False)):
            for found in time_words().reported.finditer(text):
                year = _named_year(found)
                opens = is_headline and found.start() <= OPENING
                if (opens or found["report"]) and (self.issued is None or year <= self.issued.year):
                    return year, found.group()
        return None

    def reviews(self, opening: str) -> Period | None:
        """The year before, where a story of January or February whose headline and lead are `opening` reviews it."""
        if self.issued is None or not self.month_known or not self.reports_last_year():
            return None
        past, times = self.issued.year - 1, self.times(opening)
        if any(time.year == past + 1 and time.basis == "explicit" and time.start == date(past + 1, 1, 1)
               and time.end is None for time in times):  # it speaks of its own year as a whole
            return None
        told = next((word for word in time_words().table["reviewing"] if word in opening), None) or next(
            (time.words for time in times if time.year == past), None)
        return Period(past, date(past, 1, 1), date(past, 12, 31), "relative", told) if told else None

    def times(self, text: str, year: int | None = None) -> list[Period]:
        """The times named in `text`, in order; `year`: the one last named before it, for 当年 and bare months."""
        found = [*self._points(text, year), *self._now(text)]
        if "年" in text or "以来" in text:
            found += self._open(text)
        if "五" in text:
            found += self._plans(text)
        named = next((p.position for p in found if p.basis == "explicit" and p.end), len(text))
        found = [p for p in found if p.position <= named or not p.words.startswith("一年")]  # 一年中, of the year named
        found.sort(key=lambda p: (p.position, -len(p.words)))
        kept: list[Period] = []
        for period in found:
            if not kept or period.position >= kept[-1].position + len(kept[-1].words):
                kept.append(_until(period, kept[-1]) if kept else period)
        return kept

    def opening(self, sentence: str, year: int | None = None) -> Period | None:
        """The time that a sentence without figures opens with, which those of the next sentence belong to; else None.

        2023年，各项工作稳步推进。选聘指导员12名。 `year`: as in `times`.
        """
        told = self.times(sentence[:OPENS_WITHIN], year)
        if not told or told[0].position > OPENS_AT:
            return None
        told_long_ago = self.issued is not None and (told[0].year or 0) < self.issued.year - 1
        return None if told_long_ago else told[0]

    def _points(self, text: str, year: int | None) -> list[Period]:
        periods: list[Period] = []
        if not _HINT.search(text):
            return periods
        before: tuple[_Point, int, int] | None = None
        framed: int | None = None  # of the months after it: 去年，…3月…，10月…
        for match in points_in(text):
            if self._is_yardstick(text, match.start(), match.end()) or _in_title(text, match.start(), match.end()):
                continue
            point = self._point(match, year, framed)
            if point is None or self._dates_a_thing(text, match.end(), point):
                continue
            year = point.year or year
            if "年" in match.group():
                since = time_words().since.match(text, match.end())
                whole = point.whole_year and point.basis == "relative" and not since
                framed = point.year if whole else None
            joined = before and _SPAN.fullmatch(text[before[2]: match.start()])
            if joined and before:
                periods.pop()
                periods.append(self._span(text, before, point, match.end()))
                before = None
            else:
                told = next((p.year for p in reversed(periods) if p.basis == "explicit" and p.end), None)
                periods.append(self._single(text, point, match.start(), match.end(), told))
                before = (point, match.start(), match.end())
        return periods

    def _is_yardstick(self, text: str, start: int, end: int) -> bool:
        table = time_words().table
        before, after = text[max(0, start - 2): start], text[end: end + 4]
        if text[max(0, start - 3): start].endswith(tuple(table["founded"])):
            return True
        if before.endswith("于") and after.startswith(tuple(table["founded_after"])):
            return True
        if after.startswith(tuple(table["registered_after"])):
            return True
        compared = before.endswith(tuple(table["compared_before"])) and not after.startswith("以来")
        return compared or after.startswith(tuple(table["compared_after"]))

    def _dates_a_thing(self, text: str, end: int, point: _Point) -> bool:
        """Whether a year long past describes a thing (1984年的老厂房), not the figure."""
        if time_words().began.match(text, end):  # 去年三月挂牌的中心，…
            return True
        old = self.issued is not None and point.year is not None and self.issued.year - point.year > LONG_PAST
        return old and "的" in text[end - 1: end + 1]

    def _point(self, match: re.Match[str], year: int | None, framed: int | None) -> _Point | None:
        words = time_words().table
        group = {k.rstrip("_"): v for k, v in match.groupdict().items() if v is not None}
        basis, named = "explicit", None
        if "y" in group:
            named = int(group["y"])
        elif "y2" in group:
            named = 1900 + int(group["y2"])
        elif "yc" in group:
            named = year_in_digits(group["yc"])
        elif group.get("rel") in words["same_year"]:
            named = year or (self.issued.year if self.issued else None)
        elif "rel" in group and group["rel"] in words["year_before"] and year is not None:
            named = year - 1
        elif "rel" in group:
            basis = "relative"
            named = self.issued.year + words["years"][group["rel"]] if self.issued else None
            if self.issued is None:
                year = None
        elif "part" in group or "upto" in group or "m1" in group:
            basis = "relative"
            by_then = _BY_THEN.match(match.string, match.end()) is not None
            named = framed if framed and "m1" in group else self._bare_year(group, year, by_then)
        first, last = self._within(group)
        return _Point(named, first, last, basis, first == (1, 1) and last == (12, 31) and "edge" not in group)

    def _bare_year(self, group: dict[str, str], year: int | None, by_then: bool) -> int | None:
        """The year of a month or part of a year named alone: the issue's, or the year before where that lies ahead.

        `by_then`: it is a month by which something is to be done (12月底前).
        """
        if not self.issued:
            return year
        if self.month_known and "m1" in group and not by_then \
                and small_number(group.get("m2") or group["m1"]) > self.issued.month + 2:
            return self.issued.year - 1
        if self.month_known and group.get("part") in ("下半年", "四季度", "第四季度") and self.issued.month <= 2:
            return self.issued.year - 1
        return self.issued.year

    def _within(self, group: dict[str, str]) -> tuple[tuple[int, int], tuple[int, int]]:
        words = time_words().table
        if "part" in group:
            first, last = words["parts"][group["part"]]
            return (first, 1), (last, 31)
        if "upto" in group:
            return (1, 1), (min(12, small_number(group["upto"])), 31)
        if "m1" in group:
            month, until = small_number(group["m1"]), small_number(group.get("m3") or group.get("m2") or group["m1"])
            day, to = int(group.get("d1") or 1), int(group.get("d2") or group.get("d1") or 31)
            third = group.get("third", "")
            if third in _THIRDS:
                day, to = _THIRDS[third]
            return (month, day), (until, to)
        if "初" in group.get("edge", ""):
            return (1, 1), (1, 31)
        return (1, 1), (12, 31)

    def _single(self, text: str, point: _Point, start: int, end: int, told: int | None) -> Period:
        issue_year = self.issued.year if self.issued else None
        since = time_words().since.match(text, end)
        if since is None and text[start - 1: start] == "自" and text[start - 2: start] != "来自":
            since = _EMPTY.match(text, end)  # 自2011年推行: from then on
        if since:
            year = told if told and point.year and told >= point.year else issue_year
            return Period(year, point.opening(), None, point.basis, text[start: since.end()], start)
        until = time_words().until.search(text[max(0, start - 3): start])
        if until and not (until.group() in ("到", "至") and point.whole_year and point.basis == "relative"):
            begins = start - len(until.group())
            return Period(point.year, None, point.closing(), point.basis, text[begins: end], begins)
        if point.year is not None and point.year == issue_year and point.whole_year:
            return Period(point.year, point.opening(), None, point.basis, text[start: end], start)
        return Period(point.year, point.opening(), point.closing(), point.basis, text[start: end], start)

    def _span(self, text: str, before: tuple[_Point, int, int], point: _Point, end: int) -> Period:
        first, start, _ = before
        year = point.year if point.basis == "explicit" or point.year is not None else first.year
        unnamed = point.basis == "relative" and "年" not in text[before[2]: end] and text[end - 1] in "月日号"
        if unnamed and first.year is not None:
            year = first.year
        opening, closing = first.opening(), _day(year, *point.last)
        if opening and closing and opening > closing:  # 11月至2月: it began the year before
            opening = _day(year - 1, *first.first) if year and first.basis == "relative" else None
        return Period(year, opening, closing, first.basis, text[start: end], start)

    def _open(self, text: str) -> list[Period]:
        periods = []
        for match in time_words().open.finditer(text):
            start = None
            count = match[1] or match[2] or match[3]
            if count and self.issued:
                start = date(self.issued.year - small_number(count), 1, 1)
            periods.append(Period(self.issued.year if self.issued else None, start, None, "relative", match.group(),
                                  match.start()))
        for match in time_words().ago.finditer(text):
            if self.issued:
                then = self.issued.year - small_number(match.group(1))
                periods.append(Period(then, date(then, 1, 1), date(then, 12, 31), "relative", match.group(),
                                      match.start()))
        for match in time_words().ahead.finditer(text):
            if self.issued:
                last = self.issued.year + small_number(match.group(1)) - 1
                periods.append(Period(last, date(self.issued.year, 1, 1), date(last, 12, 31), "relative", match.group(),
                                      match.start()))
        return periods

    def _plans(self, text: str) -> list[Period]:
        words = time_words().table
        periods = []
        for match in _PLAN.finditer(text):
            first, last = words["plans"].get(match.group(1), (None, None))
            if first is None or not match.group().endswith(("期间", "时期", "以来", "末", "五年")):
                continue
            within = self.issued and first <= self.issued.year < last and not match.group().endswith("末")
            ongoing = match.group().endswith("以来") or within
            year = self.issued.year if ongoing and self.issued else last
            end = None if ongoing else date(last, 12, 31)
            periods.append(Period(year, date(first, 1, 1), end, "explicit", match.group(), match.start()))
        return periods

    def _now(self, text: str) -> list[Period]:
        words = time_words().table
        year = self.issued.year if self.issued else None
        periods = [Period(year, None, None, "relative", m.group(), m.start()) for m in time_words().now.finditer(text)
                   if text[m.start() - 1: m.start()] not in words["now_not_after"].get(m.group(), ())]
        if self.issued and self.month_known and self.issued.month <= 3:  # congresses go on into March
            told = [(word, text.find(word)) for word in words["year_just_over"]]
            if opening := re.match(words["year_just_over_opening"], text):
                told.append((opening.group(), 0))
            for word, at in told:
                if at >= 0:
                    past = self.issued.year - 1
                    periods.append(Period(past, date(past, 1, 1), date(past, 12, 31), "relative", word, at))
        for word in words["year_ahead"]:
            at = text.find(word)
            if at >= 0:
                periods.append(Period(year, None, None, "relative", word, at))
        for step, key in ((-1, "last_month"), (1, "next_month")):
            for word in words[key]:
                at = text.find(word)
                if at >= 0 and self.issued:
                    of, month = divmod(self.issued.year * 12 + self.issued.month - 1 + step, 12)
                    periods.append(Period(of, _day(of, month + 1, 1), _day(of, month + 1, 31), "relative", word, at))
        return periods


def _until(period: Period, before: Period) -> Period:
    """A time that goes on (三年来), closed by a day up to which its sentence counts before it (到去年底，三年来)."""
    closes = before.start is None and before.end is not None
    goes_on = period.basis == "relative" and period.start is not None and period.end is None
    return period._replace(year=before.year, end=before.end) if closes and goes_on else period


def _in_title(text: str, start: int, end: int) -> bool:
    """Whether a time is part of a quoted name (“2018年民间艺术展”): it dates the name, not the figure."""
    opened = max(text.rfind("“", 0, start), text.rfind("《", 0, start))
    if opened < 0 or start - opened > 12 or "”" in text[opened:start] or "》" in text[opened:start]:
        return False
    closed = re.search("[”》，。；]", text[end: end + 20])
    return bool(closed) and closed is not None and closed.group() in "”》"


def _named_year(found: re.Match[str]) -> int:
    return int(found["y"]) if found["y"] else year_in_digits(found["yc"])
