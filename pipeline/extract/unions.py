"""Where unions are mentioned, by name or in short, and the divisions that stand for theirs; not employers.

The words live in `vocabulary/bodies.toml`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.extract.naming import (
    OFFICE,
    Mention,
    Spot,
    clause_start,
    ends_clause,
    find_places,
    gives_money,
    is_zone,
    starts_word,
    tail_tokens,
)
from pipeline.vocabulary import either, read_toml, short_forms

LONGEST_NAME = 34  # characters before a union's suffix
TRADES = ("行业", "产业")  # a suffix that begins so makes a name of any trade before it: 涂料行业工会联合会


@dataclass(frozen=True, slots=True)
class _Words:
    suffix: re.Pattern[str]
    office: re.Pattern[str]
    back: re.Pattern[str]
    back_forms: re.Pattern[str]
    back_ending: re.Pattern[str]
    back_kind: re.Pattern[str]
    towns: re.Pattern[str]
    bare: re.Pattern[str]
    unnamed: re.Pattern[str]
    region: re.Pattern[str]
    follow: re.Pattern[str]
    zone: re.Pattern[str]
    head: re.Pattern[str]
    cut_short: str
    goes_on: re.Pattern[str]
    vague_prefixes: tuple[str, ...]
    vague_ends: tuple[str, ...]
    generic: frozenset[str]
    fillers: frozenset[str]
    body_end: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    words: dict[str, Any] = read_toml("bodies.toml")
    back, region = words["back"], words["region"]
    kind, endings = f"(?:该|本|我)?(?P<kind>{either(back['kinds'])})", "总工会|工会联合会|工会委员会|工会"
    regions = f"(?:{either(region['prefixes'])})(?P<level>{either(region['levels'])})(?:各级工会|基层工会|各级|工会)?"
    return _Words(
        re.compile(f"(?:{either(words['union_suffixes'])})(?!{'|'.join(words['suffix_not_before'])})"),
        re.compile(f"(?:{either(words['offices'])})"),
        re.compile(f"{either(back['forms'])}|{kind}(?:{endings})"),
        re.compile(either(back["forms"])),
        re.compile(endings),
        re.compile(f"{kind}$"),
        re.compile(either(back["towns"])),
        re.compile(f"工会(?!{either(back['bare_not_before'])})(?=[\\u4e00-\\u9fff])"),
        re.compile(f"(?:{either(words['unnamed']['heads'])})[\\u4e00-\\u9fff]{{1,10}}?(?:{endings})"),
        re.compile(f"{regions}(?!{either(region['not_after'])})"),
        re.compile(either(words["place"]["follow"])),
        re.compile(either(words["zones"])),
        re.compile(f"(?:{either(words['employer']['heads'])})[\\u4e00-\\u9fff]{{0,4}}$"),
        region["abbreviation_not_before"],
        re.compile(region["abbreviation_before"]),
        tuple(words["vague_prefixes"]),
        tuple(words["vague_ends"]),
        frozenset(words["generic_unions"]),
        frozenset(words["fillers"] + words["counted"]),
        re.compile(f"(?:{either(back['kinds'] + words['sectors'] + words['zones'] + words['works_ends'])})$"
                   f"|^[\u4e00-\u9fff]{{1,2}}(?:{either(words['works_in_short'])})$"),
    )


_BRACKET = re.compile(r"（[\u4e00-\u9fff]{1,6}）"
                      r"(?=$|工会|总工会|公司|有限|股份|控股|总公司|责任|[\u4e00-\u9fff]{2,9}公司)")
_HEADED = re.compile("(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}：$")
_COMMITTEE = re.compile("[\u4e00-\u9fff]{2,18}?委员会")  # 中国铁路工会西安局集团公司委员会
_LAST_BRACKET = re.compile("（[^（）]*）$")
_HOUSES = ("集团", "公司")  # letters that a name ends with and another one goes on
_BEFORE = "由据从在当可记访"  # letters that may stand before a name and are none of it
_HANZI = re.compile("[\u4e00-\u9fff]")
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:镇|乡|街道|村(?![镇乡]))")
_NOT_SHORT = frozenset("该各与、大分本地社园辖牧林校小景")  # letters after which 区总 and the like are no short form


@lru_cache(maxsize=64)  # a headline is read both with employers and without
def unions_and_regions(text: str) -> list[Mention]:
    """What may be mentions of unions, and of the divisions that stand for theirs; some overlap."""
    places = find_places(text)
    found = [*_regions(text), *_places(text, places)]
    if "会" in text or "总" in text or "镇" in text or "街道" in text or "乡" in text:
        found += [*_unions(text, places), *_shorts(text, places), *_unnamed(text, places)]
    return found


def _unnamed(text: str, places: list[Spot]) -> list[Mention]:
    """Unions that the text does not name: 某县总工会, 浙江一座小城的总工会."""
    found = []
    for match in _words().unnamed.finditer(text):
        start = next((place[0] for place in _chain_to(places, match.start())), match.start())
        found.append(Mention(start, match.end(), text[start: match.end()], "unnamed"))
    return found


def _unions(text: str, places: list[Spot]) -> list[Mention]:
    """Unions by a name of their own: places, then any words, then a union suffix."""
    words = _words()
    mentions = []
    for match in words.suffix.finditer(text):
        begin = _over_brackets(text, match.start())
        name = _name_start(text, begin, match.start(), places)
        if name is None:
            continue
        start, chain, rest_at = name
        rest = _LAST_BRACKET.sub("", text[rest_at: match.start()])
        if words.back.fullmatch(text[start: match.end()]):
            continue
        listed = start == begin and text[match.end(): match.end() + 1].isdigit()  # 甲工会2万元，乙工会3万元
        of_trade = match.group().startswith(TRADES) and len(rest) > 1 and rest not in words.generic
        named = of_trade or _names_body(rest, bool(chain), words) or listed and rest not in words.generic
        if "工会" in rest or not named:
            continue
        level = ""
        after_level = start > begin and text[start - 1] in "省市县区州" and not _HANZI.match(text[start - 2: start - 1])
        if not chain and after_level:
            start, level = start - 1, text[start - 1]
        headed = _HEADED.search(text, 0, start) if not chain and is_zone(rest) else None
        start = headed.start() if headed else start  # 杨凌：示范区总工会
        committee = _COMMITTEE.match(text, match.end()) if text.startswith("中国", start) else None
        end = committee.end() if committee else _with_office(text, match.end(), places)
        mentions.append(Mention(start, end, text[start: end], "union", chain, "" if rest in words.fillers else rest,
                                text[match.start(): end], level))
    return mentions


def _with_office(text: str, end: int, places: list[Spot]) -> int:
    """Where a union's name ends that goes on with an office of it: 某街道工会服务站, 某工会甲省工作委员会."""
    place = next((p for p in places if p[0] == end), None)
    office = _words().office.match(text, place[1] if place else end)
    return office.end() if office else end


