"""Where bodies are mentioned in an unwrapped text: union names, short forms, regions, employers.

Which body a mention means is decided in `organisations`; the words live in `vocabulary/bodies.toml`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.extract.exclusions import led
from pipeline.extract.words import cut, tagged
from pipeline.vocabulary import either, read_toml
from pipeline.vocabulary.gazetteer import Gazetteer

LONGEST_NAME = 34  # characters before a union's suffix


class Mention(NamedTuple):
    """A body as printed at `text[start:end]`.

    `kind`: union (a full name), level (省总: the union of a kind of division), back (该会), region (全县), place (a
    division as a doer), employer. `places`: division forms that the name begins with. `rest`: the name after them,
    before its suffix. `level`: 国 省 市 县 区 州 旗, or the kind of employer (厂) of a back reference. `doer`: whether
    the clause makes it the one who acts.
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
    suffix: re.Pattern[str]
    short: re.Pattern[str]
    levels: dict[str, str]
    back: re.Pattern[str]
    back_forms: re.Pattern[str]
    back_ending: re.Pattern[str]
    back_kind: re.Pattern[str]
    towns: re.Pattern[str]
    government: re.Pattern[str]
    pointed: re.Pattern[str]
    region: re.Pattern[str]
    follow: re.Pattern[str]
    zone: re.Pattern[str]
    lead_in: re.Pattern[str]
    not_before: tuple[str, ...]
    doer: dict[str, tuple[str, ...]]
    times: re.Pattern[str]
    nationwide: re.Pattern[str]
    head: re.Pattern[str]
    lead: re.Pattern[str]
    cut_short: str
    vague_prefixes: tuple[str, ...]
    vague_ends: tuple[str, ...]
    employer: re.Pattern[str]
    stops: frozenset[str]
    generic: frozenset[str]
    fillers: frozenset[str]
    common: frozenset[str]
    body_end: re.Pattern[str]
    numbered: re.Pattern[str]
    part: re.Pattern[str]
    office: re.Pattern[str]
    whole_name: re.Pattern[str]
    agency: re.Pattern[str]
    agencies: dict[str, str]
    bare: re.Pattern[str]
    no_name: re.Pattern[str]
    plain_suffixes: frozenset[str]
    not_place_before: str
    not_zone_before: tuple[str, ...]
    in_company: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    words: dict[str, Any] = read_toml("bodies.toml")
    levels = {form: entry["level"] for entry in words["short"] for form in entry["forms"]}
    agencies = {form: entry["name"] for entry in words["agency"] for form in (entry["name"], *entry["forms"])}
    region = words["region"]
    kind, endings = f"(?:该|本|我)?(?P<kind>{either(words['back']['kinds'])})", "总工会|工会联合会|工会委员会|工会"
    return _Words(
        re.compile(f"(?:{either(words['union_suffixes'])})(?!{'|'.join(words['suffix_not_before'])})"),
        re.compile(either(list(levels))),
        levels,
        re.compile(f"{either(words['back']['forms'])}|{kind}(?:{endings})"),
        re.compile(either(words["back"]["forms"])),
        re.compile(endings),
        re.compile(f"{kind}$"),
        re.compile(either(words["back"]["towns"])),
        re.compile(region["government"]),
        re.compile(f"该(?P<kind>{either(words['back']['employers'])})(?!工会|系统|长|领导|职工|的)"),
        re.compile(f"(?:{either(region['prefixes'])})(?P<level>{either(region['levels'])})(?:各级工会|基层工会|各级|工会)?(?!{either(region['not_after'])})"),
        re.compile(either(words["place"]["follow"])),
        re.compile(either(words["zones"])),
        re.compile(either(words["doer"]["lead_ins"])),
        tuple(words["doer"]["not_doers_before"]),
        {key: tuple(value) for key, value in words["doer"].items() if key.endswith("_after")},
        re.compile(words["doer"]["times"]),
        re.compile(either(words["doer"]["nationwide_after"])),
        re.compile(f"(?:{either(words['employer']['heads'])})[\\u4e00-\\u9fff]{{0,4}}$"),
        re.compile(rf"(?:{either(words['employer']['leads'])}|\d{{1,2}}月\d{{1,2}}日)*"),
        words["region"]["abbreviation_not_before"],
        tuple(words["vague_prefixes"]),
        tuple(words["vague_ends"]),
        re.compile(led("|".join([*words["employer"]["names"], either(words["employer"]["suffixes"])]))),
        frozenset(words["employer"]["stops"]),
        frozenset(words["generic_unions"]),
        frozenset(words["fillers"]),
        frozenset(words["common_words"]),
        re.compile(f"(?:{either(words['back']['kinds'] + words['sectors'] + words['zones'])})$"),
        re.compile(words["employer"]["numbered"]),
        re.compile(f"([\\u4e00-\\u9fff]{{0,6}}?)(?:{either(words['employer']['parts'])})(?![长里内上各])"),
        re.compile(f"(?:{either(words['offices'])})"),
        re.compile("|".join(words["employer"]["names"])),
        re.compile(f"(?:{either(sorted(agencies, key=len, reverse=True))})"
                   "(?![\\u4e00-\\u9fff]{0,4}(?:工会|系统|门))"),
        agencies,
        re.compile(f"工会(?!{either(words['back']['bare_not_before'])})(?=[\\u4e00-\\u9fff])"),
        re.compile(either(words["employer"]["no_name"])),
        frozenset(words["employer"]["plain_suffixes"]),
        words["not_place_before"],
        tuple(words["not_zone_before"]),
        frozenset(words["in_company_names"]),
    )


