"""Tables into an immutable version folder, and one symlink switched to it; what the tables hold lives elsewhere.

    OUT/.versions/<build id>/NAME.parquet, datapackage.json, build.json     never changed once published
    OUT/current -> .versions/<build id>                                     switched in one step
    OUT/NAME.parquet -> current/NAME.parquet                                plain paths for readers

A reader finds the old dataset or the new one. A killed builder leaves a staging folder, which the next one removes.
"""
from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import DataError, DatasetError, UserError
from schemas import TABLES
from schemas.export import arrow_schema, datapackage, write_parquet
from schemas.relations import broken

VERSIONS, CURRENT, STAGING, LOCK = ".versions", "current", ".staging", ".lock"
BUILD, PACKAGE = "build.json", "datapackage.json"
KEEP = 3


def publish(tables: Mapping[str, pa.Table], out: Path | str, info: Mapping[str, Any], keep: int = KEEP) -> Path:
    """Check the tables against each other, write them as a version and switch to it; the version's folder is returned.

    `info` is what build.json says besides (inputs, code version …): plain values that follow from the input alone.
    `keep`: how many versions stay, the new one included. The same tables and info give the same bytes and build id.
    Raises DatasetError (nothing is published), DataError if the disk refuses, UserError if `out` cannot hold a dataset.
    """
    check(tables)
    root = Path(out)
    try:
        root.joinpath(VERSIONS).mkdir(parents=True, exist_ok=True)
        with _locked(root):
            version = _store(root, _stage(root, tables, info))
            _switch(root, version)
            _prune(root, keep)
    except OSError as error:
        raise DataError(
            f"the dataset could not be written: {error.strerror or error}", file=str(root),
            remedy="Make room or give access and build again; the dataset published before is unchanged",
        ) from error
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


def versions(out: Path | str) -> list[str]:
    """The build ids kept under `out`, the one published last first."""
    folders = [path for path in Path(out, VERSIONS).glob("*") if path.is_dir() and not path.name.startswith(".")]
    return [path.name for path in sorted(folders, key=lambda path: (-path.stat().st_mtime_ns, path.name))]


def rollback(out: Path | str, build_id: str) -> Path:
    """Switch `out` to a version that is kept and return its folder; raises UserError if there is none of that id."""
    root, kept = Path(out), versions(out)
    if build_id not in kept:
        raise UserError(
            f"there is no version {build_id}", file=str(root),
            remedy=f"Choose one of {', '.join(kept)}" if kept else "Build a dataset first",
        )
    with _locked(root):
        _switch(root, root / VERSIONS / build_id)
    return root / VERSIONS / build_id


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One publisher at a time; the system lets go of the lock when its holder dies."""
    with open(root / VERSIONS / LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
    files: dict[str, tuple[int, str, int]] = {}
    for name in TABLES:
        path = staging / f"{name}.parquet"
        write_parquet(tables[name], path)
        files[name] = (path.stat().st_size, file_digest(path), tables[name].num_rows)
    counts = {name: {"rows": rows, "bytes": size, "sha256": digest} for name, (size, digest, rows) in files.items()}
    content = {**info, "tables": counts}
    build_id = hashlib.sha256(_json(content).encode()).hexdigest()[:16]
    package = _json(datapackage(files, build_id))
    (staging / PACKAGE).write_text(package, encoding="utf-8")
    (staging / BUILD).write_text(_json({"version": build_id, **content}), encoding="utf-8")
    for path in (*sorted(staging.iterdir()), staging):
        _sync(path)


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Have the disk keep a file, or a folder's names, before anything leads to it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _store(root: Path, staging: Path) -> Path:
    """Give the staged files their place among the versions, as the newest one.

    A version that is there already has the same content; a file of it that was damaged since is put right in one step.
    """
    build_id = json.loads((staging / BUILD).read_text(encoding="utf-8"))["version"]
    version: Path = root / VERSIONS / build_id
    newest = max((path.stat().st_mtime_ns for path in (root / VERSIONS).iterdir()), default=0)
    if version.is_dir():
        for path in sorted(staging.iterdir()):
            kept = version / path.name
            if not kept.is_file() or file_digest(kept) != file_digest(path):
                os.replace(path, kept)
        shutil.rmtree(staging)
    else:
        os.rename(staging, version)
    os.utime(version, ns=(newest + 1, newest + 1))  # the order of versions must not hang on the machine's clock
    _sync(version)
    _sync(root / VERSIONS)
    return version


def _switch(root: Path, version: Path) -> None:
    """Lead `current` to the version, then each plain path through `current`; links to tables that went are removed."""
    _link(root / CURRENT, f"{VERSIONS}/{version.name}")
    names = {path.name for path in version.iterdir()}
    for name in sorted(names):
        if not (root / name).is_symlink() or os.readlink(root / name) != f"{CURRENT}/{name}":
            _link(root / name, f"{CURRENT}/{name}")
    for path in root.iterdir():
        if path.is_symlink() and os.readlink(path) == f"{CURRENT}/{path.name}" and path.name not in names:
            path.unlink()
    _sync(root)


def _link(path: Path, target: str) -> None:
    """Make `path` a link to `target` in one step, whatever stood there; raises UserError if that is a folder."""
    if path.is_dir() and not path.is_symlink():
        raise UserError("a folder stands where the dataset's link belongs", file=str(path),
                        remedy="Move it away or publish to another folder")
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    os.symlink(target, fresh)
    os.replace(fresh, path)


def _prune(root: Path, keep: int) -> None:
    """Remove all but the `keep` newest versions, never the current one."""
    current = (root / CURRENT).resolve().name
    for build_id in versions(root)[max(keep, 1):]:
        if build_id != current:
            shutil.rmtree(root / VERSIONS / build_id)
