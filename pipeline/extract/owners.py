"""To whom a figure belongs: walks an article's sentences and keeps the body that acts.

A figure belongs to the last body that its sentence makes the doer before it; else to the doer of the sentences before;
else to the article's main body: that of its headline or first sentence (annotation guidelines, `organisation`).
What a mention means is resolved in `organisations`.
"""
from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.extract.bodies import NATION, Body, home, house
from pipeline.extract.mentions import find_mentions
from pipeline.extract.naming import OFFICE, Mention, find_places, gives_money
from pipeline.extract.organisations import Resolver
from pipeline.extract.pairs import Share
from pipeline.extract.tables import FEWEST_LINES, is_table_line
from pipeline.layout import marks
from pipeline.model import Issue
from pipeline.segment import Article
from pipeline.vocabulary import either, read_toml
from pipeline.vocabulary.gazetteer import Division
from pipeline.words import tagged

CAPITAL = "北京市"  # where papers and agencies without a place of their own report from
BEFORE, GUESSED = 0.7, 0.4  # how sure a body is that acts before the sentence, and one that the article only hints at
UNTOLD = "of one that is not named"  # as a reason
GOES_ON = "goes on from the story before"  # as a reason
_GUESSES = ("place of the story", GOES_ON)
LISTED = ("union", "level", "employer")  # mentions that a paired list may be made of
LEAD_IN = 8  # characters
_BYLINE = re.compile(r"^\s*（[^）]{1,30}）\s*")
_GOES_ON = re.compile("[又另]讯|[^，。]{0,8}?该[厂矿局院校会县市区]")
_TOPIC = re.compile(r"\s*[\u4e00-\u9fff]{2,6}(?:[ \u3000]+|：)")
HEAD = 14  # characters in which a place heads a paragraph
_HEADED = re.compile(f"[^，。]{{2,{HEAD - 1}}}：")
_LIST_STOPS = tuple("、，；：（和中")  # letters before a place in a list of them
_COUNT = re.compile(r"\d[\d.]*[万余多]*[个家名人户份件场期元]")
_STOP = re.compile(r"[。！？\n]")


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return read_toml("bodies.toml")


@lru_cache(maxsize=1)
def _trade() -> re.Pattern[str]:
    """The end of the name of a trade's union (某市教育工会)."""
    return re.compile(f"(?:{either(_words()['sectors'])})(?:系统)?工会(?:委员会)?$")


@lru_cache(maxsize=1)
def _called() -> re.Pattern[str]:
    """After the name of a division, what it calls: a contest or meeting."""
    return re.compile(f"[^，。；！？\\d]{{0,24}}?(?:{either(_words()['at_large']['called'])})")


class Owner(NamedTuple):
    """The body that a figure belongs to, how sure that is (0 to 1), and why; `rivals`: other bodies named before it."""

    body: Body | None
    certainty: float
    why: str
    rivals: int = 0


