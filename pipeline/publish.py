"""Tables into an immutable version folder that readers are switched to; where versions lie is `versions.py`.

The build id is a digest of what build.json says of the inputs and of the bytes of every table's rows, and stands in
the metadata of each file: the rows are written first, the id follows from them, the footers come last.
"""
from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import DatasetError
from pipeline.versions import (
    BUILD,
    KEEP,
    LOCK,
    PACKAGE,
    STAGING,
    VERSIONS,
    locked,
    place,
    prune,
    switch,
    sync,
    told,
)
from schemas import TABLES
from schemas.export import ParquetBytes, arrow_schema, datapackage
from schemas.relations import broken

BUILD_KEY = "union_metrics.build"  # of the build id in the metadata of a Parquet file


def publish(tables: Mapping[str, pa.Table], out: Path | str, info: Mapping[str, Any], keep: int = KEEP) -> Path:
    """Check the tables against each other, write them as a version and switch to it; the version's folder is returned.

    `info` is what build.json says besides (inputs, code version …): plain values that follow from the input alone.
    `keep`: how many versions stay, the new one included. The same tables and info give the same bytes and build id.
    Raises DatasetError (nothing is published), DataError if the disk refuses, UserError if `out` cannot hold a dataset.
    """
    check(tables)
    root = Path(out)
    with told(root):
        root.joinpath(VERSIONS).mkdir(parents=True, exist_ok=True)
        with locked(root / VERSIONS / LOCK):
            version = place(root, _stage(root, tables, info))
            switch(root, version)
            prune(root, keep)
    return version


def check(tables: Mapping[str, pa.Table]) -> None:
    """Raises DatasetError, with the rows, where a table has not its schema or the tables do not fit together."""
    wrong = [
        f"{name}: the columns or their types are not those of the schema" for name, table in tables.items()
        if name not in TABLES or not table.schema.equals(arrow_schema(TABLES[name]), check_metadata=False)
    ]
    problems = wrong or broken(tables)
    if problems:
        raise DatasetError(problems)


def _stage(root: Path, tables: Mapping[str, pa.Table], info: Mapping[str, Any]) -> Path:
    """Write all files into a fresh staging folder and return it; nothing of it is left where writing fails."""
    staging = root / VERSIONS / STAGING
    shutil.rmtree(staging, ignore_errors=True)  # of a builder that was killed: who stages now holds the lock
    staging.mkdir()
    try:
        _write(staging, tables, info)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return staging


def _write(staging: Path, tables: Mapping[str, pa.Table], info: Mapping[str, Any]) -> None:
    """All files of a version; tables are laid out side by side, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        laid = list(pool.map(ParquetBytes, (partial(tables.__getitem__, name) for name in TABLES)))
        rows = {name: [tables[name].num_rows, file.digest] for name, file in zip(TABLES, laid, strict=True)}
        build_id = hashlib.sha256(_json({**info, "rows": rows}).encode()).hexdigest()[:16]
        whole = list(pool.map(lambda file: file.ended({BUILD_KEY: build_id}), laid))
        digests = list(pool.map(lambda data: hashlib.sha256(data).hexdigest(), whole))
    files = {name: (len(data), digest, tables[name].num_rows)
             for name, data, digest in zip(TABLES, whole, digests, strict=True)}
    for name, data in zip(TABLES, whole, strict=True):
        (staging / f"{name}.parquet").write_bytes(data)
    counts = {name: {"rows": rows, "bytes": size, "sha256": digest} for name, (size, digest, rows) in files.items()}
    (staging / PACKAGE).write_text(_json(datapackage(files, build_id)), encoding="utf-8")
    (staging / BUILD).write_text(_json({"version": build_id, **info, "tables": counts}), encoding="utf-8")
    for path in (*sorted(staging.iterdir()), staging):
        sync(path)


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
