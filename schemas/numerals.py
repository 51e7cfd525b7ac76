"""The numerals table, the ledger: every number of every page once, with what became of it."""
from __future__ import annotations

from schemas.columns import columns
from schemas.table import ForeignKey, Rule, TableSchema

NUMERALS = TableSchema(
    "numerals", "The ledger: every number on every page once, with the observation it became or why it is none.",
    columns("document", "article_id", "span_start", "span_end", "quote", "observation_id", "numerals.reason",
            article_id=True, observation_id=True),
    ("document", "span_start"), ("document", "span_start"),
    (
        Rule("span", ("span_start", "span_end", "quote"), "the span starts before it ends and is as long as the quote",
             lambda frame: (frame["span_start"] >= 0) & (frame["span_start"] < frame["span_end"])
             & (frame["span_end"] - frame["span_start"] == frame["quote"].str.len())),
        Rule("accounted", ("observation_id", "reason"), "a number has either an observation or a reason",
             lambda frame: frame["observation_id"].isna() != frame["reason"].isna()),
    ),
    (
        ForeignKey("document", "documents", "document"), ForeignKey("article_id", "articles", "article_id"),
        ForeignKey("observation_id", "observations", "observation_id"),
    ),
)
