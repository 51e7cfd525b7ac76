"""The pages' texts with what was read in them and why, packed in bundles that the browser opens one by one."""
from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pyarrow.parquet as pq

from pipeline.engines import chosen
from pipeline.errors import Refusal
from pipeline.explanation import ROLES, Explainer
from pipeline.extraction import extract_file
from pipeline.load import Dataset
from pipeline.messages import say
from pipeline.model import Extraction
from pipeline.places import Place
from pipeline.progress import Progress
from pipeline.read import file_of, files
from pipeline.read.issues import IssueRow, load_issues
from pipeline.read.ocr import FLAG as OCR

PAGES = 32  # pages a bundle


def bundles(raw: Place, dataset: Dataset, rows: Mapping[str, Any], workers: int, tell: Progress) -> list[list[Any]]:
    """The pages in the order of `rows`, `PAGES` of them a bundle; None for a page that is no longer what it was.

    A page: `text`; `articles`, the span of each by its article_id; `figures`, by `start:end` the marks, the reasons in
    English and Chinese and the rules that spoke.
    """
    documents: list[str] = rows["columns"]["document"]["words"]
    known = files(raw)
    manifest = load_issues(raw, known)
    wanted = sorted({file_of(document, known) for document in documents} & set(known))
    tell.stage(f"Reading {len(wanted):,} files of {raw} for the pages shown")
    items = ((file, manifest.of_file(file)) for file in wanted)
    ocr = any(OCR in flags.split(",") for flags in rows["columns"]["flags"]["words"])
    read = tell.track(chosen(None, workers).run(partial(_of_file, raw, ocr), items), len(wanted))
    digests = _digests(dataset)
    pages = {document: page for file in read for document, sha256, page in file if digests.get(document) == sha256}
    listed = [pages.get(document) for document in documents]
    return [listed[start:start + PAGES] for start in range(0, len(listed), PAGES)]


def _digests(dataset: Dataset) -> dict[str, str]:
    table = pq.read_table(dataset.path("documents"), columns=["document", "sha256"])
    return dict(zip(table["document"].to_pylist(), table["sha256"].to_pylist(), strict=True))


def _of_file(raw: Place, ocr: bool, item: tuple[str, Mapping[str, IssueRow]]) -> list[tuple[str, str, Any]]:
    """Document, sha256 and page, of each page of a file."""
    read = [one for one in extract_file(raw, item, ocr) if not isinstance(one, Refusal)]
    return [(one.page.document, one.page.sha256, page(one)) for one in read]


def page(extraction: Extraction) -> dict[str, Any]:
    """A page as `bundles` describes it."""
    explainer = Explainer(extraction)
    figures: dict[str, Any] = {}
    for o in extraction.observations:
        told = explainer.explain(o)
        reasons = {name: [why, say(why, "zh")] for name, why in told.reasons
                   if name not in ("metric", "confidence") and why and why != getattr(o, f"{name}_basis", None)}
        rule = told.rule.signal
        figures[f"{o.start}:{o.end}"] = {
            "marks": [[mark.start, mark.end, ROLES.index(mark.role)] for mark in told.marks],
            "reasons": reasons,
            "rule": [rule, say(rule, "zh"), told.rule.score],
            "rules": [[rule.metric, rule.signal, rule.score] for rule in told.rules if rule.metric != o.metric],
            "confidence": dict(told.reasons).get("confidence", ""),
        }
    document = extraction.page.document
    articles = {f"{document}#{article.number}": [article.start, article.end] for article in extraction.articles}
    return {"text": extraction.page.text, "articles": articles, "figures": figures}
