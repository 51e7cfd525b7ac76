"""The tables of the dataset by name; each has a module of its own here, and how they are filled lives in `pipeline`."""
from __future__ import annotations

from schemas.articles import ARTICLES
from schemas.documents import DOCUMENTS
from schemas.families import FAMILIES
from schemas.metrics import METRICS
from schemas.numerals import NUMERALS
from schemas.observations import OBSERVATIONS
from schemas.organisations import ORGANISATIONS
from schemas.panel import PANEL
from schemas.quarantine import QUARANTINE
from schemas.table import Failure, ForeignKey, Rule, TableSchema

TABLES: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        OBSERVATIONS, *FAMILIES.values(), PANEL, ORGANISATIONS, DOCUMENTS, ARTICLES, METRICS, NUMERALS, QUARANTINE,
    )
}

__all__ = ["TABLES", "Failure", "ForeignKey", "Rule", "TableSchema"]
