"""From a page to its observations: segments it, reads each article and puts number, metric, body and time together.

How each of the four is read lives in its own module; tables are made in `pipeline.assemble`.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.extract import confidence, modifiers
from pipeline.extract.metrics import Reading, index
from pipeline.extract.organisations import Body
from pipeline.extract.owners import Owner, Ownership
from pipeline.extract.periods import Calendar, Period
from pipeline.extract.quantities import Quantity, Rejected, find_quantities
from pipeline.extract.tables import FEWEST_LINES, TableFigure, is_table_line, table_figures
from pipeline.model import ArticleRecord, Extraction, LedgerEntry, Observation, Page
from pipeline.read.furniture import furniture
from pipeline.segment import Article, segment
from pipeline.unwrap import Paragraph, unwrap

SURE = 4.0  # score at which a signal may turn a vague or excluded number into a figure
WEAK = 2.2  # score below which a figure takes the metric of the one before it
_CHANGED = re.compile("提到|提高|增加到|增至|增长到|上升|升至|发展到|扩大到|扩大至|升到|降到|降至|下降")
_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]?[”』]?")


def extract(page: Page) -> Extraction:
    """All that the page says in figures: articles, observations in reading order, and the ledger of every number.

    Spans in the result are characters of `page.text`. The result depends on the page and the vocabulary alone.
    """
    paragraphs = unwrap(page.text, furniture(page.text))
    articles = segment(paragraphs)
    reader = _PageReader(page)
    for number, article in enumerate(articles):
        reader.read(number, article)
    inside = {id(p) for a in articles for p in (*a.paragraphs, *a.headlines)}
    for paragraph in paragraphs:
        if id(paragraph) not in inside:
            reader.set_aside(paragraph)
    return reader.result()


class _PageReader:
    """Collects what the articles of one page give."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.calendar = Calendar(page.issue.issue_date, page.issue.precision)
        self.observations: list[Observation] = []
        self.refused: list[LedgerEntry] = []
        self.records: list[ArticleRecord] = []
        self.bodies: dict[str, tuple[Body, set[str]]] = {}
        self.last_main: Body | None = None

    def read(self, number: int, article: Article) -> None:
        ownership = Ownership(article, self.page.issue, self.last_main)
        reader = _ArticleReader(self, number, article, ownership)
        tabular = [p for p in article.paragraphs if is_table_line(p.text)]
        if len(tabular) >= FEWEST_LINES:
            reader.read_table(tabular)
        for paragraph in article.paragraphs:
            if len(tabular) < FEWEST_LINES or not is_table_line(paragraph.text):
                reader.read(paragraph, headline=False)
        for paragraph in article.headlines:
            reader.read(paragraph, headline=True)
        self.last_main = ownership.main or self.last_main
        whole = [*article.headlines, *article.paragraphs]
        self.records.append(ArticleRecord(
            number, article.kind, " ".join(p.text for p in article.headlines) or None, article.byline,
            min(p.at[0] for p in whole), max(p.at[-1] for p in whole) + 1, ownership.main.name if ownership.main else None))

    def set_aside(self, paragraph: Paragraph) -> None:
        """Enter the numbers of a paragraph that is no prose in the ledger."""
        quantities, rejected = find_quantities(paragraph.text)
        reason = paragraph.furniture or "furniture"
        self.refuse(paragraph, [*(Rejected(q.start, q.end, reason) for q in quantities),
                                *(Rejected(r.start, r.end, r.reason if r.reason in ("date", "time", "phone", "edition") else reason)
                                  for r in rejected)])

    def refuse(self, paragraph: Paragraph, rejected: Sequence[Rejected], offset: int = 0) -> None:
        for item in rejected:
            start, end = paragraph.span(item.start + offset, item.end + offset)
            self.refused.append(LedgerEntry(start, end, self.page.text[start:end], None, item.reason))

    def know(self, body: Body) -> None:
        _, forms = self.bodies.setdefault(body.name, (body, set()))
        forms.add(body.mention)

    def result(self) -> Extraction:
        order = sorted(range(len(self.observations)), key=lambda n: (self.observations[n].start, self.observations[n].end))
        place = {old: new for new, old in enumerate(order)}
        rows = tuple(replace(self.observations[n], total=place[t] if (t := self.observations[n].total) is not None else None)
                     for n in order)
        entries = [LedgerEntry(o.start, o.end, o.quote, n, None) for n, o in enumerate(rows)]
        ledger = tuple(sorted([*entries, *self.refused], key=lambda e: (e.start, e.end)))
        known = tuple((name, body.kind, body.code, tuple(sorted(forms)))
                      for name, (body, forms) in sorted(self.bodies.items()))
        return Extraction(self.page, tuple(self.records), rows, ledger, known)


