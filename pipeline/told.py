"""Pages and explanations as text to read on a terminal, in the language spoken and in colour; what they say is data."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from click import style

from pipeline.explain import Answer
from pipeline.explanation import Explanation, Mark
from pipeline.messages import language, say
from pipeline.messages.terminal import width
from pipeline.model import Extraction, Issue, Observation, Page
from pipeline.vocabulary import metrics
from schemas.labels import label

AROUND = 2  # lines of the page shown before and after a figure
NAMES = 14  # columns that the names of the fields take
COLOURS: dict[str, dict[str, Any]] = {
    "figure": {"fg": "yellow", "bold": True}, "who": {"fg": "blue"}, "antecedent": {"fg": "cyan"},
    "when": {"fg": "green"}, "what": {"fg": "magenta"},
}
Field = tuple[str, str | None]


def page_text(extraction: Extraction) -> str:
    """The page's text as it was read, then its issue and its articles with spans, kinds, headlines and bylines."""
    page = extraction.page
    size = say(f"{page.encoding}, {len(page.text):,} characters")
    lines = [page.text.rstrip("\n"), "", style(f"--- {page.document}: {size}", bold=True),
             *_listed([("issue", _issue(page.issue))])]
    for article in extraction.articles:
        rows = sum(o.article == article.number for o in extraction.observations)
        kind = label("kind", article.kind, language())
        head = say(f"article {article.number}: {kind}, characters {article.start} to {article.end}")
        lines += ["", style(head, bold=True)]
        lines += _listed([("headline", article.headline), ("byline", article.byline), ("about", article.organisation),
                          ("figures", str(rows))])
    return "\n".join(lines)


def answers_text(answers: Sequence[Answer]) -> str:
    """All answers, one below the other."""
    return "\n\n".join(map(_answer, answers))


def _answer(answer: Answer) -> str:
    page, entry, told = answer.page, answer.entry, answer.explanation
    where = ("page", _where(page, entry.start, entry.end))
    if told is None:
        fields: list[Field] = [where, ("no figure", say(entry.reason or ""))]
        marks: tuple[Mark, ...] = (Mark(entry.start, entry.end, "figure"),)
    else:
        fields, marks = [where, *_fields(told, page), *_links(answer)], told.marks
    return "\n".join([style(entry.quote, bold=True), *_listed(fields), "", *_around(page, marks)])


def _fields(told: Explanation, page: Page) -> list[Field]:
    o, why = told.observation, dict(told.reasons)
    spoken = language()
    metric = next(metric for metric in metrics() if metric.code == o.metric)
    named = metric.label_zh if spoken == "zh" else metric.label_en
    reasons = {name: say(reason) for name, reason in why.items()}
    return [
        ("article", f"{o.article} {told.headline or ''}"), ("sentence", _sentence(told)), ("value", _value(o)),
        ("unit", _unit(o)), ("metric", f"{o.metric}, {named} ({label('family', metric.family, spoken)})"),
        ("", say(f"{told.rule.signal} (score {told.rule.score:.1f}); # is the figure")), *_rivals(told),
        ("organisation", o.organisation or say("not said")),
        ("", _joined(o.organisation_basis, o.organisation_mention, reasons.get("organisation"))),
        *_antecedent(told, page),
        ("year", f"{o.year or say('not said')}{_period(o)}"),
        ("", _joined(o.period_basis, reasons.get("period") if why.get("period") != o.period_basis else None)),
        ("status", _joined(o.status, reasons.get("status"))), ("breakdown", o.breakdown),
        ("confidence", _joined(f"{o.confidence:.2f}", why.get("confidence"))),
        ("flags", ", ".join(label("flags", flag, spoken) for flag in o.flags)),
    ]


def _rivals(told: Explanation) -> Iterator[Field]:
    """The rules that spoke for another metric."""
    for rule in told.rules:
        if rule.metric != told.observation.metric:
            yield "", style(say(f"also spoke: {rule.metric}, {rule.signal} (score {rule.score:.1f})"), dim=True)


