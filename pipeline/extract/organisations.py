"""Who: which body a mention means. Where bodies are mentioned is found in `mentions`, which owns a figure in `owners`.

A short form takes the latest body that fits, within its article; where none fits the answer is none. The naming rule is
that of the annotation guidelines: prefecture and county before a local union, no province before it.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain

from pipeline.extract.bodies import NATIONAL, Body, alike, is_short_for
from pipeline.extract.employers import is_department
from pipeline.extract.mentions import find_mentions
from pipeline.extract.naming import OFFICE, Mention, find_places, is_zone
from pipeline.vocabulary import read_toml
from pipeline.vocabulary.gazetteer import Division, Gazetteer

# what stands in a name after the factory's, where a workshop of it was named
_INNER = re.compile("(?!有限|股份|责任|控股|总公司|（|\\(|总?工会|系统|行业|联合)[\u4e00-\u9fff]{2,}?(?:工会|$)")
_UNDER = re.compile("[该我本全]?([省市县区州旗])(?!总工会|工会)(?=工人|[^场政属内直])")
_TOWN_UNION = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:街道|镇|乡|街办|社区)")
_HALF = str.maketrans("（）", "()")  # one spelling of a name, the one that most papers' sites print
_PAIR = re.compile(r"(?:^|[，。；：\s])([\u4e00-\u9fff]{2,12}[省市县区旗州](?:总工会|总)?)[、和与]$")
_LIST = re.compile(r"(?:^|[，。；：\s])((?:[\u4e00-\u9fff]{2,9}[、和与])+)$")  # 甲、乙和 of 甲、乙和丙三县总工会
_TOWNS = ("镇", "乡", "街道")
_OF_TOWN = re.compile("(?:镇|乡|街道)总?工会")
_TOWN = re.compile(r"(?:^|[，。；：、“（\s省市县区州旗在由据])(?![省市县区州旗那这该全各本每一两几小古老新])"
                   r"([\u4e00-\u9fff]{2,3}?)(镇|乡|街道)(?![长级政党域办])")


def _stem(name: str) -> tuple[str, str]:
    """The name of an enterprise without the end that makes it its union's, and that end."""
    return (name.removesuffix("工会"), "工会") if name.endswith("工会") else (name, "")


@lru_cache(maxsize=1)
def _counted() -> tuple[str, ...]:
    """How a union's name ends that says how many unions it names: 丙三县总工会."""
    return tuple(f"{words}总工会" for words in read_toml("bodies.toml")["counted"])


def _up_to(level: str, name: str) -> str:
    """A name that holds `level` (局), up to the last one of it: without the parts that follow."""
    return name[: name.rindex(level) + len(level)]


