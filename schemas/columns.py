"""Each column of the dataset, defined once: name, type, description, code list; which table has it is said elsewhere.

Types are named here by words of Arrow so that importing this file costs nothing; `schemas.export` makes the Arrow,
pandas and pandera types of them.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

UNITS = ("person", "person_time", "household", "CNY", "percent", "organisation", "contract", "case", "event", "job",
         "facility", "square_metre", "copy", "work", "team", "item", "hour", "other")
QUALIFIERS = ("exact", "above", "below", "about", "range")
PERS = ("person", "household", "year", "month", "event")
STATUSES = ("actual", "target")
PRECISIONS = ("day", "month", "year")
ISSUE_DATE_BASES = ("manifest", "page", "filename", "text", "unknown")
ORGANISATION_BASES = ("explicit", "short_form", "region", "headline", "article")
PERIOD_BASES = ("explicit", "relative", "inherited", "issue")
MEASURES = ("flow", "stock")
ARTICLE_KINDS = ("story", "brief", "caption", "table", "opinion")

# What a unit counts, hence the name and type of its value in the family tables; every other unit is a `count`.
MEASURE_COLUMNS = {"CNY": "yuan", "percent": "percent", "square_metre": "square_metres", "hour": "hours"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` is string, dictionary, list (of strings), date32, float64, float32, int16, int32 or int64.

    `codes`: the values that a dictionary may hold, in their order; None where the list is open.
    """

    name: str
    type: str
    description: str
    nullable: bool = False
    codes: tuple[str, ...] | None = None

    @property
    def pandas(self) -> str:
        """The dtype that plain `pd.read_parquet` gives: Int16 for a nullable int16, category for a dictionary …"""
        if self.type.startswith("int"):
            return self.type.capitalize() if self.nullable else self.type
        named = {"string": "str", "dictionary": "category", "list": "object", "date32": "object"}
        return named.get(self.type, self.type)