_BRACKET = re.compile(r"（[\u4e00-\u9fff]{1,6}）"
                      r"(?=$|工会|总工会|公司|有限|股份|控股|总公司|责任|[\u4e00-\u9fff]{2,9}公司)")
_LAST_BRACKET = re.compile("（[^（）]*）$")
_BEFORE = "由据从在当可"  # letters that may stand before a name and are none of it
_COUNTED = re.compile(r"\d[\d.]*[万多余]*[家个](?!百分点)")
_LISTED = ("", "、", "，", "；", "：", "（", "含", "和")  # letters before one of a list
_TOWARDS = ("到", "往", "赴")
_TOGETHER = re.compile("[和与、及](?:[\u4e00-\u9fff]{1,6}[和与、及])?")
_TERM = re.compile("^第[一二三四五六七八九十]+届")
_PARTICLE = re.compile("[由被把给]")  # no name holds one of these
_AMONG = re.compile(r"[\u4e00-\u9fff]{0,3}等(?:\d|[一二三四五六七八九十])")
_HANZI = re.compile("[\u4e00-\u9fff]")
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:镇|乡|街道|村)")
_MARKS = frozenset('"△▽◎⊙★☆○◇※•►▶*·，。；：、！？“”‘’《》（）■□▲●◆—…|-[]【】')  # they and white space end a clause


@lru_cache(maxsize=64)
def find_mentions(text: str, full: bool = True) -> list[Mention]:
    """The bodies mentioned in `text`, left to right, none overlapping; `full`: employers without a union too."""
    words = _words()
    found = [*_unions_and_regions(text), *((*_employers(text), *_agencies(text), *_pointed(text)) if full else ())]
    ranks = {"union": 0, "back": 1, "level": 1, "employer": 2, "region": 3, "place": 4}
    found.sort(key=lambda m: (m.start, -m.end, ranks[m.kind]))
    kept: list[Mention] = []
    for mention in found:
        if kept and mention.start < kept[-1].end:
            if ranks[mention.kind] < ranks[kept[-1].kind] and mention.end > kept[-1].end:
                kept[-1] = mention
            continue
        kept.append(mention)
    return _joint(text, [_with_role(text, m, words) for m in kept])


def _joint(text: str, mentions: list[Mention]) -> list[Mention]:
    """Of an employer and a union named together (某局和某市总工会联合…) the union is a doer as the employer is."""
    for number, (before, mention) in enumerate(pairwise(mentions), 1):
        between = text[before.end: mention.start]
        if before.kind == "employer" and before.doer and mention.kind == "union" and _TOGETHER.fullmatch(between):
            mentions[number] = mention._replace(doer=True)
    return mentions


