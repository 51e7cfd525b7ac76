"""Extractions made of the short pages in `extractions.json`, and names for their figures; no test lives here."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.model import ArticleRecord, Extraction, Issue, LedgerEntry, Observation, Page

HERE = Path(__file__).parent


@dataclass(frozen=True)
class CatalogueEntry:
    """An entry of the catalogue as `assemble` asks for it."""

    code: str
    family: str
    dimension: str
    measure: str
    label_zh: str = "名"
    label_en: str = "name"
    definition: str = "what belongs to it"


CATALOGUE = [
    CatalogueEntry("members_recruited", "membership", "persons", "flow"),
    CatalogueEntry("members_total", "membership", "persons", "stock"),
    CatalogueEntry("relief_funds", "relief", "yuan", "flow"),
    CatalogueEntry("wage_contracts_signed", "contracts", "contracts", "flow"),
    CatalogueEntry("contract_signing_rate", "coverage", "percent", "stock"),
    CatalogueEntry("growth_rate", "coverage", "percent", "flow"),
    CatalogueEntry("other", "other", "any", "flow"),
]


def read_json(name: str) -> Any:
    """A data file beside the tests."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def extractions() -> list[Extraction]:
    """The pages of extractions.json."""
    content = read_json("extractions.json")
    return [extraction(page, content["defaults"]) for page in content["pages"]]


def extraction(page: dict[str, Any], defaults: dict[str, Any]) -> Extraction:
    """One page: its text is the articles' headlines and bodies, a line each; spans are found by quote and nth."""
    text, articles = "", []
    for number, article in enumerate(page["articles"]):
        start = len(text)
        text += "".join(line + "\n" for line in (article["headline"], article["body"]) if line)
        articles.append(ArticleRecord(
            number, "story", article["headline"], None, start, len(text), article["organisation"]))
    names = {figure["name"]: position for position, figure in enumerate(page["figures"]) if "name" in figure}
    found = tuple(observation(page["document"], text, articles, defaults | figure, names) for figure in page["figures"])
    ledger = [LedgerEntry(o.start, o.end, o.quote, position, None) for position, o in enumerate(found)]
    for number in page["numbers"]:
        start = text.index(number["quote"])
        ledger.append(LedgerEntry(start, start + len(number["quote"]), number["quote"], None, number["reason"]))
    bodies = sorted({o.organisation for o in found if o.organisation})
    return Extraction(
        Page(page["document"], text, Issue("某报", date.fromisoformat(page["issue_date"]), "day", "manifest"),
             hashlib.sha256(text.encode()).hexdigest()),
        tuple(articles), found, tuple(ledger), tuple((name, "local_union", None, (name,)) for name in bodies),
    )


def observation(
    document: str, text: str, articles: Sequence[ArticleRecord], figure: dict[str, Any], names: dict[str, int],
) -> Observation:
    """One figure; its bounds follow from its qualifier, its sentence from its place."""
    start = -1
    for _ in range(figure.get("nth", 1)):
        start = text.index(figure["quote"], start + 1)
    end, value, qualifier = start + len(figure["quote"]), figure["value"], figure["qualifier"]
    article = next(a for a in articles if a.start <= start < a.end)
    sentence = text[max(text.rfind(mark, 0, start) for mark in "。\n") + 1:text.find("\n", start)].split("。")[0]
    period = [date.fromisoformat(day) for day in figure.get("period", [])] or [None, None]
    return Observation(
        document=document, article=article.number, start=start, end=end, quote=figure["quote"], sentence=sentence,
        metric=figure["metric"], value=value, low=value if qualifier in ("exact", "above") else None,
        high=value if qualifier in ("exact", "below") else None, qualifier=qualifier, unit=figure["unit"],
        unit_text=figure["unit_text"], per=figure.get("per"), status=figure["status"],
        breakdown=figure.get("breakdown"), organisation=figure["organisation"], organisation_kind="local_union",
        organisation_mention=figure["organisation"], organisation_basis="explicit", division_code=None,
        year=figure["year"], period_start=period[0], period_end=period[1], period_basis="issue",
        headline=figure.get("headline", False), total=names.get(figure.get("part_of", "")),
        confidence=figure["confidence"], flags=tuple(figure.get("flags", ())), evidence=(),
    )


def figure_names(observations: pa.Table) -> dict[str, str]:
    """By observation_id, a name a person can read: date in the document's name, quote, which such quote in its page."""
    names: dict[str, str] = {}
    count: dict[str, int] = {}
    for row in observations.select(["observation_id", "document", "quote"]).to_pylist():
        figure = f"{row['document'][:10]} {row['quote']}"
        count[figure] = count.get(figure, 0) + 1
        names[row["observation_id"]] = f"{figure} {count[figure]}"
    return names
