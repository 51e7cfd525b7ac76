"""Where employers and departments of the government are mentioned; unions are found in `unions`.

The words live in `vocabulary/bodies.toml`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.extract.exclusions import led
from pipeline.extract.naming import Mention, clause_start, find_places, tail_tokens
from pipeline.vocabulary import either, read_toml, short_forms
from pipeline.words import tagged

_LEVELS = "省市县区州旗盟"
LONGEST = 26  # characters before an employer's suffix


@dataclass(frozen=True, slots=True)
class _Words:
    lead: re.Pattern[str]
    suffix: re.Pattern[str]
    whole_name: re.Pattern[str]
    part: re.Pattern[str]
    no_name: re.Pattern[str]
    plain_suffixes: frozenset[str]
    departments: frozenset[str]
    pointed: re.Pattern[str]
    bare: re.Pattern[str]
    agency: re.Pattern[str]
    agencies: dict[str, str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    words: dict[str, Any] = read_toml("bodies.toml")
    employer = words["employer"]
    agencies = {form: entry["name"] for entry in words["agency"] for form in (entry["name"], *entry["forms"])}
    return _Words(
        re.compile(rf"(?:{either(employer['leads'])}|\d{{1,2}}月\d{{1,2}}日)*"),
        re.compile(led("|".join([*employer["names"], either(employer["suffixes"] + employer["departments"])]))
                   + f"(?!{either(employer['employer_not_before'])})"),
        re.compile("|".join(employer["names"])),
        re.compile(f"([\\u4e00-\\u9fff]{{0,6}}?)(?:{either(employer['parts'])})(?![长里内上各])"),
        re.compile(either(employer["no_name"])),
        frozenset(employer["plain_suffixes"]), frozenset(employer["departments"]),
        re.compile(f"该(?P<kind>{either(words['back']['employers'])})(?!工会|系统|长|领导|职工|的)"),
        re.compile(led(either(words["back"]["bare_employers"]), "(?<![^，。；：！？\\s])"
                       f"(?P<kind>{either(words['back']['bare_employers'])})(?={either(words['back']['bare_does'])})")),
        re.compile(f"(?:{either(sorted(agencies, key=len, reverse=True))})"
                   "(?![\\u4e00-\\u9fff]{0,4}(?:工会|系统|门))"),
        agencies,
    )


def is_department(name: str) -> bool:
    """Whether a name is that of a department of the government, without its division (教育局)."""
    return name in _words().departments


def employers(text: str) -> list[Mention]:
    """The employers that `text` names, those that it points back at, and the departments of the government."""
    return [*_named(text), *_pointed(text), *_agencies(text)]


def _named(text: str) -> list[Mention]:
    """Employers by a name that ends in an employer's suffix, with no union's name around it."""
    words = _words()
    found = []
    for match in words.suffix.finditer(text):
        begin = clause_start(text, match.start(), LONGEST)
        quoted = text[begin - 1: begin] == "“" and text[match.end(): match.end() + 1] == "”"  # a title
        if quoted or text[match.end(): match.end() + 2] in ("工会", "总工"):
            continue
        lead = words.lead.match(text, begin, match.start())
        begin = lead.end() if lead else begin
        name = tail_tokens(text[begin: match.start()], match.group())
        if is_department(match.group()):
            if not name and begin == match.start() - 1 and text[begin] in _LEVELS:
                name = text[begin]  # 区教育局
            elif not find_places(name):  # 同期法院
                continue
        begin = match.start() - len(name)
        if "工会" in name or short_forms()[0].search(text, begin, match.end()):
            continue
        if words.no_name.search(name + match.group()):
            continue
        if match.group() in words.plain_suffixes and len(name) < 4 and not find_places(name):
            continue
        end = _with_part(text, match.end())
        if end - begin >= 4 and (name or words.whole_name.fullmatch(match.group())):
            found.append(Mention(begin, end, text[begin: end], "employer"))
    return found


def _pointed(text: str) -> list[Mention]:
    """What points back at an employer named before: 该局, 该公司, 公司 where it spends money."""
    found = [*_words().bare.finditer(text), *(_words().pointed.finditer(text) if "该" in text else ())]
    return [Mention(m.start(), m.end(), m.group(), "employer", level=m.group("kind")) for m in found]


def _agencies(text: str) -> list[Mention]:
    """The departments of the government that bodies.toml lists, by their full or short names."""
    return [Mention(m.start(), m.end(), m.group(), "employer", rest=_words().agencies[m.group()])
            for m in _words().agency.finditer(text)] if "部" in text or "委" in text or "联" in text else []


def _with_part(text: str, end: int) -> int:
    """Where an employer's name ends that goes on with the name of a department of it: 某矿务局供应处."""
    part = _words().part.match(text, end)
    if part and part.group(1) and tail_tokens(part.group(1)) == part.group(1) and all(
            flag[0] in "nbjf" or flag in ("vn", "m") for _, flag in tagged(part.group())):
        return part.end()
    return end