def _over_brackets(text: str, position: int) -> int:
    """Where the clause around a union's suffix starts; a bracket in the name belongs to it (某（集团）公司工会)."""
    begin = clause_start(text, position, LONGEST_NAME)
    bracket = _BRACKET.search(text, max(0, begin - 8)) if begin and text[begin - 1] == "）" else None
    return clause_start(text, bracket.start(), LONGEST_NAME) if bracket and bracket.end() == begin else begin


def _names_body(rest: str, has_place: bool, words: _Words) -> bool:
    """Whether what stands before 工会 names one body and not unions in general or a verb (各企业工会, 加强工会)."""
    if rest.startswith(words.vague_prefixes) and rest not in words.fillers:
        return False
    vague = rest.endswith(words.vague_ends) or rest in words.generic
    return has_place or not vague and bool(words.body_end.search(rest))


def _name_start(text: str, begin: int, suffix: int, places: list[Spot]
                ) -> tuple[int, tuple[tuple[str, bool], ...], int] | None:
    """Where a union's name starts, the division forms it starts with, and where they end; None for a generic 工会."""
    inside = [p for p in places if begin <= p[0] and p[1] <= suffix]
    for number, place in enumerate(inside):
        chain = [place]
        for following in inside[number + 1:]:
            if following[0] != chain[-1][1]:
                break
            chain.append(following)
        if short_forms()[0].match(text, chain[-1][1] - 1) and not text.startswith(("总工会", OFFICE), chain[-1][1]):
            continue  # 某市总将依靠…工会
        if place[3] and place[0] > begin and not starts_word(text[begin: suffix], place[0] - begin):
            continue
        between = text[chain[-1][1]: suffix]
        town = None if place[3] else _TOWN.match(between)  # whatever its letters: 上郡路街道办事处
        name = between[town.end():] if town else between
        if between in _words().fillers or tail_tokens(name) == name:
            start = chain[0][0]
            branch = len(chain) == 1 and place[3] and _words().back_kind.fullmatch(between)
            works = between and text.endswith(_HOUSES, begin, start)  # of a group: 某集团凤县锌业公司
            before = tail_tokens(text[begin: start]) if branch or works else ""
            if len(before) > 1:  # a company's branch in a place: 速递江城分公司
                return start - len(before), (), start - len(before)
            prefix = _words().head.search(text[begin: start])
            if prefix:
                return begin + prefix.start(), (), begin + prefix.start()
            return start, tuple((p[2], p[3]) for p in chain), chain[-1][1]
    rest = tail_tokens(text[begin: suffix]).lstrip(_BEFORE)
    if len(rest) < 2 or rest in _words().generic:
        return None
    return suffix - len(rest), (), suffix - len(rest)


