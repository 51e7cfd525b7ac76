"""Reads the cases that stand in data files beside the tests, and pages made of one; tests stand elsewhere."""
from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.observations import extract
from pipeline.model import Extraction, Issue, Observation, Page

ISSUED = "2020-06-15"  # the issue date of a case that names none


def cases(path: Path) -> list[Any]:
    """Each case of a data file (an object a line of .jsonl, a [[case]] of .toml) as a parameter, named by its `about`.

    A case that bears `fails`, the reason why the pipeline does not do it yet, is expected to fail, strictly: it shows
    once it passes.
    """
    text = path.read_text(encoding="utf-8")
    found = tomllib.loads(text)["case"] if path.suffix == ".toml" else [json.loads(row) for row in text.splitlines()]
    params = []
    for case in found:
        marks = [pytest.mark.xfail(reason=case["fails"], strict=True)] if "fails" in case else []
        params.append(pytest.param(case, marks=marks, id=case["about"]))
    return params


def read_page(text: str, issued: str = ISSUED, publication: str | None = None, precision: str = "day") -> Extraction:
    """What a page of this `text` gives; `issued` is a date in ISO form, or empty where the issue is unknown."""
    day = date.fromisoformat(issued) if issued else None
    issue = Issue(publication, day, precision if day else None, "manifest" if day else "unknown")
    return extract(Page("example", text, issue))


def figures(case: dict[str, Any]) -> dict[str, Observation]:
    """The observations of a case's `text` by their quotes; its `issued`, `publication` and `precision` are optional."""
    options = {key: case[key] for key in ("issued", "publication", "precision") if key in case}
    return by_quote(read_page(case["text"], **options).observations)


def by_quote(observations: Iterable[Observation]) -> dict[str, Observation]:
    """Observations by their quotes; a quote must not stand twice."""
    found: dict[str, Observation] = {}
    for observation in observations:
        assert observation.quote not in found, f"{observation.quote} stands twice: reword the case"
        found[observation.quote] = observation
    return found
