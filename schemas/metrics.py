"""The metrics table: the catalogue as the vocabulary states it, without the words that signal a metric."""
from __future__ import annotations

from schemas.columns import columns
from schemas.table import TableSchema

METRICS = TableSchema(
    "metrics", "The catalogue: what each metric is called, counts and means.",
    columns("metric", "family", "label_zh", "label_en", "dimension", "measure", "definition"),
    ("metric",), ("metric",),
)