_OPTIONAL = True
_ALL = (
    # Identity and source
    Column("observation_id", "string",
           "Key of the figure: the same page, figure and reading give the same id in every build."),
    Column("document", "string",
           "The raw file, relative to the raw folder; a page of one: name.pdf#3, name.zip#folder/page.html."),
    Column("article_id", "string",
           "The article that holds the figure: document, #, number of the article in its page."),
    Column("number", "int32", "Number of the article in its page, from 0."),
    Column("sha256", "string", "SHA-256 of the raw file's bytes, in hex."),
    Column("encoding", "string", "Encoding by which the raw file was decoded; unicode for PDF."),
    Column("reader", "string", "Which reader turned the raw file into text: text, html, pdf."),
    Column("system", "string",
           "By whose marks it was read: an e-paper system for HTML, text_layer or ocr for PDF; null for text.",
           _OPTIONAL),
    Column("code_version", "string", "Version of the code and vocabulary that read the page."),
    Column("publication", "string", "The newspaper.", _OPTIONAL),
    Column("page", "string", "Page of the issue, as printed or as the manifest says.", _OPTIONAL),
    Column("section", "string", "Section of the issue.", _OPTIONAL),
    Column("issue_date", "date32", "Date of the issue; the first day that its precision allows.", _OPTIONAL),
    Column("issue_date_precision", "dictionary", "How precise the issue date is.", _OPTIONAL, PRECISIONS),
    Column("issue_date_basis", "dictionary", "What the issue date rests on.", codes=ISSUE_DATE_BASES),
    # The figure
    Column("metric", "dictionary", "What is measured: a code of the metrics table."),
    Column("family", "dictionary", "Family of the metric."),
    Column("value", "float64",
           "The figure in the base unit (people, yuan, percent points); null for an interval.", _OPTIONAL),
    Column("value_low", "float64", "The least that the text commits to, in the base unit.", _OPTIONAL),
    Column("value_high", "float64", "The most that the text commits to, in the base unit.", _OPTIONAL),
    Column("count", "int64",
           "The figure as a whole number; null for an interval or for a figure of another kind.", _OPTIONAL),
    Column("yuan", "float64", "The figure in yuan; null for an interval or for a figure of another kind.", _OPTIONAL),
    Column("percent", "float64",
           "The figure in percent; null for an interval or for a figure of another kind.", _OPTIONAL),
    Column("square_metres", "float64", "The figure in square metres; null for an interval or another kind.", _OPTIONAL),
    Column("hours", "float64", "The figure in hours; null for an interval or for a figure of another kind.", _OPTIONAL),
    Column("qualifier", "dictionary", "How the text qualifies the figure.", codes=QUALIFIERS),
    Column("unit", "dictionary", "Base unit.", codes=UNITS),
    Column("unit_text", "string", "The classifier as printed.", _OPTIONAL),
    Column("per", "dictionary", "What the figure is a rate for each of; null for a plain amount.", _OPTIONAL, PERS),
    Column("status", "dictionary",
           "actual, or target where the text only plans, promises or requires it.", codes=STATUSES),
    Column("breakdown", "string", "The sub-population that the figure is limited to, as printed.", _OPTIONAL),
    Column("part_of", "string", "observation_id of the total that the figure is a part of.", _OPTIONAL),
    Column("repeat_of", "string",
           "observation_id of the figure that this one repeats; null for what counts once.", _OPTIONAL),
    # Who and when
    Column("organisation_id", "string", "Key of the organisation whose doing or state the figure reports.", _OPTIONAL),
    Column("organisation", "string", "Canonical name of the organisation.", _OPTIONAL),
    Column("organisation_mention", "string", "The organisation as printed.", _OPTIONAL),
    Column("organisation_basis", "dictionary", "How the organisation was found.", _OPTIONAL, ORGANISATION_BASES),
    Column("division_code", "string", "Six-digit GB/T 2260 code of the organisation's place.", _OPTIONAL),
    Column("year", "int16", "The calendar year that the figure belongs to.", _OPTIONAL),
    Column("period_start", "date32", "First day of the period, where the text gives it.", _OPTIONAL),
    Column("period_end", "date32",
           "Last day of the period, or the day of the state, where the text gives it.", _OPTIONAL),
    Column("period_basis", "dictionary", "What the period rests on.", _OPTIONAL, PERIOD_BASES),
    # Trust and evidence
    Column("confidence", "float32", "0 to 1, calibrated: of rows at 0.9, nine in ten are right on hand-read pages."),
    Column("flags", "list", "Coded warnings, such as rate_above_100, parts_exceed_total, outlier; empty if none."),
    Column("quote", "string", "The number or figure exactly as it stands in the page's text."),
    Column("sentence", "string", "The sentence that holds the figure, unwrapped."),
    Column("span_start", "int32", "First character, counted in the page's text from 0."),
    Column("span_end", "int32", "The character after the last one: text[span_start:span_end] is what was read."),
    # Articles and documents
    Column("headline", "string", "Headline of the article.", _OPTIONAL),
    Column("byline", "string", "Byline of the article.", _OPTIONAL),
    Column("character_count", "int32", "Characters of the page's text."),
    Column("article_count", "int32", "Articles in the page."),
    Column("observation_count", "int32", "Rows of the page in the observations table."),
    Column("numeral_count", "int32", "Rows of the page in the numerals table."),
    # Organisations
    Column("province", "string", "Province-level division.", _OPTIONAL),
    Column("prefecture", "string", "Prefecture-level division.", _OPTIONAL),
    Column("county", "string", "County-level division.", _OPTIONAL),
    Column("parent", "string",
           "organisation_id of the union of the next wider division, where the dataset has one.", _OPTIONAL),
    Column("forms", "list", "The forms in which the organisation was named, sorted."),
    # Metrics
    Column("label_zh", "string", "Chinese label."),
    Column("label_en", "string", "English label."),
    Column("dimension", "dictionary", "What is counted."),
    Column("measure", "dictionary", "flow (over a period) or stock (at a point in time).", codes=MEASURES),
    Column("definition", "string", "What belongs to the metric."),
    # Panel
    Column("value_min", "float64", "Least of their values (of an interval, its low end).", _OPTIONAL),
    Column("value_max", "float64", "Greatest of their values (of an interval, its high end).", _OPTIONAL),
    Column("spread", "float64",
           "How far they disagree: (value_max - value_min) / |value_max|; 0 where they agree.", _OPTIONAL),
    Column("observation_ids", "list", "The observations behind the row, the chosen one first."),
    Column("apart_ids", "list",
           "Observations of the same cell kept apart: targets, repeats, parts, increases, rates for each."),
    # Quarantine
    Column("code", "dictionary", "Coded reason of the refusal."),
    Column("place", "string", "Where in the file or table.", _OPTIONAL),
    Column("remedy", "string", "What to do about it."),
)
# A name that means another thing in another table is asked for as table.name.
_SPECIFIC = {
    "articles.kind": Column("kind", "dictionary", "Kind of article.", codes=ARTICLE_KINDS),
    "organisations.kind": Column("kind", "dictionary", "Kind of organisation.", _OPTIONAL),
    "panel.observation_count": Column(
        "observation_count", "int32", "How many independent observations stand behind the row."),
    "numerals.reason": Column(
        "reason", "dictionary",
        "Why the number is no observation: date, ordinal, duration, name and so on.", _OPTIONAL),
    "quarantine.reason": Column("reason", "string", "Why it was refused, in a sentence."),
}
COLUMNS = {column.name: column for column in _ALL} | _SPECIFIC


def columns(*names: str, **nullable: bool) -> tuple[Column, ...]:
    """The columns of these names (or table.name), in this order; `nullable` overrides whether one may be null here.

    Raises KeyError for a column that is not defined.
    """
    return tuple(replace(COLUMNS[name], nullable=nullable.get(name, COLUMNS[name].nullable)) for name in names)
