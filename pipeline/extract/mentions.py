"""Where bodies are mentioned in an unwrapped text, and which of them its clauses make the doer.

Their names are found in `unions` and `employers`; which body a mention means is decided in `organisations`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pipeline.extract.employers import employers
from pipeline.extract.naming import Mention, clause_start, find_places, gives_money
from pipeline.extract.unions import unions_and_regions
from pipeline.vocabulary import either, read_toml


@dataclass(frozen=True, slots=True)
class _Words:
    lead_in: re.Pattern[str]
    not_before: tuple[str, ...]
    after: dict[str, tuple[str, ...]]
    times: re.Pattern[str]
    nationwide: re.Pattern[str]
    government: re.Pattern[str]
    speaks: re.Pattern[str]
    over: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    words: dict[str, Any] = read_toml("bodies.toml")
    doer = words["doer"]
    return _Words(
        re.compile(either(doer["lead_ins"])), tuple(doer["not_doers_before"]),
        {key: tuple(value) for key, value in doer.items() if key.endswith("_after")},
        re.compile(doer["times"]), re.compile(either(doer["nationwide_after"])),
        re.compile(words["region"]["government"]),
        re.compile(f"[^，。；：]{{2,12}}(?:{either(doer['says'])})"),
        re.compile(either(doer["over"])),
    )


_BODIES = ("union", "employer")
_GIVERS = ("union", "employer", "level")
_OF_LIST = re.compile(r"\d+[家个]")  # 甲、乙总工会5家单位: how many the list names
_COUNTED = re.compile(r"\d[\d.]*[万多余]*[家个](?!百分点)")
_LISTED = ("", "、", "，", "；", "：", "（", "含", "和")  # letters before one of a list
_TOWARDS = ("到", "往", "赴")
_TO = ("向", "给", "为", "对")  # letters before one that is given money
_TOGETHER = re.compile("[和与、及](?:[\u4e00-\u9fff]{1,6}[和与、及])?")
_AMONG = re.compile(r"[\u4e00-\u9fff]{0,3}等(?:\d|[一二三四五六七八九十])")


@lru_cache(maxsize=64)
def find_mentions(text: str, full: bool = True) -> list[Mention]:
    """The bodies mentioned in `text`, left to right, none overlapping; `full`: employers without a union too."""
    words = _words()
    found = [*unions_and_regions(text), *(employers(text) if full else ())]
    ranks = {"union": 0, "unnamed": 1, "back": 1, "level": 1, "employer": 2, "region": 3, "place": 4}
    found.sort(key=lambda m: (m.start, -m.end, ranks[m.kind]))
    kept: list[Mention] = []
    for mention in found:
        if kept and mention.start < kept[-1].end:
            if ranks[mention.kind] < ranks[kept[-1].kind] and mention.end > kept[-1].end:
                kept[-1] = mention
            continue
        kept.append(mention)
    return _joint(text, _under(text, [_with_role(text, m, words) for m in kept]))


def _under(text: str, mentions: list[Mention]) -> list[Mention]:
    """Of a body and one of its own (某集团下属的某厂) the second is the doer as the first would be."""
    for number, (before, mention) in enumerate(pairwise(mentions), 1):
        if before.doer and mention.kind in _BODIES and _words().over.fullmatch(text[before.end: mention.start]):
            mentions[number - 1: number + 1] = [before._replace(doer=False), mention._replace(doer=True)]
    return mentions


def _joint(text: str, mentions: list[Mention]) -> list[Mention]:
    """Of an employer and a union named together (某局和某市总工会联合…) the union is a doer as the employer is."""
    for number, (before, mention) in enumerate(pairwise(mentions), 1):
        between = text[before.end: mention.start]
        if before.kind == "employer" and before.doer and mention.kind == "union" and _TOGETHER.fullmatch(between):
            mentions[number] = mention._replace(doer=True)
    return mentions


def _with_role(text: str, mention: Mention, words: _Words) -> Mention:
    return mention._replace(doer=_is_doer(text, mention, words))


def _is_place_of(text: str) -> bool:
    """Whether a text only says where a body lies (汉滨区的)."""
    return text.endswith("的") and any((start, end) == (0, len(text) - 1) for start, end, _, _ in find_places(text))


def _is_doer(text: str, mention: Mention, words: _Words) -> bool:
    """Whether a mention stands where a clause names its doer: at its start, or after times and lead-ins only."""
    begin = clause_start(text, mention.start, 24)
    before = words.times.sub("", text[begin: mention.start])
    after = text[mention.end: mention.end + 4]
    if mention.kind == "region" and mention.level == "国" and not words.nationwide.match(text, mention.end):
        return False
    if before.endswith("由") or after.startswith(words.after["made_doer_after"]):
        return True
    if mention.kind in _GIVERS and gives_money(text, mention.end) and not text[:mention.start].endswith(_TO):
        return True
    if before == "在" and after.startswith("举办的"):  # 在某市总工会举办的招聘会现场
        return True
    if mention.kind == "region" and before == "在" and after.startswith("，"):  # 在我省，前11个月…
        return True
    if mention.kind in ("region", "place") and words.government.match(text, mention.end):
        return False
    if mention.kind == "union" and not mention.places and _COUNTED.match(text, mention.end):  # 建立联合工会135家
        return False
    listed = text[mention.start - 1: mention.start] in _LISTED
    if listed and mention.kind in _BODIES and after[:1].isdigit():  # 甲工会2万元、乙工会3万元
        return not _OF_LIST.match(text, mention.end)
    if text[begin - 1: begin] == "、" and mention.kind != "region":
        return False
    if mention.kind == "region" and (text[mention.start - 1: mention.start] in _TOWARDS or after.startswith("和")):
        return False
    bare = words.lead_in.sub("", before)
    if bare and not _is_place_of(bare):
        return False
    if before.endswith(words.not_before) and not before.endswith(("从", "据")):
        return False
    if after.startswith(words.after["no_doer_after"]) or _AMONG.match(after):
        return False
    speaks = (mention.kind == "union" or mention.kind == "employer" and bool(mention.rest)
              or mention.kind in ("level", "back") and words.speaks.match(text, mention.end) is not None)
    return speaks or not after.startswith(words.after["officer_after"])