def _antecedent(told: Explanation, page: Page) -> Iterator[Field]:
    """The fuller name that a short form leans on, and its line."""
    for mark in told.marks:
        if mark.role == "antecedent":
            line = page.text.count("\n", 0, mark.start) + 1
            yield "", say(f"antecedent {''.join(page.text[mark.start:mark.end].split())}, line {line}")


def _links(answer: Answer) -> list[Field]:
    row = answer.row or {}
    corrected: list[Field] = [("corrected", said) for said in answer.corrected]
    return [*corrected, ("id", row.get("observation_id")), ("repeats", row.get("repeat_of")),
            ("part of", row.get("part_of"))]


def _joined(*parts: str | None) -> str:
    return ", ".join(filter(None, parts))


def _listed(fields: Iterable[Field]) -> list[str]:
    """The fields that say something, one below the other, what they say in one column."""
    return [f"  {_padded(say(name))}{said}".rstrip() for name, said in fields if said]


def _padded(name: str) -> str:
    """The name filled up with blanks."""
    return (style(name, dim=True) if name else "") + " " * (NAMES - width(name))


def _where(page: Page, start: int, end: int) -> str:
    line = page.text.count("\n", 0, start) + 1
    return f"{page.document}{say(f', line {line}, characters {start} to {end}')}; {_issue(page.issue)}"


def _issue(issue: Issue) -> str:
    length = {"year": 4, "month": 7}.get(issue.precision or "", 10)
    day = issue.issue_date.isoformat()[:length] if issue.issue_date else say("no date")
    dated = say(f"{day} (from: {label('issue_date_basis', issue.basis, 'zh') if language() == 'zh' else issue.basis})")
    return _joined(issue.publication, dated, issue.page and say(f"page {issue.page}"), issue.section)


def _sentence(told: Explanation) -> str:
    """The sentence with the figure in marks, where it is found in it."""
    sentence = told.observation.sentence
    if told.within is None:
        return sentence
    start, end = told.within
    return f"{sentence[:start]}{style(f'«{sentence[start:end]}»', **COLOURS['figure'])}{sentence[end:]}"


def _value(o: Observation) -> str:
    low, high = (_number(bound) if bound is not None else "?" for bound in (o.low, o.high))
    said = f"{label('qualifier', o.qualifier, language())}: {low} {say('to')} {high}"
    bounds = "" if o.qualifier == "exact" else f" ({said})"
    return f"{_number(o.value) if o.value is not None else say('an interval')}{bounds}"


def _unit(o: Observation) -> str:
    per = f", {label('per', o.per, language())}" if o.per else ""
    return f"{o.unit}{f' ({o.unit_text})' if o.unit_text else ''}{per}"


def _number(value: float) -> str:
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"


def _period(o: Observation) -> str:
    if o.period_start is None and o.period_end is None:
        return ""
    return f" ({o.period_start or '?'} {say('to')} {o.period_end or '?'})"


def _around(page: Page, marks: Sequence[Mark]) -> Iterator[str]:
    """The lines of the page around the figure, numbered, the figure in marks, the words that spoke in colour."""
    figure = next(mark for mark in marks if mark.role == "figure")
    first = page.text.count("\n", 0, figure.start) - AROUND
    last = page.text.count("\n", 0, figure.end) + AROUND
    start = 0
    for number, line in enumerate(page.text.split("\n")):
        if first <= number <= last:
            yield f"  {style(f'{number + 1:5}', dim=True)} {_coloured(line, start, marks)}".rstrip()
        start += len(line) + 1


def _coloured(line: str, start: int, marks: Sequence[Mark]) -> str:
    """A line that begins at the page's character `start`, with what of the marks lies in it."""
    pieces, at = [], 0
    for mark in marks:
        begin, end = max(at, mark.start - start), min(len(line), mark.end - start)
        if begin < end:
            said = line[begin:end]
            if mark.role == "figure":
                said = f"{'«' if mark.start >= start else ''}{said}{'»' if mark.end <= start + len(line) else ''}"
            pieces += [line[at:begin], style(said, **COLOURS[mark.role])]
            at = end
    return "".join([*pieces, line[at:]])
