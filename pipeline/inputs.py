"""All that decides a dataset, as one value: pages, what people say of them, tools; and what was built from it last."""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.batch import Source
from pipeline.corrections import Corrections, load_corrections
from pipeline.fingerprint import code_version, libraries
from pipeline.gather import sources
from pipeline.places import Place
from pipeline.read import files
from pipeline.read.issues import NAME as MANIFEST
from pipeline.read.issues import load_issues
from pipeline.versions import STORE, VERSIONS, current, damages

LAST = "last.json"  # in the store: from what the version published last was built


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that decides a dataset: the raw folder and its files, what people say of them, and a digest of all of it."""

    raw: Place
    sources: Sequence[Source]
    corrections: Corrections
    manifest_sha256: str | None
    warnings: tuple[str, ...]

    @property
    def tools(self) -> list[str | None]:
        """What makes rows of pages: the code with the vocabulary, the libraries, the corrections."""
        return [code_version(), libraries(), self.corrections.digest]

    @property
    def state(self) -> str | None:
        """A digest; None where a file could not be read, so that nothing is known of it."""
        keys = [source.key for source in self.sources]
        said = [self.tools, self.manifest_sha256, keys]
        return None if None in keys else hashlib.sha256(json.dumps(said).encode()).hexdigest()


def inputs_of(raw: Place, corrections: Place, ocr: bool = False) -> Inputs:
    """The inputs in the folder `raw` and in the file of corrections; `ocr`: whether pictures of text are recognised.

    Raises UserError where the folder is not there or a cell of issues.csv or of the corrections is wrong.
    """
    found = files(raw)
    manifest = load_issues(raw, found)
    path = raw / MANIFEST
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    warnings = (*manifest.warnings, *([] if found else [f"{raw}: there is no page in this folder"]))
    known = load_corrections(corrections)
    return Inputs(raw, sources(raw, found, manifest, ocr), known, digest, warnings)


def noted(out: Path) -> dict[str, Any]:
    """What was noted when a version was published last; empty where nothing was."""
    try:
        content = json.loads((out / STORE / LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def is_current(inputs: Inputs, out: Path) -> bool:
    """Whether the version that readers get is whole and was built from just these inputs by just this code."""
    last, version = noted(out), current(out)
    if version is None or inputs.state is None or (last.get("state"), last.get("version")) != (inputs.state, version):
        return False
    return not damages(out / VERSIONS / version)


def remember(inputs: Inputs, lasting: bool, version: str, out: Path) -> None:
    """Note from what a version was built; the state only where no page must be read again next time (`lasting`)."""
    fresh = out / STORE / f"{LAST}.new"
    content = {"version": version, "tools": inputs.tools, "state": inputs.state if lasting else None}
    fresh.write_text(json.dumps(content), encoding="utf-8")
    os.replace(fresh, out / STORE / LAST)
