"""The versions of a dataset on disk: where they lie, which one is current, switching, keeping; no table is read here.

    OUT/.versions/<build id>/NAME.parquet, datapackage.json, build.json     never changed once published
    OUT/current -> .versions/<build id>                                     switched in one step
    OUT/NAME.parquet -> current/NAME.parquet                                plain paths for readers
    OUT/.store/                                                             what builders keep (`cache.py`)

A reader finds the old dataset or the new one. A killed builder leaves a staging folder, which the next one removes.
"""
from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import DataError, UserError
from pipeline.places import Place

VERSIONS, CURRENT, STAGING, LOCK, STORE = ".versions", "current", ".staging", ".lock", ".store"
LEAVING = ".leaving-"  # before the name of a version that is being removed
BUILD, PACKAGE = "build.json", "datapackage.json"
KEEP = 3


def versions(out: Path | str) -> list[str]:
    """The build ids kept under `out`, the one published last first."""
    folders = [path for path in Path(out, VERSIONS).glob("*") if path.is_dir() and not path.name.startswith(".")]
    return [path.name for path in sorted(folders, key=lambda path: (-path.stat().st_mtime_ns, path.name))]


def current(out: Path | str) -> str | None:
    """The build id of the version that readers get; None where nothing is published."""
    link = Path(out, CURRENT)
    return link.resolve().name if (link / BUILD).is_file() else None


def version_of(out: Path | str, named: str) -> str:
    """The build id that a person means: it or its first digits, `current` or `previous` (published before the current).

    Raises UserError if there is none or more than one.
    """
    kept, now = versions(out), current(out)
    after = kept[kept.index(now) + 1:] if now in kept else kept[1:]
    known = {"current": [now] if now else [], "previous": after[:1]}
    found = known[named] if named in known else [build_id for build_id in kept if named and build_id.startswith(named)]
    if len(found) != 1:
        raise UserError(
            f"there is no version {named}" if not found else f"{len(found)} versions start with {named}", file=str(out),
            remedy=f"Choose one of {', '.join(kept)}" if kept else "Build a dataset first",
        )
    return found[0]


def rollback(out: Path | str, build_id: str) -> Path:
    """Switch `out` to a version that is kept and return its folder.

    Raises UserError if there is none of that id, DataError if it is damaged or the disk refuses.
    """
    root = Path(out)
    folder = root / VERSIONS / version_of(out, build_id)
    with locked(root / VERSIONS / LOCK), told(root):
        problems = damages(folder)
        if problems:
            raise DataError(f"version {folder.name} is damaged: {problems[0]}", file=str(root),
                            remedy="Choose another version, or build again")
        switch(root, folder)
    return folder


def described(folder: Path) -> dict[str, Any]:
    """What build.json of a version says; empty where it cannot be read."""
    try:
        content = json.loads((folder / BUILD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def damages(folder: Path) -> list[str]:
    """What differs, in a version's table files, from the sizes and checksums in its build.json; empty if nothing."""
    recorded = described(folder).get("tables")
    if not recorded or not (folder / PACKAGE).is_file():
        return [f"{BUILD} or {PACKAGE} cannot be read"]
    problems = []
    for name, said in recorded.items():
        path = folder / f"{name}.parquet"
        if not path.is_file():
            problems.append(f"{path.name} is missing")
        elif path.stat().st_size != said.get("bytes") or file_digest(path) != said.get("sha256"):
            problems.append(f"{path.name} is not what {BUILD} says")
    return problems


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def told(root: Place) -> Iterator[None]:
    """Turns an OSError (a full disk, no access) into a DataError that says what to do."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"the dataset could not be written: {error.strerror or error}", file=str(root),
            remedy="Make room or give access and build again; the dataset published before is unchanged",
        ) from error


@contextmanager
def locked(path: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when its holder dies. `waiting` is called before a wait."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    _locks.add(lock)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        _locks.discard(lock)
        os.close(lock)


_locks: set[int] = set()


def _let_go() -> None:
    """A forked worker must not hold its parent's locks: it may live on when the parent is killed."""
    while _locks:
        os.close(_locks.pop())


os.register_at_fork(after_in_child=_let_go)


def place(root: Path, staging: Path) -> Path:
    """Give the staged files their place among the versions, as the newest one.

    A version that is there already has the same content; a file of it that was damaged since is put right in one step.
    """
    version: Path = root / VERSIONS / described(staging)["version"]
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
    sync(version)
    sync(root / VERSIONS)
    return version


def switch(root: Path, version: Path) -> None:
    """Lead `current` to the version, then each plain path through `current`; links to tables that went are removed."""
    _link(root / CURRENT, f"{VERSIONS}/{version.name}")
    names = {path.name for path in version.iterdir()}
    for name in sorted(names):
        if not (root / name).is_symlink() or os.readlink(root / name) != f"{CURRENT}/{name}":
            _link(root / name, f"{CURRENT}/{name}")
    for path in root.iterdir():
        if path.is_symlink() and os.readlink(path) == f"{CURRENT}/{path.name}" and path.name not in names:
            path.unlink()
    sync(root)


def _link(path: Path, target: str) -> None:
    """Make `path` a link to `target` in one step, whatever stood there; raises UserError if that is a folder."""
    if path.is_dir() and not path.is_symlink():
        raise UserError("a folder stands where the dataset's link belongs", file=str(path),
                        remedy="Move it away or publish to another folder")
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    os.symlink(target, fresh)
    os.replace(fresh, path)


def prune(root: Path, keep: int) -> None:
    """Remove all but the `keep` newest versions, never the current one; a version goes whole, by one rename."""
    for build_id in versions(root)[max(keep, 1):]:
        if build_id != current(root):
            os.rename(root / VERSIONS / build_id, root / VERSIONS / f"{LEAVING}{build_id}")
    for leaving in (root / VERSIONS).glob(f"{LEAVING}*"):
        shutil.rmtree(leaving, ignore_errors=True)


def sync(path: Path) -> None:
    """Have the disk keep a file, or a folder's names, before anything leads to it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
