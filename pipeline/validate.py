"""Whether a published dataset is what it says: checksums, schemas, relations; nothing is changed."""
from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.load import ROOT, open_dataset
from pipeline.places import Address, Place
from pipeline.remote import fetched
from pipeline.versions import BUILD, PACKAGE, file_digest
from schemas import TABLES
from schemas.export import arrow_schema
from schemas.relations import broken

NAMED_ROWS = 5


def validate(root: Place | str = ROOT) -> list[str]:
    """What is wrong with the dataset published under `root`, a sentence each; empty if it is whole.

    Files are compared with build.json and datapackage.json first; a file that differs is not read further.
    Raises UserError if nothing is published there.
    """
    folder = open_dataset(root).folder
    if isinstance(folder, Address):
        with fetched(folder) as copy:
            return validate(copy)
    problems = _descriptions(folder)
    tables: dict[str, pa.Table] = {}
    for name in TABLES:
        found = _file(folder, name)
        if not found:
            tables[name] = pq.read_table(folder / f"{name}.parquet")
            found = _schema(name, tables[name])
        problems += found
    return problems if problems else broken(tables)


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _recorded(folder: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """(bytes, sha256) by table, as build.json and as datapackage.json have them."""
    build = {name: (t.get("bytes"), t.get("sha256")) for name, t in _json(folder / BUILD).get("tables", {}).items()}
    package = {
        r.get("name"): (r.get("bytes"), str(r.get("hash", "")).removeprefix("sha256:"))
        for r in _json(folder / PACKAGE).get("resources", [])
    }
    return build, package


def _descriptions(folder: Path) -> list[str]:
    build, package = _recorded(folder)
    problems = [f"{name}: cannot be read. Build again." for name, content in ((BUILD, build), (PACKAGE, package))
                if not content]
    if not problems and build != package:
        problems.append(f"{PACKAGE}: its sizes or checksums are not those of {BUILD}. Build again.")
    return problems


def _file(folder: Path, name: str) -> list[str]:
    """A table's file against its recorded size and checksum."""
    path, (build, _) = folder / f"{name}.parquet", _recorded(folder)
    if not path.is_file():
        return [f"{path.name}: is missing. Build again."]
    size, digest = build.get(name, (None, None))
    if path.stat().st_size != size:
        return [f"{path.name}: has {path.stat().st_size} bytes, {BUILD} says {size}. Build again."]
    if file_digest(path) != digest:
        return [f"{path.name}: its sha256 is not the one that {BUILD} says. Build again."]
    return []


def _schema(name: str, table: pa.Table) -> list[str]:
    if not table.schema.equals(arrow_schema(TABLES[name])):
        return [f"{name}: the columns or their types are not those of the schema. Build again with this code."]
    failures = TABLES[name].failures(table)
    more = [f"{name}: {len(failures) - NAMED_ROWS} more rows fail."] if len(failures) > NAMED_ROWS else []
    return [f"{name}, row {f.row}: {f.reason}." for f in failures[:NAMED_ROWS]] + more
