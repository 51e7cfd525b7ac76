"""The quarantine table: files and rows that were refused, each with a code, the reason and what to do."""
from __future__ import annotations

from schemas.columns import columns
from schemas.table import TableSchema

QUARANTINE = TableSchema(
    "quarantine", "Files and rows that were refused, each with a code, the reason and what to do.",
    columns("document", "place", "code", "quarantine.reason", "remedy", document=True),
    (), ("document", "place", "code", "reason"),
)
