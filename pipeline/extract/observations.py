"""From a page to its observations and the ledger of its numbers: takes the page apart, article by article.

An article is read in `articles`; tables are made of this in `pipeline.assemble`.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.articles import ArticleReader
from pipeline.extract.bodies import Body
from pipeline.extract.owners import GOES_ON, Ownership
from pipeline.extract.periods import Calendar, Period
from pipeline.extract.quantities import Rejected, find_quantities
from pipeline.extract.tables import FEWEST_LINES, is_table_line
from pipeline.model import ArticleRecord, Extraction, LedgerEntry, Observation, Page
from pipeline.read.furniture import furniture
from pipeline.segment import Article, segment
from pipeline.unwrap import Paragraph, unwrap

KEPT_REASONS = ("date", "time", "phone", "edition")  # of numbers in furniture; any other number there is just furniture


def extract(page: Page) -> Extraction:
    """All that the page says in figures: articles, observations in reading order, and the ledger of every number.

    Spans in the result are characters of `page.text`. The result depends on the page and the vocabulary alone.
    """
    site = furniture(page.text)
    paragraphs = unwrap(page.text, site)
    articles = segment(paragraphs)
    reader = _PageReader(page, site)
    for number, article in enumerate(articles):
        reader.read(number, article)
    inside = {id(p) for a in articles for p in (*a.paragraphs, *a.headlines)}
    for paragraph in paragraphs:
        if id(paragraph) not in inside:
            reader.set_aside(paragraph)
    return reader.result()


class _PageReader:
    """Collects what the articles of one page give."""

    def __init__(self, page: Page, site: Sequence[tuple[int, int, str]]) -> None:
        self.page, self.site = page, site
        self.calendar = Calendar(page.issue.issue_date, page.issue.precision)
        self.observations: list[Observation] = []
        self.refused: list[LedgerEntry] = []
        self.records: list[ArticleRecord] = []
        self.bodies: dict[str, tuple[Body, set[str]]] = {}
        self.last_main: Body | None = None
        self.last_frame: Period | None = None

    def read(self, number: int, article: Article) -> None:
        """Read an article: its table, its prose, then its headlines, which repeat the prose."""
        ownership = Ownership(article, self.page.issue, self.last_main)
        frame = self.last_frame if ownership.main_why == GOES_ON else None
        reader = ArticleReader(self.page, self.calendar, number, article, ownership, self.observations, self.refuse,
                               self.site, frame)
        self.last_frame = reader.default
        tabular = [p for p in article.paragraphs if is_table_line(p.text)]
        if len(tabular) < FEWEST_LINES:
            tabular = []
        if tabular:
            reader.read_table(tabular)
        apart = {id(p) for p in tabular}
        for paragraph in article.paragraphs:
            if id(paragraph) not in apart:
                reader.read(paragraph, headline=False)
        for paragraph in article.headlines:
            reader.read(paragraph, headline=True)
        for body in ownership.used:
            self.bodies.setdefault(body.name, (body, set()))[1].add(body.mention)
        self.last_main = ownership.main or self.last_main
        self._record(number, article, ownership.main, bool(tabular))

    def _record(self, number: int, article: Article, main: Body | None, tabular: bool) -> None:
        whole = [*article.headlines, *article.paragraphs]
        start, end = min(p.place(0) for p in whole), max(p.span(0, len(p.text))[1] for p in whole)
        self.records.append(ArticleRecord(
            number, "table" if tabular else article.kind, " ".join(p.text for p in article.headlines) or None,
            article.byline, start, end, main.name if main else None))

    def set_aside(self, paragraph: Paragraph) -> None:
        """Enter the numbers of a paragraph that is no prose in the ledger."""
        quantities, rejected = find_quantities(paragraph.text)
        why = paragraph.furniture or "furniture"
        self.refuse(paragraph, [
            *(Rejected(q.start, q.end, why) for q in quantities),
            *(r if r.reason in KEPT_REASONS else Rejected(r.start, r.end, why) for r in rejected)])

    def refuse(self, paragraph: Paragraph, rejected: Sequence[Rejected], offset: int = 0) -> None:
        """Enter numbers that are no figures in the ledger; `offset` is that of their sentence in the paragraph."""
        for item in rejected:
            start, end = paragraph.span(item.start + offset, item.end + offset)
            self.refused.append(LedgerEntry(start, end, self.page.text[start:end], None, item.reason))

    def result(self) -> Extraction:
        """Everything in the order of the page's text."""
        found = self.observations
        order = sorted(range(len(found)), key=lambda n: (found[n].start, found[n].end))
        place = {old: new for new, old in enumerate(order)}
        rows = tuple(row if (row := found[n]).total is None else replace(row, total=place[row.total])
                     for n in order)
        entries = [LedgerEntry(o.start, o.end, o.quote, n, None) for n, o in enumerate(rows)]
        ledger = tuple(sorted([*entries, *self.refused], key=lambda e: (e.start, e.end)))
        known = tuple((name, body.kind, body.code, tuple(sorted(forms)))
                      for name, (body, forms) in sorted(self.bodies.items()))
        return Extraction(self.page, tuple(self.records), rows, ledger, known)