@lru_cache(maxsize=64)  # a headline is read both with employers and without
def _unions_and_regions(text: str) -> list[Mention]:
    """What may be mentions of unions, and of the divisions that stand for theirs; some overlap."""
    places = find_places(text)
    found = [*_regions(text), *_places(text, places)]
    if "会" in text or "总" in text or "镇" in text or "街道" in text or "乡" in text:
        found += [*_unions(text, places), *_shorts(text, places)]
    return found


@lru_cache(maxsize=128)
def find_places(text: str) -> list[tuple[int, int, str, bool]]:
    """Division names in `text` as (start, end, form, short), without those that are mostly words (和平, 新华)."""
    words = _words()
    return [p for p in Gazetteer.load().find(text)
            if (p[2] not in words.common or not p[3] and text.startswith("总工会", p[1]))
            and not (p[3] and text[p[1]: p[1] + 1] in words.not_place_before and p[1] < len(text))
            and not (p[3] and text.startswith(words.not_zone_before, p[1]))]


def _with_role(text: str, mention: Mention, words: _Words) -> Mention:
    return Mention(mention.start, mention.end, mention.text, mention.kind, mention.places, mention.rest, mention.suffix,
                   mention.level, _is_doer(text, mention, words))


def _ends_clause(character: str) -> bool:
    return character in _MARKS or character.isspace()


def _clause_start(text: str, position: int, reach: int) -> int:
    """Where the clause around `position` starts, at most `reach` characters before it."""
    begin, least = position, max(0, position - reach)
    while begin > least and text[begin - 1] not in _MARKS and not text[begin - 1].isspace():
        begin -= 1
    return begin


def _is_doer(text: str, mention: Mention, words: _Words) -> bool:
    """Whether a mention stands where a clause names its doer: at its start, or after times and lead-ins only."""
    begin = _clause_start(text, mention.start, 24)
    before = words.times.sub("", text[begin: mention.start])
    after = text[mention.end: mention.end + 4]
    if mention.kind == "region" and mention.level == "国" and not words.nationwide.match(text, mention.end):
        return False
    if before.endswith("由") or after.startswith(words.doer["made_doer_after"]):
        return True
    if mention.kind in ("region", "place") and words.government.match(text, mention.end):
        return False
    if mention.kind == "union" and not mention.places and _COUNTED.match(text, mention.end):  # 建立联合工会135家
        return False
    listed = text[mention.start - 1: mention.start] in _LISTED
    if listed and mention.kind in ("union", "employer") and after[:1].isdigit():  # 甲工会2万元、乙工会3万元
        return True
    if text[begin - 1: begin] == "、" and mention.kind != "region":
        return False
    if mention.kind == "region" and (text[mention.start - 1: mention.start] in _TOWARDS or after.startswith("和")):
        return False
    bare = words.lead_in.sub("", before)
    if bare:
        return False
    if before.endswith(words.not_before) and not before.endswith(("从", "据")):
        return False
    if after.startswith(words.doer["no_doer_after"]) or _AMONG.match(after):
        return False
    speaks = mention.kind == "union" or mention.kind == "employer" and bool(mention.rest)
    return speaks or not after.startswith(words.doer["officer_after"])


def _unions(text: str, places: list[tuple[int, int, str, bool]]) -> list[Mention]:
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
        if "工会" in rest or not (_names_body(rest, bool(chain), words) or listed and rest not in words.generic):
            continue
        level = ""
        after_level = start > begin and text[start - 1] in "省市县区州" and not _HANZI.match(text[start - 2: start - 1])
        if not chain and after_level:
            start, level = start - 1, text[start - 1]
        end = _with_office(text, match.end(), places)
        mentions.append(Mention(start, end, text[start: end], "union", chain, "" if rest in words.fillers else rest,
                                text[match.start(): end], level))
    return mentions


def _with_office(text: str, end: int, places: list[tuple[int, int, str, bool]]) -> int:
    """Where a union's name ends that goes on with an office of it: 某街道工会服务站, 某工会甲省工作委员会."""
    place = next((p for p in places if p[0] == end), None)
    office = _words().office.match(text, place[1] if place else end)
    return office.end() if office else end


