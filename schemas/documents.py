"""The documents table: one row a page that was read; what was refused stands in quarantine."""
from __future__ import annotations

from schemas.columns import columns
from schemas.table import Rule, TableSchema

DOCUMENTS = TableSchema(
    "documents", "The pages that were read, one row a page, with its issue, counts and the code that read it.",
    columns("document", "sha256", "encoding", "reader", "system", "publication", "issue_date", "issue_date_precision",
            "issue_date_basis", "page", "section", "character_count", "article_count", "observation_count",
            "numeral_count", "code_version"),
    ("document",), ("document",),
    (
        Rule("digest", ("sha256",), "the digest is 64 hex digits",
             lambda frame: frame["sha256"].str.fullmatch("[0-9a-f]{64}")),
        Rule("dated", ("issue_date", "issue_date_precision"), "a date has a precision",
             lambda frame: frame["issue_date"].isna() | frame["issue_date_precision"].notna()),
    ),
)
