"""One article's figures: for each quantity of each sentence its metric, period, status and body, put together as a row.

How each of these is read lives in its own module; pages are taken apart in `observations`.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pipeline.extract import confidence, loglinear, modifiers
from pipeline.extract.metrics import Reading, index
from pipeline.extract.owners import Ownership
from pipeline.extract.pairs import shares
from pipeline.extract.periods import Calendar, Period
from pipeline.extract.quantities import Quantity, Rejected, find_quantities
from pipeline.extract.sentences import BECAME, PART, Sentence, as_before
from pipeline.extract.tables import TableFigure, table_figures
from pipeline.model import Observation, Page
from pipeline.segment import Article
from pipeline.unwrap import Paragraph

WHOLES = 3  # figures before a sentence of parts (其中) that may be the whole
SURE = 4.0  # score at which a signal may turn a vague or excluded number into a figure
WEAK = 2.2  # score below which a figure takes the metric of the one before it
LEAD = 60  # characters of a lead in which the year is looked for that the story reports
WORKED = 500  # hours; nothing goes on for so long, so they are hours that people gave
FAINT = 0.3  # score that a signal of the sentence before must have to speak for a figure
_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]?[”』]?")
_SECTION = re.compile("[（(]?[一二三四五六七八九十]{1,3}[）)、.．](?=[^。！？；，]{0,24}$)")
_CHANGED = re.compile("[提增扩升降减涨翻跃蹿大展高长加少](?:到了?|至|为|成)|提高|上升|下降")

Refuse = Callable[[Paragraph, list[Rejected], int], None]


class ArticleReader:
    """Reads the paragraphs of one article in order, remembering what the next sentence may lean on.

    `observations` is the page's list, to which rows are added; `refuse` enters numbers in the ledger.
    """

    def __init__(self, page: Page, calendar: Calendar, number: int, article: Article, ownership: Ownership,
                 observations: list[Observation], refuse: Refuse, site: Sequence[tuple[int, int, str]] = (),
                 frame: Period | None = None) -> None:
        """`site`: stretches of the page that are the site's, each with the reason, also inside a line of prose.

        `frame`: the period of figures that name none in the story that this one goes on from, if it does.
        """
        self.site = site
        self.page, self.calendar, self.number = page, calendar.of_story(_first_paragraph(article)), number
        self.ownership, self.observations, self.refuse = ownership, observations, refuse
        self.first = len(observations)
        self.year: int | None = None
        self.carried: Period | None = None
        self.section: Period | None = None  # what the heading of a section names, for the paragraph below it
        self.context = "。".join(h.text for h in article.headlines) + "。"  # the sentence before
        self.unread: list[str] = []  # paragraphs whose bodies nothing has asked for yet
        self.weak: set[int] = set()  # rows whose own words told no metric
        self.headline = "".join(h.text for h in article.headlines)
        self.counted = {h.text: find_quantities(h.text) for h in article.headlines}
        self.topic = _topic(self.counted)
        self.plan = modifiers.is_plan("".join(h.text for h in article.headlines) + _first_paragraph(article))
        self.default = self._framed(article, frame)

    def read(self, paragraph: Paragraph, headline: bool) -> None:
        """Read a paragraph of prose, or a headline, after which figures of the body are looked for."""
        if not self.calendar.reports_last_year() or self.section:
            self.carried = self.section
        self.section = None if headline else self._section(paragraph.text)
        quantities, rejected = self.counted.get(paragraph.text) or find_quantities(paragraph.text)
        self.refuse(paragraph, rejected, 0)
        if self.site:
            apart = [Rejected(q.start, q.end, why) for q in quantities if (why := self._of_site(paragraph, q))]
            self.refuse(paragraph, apart, 0)
            quantities = [q for q in quantities if not self._of_site(paragraph, q)]
        self.unread.append(paragraph.text)
        if any(not q.vague or q.value != 1 for q in quantities):
            for text in self.unread:
                self.ownership.enter(text)
            self.unread = []
        waiting, told = quantities, self.carried  # told: what a figure's sentence has carried so far
        for match in _SENTENCE.finditer(paragraph.text):
            end = match.end()
            if waiting and waiting[0].start < end:
                inside = [q for q in waiting if q.start < end]
                waiting = waiting[len(inside):]
                if all(q.vague and q.value == 1 for q in inside):  # 一个, 一批: no statistics, nothing to weigh
                    self.refuse(paragraph, [Rejected(q.start, q.end, "vague") for q in inside], 0)
                else:
                    self._sentence(paragraph, match.start(), match.group(), inside, headline)
                told = self.carried
            elif waiting:
                self.carried = self.calendar.opening(match.group(), self.year) or told
            self.context = match.group() or self.context

    def _section(self, line: str) -> Period | None:
        """The time that a line names which is the numbered heading of a section (五、2006年主要预期)."""
        number = _SECTION.match(line)
        return self.calendar.opening(line[number.end():], self.year) if number else None

    def _of_site(self, paragraph: Paragraph, quantity: Quantity) -> str | None:
        """The reason why a quantity is none of the paper's (浏览：640次), where the site's text goes on in a line."""
        start = paragraph.place(quantity.start)
        return next((why for begin, end, why in self.site if begin <= start < end), None)

    def read_table(self, lines: list[Paragraph]) -> None:
        """Read the lines of a table; what is no figure in them goes to the ledger."""
        taken: dict[int, list[TableFigure]] = {}
        for figure in table_figures(lines):
            taken.setdefault(id(figure.paragraph), []).append(figure)
        self.ownership.enter("")
        for line in lines:
            here = taken.get(id(line), [])
            quantities, rejected = find_quantities(line.text)
            others = [*(Rejected(q.start, q.end, "table") for q in quantities), *rejected]
            spans = [(f.quantity.start, f.quantity.end) for f in here]
            self.refuse(line, [r for r in others if not any(r.start < e and s < r.end for s, e in spans)], 0)
            for figure in here:
                self._cell(figure)

    def _framed(self, article: Article, before: Period | None) -> Period:
        """The period of figures that name none: the year that the headline names, that of `before`, the issue's."""
        told = self.calendar.reported(" ".join(h.text for h in article.headlines), _first_paragraph(article)[:LEAD])
        if told is None:
            return self._reviewed(article) or before or self.calendar.default()
        self.year = told[0]
        return Period(told[0], None, None, "explicit", told[1])

    def _reviewed(self, article: Article) -> Period | None:
        """The year before, where the story reviews it."""
        if self.plan or not self.calendar.reports_last_year():
            return None
        return self.calendar.reviews("。".join([*(h.text for h in article.headlines), article.lead()]))

    def _cell(self, figure: TableFigure) -> None:
        text = figure.label + figure.paragraph.text[figure.quantity.start: figure.quantity.end]
        quantity = figure.quantity._replace(start=len(figure.label), end=len(text))
        offset = figure.quantity.start - quantity.start
        sentence = Sentence(figure.paragraph, offset, text, [quantity], False, [], {})
        reading = self._metric(sentence, 0, self._readings(sentence)[0])
        if isinstance(reading, str):
            self.refuse(figure.paragraph, [Rejected(quantity.start, quantity.end, reading)], offset)
            return
        period = self.default
        if figure.year is not None:
            year = figure.year
            period = Period(year, date(year, 1, 1), date(year, 12, 31), "explicit", str(year))
        self.observations.append(self._row(sentence, 0, reading, period, True))

    def _sentence(self, paragraph: Paragraph, offset: int, text: str, quantities: list[Quantity], headline: bool
                  ) -> None:
        local = [q.moved(-offset) for q in quantities]
        paired = shares(text, [(q.start, q.end) for q in local])
        sentence = Sentence(paragraph, offset, text, local, headline, [], paired)
        times = self.calendar.times(text, self.year)
        for time in times:
            self.year = time.year if time.basis == "explicit" else self.year
        readings = self._readings(sentence)
        for number, quantity in enumerate(local):
            reading = self._metric(sentence, number, readings[number])
            if isinstance(reading, str):
                self.refuse(paragraph, [Rejected(quantity.start, quantity.end, reading)], offset)
                continue
            period, near = self._period(sentence, times, number)
            row = self._row(sentence, number, reading, period, near)
            sentence.rows.append((quantity, len(self.observations)))
            self.observations.append(row)
            if not headline and not (period in times and _left_behind(text, period, len(text))):
                self.carried = period

    def _readings(self, sentence: Sentence) -> list[list[Reading]]:
        """What the words around each quantity say; those without a clear signal once more with the sentence before."""
        units = [unit for q in sentence.quantities for unit in q.units]
        scene = index().scene(sentence.text, [(q.start, q.end) for q in sentence.quantities], units)
        found = [scene.readings(q.start, q.end, q.units, q.settled) for q in sentence.quantities]
        for number, share in sentence.shares.items():
            q = sentence.quantities[number]
            alone = index().scene(share.alone(sentence.text), [(q.start, q.end)], q.units)
            found[number] = alone.readings(q.start, q.end, q.units, q.settled) or found[number]
        faint = [n for n, q in enumerate(sentence.quantities)
                 if not q.vague and not (found[n] and found[n][0].score >= WEAK)]
        if not faint:
            return found
        shift = len(self.context)
        units = [unit for n in faint for unit in sentence.quantities[n].units]
        wider = index().scene(self.context + sentence.text,
                              [(q.start + shift, q.end + shift) for q in sentence.quantities], units)
        for number in faint:
            q = sentence.quantities[number]
            again = wider.readings(q.start + shift, q.end + shift, q.units, q.settled)
            found[number] = [r for r in again if r.score > FAINT] or found[number]
        return found

    def _metric(self, sentence: Sentence, number: int, found: list[Reading]) -> Reading | str:
        """The metric of a figure, or the ledger's reason why the number is none."""
        quantity, best = sentence.quantities[number], found[0] if found else None
        refused = _refused(quantity, best)
        if refused:
            return refused
        if sentence.headline and (same := self._repeated(quantity)):
            return Reading(same.metric, same.unit, 9.0, 9.0, "the headline repeats the body")
        alike = [(q, n) for q, n in sentence.rows
                 if quantity.unit_text == q.unit_text or quantity.units[0] == q.units[0]]
        alike.sort(key=lambda pair: pair[0].unit_text == quantity.unit_text)
        if alike and modifiers.is_increase(sentence.text, quantity):
            level = self._level(sentence, number, alike)
            if level is not None:
                return Reading(level.metric, level.unit, 6.0, 6.0, "an increase of the level before it")
        if alike and (same_as := as_before(sentence, number, alike[-1][0], best)):
            row, score = self.observations[alike[-1][1]], 6.0 if same_as == BECAME else 2.0
            return Reading(row.metric, row.unit, score, score, same_as)
        if (best is None or best.score < PART) and (whole := self._whole(sentence, quantity)):
            return Reading(whole.metric, whole.unit, 1.0, 0.0, "a part of the figure before")
        if best is None or best.score < WEAK:
            self.weak.add(len(self.observations))
            told = next((reading for unit in quantity.units if (reading := self.topic.get(unit))), None)
            if told is not None and not any(n not in self.weak for _, n in alike):
                return told
            if alike:
                row = self.observations[alike[-1][1]]
                return Reading(row.metric, row.unit, 1.0, 0.0, "follows a figure of the same unit")
        weighed = loglinear.weigh(self._setting(sentence, number), found)
        if weighed is not None:
            return weighed
        unit = quantity.units[0]
        return Reading("other_rate" if unit == "percent" else "other", unit, 0.0, 0.0, "no signal")

    def _whole(self, sentence: Sentence, quantity: Quantity) -> Observation | None:
        """The figure of the sentence before of which this one is a part, where 其中 opens its sentence."""
        if sentence.rows or not modifiers.is_part(sentence.text[: quantity.start]):
            return None
        nearest = self.observations[max(self.first, len(self.observations) - WHOLES):]
        return next((row for row in reversed(nearest) if row.unit in quantity.units), None)

    def _setting(self, sentence: Sentence, number: int) -> loglinear.Setting:
        quantity, told = sentence.quantities[number], self.observations[self.first:]
        return loglinear.Setting(
            sentence.text, quantity.start, quantity.end, sentence.before(number), sentence.after(number), self.context,
            self.headline, quantity.units, quantity.settled, quantity.unit_text, told[-1].metric if told else None)

    def _level(self, sentence: Sentence, number: int, alike: list[tuple[Quantity, int]]) -> Observation | None:
        """The level that an increase grew from: of several in one sentence the one of the same rank (分别增加)."""
        unit = sentence.quantities[number].units[0]
        rank = sum(1 for q in sentence.quantities[:number]
                   if q.units[0] == unit and modifiers.is_increase(sentence.text, q))
        levels = [n for q, n in alike if not modifiers.is_increase(sentence.text, q)]
        if not levels:
            return None
        paired = number in sentence.shares or "分别" in sentence.text[: sentence.quantities[number].start]
        return self.observations[levels[min(rank, len(levels) - 1) if paired else -1]]

    def _repeated(self, quantity: Quantity) -> Observation | None:
        """The body figure that a headline's quantity repeats, exactly or rounded."""
        if quantity.value is None:
            return None
        printed = str(int(quantity.value))
        scale = 10 ** (len(printed) - max(1, len(printed.rstrip("0"))))
        for row in self.observations[self.first:]:
            if row.unit in quantity.units and row.value is not None and not row.headline and (
                    row.value == quantity.value
                    or scale > 1 and row.value >= 10 and abs(row.value - quantity.value) < scale):
                return row
        return None

    def _period(self, sentence: Sentence, times: list[Period], number: int) -> tuple[Period, bool]:
        """The period of a figure, and whether its own sentence told it."""
        quantity, share = sentence.quantities[number], sentence.shares.get(number)
        if share is not None:
            times = [t for t in times if not share.leaves_out(t.position)]
        earlier = [t for t in times
                   if t.position < quantity.start and not _left_behind(sentence.text, t, quantity.start)]
        if earlier:
            return self._at_start(sentence, number, earlier[-1]), True
        if sentence.headline and quantity.value is not None:
            body = (r for r in self.observations[self.first:] if r.value == quantity.value and not r.headline)
            row = next(body, None)
            if row:
                return Period(row.year, row.period_start, row.period_end, "inherited"), True
        if self.carried is not None and not any(t.position < quantity.start for t in times):
            return self.carried._replace(basis="issue" if self.carried.basis == "issue" else "inherited"), False
        return self.default, False

    def _at_start(self, sentence: Sentence, number: int, period: Period) -> Period:
        """The year in which an open period began, for what another figure grew from in it (五年间由3万份增至4万份)."""
        quantity, began = sentence.quantities[number], period.start
        if began is None or period.end is not None or not modifiers.starts_change(
                sentence.text, quantity.start, quantity.end, sentence.after(number)):
            return period
        return period._replace(year=began.year, end=date(began.year, 12, 31))

    def _status(self, sentence: Sentence, number: int, period: Period) -> tuple[str, str]:
        if self.calendar.issued and (period.year or 0) > self.calendar.issued.year:
            return "target", f"the year {period.year} lies ahead"
        quantity = sentence.quantities[number]
        status, told = modifiers.status(sentence.text, quantity)
        if self.plan and not told and period.basis in ("issue", "inherited") and not sentence.headline \
                and not modifiers.speaks_of_done(sentence.text, quantity):
            return "target", "the story lays out a plan"
        return status, told

    def _total(self, sentence: Sentence, number: int, reading: Reading) -> int | None:
        """The place of the figure that this one is a part of: of 其中 the one before it, in a list the list's."""
        quantity, earlier = sentence.quantities[number], [n for _, n in reversed(sentence.rows)]
        if not earlier:
            return None
        if modifiers.opens_part(sentence.text, sentence.before(number), quantity.start):
            return next((n for n in earlier if self.observations[n].unit == reading.unit), None)
        before = self.observations[earlier[0]]
        between = sentence.text[sentence.before(number): quantity.start]
        listed = "、" in between and not any(mark in between for mark in "，；：")
        return before.total if listed and before.unit == reading.unit else None

    def _row(self, sentence: Sentence, number: int, reading: Reading, period: Period, near: bool) -> Observation:
        quantity, text, previous = sentence.quantities[number], sentence.text, sentence.before(number)
        share = sentence.shares.get(number)
        owner = self.ownership.owner(sentence.offset + quantity.start, sentence.headline,
                                     share and share.moved(sentence.offset))
        status, told = self._status(sentence, number, period)
        rated = sentence.rated(number)
        limit = modifiers.breakdown(text, quantity, previous, sentence.after(number))
        if modifiers.is_increase(text, quantity):
            limit = modifiers.increase_label()
        total = self._total(sentence, number, reading)
        start, end = sentence.paragraph.span(sentence.offset + quantity.start, sentence.offset + quantity.end)
        named = confidence.features(reading, owner, period, near, quantity, sentence.headline)
        body = owner.body
        return Observation(
            document=self.page.document, article=self.number, start=start, end=end, quote=self.page.text[start:end],
            sentence=text.strip(), metric=reading.metric, value=quantity.value, low=quantity.low, high=quantity.high,
            qualifier=quantity.qualifier, unit=reading.unit, unit_text=quantity.unit_text,
            per=modifiers.per(text, sentence.quantities[rated], sentence.before_told(rated)), status=status,
            breakdown=limit,
            organisation=body.name if body else None, organisation_kind=body.kind if body else None,
            organisation_mention=body.mention if body else None, organisation_basis=body.basis if body else None,
            division_code=body.code if body else None, year=period.year, period_start=period.start,
            period_end=period.end, period_basis=period.basis, headline=sentence.headline, total=total,
            confidence=confidence.estimate(named),
            flags=("rate_above_100",) if reading.unit == "percent" and (quantity.value or 0) > 100 else (),
            evidence=(("metric", f"{reading.signal} (score {reading.score:.1f}, margin {reading.margin:.1f})"),
                      ("organisation", owner.why), ("period", period.words or period.basis),
                      ("status", told or "no word of a plan"), ("confidence", confidence.told(named))),
        )


