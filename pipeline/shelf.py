"""Tables on disk while a build is at work: a folder of Arrow files that are mapped into memory when they are asked for.

What a table holds is decided elsewhere. A table that somebody has asked for takes memory until he lets it go, and then
none, so that a build of any size holds a table or two at a time.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from pathlib import Path

import pyarrow as pa

SMALL = 4_000_000  # bytes; a smaller table stays in memory and costs no file
SUFFIX = ".arrow"


class Shelf(MutableMapping[str, pa.Table]):
    """Tables by name, in the order of their coming; one that is put here comes back with the same chunks and metadata.

    The folder and its files are the caller's to remove.
    """

    def __init__(self, folder: Path, names: Iterable[str] = ()):
        """`names`: of tables that are in the folder already."""
        self.folder = folder
        self._held: dict[str, pa.Table | None] = dict.fromkeys(names)  # None: in the folder

    def __getitem__(self, name: str) -> pa.Table:
        held = self._held[name]
        return pa.ipc.open_file(pa.memory_map(str(self.path(name)))).read_all() if held is None else held

    def __setitem__(self, name: str, table: pa.Table) -> None:
        """Raises OSError where the disk refuses."""
        if table.nbytes < SMALL:
            self._held[name] = table
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.path(f"{name}.new")  # what is being put here may be mapped from the file that it replaces
        with pa.OSFile(str(fresh), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        fresh.replace(self.path(name))
        self._held[name] = None
        pa.default_memory_pool().release_unused()

    def __delitem__(self, name: str) -> None:
        del self._held[name]
        self.path(name).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def path(self, name: str) -> Path:
        """Where a table lies that is in the folder."""
        return self.folder / f"{name}{SUFFIX}"