def _over_brackets(text: str, position: int) -> int:
    """Where the clause around a union's suffix starts; a bracket in the name belongs to it (某（集团）公司工会)."""
    begin = _clause_start(text, position, LONGEST_NAME)
    bracket = _BRACKET.search(text, max(0, begin - 8)) if begin and text[begin - 1] == "）" else None
    return _clause_start(text, bracket.start(), LONGEST_NAME) if bracket and bracket.end() == begin else begin


def _names_body(rest: str, has_place: bool, words: _Words) -> bool:
    """Whether what stands before 工会 names one body and not unions in general or a verb (各企业工会, 加强工会)."""
    if rest.startswith(words.vague_prefixes) and rest not in words.fillers:
        return False
    vague = rest.endswith(words.vague_ends) or rest in words.generic
    return has_place or not vague and bool(words.body_end.search(rest))


def _name_start(text: str, begin: int, suffix: int, places: list[tuple[int, int, str, bool]]
                ) -> tuple[int, tuple[tuple[str, bool], ...], int] | None:
    """Where a union's name starts, the division forms it starts with, and where they end; None for a generic 工会."""
    inside = [p for p in places if begin <= p[0] and p[1] <= suffix]
    for number, place in enumerate(inside):
        chain = [place]
        for following in inside[number + 1:]:
            if following[0] != chain[-1][1]:
                break
            chain.append(following)
        if _words().short.match(text, chain[-1][1] - 1) and not text.startswith("总工会", chain[-1][1]):
            continue  # 某市总将依靠…工会
        if place[3] and place[0] > begin and not _starts_word(text[begin: suffix], place[0] - begin):
            continue
        between = text[chain[-1][1]: suffix]
        if between in _words().fillers or _tail_tokens(between) == between:
            start = chain[0][0]
            branch = len(chain) == 1 and place[3] and _words().back_kind.fullmatch(between)
            before = _tail_tokens(text[begin: start]) if branch else ""
            if len(before) > 1:  # a company's branch in a place: 速递江城分公司
                return start - len(before), (), start - len(before)
            prefix = _words().head.search(text[begin: start])
            if prefix:
                return begin + prefix.start(), (), begin + prefix.start()
            return start, tuple((p[2], p[3]) for p in chain), chain[-1][1]
    rest = _tail_tokens(text[begin: suffix]).lstrip(_BEFORE)
    if len(rest) < 2 or rest in _words().generic:
        return None
    return suffix - len(rest), (), suffix - len(rest)


def _tail_tokens(text: str) -> str:
    """The end of `text` that can be a name: its words (jieba cuts them) back to the last one that no name holds."""
    if not text:
        return ""
    tail: list[str] = []
    words = _words()
    in_name = words.in_company if text.endswith(("公司", "集团")) else frozenset()
    for word in reversed(cut(text)):
        numbered = word.isdigit() and tail and words.numbered.match(word + tail[-1])
        if word in words.stops and word not in in_name or word.isdigit() and not numbered:
            break
        tail.append(word)
    return _TERM.sub("", _PARTICLE.split("".join(reversed(tail)))[-1])


def _starts_word(text: str, position: int) -> bool:
    """Whether a word of `text` starts at `position`: 油田东辛厂 does not name 田东."""
    at = 0
    for word in cut(text):
        if at >= position:
            break
        at += len(word)
    return at == position


def _chain_to(places: list[tuple[int, int, str, bool]], end: int) -> list[tuple[int, int, str, bool]]:
    """The unbroken chain of places that ends at `end`; empty where none does."""
    chain: list[tuple[int, int, str, bool]] = []
    for place in reversed(places):
        if place[1] == end:
            chain.insert(0, place)
            end = place[0]
    return chain