def _left_behind(text: str, time: Period, position: int) -> bool:
    """Whether a time is where a change began (由2015年808元提到…), which the figure after 提到 has left behind."""
    return text[max(0, time.position - 1): time.position] in ("由", "从") and bool(
        _CHANGED.search(text, time.position + len(time.words), position))


class _ArticleReader:
    """Reads the paragraphs of one article in order, remembering what the next sentence may lean on."""

    def __init__(self, page: _PageReader, number: int, article: Article, ownership: Ownership) -> None:
        self.page = page
        self.number = number
        self.article = article
        self.ownership = ownership
        self.first = len(page.observations)
        self.year: int | None = None
        self.carried: Period | None = None
        self.default = self._framed()
        self.unread: list[str] = []  # paragraphs whose bodies nothing has asked for yet
        self.context = "。".join(h.text for h in article.headlines) + "。"  # the sentence before

    def _framed(self) -> Period:
        """The period of figures that name none: the year that the headline names, else the issue's."""
        for headline in self.article.headlines:
            year = re.match(r"[^\d]{0,6}((?:19|20)\d\d)年", headline.text)
            if year and (not self.page.calendar.issued or int(year.group(1)) <= self.page.calendar.issued.year):
                return Period(int(year.group(1)), None, None, "explicit", year.group())
        return self.page.calendar.default()

    def read(self, paragraph: Paragraph, headline: bool) -> None:
        if not self.page.calendar.issued or self.page.calendar.issued.month > 2:
            self.carried = None
        quantities, rejected = find_quantities(paragraph.text)
        self.page.refuse(paragraph, rejected)
        self.unread.append(paragraph.text)
        if any(not q.vague or q.value != 1 for q in quantities):
            for text in self.unread:
                self.ownership.enter(text, headline)
            self.unread = []
        for match in _SENTENCE.finditer(paragraph.text):
            inside = [q for q in quantities if match.start() <= q.start < match.end()]
            if all(q.vague and q.value == 1 for q in inside):  # 一个, 一批: no statistics, nothing to weigh
                self.page.refuse(paragraph, [Rejected(q.start, q.end, "vague") for q in inside])
                inside = []
            if inside:
                self._sentence(paragraph, match.start(), match.group(), inside, headline)
            self.context = match.group() or self.context

    def read_table(self, lines: list[Paragraph]) -> None:
        """Read the lines of a table; what is no figure in them goes to the ledger."""
        figures = table_figures(lines)
        taken: dict[int, list[TableFigure]] = {}
        for figure in figures:
            taken.setdefault(id(figure.paragraph), []).append(figure)
        for line in lines:
            here = taken.get(id(line), [])
            quantities, rejected = find_quantities(line.text)
            spans = [(f.quantity.start, f.quantity.end) for f in here]
            others = [r for r in [*(Rejected(q.start, q.end, "table") for q in quantities), *rejected]
                      if not any(r.start < e and s < r.end for s, e in spans)]
            self.page.refuse(line, others)
            for figure in here:
                self._cell(figure)

    def _cell(self, figure: TableFigure) -> None:
        text = figure.label + figure.paragraph.text[figure.quantity.start: figure.quantity.end]
        local = replace(figure.quantity, start=len(figure.label), end=len(text))
        found = index().scene(text, [(local.start, local.end)], local.units).readings(local.start, local.end, local.units, local.settled)
        reading = self._metric(text, [local], 0, [found], [], False)
        if isinstance(reading, str):
            self.page.refuse(figure.paragraph, [Rejected(figure.quantity.start, figure.quantity.end, reading)])
            return
        period = self.default
        if figure.year is not None:
            period = Period(figure.year, date(figure.year, 1, 1), date(figure.year, 12, 31), "explicit", str(figure.year))
        self.ownership.enter("", False)
        offset = figure.quantity.start - local.start
        row = self._row(figure.paragraph, offset, text, [local], 0, reading, period, True, [], False)
        self.page.observations.append(row)

    def _sentence(self, paragraph: Paragraph, offset: int, text: str, quantities: list[Quantity], headline: bool) -> None:
        local = [replace(q, start=q.start - offset, end=q.end - offset) for q in quantities]
        times = self.page.calendar.times(text, self.year)
        for time in times:
            self.year = time.year if time.basis == "explicit" else self.year
        scene = index().scene(text, [(q.start, q.end) for q in local], [u for q in local for u in q.units])
        readings = [scene.readings(q.start, q.end, q.units, q.settled) for q in local]
        if any(not r or r[0].score < WEAK for r in readings):
            readings = self._wider(text, local, readings)
        before: list[tuple[Quantity, int]] = []  # the sentence's figures so far and their positions in the page's list
        for number, quantity in enumerate(local):
            reading = self._metric(text, local, number, readings, before, headline)
            if isinstance(reading, str):
                self.page.refuse(paragraph, [Rejected(quantity.start, quantity.end, reading)], offset)
                continue
            period, near = self._period(text, times, quantity, headline)
            row = self._row(paragraph, offset, text, local, number, reading, period, near, before, headline)
            before.append((quantity, len(self.page.observations)))
            self.page.observations.append(row)
            if not headline:
                self.carried = period

    def _wider(self, text: str, local: list[Quantity], readings: list[list[Reading]]) -> list[list[Reading]]:
        """Read figures without a clear signal once more, with the sentence before in view."""
        shift = len(self.context)
        scene = index().scene(self.context + text, [(q.start + shift, q.end + shift) for q in local],
                              [u for q in local for u in q.units])
        return [found if found and found[0].score >= WEAK else
                [r for r in scene.readings(q.start + shift, q.end + shift, q.units, q.settled) if r.score > 0.3] or found
                for q, found in zip(local, readings, strict=True)]

    def _metric(self, text: str, local: list[Quantity], number: int, readings: list[list[Reading]],
                before: list[tuple[Quantity, int]], headline: bool) -> Reading | str:
        """The metric of a figure, or the ledger's reason why the number is none."""
        quantity, found = local[number], readings[number]
        best = found[0] if found else None
        if quantity.value == 0:
            return "zero"
        if quantity.excluded and (best is None or best.score < SURE or best.metric != "volunteer_hours"):
            return "duration" if quantity.excluded == "hours" else quantity.excluded
        if quantity.vague and (best is None or best.score < SURE or quantity.value == 1):
            return "vague"
        if headline and (same := self._repeated(quantity)):
            return Reading(same.metric, same.unit, 9.0, 9.0, "the headline repeats the body")
        alike = [(q, n) for q, n in before if q.unit_text == quantity.unit_text or q.units[0] == quantity.units[0]]
        alike.sort(key=lambda pair: pair[0].unit_text == quantity.unit_text)
        if alike and modifiers.is_increase(text, quantity):
            nth = sum(1 for q in local[:number] if modifiers.is_increase(text, q) and q.units[0] == quantity.units[0])
            levels = [n for q, n in alike if not modifiers.is_increase(text, q)]
            if levels:
                level = self.page.observations[levels[min(nth, len(levels) - 1)]]
                return Reading(level.metric, level.unit, 6.0, 6.0, "an increase of the level before it")
        if best is None or best.score < WEAK:
            if alike:
                row = self.page.observations[alike[-1][1]]
                return Reading(row.metric, row.unit, 1.0, 0.0, "follows a figure of the same unit")
        if best is None:
            unit = quantity.units[0]
            return Reading("other_rate" if unit == "percent" else "other", unit, 0.0, 0.0, "no signal")
        margin = best.score - found[1].score if len(found) > 1 else best.score
        return replace(best, margin=margin)

    def _repeated(self, quantity: Quantity) -> Observation | None:
        """The body figure that a headline's quantity repeats, exactly or rounded."""
        for row in self.page.observations[self.first:]:
            if row.unit not in quantity.units or quantity.value is None or row.value is None or row.headline:
                continue
            digits = len(str(int(quantity.value)).rstrip("0"))
            scale = 10 ** max(0, len(str(int(quantity.value))) - max(digits, 1))
            if row.value == quantity.value or scale > 1 and abs(row.value - quantity.value) < scale * 1.0 and row.value >= 10:
                return row
        return None

    def _period(self, text: str, times: list[Period], quantity: Quantity, headline: bool) -> tuple[Period, bool]:
        """The period of a figure, and whether its own sentence told it."""
        earlier = [t for t in times if t.position < quantity.start and not _left_behind(text, t, quantity.start)]
        if earlier:
            return earlier[-1], True
        if headline:
            row = next((r for r in self.page.observations[self.first:] if r.value == quantity.value and not r.headline), None)
            if row:
                return Period(row.year, row.period_start, row.period_end, "inherited"), True
        if self.carried is not None:
            return replace(self.carried, basis="inherited" if self.carried.basis != "issue" else "issue"), False
        return self.default, False

    def _row(self, paragraph: Paragraph, offset: int, text: str, local: list[Quantity], number: int, reading: Reading,
             period: Period, near: bool, before: list[tuple[Quantity, int]], headline: bool) -> Observation:
        quantity = local[number]
        owner: Owner = self.ownership.owner(offset + quantity.start, headline)
        previous = local[number - 1].end if number else 0
        following = local[number + 1].start if number + 1 < len(local) else len(text)
        status, told = modifiers.status(text, quantity)
        if self.page.calendar.issued and (period.year or 0) > self.page.calendar.issued.year:
            status, told = "target", f"the year {period.year} lies ahead"
        first = number  # of the list (3000元、2000元) that the figure stands in: words before it serve all
        while first and text[local[first - 1].end: local[first].start] in ("、", "和", "及", "或"):
            first -= 1
        increase = modifiers.is_increase(text, quantity)
        part = bool(number and before and modifiers.opens_part(text, previous, quantity.start))
        total = next((n for q, n in reversed(before) if self.page.observations[n].unit == reading.unit), None) if part else None
        start, end = paragraph.span(offset + quantity.start, offset + quantity.end)
        body = owner.body
        if body:
            self.page.know(body)
        flags = tuple(["rate_above_100"] if reading.unit == "percent" and (quantity.value or 0) > 100 else [])
        sure = confidence.estimate(reading, owner, period, near, quantity, headline)
        return Observation(
            self.page.page.document, self.number, start, end, self.page.page.text[start:end], text.strip(), reading.metric,
            quantity.value, quantity.low, quantity.high, quantity.qualifier, reading.unit, quantity.unit_text,
            modifiers.per(text, local[first], local[first - 1].end if first else 0), status,
            modifiers.increase_label() if increase else modifiers.breakdown(text, quantity, previous, following),
            body.name if body else None, body.kind if body else None, body.mention if body else None,
            body.basis if body else None, body.code if body else None, period.year, period.start, period.end, period.basis,
            headline, total, sure, flags,
            (("metric", f"{reading.signal} (score {reading.score:.1f}, margin {reading.margin:.1f})"),
             ("organisation", owner.why), ("period", period.words or period.basis), ("status", told or "no word of a plan")))