class Resolver:
    """Resolves the mentions of one article in reading order; `on` the issue's date, `at_home` the paper's own place."""

    def __init__(self, on: date | None, at_home: Division | None, of_unions: bool = True) -> None:
        """`of_unions`: whether the article speaks of unions at all."""
        self.gazetteer = Gazetteer.load()
        self.on = on
        self.of_unions = of_unions
        self.at_home = at_home
        self.places: list[Division] = []  # of the article so far, the latest last
        self.anchor: Division | None = None  # the place of the local union that acts
        self._passing: list[Division] = []
        self._prose: list[str] = []  # the texts read so far
        self._searched = 0  # how many of them were searched for places named in passing
        self.bodies: list[Body] = []  # those that act, and the first one
        self.named: list[Body] = []  # those that are only named
        self.texts: Sequence[str] = ()  # the paragraphs of the article, for what it names further on

    @cached_property
    def _enterprises(self) -> list[str]:
        """The enterprises that the article names anywhere, as printed, the longest name first."""
        printed = {_stem(m.text.translate(_HALF))[0] for text in self.texts if "公司" in text or "集团" in text
                   for m in find_mentions(text) if m.kind in ("union", "employer")}
        return sorted(printed, key=lambda name: (-len(name), name))

    def resolve(self, mention: Mention) -> Body | None:
        """The body that a mention means, remembered for the short forms after it; None where that is not clear."""
        body = self._fuller(self._body(mention))
        named = mention.kind in ("union", "level", "back", "employer")
        if body is not None and named:
            (self.bodies if mention.doer or not self.bodies else self.named).append(body)
        if mention.doer and mention.kind == "union":
            self.anchor_at(body)
        return body

    def _fuller(self, body: Body | None) -> Body | None:
        """An enterprise, or its union, by the fullest name that the article has for it (guidelines, organisation)."""
        if body is None or body.kind not in ("union", "employer"):
            return body
        stem, suffix = _stem(body.name)
        before = (_stem(known.name)[0] for known in reversed(self.bodies) if known.kind in ("union", "employer"))
        fuller = next((name for name in chain(before, self._enterprises) if is_short_for(stem, name)), None)
        return Body(fuller + suffix, body.kind, body.code, body.mention, "short_form") if fuller else body

    def pass_by(self, text: str) -> None:
        """Take note of a text whose places are named in passing, for short forms that nothing better explains."""
        self._prose.append(text)

    @property
    def passing(self) -> list[Division]:
        """The places that the prose has named in passing so far, full names only; read when first asked for."""
        for text in self._prose[self._searched:]:
            self._pass_by(text)
        self._searched = len(self._prose)
        return self._passing

    def _pass_by(self, text: str) -> None:
        inner: Division | None = None
        end = -1
        for start, stop, form, short in find_places(text):
            inner = self.gazetteer.resolve(form, within=inner if start == end else None, on=self.on) or (
                self._alone(form) if not short else None)
            end = stop
            if inner is not None and not short:
                self._passing.append(inner)

    def see(self, text: str) -> None:
        """Take note of the places that a headline, dateline or brief's head names."""
        for mention in find_mentions(text, full=False):
            self.resolve(mention)
        chain: list[tuple[str, bool]] = []
        end = -1
        for start, stop, form, short in find_places(text):
            if start != end and chain:
                self._place(tuple(chain))
                chain = []
            chain.append((form, short))
            end = stop
        if chain:
            self._place(tuple(chain))

    def _body(self, mention: Mention) -> Body | None:
        if mention.kind == "union":
            return self._union(mention)
        if mention.kind == "unnamed":
            return None
        if mention.kind == "back":
            return self._back(mention)
        if mention.kind == "employer":
            if mention.level:
                return self._pointed(mention)
            name = (mention.rest or mention.text).translate(_HALF)
            known = (body.name for body in reversed(self.bodies) if body.kind == "employer" and body.name != name)
            fuller = next((other for other in known if other.endswith(name)), name)  # 采油三厂 of 大港油田采油三厂
            return self._under(mention, "employer") or Body(fuller, "employer", None, mention.text, "explicit")
        if mention.kind == "place":
            place = self._place(mention.places)
            if place is None:
                return None
            return self._acting(place, mention.text, "region" if self.of_unions else "explicit")
        if mention.level == "国":
            return Body(NATIONAL, "national_union", None, mention.text,
                        "region" if mention.kind == "region" else "explicit")
        place = self.of_level(mention.level)
        if place is None:
            return None
        if mention.kind == "region":
            return self._acting(place, mention.text)
        return self._local(place, mention.text, "short_form")

    def _acting(self, place: Division, printed: str, basis: str = "region") -> Body:
        """What a place stands for: its union, or the place itself in a story that speaks of no union."""
        if self.of_unions:
            return self._local(place, printed, basis)
        return Body(self.gazetteer.full_name(place, self.on), "place", place.code, printed, basis)

    def lies_elsewhere(self, body: Body, place: Division) -> bool:
        """Whether a body's division neither is the place nor lies in it, by their codes."""
        width = {"province": 2, "prefecture": 4}.get(place.level, 6)
        return body.code is not None and body.code[:width] != place.code[:width]

    def union_of(self, place: Division) -> Body:
        """The local union of a place that an article is about without naming the union."""
        return self._local(place, place.name, "article")

    def standing_for(self, place: Division) -> Body:
        """The body of an article that names a place alone: its union, or the place where no union is spoken of."""
        return self._acting(place, place.name, "article")

    def part_of(self, whole: Body, form: str) -> Body | None:
        """What a place of the division of `whole` stands for; None for one that lies elsewhere. Nothing leans on it."""
        around = self.gazetteer.by_code(whole.code, self.on) if whole.code else None
        place = self.gazetteer.resolve(form, within=around, on=self.on) if around else None
        return self._acting(place, form) if place else None

    def _local(self, place: Division, printed: str, basis: str) -> Body:
        return Body(self.gazetteer.full_name(place, self.on) + "总工会", "local_union", place.code, printed, basis)

    def _without_street(self, mention: Mention) -> Mention:
        """A mention whose last place is but the name of a street (静安区南京西路街道总工会), without that place."""
        *outer, (form, short) = mention.places
        around = self._place(tuple(outer)) if outer and short and mention.rest else None
        if around is None or self.gazetteer.resolve(form, within=around, on=self.on):
            return mention
        return mention._replace(places=tuple(outer), rest=form + mention.rest)

    def _union(self, mention: Mention) -> Body | None:
        if mention.places:
            mention = self._without_street(mention)
            place = self._place(mention.places)
            if place is None:
                return None if not mention.rest else Body(mention.text, "union", None, mention.text, "explicit")
            if not mention.rest and mention.suffix == OFFICE:
                name = self.gazetteer.full_name(place, self.on) + OFFICE
                return Body(name, "union", place.code, mention.text, "explicit")
            if not mention.rest:
                return self._local(place, mention.text, "explicit")
            printed = "".join(form for form, _ in mention.places)
            in_name = mention.places[-1][1] and (  # 宝鸡 of a company, 南京 of a street
                len(mention.places) == 1 or not _TOWN_UNION.match(mention.rest))
            base = printed if in_name else self.gazetteer.full_name(place, self.on)
            name = (base + mention.rest + mention.suffix).translate(_HALF)
            return Body(name, "union", place.code, mention.text, "explicit")
        if mention.level:
            over = self.of_level(mention.level)
            if over is None:
                return None
            return Body(self.gazetteer.full_name(over, self.on) + mention.rest + mention.suffix, "union", over.code,
                        mention.text, "short_form")
        found = (self._of_zone(mention) or self._under(mention, "union") or self._known(mention)
                 or self._of_town(mention))
        return found or Body(mention.text.translate(_HALF), "union", None, mention.text, "explicit")

    def _of_zone(self, mention: Mention) -> Body | None:
        """The union of a zone named alone (高新区总工会): as it was named before, else that of the city named last."""
        if not is_zone(mention.rest):
            return None
        if "：" in mention.text:  # 杨凌：示范区总工会
            return Body(mention.text.replace("：", ""), "union", None, mention.text, "explicit")
        if known := self._known(mention):
            return known
        around = next((p for p in reversed(self.places) if p.level == "prefecture"), None) or self.of_level("市")
        if around is None:
            return None
        name = self.gazetteer.full_name(around, self.on) + mention.text
        return Body(name, "union", around.code, mention.text, "short_form")

    def _known(self, mention: Mention) -> Body | None:
        """A union named before by a fuller name that ends in this one (学习巷社区工会联合会)."""
        known = next((b for b in reversed(self.bodies) if b.kind != "employer" and b.name.endswith(mention.text)), None)
        if known is None:
            return None
        basis = "explicit" if known.name == mention.text else known.basis
        return Body(known.name, known.kind, known.code, mention.text, basis)

    def _of_town(self, mention: Mention) -> Body | None:
        """The union of a town or street named without its county, which the story has named before."""
        if not _TOWN_UNION.match(mention.text):
            return None
        for place in (*((self.anchor,) if self.anchor else ()), *reversed(self.places), *reversed(self.passing)):
            if place.level == "county":
                name = self.gazetteer.full_name(place, self.on) + mention.text
                return Body(name, "union", place.code, mention.text, "explicit")
        return None

    def anchor_at(self, body: Body | None) -> None:
        """Take the place of the local union that acts for what 市总, 全县 and the like mean in it."""
        if body is not None and body.kind == "local_union" and body.code:
            self.anchor = self.gazetteer.by_code(body.code, self.on)

    def _under(self, mention: Mention, kind: str) -> Body | None:
        """A body named by the kind of its division (该县粮食系统工会, 市工人文化宫); None for other names."""
        level = _UNDER.match(mention.text)
        if level and level.end() == 1 and not mention.text.startswith(("市工人", "县工人", "区工人", "省工人")) \
                and not is_department(mention.text[1:]):
            return None
        over = self.of_level(level.group(1)) if level else None
        if level is None or over is None:
            return None
        name = self.gazetteer.full_name(over, self.on) + mention.text[level.end():]
        return Body(name, kind, over.code, mention.text, "short_form")

    def joint(self, text: str, mention: Mention) -> Body | None:
        """Local unions named together (甲区、乙县总工会), as one body; None where the text names only one."""
        if mention.kind != "union" or mention.rest or not mention.places:
            return None
        if mention.text.endswith(_counted()):
            return self._listed(text, mention)
        before = _PAIR.search(text[: mention.start])
        if not before:
            return None
        last = self._place(mention.places)
        hits = find_places(before.group(1))
        first = self._place(tuple((form, short) for _, _, form, short in hits)) if hits and not hits[-1][3] else None
        if first is None or last is None or first.level != last.level:
            return None
        names = [self.union_of(place).name for place in (first, last)]
        return Body("、".join(names), "local_union", None, before.group(1) + "、" + mention.text, "explicit")

    def _listed(self, text: str, mention: Mention) -> Body | None:
        """The local unions of a list that says how many they are (甲、乙和丙三县总工会), as one body."""
        before = _LIST.search(text[: mention.start])
        if before is None:
            return None
        forms = re.split("[、和与]", before.group(1))[:-1]
        known = [self._place(((form, True),)) for form in forms] + [self._place(mention.places)]
        names = [self.union_of(place).name for place in known if place is not None]
        if len(names) < len(known):
            return None
        return Body("、".join(names), "local_union", None, before.group(1) + mention.text, "explicit")

    def _town(self, mention: Mention) -> Body | None:
        """The union of the town that was named last before it, maybe without its union (镇工会, after 某镇)."""
        end: int | None = mention.start  # the latest text is the mention's own
        for text in reversed(self._prose):
            named = [found for found in _TOWN.finditer(text[:end]) if found.group(2)[0] == mention.level[0]]
            if named:
                town = named[-1].group(1) + named[-1].group(2)
                known = next((b for b in reversed(self.bodies) if b.kind != "employer" and town in b.name), None)
                if known:
                    return self._at_level(known, mention)
                said = any(f"{mention.level}总工会" in prose for prose in self._prose)
                return self._of_town(mention._replace(text=town + ("总工会" if said else "工会")))
            end = None
        return None

    def _back(self, mention: Mention) -> Body | None:
        """The latest body that a back reference fits: 该会 any union, 该厂工会 one whose name holds 厂."""
        if mention.level in _TOWNS:
            return self._town(mention) or next(
                (self._at_level(body, mention) for body in reversed(self.bodies) if _OF_TOWN.search(body.name)), None)
        level = re.match(r"该([省市县区州旗])总", mention.text)
        for body in reversed(self.bodies):
            if mention.level and mention.level in body.name.removesuffix("分" + mention.level):
                return self._at_level(body, mention)
            if mention.text == "工会":
                return self._plain(mention)
            of = body.name.removesuffix("总工会")
            fits = not level or of.endswith(level.group(1)) and not of.endswith("自治" + level.group(1))
            if not mention.level and body.kind != "employer" and fits:
                return Body(body.name, body.kind, body.code, mention.text, "short_form")
        held = (body for body in reversed(self.named) if mention.level and mention.level in body.name)
        named = next((self._at_level(body, mention) for body in held), None)
        others = (mention._replace(level=kind) for kind in alike(mention.level))
        return named or next(filter(None, map(self._back, others)), None)

    def _at_level(self, body: Body, mention: Mention) -> Body:
        """The union that 厂工会 means after `body`: the factory's own, also where a workshop of it was named."""
        head = _up_to(mention.level, body.name)
        if body.kind in ("employer", "union") and _INNER.match(body.name, len(head)):
            return Body(head + "工会", "union", body.code, mention.text, "short_form")
        if body.kind == "employer":
            return Body(body.name + "工会", "union", body.code, mention.text, "short_form")
        return Body(body.name, body.kind, body.code, mention.text, "short_form")

    def _pointed(self, mention: Mention) -> Body | None:
        """The employer that 该局 means: the latest body named with 局, up to that letter; never the union of one."""
        for kind in (mention.level, *alike(mention.level)):
            for body in reversed(self.bodies):
                if kind in body.name:
                    return Body(_up_to(kind, body.name), "employer", body.code, mention.text, "short_form")
        return None

    def _plain(self, mention: Mention) -> Body | None:
        """The union that 工会 alone means: the enterprise's that the story names, where it names no local union."""
        if not self.bodies or any(body.kind in ("local_union", "national_union") for body in self.bodies):
            return None
        known = next((body for body in reversed(self.bodies) if body.kind == "union"), None)
        body = known or self.bodies[-1]
        name = body.name if known else body.name + "工会"
        return Body(name, "union", body.code, mention.text, "short_form")

    def _place(self, chain: tuple[tuple[str, bool], ...]) -> Division | None:
        """The division that a chain of forms names, the widest first; remembered for the forms after it."""
        place: Division | None = None
        for form, _ in chain:
            inner = self.gazetteer.resolve(form, within=place, on=self.on) if place else self._alone(form)
            if inner is None and place is not None:
                inner = self._alone(form)
            place = inner or place
        if place is not None:
            self.places.append(place)
        return place

    def _alone(self, form: str) -> Division | None:
        """A form without its prefecture: within the article's places and the paper's own, else anywhere if unique."""
        candidates = self.gazetteer.candidates(form)
        for place in (*reversed(self.places), *((self.at_home,) if self.at_home else ())):
            chain = self.gazetteer.chain(place, self.on)
            named = next((around for around in chain if around in candidates), None)
            if named is not None:  # 延安 is the city around, not a district's former name
                return named
            for around in reversed(chain):
                found = self.gazetteer.resolve(form, within=around, on=self.on)
                if found is not None:
                    return found
        found = self.gazetteer.resolve(form, on=self.on)
        return None if self._far(form, found) else found

    def _far(self, form: str, found: Division | None) -> bool:
        """Whether a short form (惠安) names a county far from the paper's home, and so is rather another name."""
        if found is None or self.at_home is None or found.level != "county" or form == found.name:
            return False
        return found.code[:2] != self.at_home.code[:2]

    def of_level(self, level: str) -> Division | None:
        """The division that 省 市 县 区 州 旗 means here: the latest place of that kind, or the one around it."""
        if self.anchor is not None and self._is_level(self.anchor, level):
            return self.anchor
        home = (self.at_home,) if self.at_home else ()
        if self.places:
            found = self._named(level, [*reversed(self.places), *home]) or self._named(level, [*reversed(self.passing)])
        else:
            found = self._named(level, [*reversed(self.passing), *home])
        return found or (self.at_home if level == "区" and self.at_home and self.at_home.name.endswith("区") else None)

    def _named(self, level: str, known: list[Division]) -> Division | None:
        """The first of the places `known`, or of those around them, that is of the level."""
        if level == "市":  # the prefecture goes before a county-level city named on the way
            over = next((place for place in known if place.level != "county" and self._is_level(place, level)), None)
            if over is not None:
                return over
        if level != "省":
            for place in known:
                if self._is_level(place, level):
                    return place
        for place in known:
            for around in reversed(self.gazetteer.chain(place, self.on)):
                if self._is_level(around, level):
                    return around
        return None

    def _is_level(self, place: Division, level: str) -> bool:
        if level == "省":
            return place.level == "province" and not place.name.endswith("市")
        return place.name.endswith(level) and place.level != "province" or level == "市" and place.level == "province" \
            and place.name.endswith("市") or level == "区" and place.name.endswith("地区")