def _shorts(text: str, places: list[tuple[int, int, str, bool]]) -> list[Mention]:
    words = _words()
    found = []
    for match in words.short.finditer(text):
        if text[match.start() - 1: match.start()] in set("该各与、大分本地社园辖牧林校小景校") and match.start():
            continue
        following = text[match.end(): match.end() + 1]
        if len(match.group()) == 2 and following and following in words.cut_short:
            continue
        chain = _chain_to(places, match.start() + 1) or _chain_to(places, match.start())
        if chain:  # 蓬莱市总: the county's union by its own name
            start = chain[0][0]
            forms = tuple((p[2], p[3]) for p in chain)
            found.append(Mention(start, match.end(), text[start: match.end()], "union", forms))
            continue
        found.append(Mention(match.start(), match.end(), match.group(), "level", level=words.levels[match.group()]))
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
              if not m.start() or _ends_clause(text[m.start() - 1])]
    return [Mention(start, end, text[start:end], "back", level=kind) for start, end, kind in spots
            if text[start] in "该我本全" or not _HANZI.match(text[start - 1: start]) or text[start - 1] in _BEFORE]


def _level(printed: str) -> str:
    return "省" if printed == "自治区" else printed[-1]


def _regions(text: str) -> list[Mention]:
    return [Mention(m.start(), m.end(), m.group(), "region", level=_level(m.group("level")))
            for m in _words().region.finditer(text) if not (text[m.start()] == "本" and text[m.end() - 1] == "省")]


def _places(text: str, places: list[tuple[int, int, str, bool]]) -> list[Mention]:
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
        if all(p[3] for p in chain) and start and not _ends_clause(text[start - 1]):
            continue
        zone = _words().zone.match(text, end)
        if zone and _words().follow.match(text, zone.end()):
            forms = tuple((p[2], p[3]) for p in chain)
            found.append(Mention(start, zone.end(), text[start: zone.end()], "union", forms, zone.group(), "总工会"))
            continue
        town = _TOWN.match(text, end)
        follow = _words().follow.match(text, town.end() if town else end)
        if follow and town and town.group()[-1] != "村" and not all(p[3] for p in chain):
            forms = tuple((p[2], p[3]) for p in chain)
            suffix = "总工会" if f"{town.group()[-1]}总工会" in text else "工会"
            found.append(Mention(start, town.end(), text[start: town.end()], "union", forms, town.group(), suffix))
            continue
        if follow and not (all(p[3] for p in chain) and follow.group() == "，"):
            found.append(Mention(start, end, text[start:end], "place", tuple((p[2], p[3]) for p in chain)))
    return found


def _employers(text: str) -> list[Mention]:
    """Employers that head a clause: a name that ends in an employer's suffix, with no union's name around it."""
    words = _words()
    found = []
    for match in words.employer.finditer(text):
        begin = _clause_start(text, match.start(), 26)
        if "工会" in text[begin: match.end()] or _words().short.search(text, begin, match.end()):
            continue
        quoted = text[begin - 1: begin] == "“" and text[match.end(): match.end() + 1] == "”"  # a title
        if quoted or text[match.end(): match.end() + 2] in ("工会", "总工"):
            continue
        lead = words.lead.match(text, begin, match.start())
        begin = lead.end() if lead else begin
        name = _tail_tokens(text[begin: match.start()])
        begin = match.start() - len(name)
        if words.no_name.search(name + match.group()):
            continue
        if match.group() in words.plain_suffixes and len(name) < 4 and not find_places(name):
            continue
        end = _with_part(text, match.end())
        if end - begin >= 4 and (name or words.whole_name.fullmatch(match.group())):
            found.append(Mention(begin, end, text[begin: end], "employer"))
    return found


def _pointed(text: str) -> list[Mention]:
    """What points back at an employer named before: 该局, 该公司."""
    return [Mention(m.start(), m.end(), m.group(), "employer", level=m.group("kind"))
            for m in _words().pointed.finditer(text)] if "该" in text else []


def _agencies(text: str) -> list[Mention]:
    """The departments of the government that bodies.toml lists, by their full or short names."""
    return [Mention(m.start(), m.end(), m.group(), "employer", rest=_words().agencies[m.group()])
            for m in _words().agency.finditer(text)] if "部" in text or "委" in text or "联" in text else []


def _with_part(text: str, end: int) -> int:
    """Where an employer's name ends that goes on with the name of a department of it: 某矿务局供应处."""
    part = _words().part.match(text, end)
    if part and part.group(1) and _tail_tokens(part.group(1)) == part.group(1) and all(
            flag[0] in "nbjf" or flag in ("vn", "m") for _, flag in tagged(part.group())):
        return part.end()
    return end