def _chain_to(places: list[Spot], end: int) -> list[Spot]:
    """The unbroken chain of places that ends at `end`; empty where none does."""
    chain: list[Spot] = []
    for place in reversed(places):
        if place[1] == end:
            chain.insert(0, place)
            end = place[0]
    return chain


def _shorts(text: str, places: list[Spot]) -> list[Mention]:
    words = _words()
    pattern, levels = short_forms()
    found = []
    for match in pattern.finditer(text):
        before = text[match.start() - 1: match.start()]
        if before and before in _NOT_SHORT and not (before == "、" and gives_money(text, match.end())):
            continue
        following = text[match.end(): match.end() + 1]
        if len(match.group()) == 2 and following and following in words.cut_short and (
                _HANZI.match(before) or not words.goes_on.match(text, match.end())):
            continue
        chain = _chain_to(places, match.start() + 1) or _chain_to(places, match.start())
        if chain:  # 蓬莱市总: the county's union by its own name
            start = chain[0][0]
            forms = tuple((p[2], p[3]) for p in chain)
            found.append(Mention(start, match.end(), text[start: match.end()], "union", forms))
            continue
        found.append(Mention(match.start(), match.end(), match.group(), "level", level=levels[match.group()]))
    return found + _backs(text, words)


def _backs(text: str, words: _Words) -> list[Mention]:
    """What points back at a body named before: 该会, and 该厂工会 or 厂工会, found from its ending (faster)."""
    spots = [(m.start(), m.end(), "") for m in words.back_forms.finditer(text)]
    for ending in words.back_ending.finditer(text):
        head = words.back_kind.search(text, max(0, ending.start() - 8), ending.start())
        if head:
            spots.append((head.start(), ending.end(), head.group("kind")))
    spots += [(m.start(), m.end(), m.group()[1:]) for m in words.towns.finditer(text)]
    spots += [(m.start(), m.end(), "") for m in words.bare.finditer(text)
              if not m.start() or ends_clause(text[m.start() - 1])]
    return [Mention(start, end, text[start:end], "back", level=kind) for start, end, kind in spots
            if text[start] in "该我本全" or not _HANZI.match(text[start - 1: start]) or text[start - 1] in _BEFORE]


def _level(printed: str) -> str:
    return "省" if printed == "自治区" else printed[-1]


def _regions(text: str) -> list[Mention]:
    return [Mention(m.start(), m.end(), m.group(), "region", level=_level(m.group("level")))
            for m in _words().region.finditer(text) if not (text[m.start()] == "本" and text[m.end() - 1] == "省")]


def _places(text: str, places: list[Spot]) -> list[Mention]:
    """A chain of division names that does something itself (宝鸡市五年来…), or heads its clause."""
    found = []
    at = 0
    while at < len(places):
        chain = [places[at]]
        while at + 1 < len(places) and places[at + 1][0] == chain[-1][1]:
            at += 1
            chain.append(places[at])
        at += 1
        start, end = chain[0][0], chain[-1][1]
        if all(p[3] for p in chain) and start and not ends_clause(text[start - 1]):
            continue
        zone = _words().zone.match(text, end)
        if zone and _words().follow.match(text, zone.end()):
            forms = tuple((p[2], p[3]) for p in chain)
            found.append(Mention(start, zone.end(), text[start: zone.end()], "union", forms, zone.group(), "总工会"))
            continue
        verb = _words().follow.match(text, end)
        town = None if verb and len(verb.group()) > 1 else _TOWN.match(text, end)  # 开展农村… holds no town
        follow = _words().follow.match(text, town.end()) if town else verb
        if follow and town and town.group()[-1] != "村" and not all(p[3] for p in chain):
            forms = tuple((p[2], p[3]) for p in chain)
            suffix = "总工会" if f"{town.group()[-1]}总工会" in text else "工会"
            found.append(Mention(start, town.end(), text[start: town.end()], "union", forms, town.group(), suffix))
            continue
        if follow and not (all(p[3] for p in chain) and follow.group() == "，"):
            found.append(Mention(start, end, text[start:end], "place", tuple((p[2], p[3]) for p in chain)))
    return found