def _topic(headlines: Mapping[str, tuple[list[Quantity], list[Rejected]]]) -> dict[str, Reading]:
    """By unit, the metric of the figures that the headlines name, for body figures that say nothing themselves."""
    found: dict[str, Reading] = {}
    for headline, (quantities, _) in headlines.items():
        if not quantities:
            continue
        units = [unit for q in quantities for unit in q.units]
        scene = index().scene(headline, [(q.start, q.end) for q in quantities], units)
        for q in quantities:
            readings = scene.readings(q.start, q.end, q.units, q.settled)
            if readings and readings[0].score >= WEAK and not q.vague:
                reading = readings[0]._replace(score=1.0, margin=0.0, signal="the metric of the headline's figure")
                found.setdefault(reading.unit, reading)
    return found


def _first_paragraph(article: Article) -> str:
    return article.paragraphs[0].text if article.paragraphs else ""


def _refused(quantity: Quantity, best: Reading | None) -> str | None:
    """Why a quantity is no figure, given the metric that its surroundings speak for; None where it is one."""
    if quantity.value == 0:
        return "zero"
    worked = quantity.excluded == "hours" and (quantity.value or 0) >= WORKED
    if quantity.excluded and not worked and (best is None or best.score < SURE or best.metric != "volunteer_hours"):
        return "duration" if quantity.excluded == "hours" else quantity.excluded
    if quantity.vague and (best is None or best.score < SURE or quantity.value == 1):
        return "vague"
    return None


def _left_behind(text: str, time: Period, position: int) -> bool:
    """Whether a figure has left a time behind: a change's start (由2015年808元提到…) or a bracket's (上年808元)."""
    end = time.position + len(time.words)
    opened = text.rfind("（", 0, time.position)
    if opened > text.rfind("）", 0, time.position) and 0 <= text.find("）", end) < position:
        return True
    return text[max(0, time.position - 1): time.position] in ("由", "从") and bool(_CHANGED.search(text, end, position))
