"""The articles table: one row an article of a page."""
from __future__ import annotations

from schemas.columns import columns
from schemas.table import ForeignKey, Rule, TableSchema

ARTICLES = TableSchema(
    "articles", "The articles of the pages: headline, byline, kind, span and the organisation that each is about.",
    columns("article_id", "document", "number", "headline", "byline", "articles.kind", "span_start", "span_end",
            "organisation_id", "organisation"),
    ("article_id",), ("document", "number"),
    (
        Rule("span", ("span_start", "span_end"), "the span starts before it ends",
             lambda frame: (frame["span_start"] >= 0) & (frame["span_start"] < frame["span_end"])),
        Rule("named", ("organisation_id", "organisation"), "an organisation has both key and name",
             lambda frame: frame["organisation_id"].isna() == frame["organisation"].isna()),
    ),
    (
        ForeignKey("document", "documents", "document"),
        ForeignKey("organisation_id", "organisations", "organisation_id"),
    ),
)