class Ownership:
    """The bodies of one article, read paragraph by paragraph in order."""

    def __init__(self, article: Article, issue: Issue, before: Body | None) -> None:
        self.article = article
        self.resolver = Resolver(issue.issue_date, home(issue.publication), self._says(_words()["union_words"]))
        self.house = house(issue.publication)
        self.resolver.bodies += [self.house] if self.house else []
        self.main: Body | None = None
        self.main_why = ""
        self.current: Body | None = None
        self.events: list[tuple[int, Body | None, Mention]] = []  # None: of a place that nothing tells
        self.named: list[tuple[Mention, Body]] = []  # in the paragraph, doers or not
        self.text = ""
        self.asked = False
        self.unnamed = False  # whether the lead speaks of 县总工会 and no place tells which
        self.used: list[Body] = []  # bodies to which figures belong
        self.resolver.texts = [paragraph.text for paragraph in article.paragraphs]
        self._open(before)

    def _open(self, before: Body | None) -> None:
        """Find the article's main body: its lead's doer, its headline's, the first one named, or an employer."""
        for headline in self.article.headlines:
            self.resolver.see(headline.text)
        lead = self.article.lead()
        dateline = marks().dateline.match(lead)
        if dateline:
            self.resolver.see(dateline.group())
        self.head = self._brief_head(lead)
        self.resolver.pass_by(lead)
        mentions = self._mentions(len(lead))
        if any(m.kind == "level" and m.level == "省" for m in mentions) and self.resolver.of_level("省") is None:
            self.resolver.places += self._only_province()
        named = [(m, self.resolver.resolve(m)) for m in mentions]
        unions = [(m, b) for m, b in named if b and b.kind != "employer" and m.kind in ("union", "level")]
        doers = [(m, b) for m, b in named if b and m.doer]
        self.unnamed = any(b is None and m.kind == "level" for m, b in named)
        self.main, self.main_why = self._main(lead, unions, doers, before)
        self.current = self.main
        self.resolver.anchor_at(self.main)

    def _main(self, lead: str, unions: list[tuple[Mention, Body]], doers: list[tuple[Mention, Body]],
              before: Body | None) -> tuple[Body | None, str]:
        """The body that the article is about and how it was found, the surest way first."""
        acting = next(((m, b) for m, b in unions if m.doer), None)
        titled = self._titled() if acting and gives_money(lead, acting[0].end) else None
        if titled and titled.kind != "employer":
            acting = None  # it gives money to the one of the headline
        if self.head is not None and (acting is None or self.resolver.lies_elsewhere(acting[1], self.head)):
            return self.resolver.union_of(self.head), f"head of the brief: {self.head.name}"
        if acting:
            return acting[1], f"doer of the lead: {acting[0].text}"
        titled = titled or self._titled()
        if titled and titled.kind != "employer":
            return titled.as_basis("headline"), f"headline: {titled.mention}"
        if doers and not self.unnamed:
            return doers[0][1], f"doer of the lead: {doers[0][0].text}"
        if titled:
            return titled.as_basis("headline"), f"headline: {titled.mention}"
        named = next(((m, b) for m, b in unions if b.kind != "national_union"), None)
        if named:
            return named[1], f"named in the lead: {named[0].text}"
        employer = None if self.unnamed else self._employer(lead)
        if employer:
            return employer, f"employer in the lead: {employer.mention}"
        if secret := next((m for m in self._mentions(len(lead)) if m.kind == "unnamed"), None):
            self.asked = True  # and nothing else in the story tells
            return None, f"{UNTOLD}: {secret.text}"
        if before and (not self.article.opens or _GOES_ON.match(lead) or self._topical(lead)):
            return before.as_basis("article"), GOES_ON
        resolver = self.resolver
        if resolver.at_home is None and resolver.places and resolver.places[0].name == CAPITAL and self._nationwide():
            return NATION.as_basis("article"), "a report from the capital on the whole country"
        if called := self._calling(lead):
            return called.as_basis("article"), f"whose meeting or contest it is: {called.mention}"
        if resolver.places:
            return resolver.standing_for(resolver.places[0]), f"place of the story: {resolver.places[0].name}"
        return None, ""

    def _calling(self, lead: str) -> Body | None:
        """The union of the division that calls a meeting or contest, wherever it is held (全省…竞赛在某市收官)."""
        for mention in self._mentions(len(lead)):
            if mention.kind == "region" and _called().match(lead, mention.end):
                return self.resolver.resolve(mention)
        for _, end, form, short in find_places(lead):
            if not short and _called().match(lead, end):
                return self.resolver.resolve(Mention(0, len(form), form, "place", ((form, False),)))
        return None

    def _only_province(self) -> list[Division]:
        """The province that the article names, where it is the only one: that of 省总工会 in the lead."""
        gazetteer, on = self.resolver.gazetteer, self.resolver.on
        forms = {form for p in self.article.paragraphs for _, _, form, short in find_places(p.text) if not short}
        provinces = [place for form in sorted(forms) if (place := gazetteer.resolve(form, on=on))
                     and place.level == "province"]
        return provinces if len(provinces) == 1 else []

    def _topical(self, lead: str) -> bool:
        """Whether a brief is a section of the story before: a bullet, a topic that names no place, a gap (★维权　…)."""
        topic = _TOPIC.match(lead.lstrip(marks().bullets)) if lead[:1] in marks().bullets else None
        return topic is not None and not find_places(topic.group()) and not find_mentions(topic.group())

    def _brief_head(self, lead: str) -> Division | None:
        """The place that heads a brief (△甲市 …, [甲市] …), after its bullet or in brackets."""
        if self.article.kind != "brief":
            return None
        bracketed = re.match(r"[\[【]([^\]】]+)[\]】]", lead)
        if bracketed:
            self.resolver.see(bracketed.group(1))
            return None
        text = lead.lstrip(marks().bullets + " ")
        hits = find_places(text[:14])
        if not hits or hits[0][0] != 0:
            return None
        end = hits[0][1]
        for hit in hits[1:]:
            end = hit[1] if hit[0] == end else end
        if not re.match(r"[\d \u3000：:]", text[end: end + 1]):
            return None
        self.resolver.see(text[:end])
        return self.resolver.places[-1] if self.resolver.places else None

    def _last_resort(self) -> None:
        """Find a main body in less sure ways, when a figure first asks and nothing else is known."""
        self.asked = True
        if not self.unnamed and (body := self._subject(self.article.lead())):
            self.main, self.main_why = body, f"subject of the lead: {body.mention}"
        elif not self.unnamed and (body := self._named_later()):
            self.main, self.main_why = body, f"the first body named: {body.mention}"
        elif self.house and self.resolver.of_unions:
            name = f"{self.house.name}工会"
            self.main, self.main_why = Body(name, "union", None, self.house.name, "article"), f"the paper of {name}"
        elif self._says([f"{kind}工会" for kind in _words()["back"]["kinds"]]):  # of one that it does not name
            return
        elif passing := self.resolver.passing:
            self.main, self.main_why = self.resolver.standing_for(passing[0]), f"place in the lead: {passing[0].name}"
        elif not self.unnamed and (body := self._at_large()):
            self.main, self.main_why = body, "speaks of unions at large"
        self.current = self.current or self.main

    def _named_later(self) -> Body | None:
        """The first union that the article names after its lead, else the first employer."""
        mentions = [mention for paragraph in self.article.paragraphs for mention in find_mentions(paragraph.text)]
        for kind in ("union", "employer"):
            for mention in mentions:
                if mention.kind == kind and (body := self.resolver.resolve(mention)):
                    return body
        return None

    def _subject(self, lead: str) -> Body | None:
        """The noun phrase (by jieba's tags) that opens the lead, as an employer, where no known kind of body stands."""
        employer = _words()["employer"]
        people, ends = tuple(employer["no_employer_end"]), tuple(employer["employer_end"])
        dateline = marks().dateline.match(lead)
        text = _BYLINE.sub("", lead[dateline.end():] if dateline else lead)
        for clause in text.split("，")[:3]:
            words: list[str] = []
            for word, flag in tagged(clause[:30]):
                if flag[0] in "nj" and flag != "nr" or words and (flag[0] == "b" or flag == "vn") or word == "第":
                    words.append(word)
                elif words or flag[0] not in "tmqdx":
                    break
            name = "".join(words)
            if len(name) >= 4 and "工会" not in name and name.endswith(ends) and not name.endswith(people):
                return Body(name, "employer", None, name, "article")
            if len(clause) > LEAD_IN:  # only a short lead-in (据介绍，) may stand before the subject
                return None
        return None

    def _employer(self, lead: str) -> Body | None:
        """The employer with a place in its name that the lead names, whoever acts: 汉中电业局220多名线路工."""
        for mention in self._mentions(len(lead)):
            places = find_places(mention.text) if mention.kind == "employer" else []
            if places and places[0][0] == 0 and places[0][1] < len(mention.text) - 1:
                return Body(mention.text, "employer", None, mention.text, "article")
        return None

    def _at_large(self) -> Body | None:
        """The paper's own union, or the national one, for a story or table that speaks of unions without naming any."""
        here = self.resolver.at_home
        at_large = self._says(_words()["at_large"]["words"])
        tabular = sum(is_table_line(p.text) for p in self.article.paragraphs) >= FEWEST_LINES
        if here is not None:
            return self.resolver.union_of(here) if at_large or tabular else None
        if self._says(_words()["at_large"]["not_nation"]):
            return None
        nation = self._nationwide()
        return NATION.as_basis("article") if at_large and not tabular or nation else None

    def _nationwide(self) -> bool:
        """Whether the article speaks of the whole country."""
        return self._says(_words()["at_large"]["nation"])

    def _says(self, words: list[str]) -> bool:
        """Whether one of the words stands in the article."""
        return any(word in p.text for p in (*self.article.headlines, *self.article.paragraphs) for word in words)

    def _mentions(self, length: int) -> list[Mention]:
        """The mentions of the lead, which has `length` characters; found paragraph by paragraph, as `enter` does."""
        found: list[Mention] = []
        for paragraph in self.article.paragraphs[:2]:
            found += [mention for mention in find_mentions(paragraph.text) if mention.end <= length]
            length -= len(paragraph.text)
        return found

    def _titled(self) -> Body | None:
        """The union that a headline names, else the employer that is a headline by itself."""
        found: Body | None = None
        for headline in self.article.headlines:
            for mention in find_mentions(headline.text):
                body = self.resolver.resolve(mention)
                if body and mention.kind in ("union", "level", "back") and body.kind != "employer":
                    return body
                if body and body.kind == "employer" and len(headline.text) < 20:
                    found = found or body
        return found

    def enter(self, text: str) -> None:
        """Read a paragraph's mentions; `owner` then answers for positions in it."""
        self.text = text
        if self.main and self.article.kind != "brief" and not self.main_why.startswith(_GUESSES) \
                and not text.startswith(tuple(_words()["doer"]["goes_on"])):
            self.current = self.main
            self.resolver.anchor_at(self.main)
        self.events, self.named = [], []
        self.resolver.pass_by(text)
        if head := self._headed(text):
            self.events.append((0, *head))
            self.resolver.anchor_at(head[0])
        for mention in find_mentions(text):
            body = self._of_main(mention, self.resolver.joint(text, mention) or self.resolver.resolve(mention))
            if body is not None:
                self.named.append((mention, body))
            acts = mention.doer or body is not None and "、" in body.name
            if body is None and not self._hides(mention) or not acts:
                continue
            if mention.kind == "employer" and not mention.level and not self._leads(mention):
                continue
            self.events.append((mention.start, body, mention))

    def _headed(self, text: str) -> tuple[Body, Mention] | None:
        """The union of a place in the main body's own that heads a paragraph (正安：…); None where none does."""
        places = find_places(text[:HEAD]) if self.main and self.main.kind != "employer" and _HEADED.match(text) else []
        if not places or places[0][0] != 0 or text[places[0][1]: places[0][1] + 1] != "：":
            return None
        _, end, form, short = places[0]
        body = self.resolver.part_of(self.main, form) if self.main else None
        return (body, Mention(0, end, form, "place", ((form, short),), doer=True)) if body else None

    def _hides(self, mention: Mention) -> bool:
        """Whether what acts, though nothing tells who it is, is not the one that the story is about.

        A union that is not named; a region or level in a story about an employer.
        """
        of_employer = self.main is not None and self.main.kind == "employer"
        return mention.kind == "unnamed" or mention.kind in ("region", "level") and of_employer

    def _of_main(self, mention: Mention, body: Body | None) -> Body | None:
        """The union of a trade that a story is about, where its place is said to act (全区, after 某区教育工会)."""
        main = self.main
        if body and main and main.kind == "union" and mention.kind in ("region", "place") and body.code == main.code \
                and (_trade().search(main.name) or main.name.endswith(OFFICE)):
            return main.as_basis("region")
        return body

    def _antecedent(self, body: Body, mention: Mention) -> str:
        """For a short form, the fuller mention that it leans on."""
        if mention.kind not in ("region", "level", "back"):
            return ""
        earlier = [b.mention for b in (*self.resolver.bodies, *filter(None, [self.main])) if b.name == body.name]
        fuller = max((m for m in earlier if m != mention.text), key=len, default=None)
        return f", after {fuller}" if fuller else ", by the place of the story"

    def _leads(self, mention: Mention) -> bool:
        """Whether an employer heads its sentence, so that it and not the union of the article acts there."""
        begin = self._sentence_start(mention.start)
        return "，" not in self.text[begin + 5: mention.start] or self.main is None

    def _sentence_start(self, position: int) -> int:
        return max((m.end() for m in _STOP.finditer(self.text, 0, position)), default=0)

    def owner(self, position: int, headline: bool, share: Share | None = None) -> Owner:
        """The body to which the figure at `position` of the paragraph belongs.

        `share`: its place in a paired list, in offsets of the paragraph.
        """
        if self.main is None and not self.asked:
            self._last_resort()
        found = self._owner(position, headline)
        if share is not None:
            found = self._share(found, share)
        elif found.body and (body := self._counted(position, found.body)):
            found = found._replace(body=body, certainty=BEFORE, why=f"of a list of places: {body.mention}")
        if found.body is not None:
            self.used.append(found.body)
        rivals = {body.name for body in self.resolver.bodies} - {found.body.name if found.body else ""}
        return found._replace(rivals=len(rivals))

    def _share(self, found: Owner, share: Share) -> Owner:
        """Of a paired list of bodies (甲工会、乙工会分别建3个和2个) the one whose turn it is; else the owner found."""
        names = found.body.name.split("、") if found.body else []
        if found.body and len(names) == share.count > 1:  # 甲区、乙区总工会: one body that is two
            return found._replace(body=found.body._replace(name=names[share.rank], code=None))
        listed = [(m, body) for m, body in self.named if share.start <= m.start < share.end]
        if len(listed) != share.count or any(m.kind not in LISTED for m, _ in listed):
            return self._place_of(found, share)
        mention, body = listed[share.rank]
        body = body._replace(name=body.name.rpartition("、")[2])  # of 甲、乙总工会, found at 乙, it is 乙
        return found._replace(body=body, certainty=BEFORE, why=f"its turn in the list: {mention.text}")

    def _counted(self, position: int, whole: Body) -> Body | None:
        """The union of the place right before a figure, in a list of places of `whole` (甲市8个、乙市6个)."""
        if self.text[position - 1: position] in _LIST_STOPS:
            return None
        begin = self._sentence_start(position)
        listed = [p for p in find_places(self.text) if p[0] >= begin and _COUNT.match(self.text, p[1])
                  and self.text[p[0] - 1: p[0]] in _LIST_STOPS]
        if len(listed) < 2 or not any(p[1] == position for p in listed):
            return None
        bodies = {end: self.resolver.part_of(whole, form) for _, end, form, _ in listed}
        return None if None in bodies.values() else bodies[position]

    def _place_of(self, found: Owner, share: Share) -> Owner:
        """Of a paired list of places (武汉、宜昌两市分别建站12个和8个) the union of the one whose turn it is."""
        places = [p for p in find_places(self.text) if share.start <= p[0] and p[0] < share.end]
        if len(places) != share.count or places[share.rank][0] != share.item_start:
            return found
        form, short = places[share.rank][2:]
        body = self.resolver.resolve(Mention(share.item_start, share.item_end, form, "place", ((form, short),)))
        return found._replace(body=body, certainty=BEFORE, why=f"its turn in the list: {form}") if body else found

    def _owner(self, position: int, headline: bool) -> Owner:
        begin = self._sentence_start(position)
        here = [e for e in self.events if begin <= e[0] < position]
        if headline:
            return Owner(here[-1][1] if here else self.main, 0.6, self.main_why)
        if here:
            body, mention = here[-1][1], here[-1][2]
            if body is None:
                return Owner(None, 0.0, f"{UNTOLD}: {mention.text}")
            if mention.kind != "employer" and not self.text[: mention.start].endswith("其中"):
                self.current = body
            why = f"doer of its sentence: {mention.text}{self._antecedent(body, mention)}"
            return Owner(body, 1.0 if body.basis == "explicit" else 0.9, why)
        earlier = [e for e in self.events if e[0] < begin and e[1] is not None and e[2].kind != "employer"
                   and not self.text[: e[0]].endswith("其中")]
        if earlier:
            self.current = earlier[-1][1]
        if self.current is None:
            return Owner(None, 0.0, self.main_why)
        if self.current is not self.main:
            return Owner(self.current, BEFORE, "doer of a sentence before")
        guessed = self.asked or self.main_why.startswith(_GUESSES)
        return Owner(self.current, GUESSED if guessed else BEFORE, self.main_why)
