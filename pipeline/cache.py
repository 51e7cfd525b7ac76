"""What was extracted from which bytes by which code, kept between builds; what the keys are made of: `fingerprint.py`.

    STORE/<segment>/NAME.arrow      rows of some pages, one Arrow file a table
    STORE/<segment>/entries.json    which files' pages they are, by key, and the checksum of each Arrow file

A segment is written aside, takes its place by one rename and is never changed. A key says all that its rows depend on,
so that a segment that is left over, or there twice, can do no harm; one that is damaged is removed and made anew.
Everything here can be deleted at any time: the next build extracts again.
"""
from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENTRIES = "entries.json"
ASIDE = ".new"  # where a segment is written before it takes its place
PIECE = 1 << 20  # bytes that are read at once
SMALL = 256  # files; a segment of fewer is put together with others like it
SMALL_SEGMENTS = 12  # as soon as there are so many of them

Entries = Mapping[str, tuple[str, ...]]  # by key, the documents that a file gives (a refused file: its name)


@dataclass(frozen=True)
class Segment:
    """One folder of the store, its entries and the checksums of its files."""

    folder: Path
    entries: Entries
    checksums: Mapping[str, int]


class Store:
    """The rows kept in a folder; `keys` are those of the files whose rows are there."""

    def __init__(self, folder: Path):
        """Open the store, and make it where there is none; what a killed builder left aside is removed."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / ASIDE, ignore_errors=True)
        self._segments = {segment.folder.name: segment for segment in map(_segment, _folders(folder)) if segment}
        for stray in _folders(folder):
            if stray.name not in self._segments:
                shutil.rmtree(stray, ignore_errors=True)

    @property
    def keys(self) -> set[str]:
        """The keys of all entries."""
        return {key for segment in self._segments.values() for key in segment.entries}

    def forget(self) -> None:
        """Remove all that is kept."""
        for name in list(self._segments):
            self._remove(name)

    def add(self, rows: Any, entries: Entries) -> None:
        """Keep the rows of some files (PageRows); raises OSError where the disk refuses, with nothing left behind."""
        name = hashlib.sha256("".join(sorted(entries)).encode()).hexdigest()[:16]
        aside = self.folder / ASIDE
        try:
            checksums = _write(rows, aside)
            (aside / ENTRIES).write_text(json.dumps({"entries": entries, "checksums": checksums}), encoding="utf-8")
            shutil.rmtree(self.folder / name, ignore_errors=True)
            aside.rename(self.folder / name)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        self._segments[name] = Segment(self.folder / name, dict(entries), checksums)

    def rows(self, keys: Collection[str]) -> list[Any] | None:
        """The rows (PageRows) of the files with these keys, in a few parts; None where a segment was damaged.

        Its entries are then gone from `keys`.
        """
        parts = []
        for name, used in self._used(keys):
            rows = _read(self._segments[name])
            if rows is None:
                self._remove(name)
                return None
            whole = len(used) == len(self._segments[name].entries)
            parts.append(rows if whole else rows.of(_documents(used)))
        return parts

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove the segments that hold nothing of `keys`, and put small and half empty ones together.

        A disk that refuses changes nothing: what is kept is kept as it was.
        """
        used = dict(self._used(keys))
        for name in set(self._segments) - set(used):
            self._remove(name)
        small = sorted(name for name in used if len(used[name]) < SMALL)
        sparse = {name for name in used if len(used[name]) * 2 < len(self._segments[name].entries)}
        together = sorted(sparse.union(small if len(small) >= SMALL_SEGMENTS else ()))
        if together:
            self._unite(together, {name: used[name] for name in together})

    def _unite(self, names: Collection[str], used: Mapping[str, Entries]) -> None:
        from pipeline.pagerows import joined

        entries = {key: documents for held in used.values() for key, documents in held.items()}
        rows = self.rows(entries)
        if rows is not None:
            try:
                self.add(joined(rows), entries)
            except OSError:
                return
            new = hashlib.sha256("".join(sorted(entries)).encode()).hexdigest()[:16]
            for name in set(names) - {new}:
                self._remove(name)

    def _used(self, keys: Collection[str]) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
        """The segments by name with their entries that are of `keys`; an entry that is there twice counts once."""
        left = set(keys)
        for name in sorted(self._segments, key=lambda name: -len(self._segments[name].entries)):
            here = {key: docs for key, docs in self._segments[name].entries.items() if key in left}
            left -= here.keys()
            if here:
                yield name, here

    def _remove(self, name: str) -> None:
        """The list of entries goes first: what is half removed is no segment any more."""
        folder = self._segments.pop(name).folder
        (folder / ENTRIES).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _folders(store: Path) -> list[Path]:
    return sorted(path for path in store.iterdir() if path.is_dir())


def _documents(entries: Entries) -> Iterable[str]:
    return {document for documents in entries.values() for document in documents}


def _segment(folder: Path) -> Segment | None:
    """A segment by its list of entries; None where that cannot be read."""
    try:
        content = json.loads((folder / ENTRIES).read_text(encoding="utf-8"))
        entries = {str(key): tuple(map(str, documents)) for key, documents in content["entries"].items()}
        return Segment(folder, entries, {str(name): int(sum_) for name, sum_ in content["checksums"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(rows: Any, folder: Path) -> dict[str, int]:
    """Write the tables and give the checksum of each file."""
    import pyarrow as pa

    folder.mkdir()
    checksums = {}
    for name, table in rows.tables.items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        data = sink.getvalue()
        (folder / f"{name}.arrow").write_bytes(data)
        checksums[name] = zlib.crc32(data)
    return checksums


def _read(segment: Segment) -> Any:
    """The rows of a segment (PageRows), mapped when they are asked for.

    None where a file of it is not what was written, or of another schema.
    """
    import pyarrow as pa

    from pipeline.pagerows import PageRows, page_schemas
    from pipeline.shelf import Shelf

    schemas = page_schemas()
    shelf = Shelf(segment.folder, schemas)
    try:
        for name, schema in schemas.items():
            if _checksum(shelf.path(name)) != segment.checksums[name] or not shelf[name].schema.equals(schema):
                return None
    except (OSError, KeyError, pa.ArrowException):
        return None
    return PageRows(shelf)


def _checksum(path: Path) -> int:
    sum_ = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            sum_ = zlib.crc32(piece, sum_)
    return sum_
