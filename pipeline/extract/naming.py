"""How names are told from the words around them: where a clause starts, what a name may hold, which places are named.

What kinds of bodies there are is found in `unions` and `employers`; the words live in `vocabulary/bodies.toml`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.vocabulary import either, read_toml
from pipeline.vocabulary.gazetteer import Gazetteer
from pipeline.words import cut

OFFICE = "工会办事处"  # what a province's union had in a prefecture that had no union of its own
Spot = tuple[int, int, str, bool]  # a place: start, end, form, whether it is the short one


class Mention(NamedTuple):
    """A body as printed at `text[start:end]`.

    `kind`: union (a full name), level (省总: the union of a kind of division), back (该会), region (全县), place (a
    division as a doer), employer, unnamed (某县总工会). `places`: division forms that the name begins with. `rest`: the
    name after them, before its suffix. `level`: 国 省 市 县 区 州 旗, or the kind of employer (厂) of a back reference.
    `doer`: whether the clause makes it the one who acts.
    """

    start: int
    end: int
    text: str
    kind: str
    places: tuple[tuple[str, bool], ...] = ()
    rest: str = ""
    suffix: str = ""
    level: str = ""
    doer: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    stops: frozenset[str]
    in_company: frozenset[str]
    numbered: re.Pattern[str]
    common: frozenset[str]
    zones: frozenset[str]
    not_place_before: str
    not_zone_before: tuple[str, ...]
    gives: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    words: dict[str, Any] = read_toml("bodies.toml")
    return _Words(
        frozenset(words["employer"]["stops"]),
        frozenset(words["in_company_names"]), re.compile(words["employer"]["numbered"]),
        frozenset(words["common_words"]), frozenset(words["zones"]), words["not_place_before"],
        tuple(words["not_zone_before"]),
        re.compile(rf"(?:{either(words['doer']['gives_when'])})?(?:{either(words['doer']['gives'])})[了的]?"
                   rf"(?:{either(words['doer']['gives_what'])})?[\d.一二三四五六七八九十百千万亿两数几余多近]{{1,12}}元"),
    )


def is_zone(name: str) -> bool:
    """Whether a name is that of a zone without a code of its own (高新区), which lies in a place named elsewhere."""
    return name in _words().zones


def gives_money(text: str, end: int) -> bool:
    """Whether the body whose mention ends at `end` is named there for the money that it gives (市总工会借5万元)."""
    return _words().gives.match(text, end) is not None


_TERM = re.compile("^第[一二三四五六七八九十]+届")
_PARTICLE = re.compile("[由被把给]|在(?!线)")  # no name holds one of these
_MARKS = frozenset('"△▽◎⊙★☆○◇※•►▶*·，。；：、！？“”‘’《》（）■□▲●◆—…|-[]【】')  # they and white space end a clause


@lru_cache(maxsize=128)
def find_places(text: str) -> list[Spot]:
    """Division names in `text` as (start, end, form, short), without those that are mostly words (和平, 新华)."""
    words = _words()
    return [p for p in Gazetteer.load().find(text)
            if (p[2] not in words.common or p[2] not in words.zones and not p[3] and text.startswith("总工会", p[1]))
            and not (p[3] and text[p[1]: p[1] + 1] in words.not_place_before and p[1] < len(text))
            and not (p[3] and text.startswith(words.not_zone_before, p[1]))]


def ends_clause(character: str) -> bool:
    """Whether a clause ends with the character: a mark or white space."""
    return character in _MARKS or character.isspace()


def clause_start(text: str, position: int, reach: int) -> int:
    """Where the clause around `position` starts, at most `reach` characters before it."""
    begin, least = position, max(0, position - reach)
    while begin > least and text[begin - 1] not in _MARKS and not text[begin - 1].isspace():
        begin -= 1
    return begin


def tail_tokens(text: str, suffix: str = "") -> str:
    """The end of `text` that can be a name: its words (jieba cuts them) back to the last one that no name holds.

    `suffix`: what the name ends in, where that is not in `text`; 发展 may stand in the name of a company.
    """
    if not text:
        return ""
    tail: list[str] = []
    words = _words()
    in_name = words.in_company if (suffix or text).endswith(("公司", "集团")) else frozenset()
    for word in reversed(cut(text)):
        numbered = word.isdigit() and tail and words.numbered.match(word + tail[-1])
        stops = word in words.stops or word[:2] in words.stops and word[2:] in words.stops  # 认真落实 is one to jieba
        if stops and word not in in_name or word.isdigit() and not numbered:
            break
        tail.append(word)
    return _TERM.sub("", _PARTICLE.split("".join(reversed(tail)))[-1])


def starts_word(text: str, position: int) -> bool:
    """Whether a word of `text` starts at `position`: 油田东辛厂 does not name 田东."""
    at = 0
    for word in cut(text):
        if at >= position:
            break
        at += len(word)
    return at == position
