"""The patterns of times in a text, of the words of `vocabulary/periods.toml`; what they mean is read in `periods`."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.extract.exclusions import led
from pipeline.vocabulary import either, read_toml

_COUNT = r"\d{1,2}|[一二三四五六七八九十两]{1,3}"
COUNT = f"({_COUNT})"
TO = "[-—–~～至到]"


@dataclass(frozen=True, slots=True)
class TimeWords:
    """`table`: periods.toml; the others: patterns of what its words make together."""

    table: dict[str, Any]
    point: re.Pattern[str]
    openings: re.Pattern[str]  # the characters that a point begins with
    since: re.Pattern[str]
    until: re.Pattern[str]
    open: re.Pattern[str]
    ago: re.Pattern[str]
    ahead: re.Pattern[str]
    now: re.Pattern[str]
    reported: re.Pattern[str]
    began: re.Pattern[str]  # after the time at which a body began that the clause goes on to name


@lru_cache(maxsize=1)
def time_words() -> TimeWords:
    """The words of time, compiled when first asked for."""
    table = read_toml("periods.toml")
    year = (r"(?:(?P<y>(?:19|20)\d\d)(?:年度?|(?=\d{1,2}月|[-—–~至到](?!\d+[^\d年月日.-])|上半|下半|前|第?[一二三四]季"
            r"|[三五]年))"
            rf"|(?P<yc>[一二][〇零○一二三四五六七八九]{{3}})年|(?P<y2>[4-9]\d)年"
            rf"|(?P<rel>{either([*table['years'], *table['same_year']])})"
            rf"(?!{either(table['years_not_before'])}))")
    part = rf"(?P<part>{either(table['parts'])})|前(?P<upto>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})个月"
    month = (r"(?P<m1>\d{1,2}|十[一二]?|[一二三四五六七八九])(?:[-—–~～至到、](?P<m2>\d{1,2}))?月份?"
             r"(?P<third>[上中下]旬|底|末|初)?"
             rf"(?:(?P<d1>\d{{1,2}})(?:[日号]?{TO}(?:(?P<m3>\d{{1,2}})月)?(?P<d2>\d{{1,2}}))?[日号])?")
    point = rf"{year}的?(?:{part}|{month}|(?P<edge>年[底末初]|[底初]|岁末|年年[底末]))?|{_again(part)}|{_again(month)}"
    firsts = {word[0] for word in (*table["years"], *table["same_year"], *table["parts"])}
    open_times = (rf"(?:近|这|最近)?{COUNT}[多余]?年多?(?:来|间|以来|中)"
                  rf"|(?<![^，。；：])(?:过去的?(?!一年){COUNT}年(?:来|间|中|里)?|{COUNT}年里)"
                  rf"|{either(table['open'])}")
    return TimeWords(
        table, re.compile(point), re.compile(f"[\\d十一二三四五六七八九前{''.join(sorted(firsts))}]"),
        re.compile(rf"(?:\d{{0,2}}日)?(?:{either(table['since'])}|[^，。；\d]{{1,8}}?以来|[^，。；\d]{{0,8}}?算起)"),
        re.compile(f"(?:{either(table['until'])})$"),
        re.compile(led(open_times.replace(COUNT, f"(?:{_COUNT})"), open_times)),
        re.compile(rf"(?<=[由从]){COUNT}年前的?"),
        re.compile(rf"(?:{either(table['ahead'])}){COUNT}年(?:内|间|时间)?"),
        re.compile(led(rf"(?<![\d一二三四五六七八九十两几数半全年的])(?:{either(table['now'])})")),
        re.compile(rf"(?:(?P<y>(?:19|20)\d\d)|(?P<yc>[一二][〇零○一二三四五六七八九]{{3}}))年度?(?P<report>[^，。；\d]{{0,18}}?"
                   rf"(?:{either(table['reports'])})|，[^。；\d]{{0,60}}?(?:{either(table['reviews'])}))?"),
        re.compile(rf"[^，。；\d]{{0,4}}?(?:{either(table['began'])})的[^，。；\d]{{2,30}}，"),
    )


def _again(pattern: str) -> str:
    """The pattern once more with other group names, for a time without a year."""
    return re.sub(r"\?P<(\w+)>", r"?P<\1_>", pattern)


def points_in(text: str) -> Iterator[re.Match[str]]:
    """The points in time of a text, from left to right; the pattern is tried only where one may begin."""
    words, reached = time_words(), 0
    for opening in words.openings.finditer(text):
        if opening.start() >= reached and (found := words.point.match(text, opening.start())):
            yield found
            reached = found.end()
