"""Where raw pages and datasets lie: in a folder of this machine, or at an address; only here is fsspec called.

A folder is a `Path`. An `Address` (s3://bucket/pages, memory://pages, zip://::file:///pages.zip …) is whatever fsspec
knows, has the few methods of a path that are needed, and travels to workers as the words that it is made of.
"""
from __future__ import annotations

import errno
import importlib.util
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from pipeline.errors import DataError, UserError

AT_ONCE = 16  # files that are fetched at the same time
HEAD = 4096  # bytes fetched of a file that is too large
OF_A_FILE = (FileNotFoundError, PermissionError, IsADirectoryError)  # errors that say something of one file alone
_SECRET = re.compile(r"(?<=://)[^/@]+@")  # a user and a password
_LOCAL = re.compile(r"(?:file|local)://(?=[^:])")


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A file that was not fetched for its size: how many bytes it has, and the first of them."""

    size: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Address:
    """A folder or a file: `inner`, names with `/`, below what `url` names.

    Its methods raise FileNotFoundError as those of a path do, UserError where the address is wrong or its package is
    missing, and DataError where it cannot be reached: a fault of the line must not pass for an empty folder.
    """

    url: str
    inner: str = ""

    def __str__(self) -> str:
        shown = _SECRET.sub("…@", self.url)
        return f"{shown.rstrip('/')}/{self.inner}" if self.inner else shown

    def __truediv__(self, name: str) -> Address:
        return replace(self, inner=f"{self.inner}/{name}" if self.inner else name)

    @property
    def name(self) -> str:
        """The last part."""
        return str(self).rstrip("/").rpartition("/")[2]

    @property
    def parent(self) -> Address:
        """What it lies in; itself where that has no address, as for a bucket or an archive."""
        if self.inner:
            return replace(self, inner=self.inner.rpartition("/")[0])
        above, _, name = self.url.rstrip("/").rpartition("/")
        return self if "::" in self.url or not name or above.endswith((":", "/")) else Address(above)

    @property
    def of_this_process(self) -> bool:
        """Whether no other process can see it."""
        return "memory:" in self.url

    def is_within(self, other: Address) -> bool:
        """Whether it is `other`, or lies in it."""
        mine, others = (f"{str(place).rstrip('/')}/" for place in (self, other))
        return mine.startswith(others)

    def is_dir(self) -> bool:
        """Whether it is a folder; raises UserError where it cannot be reached."""
        try:
            _look_anew(self, UserError)
            with _reached(self, UserError) as (system, path):
                return bool(system.isdir(path)) or bool(system.info(path)["type"] == "directory")  # why it is none
        except FileNotFoundError:
            return False

    def is_file(self) -> bool:
        """Whether it is a file."""
        try:
            with _reached(self) as (system, path):
                return bool(system.info(path)["type"] == "file")
        except FileNotFoundError:
            return False

    def read_bytes(self) -> bytes:
        """The bytes of the file."""
        with _reached(self) as (system, path):
            return bytes(system.cat_file(path))

    def write_bytes(self, data: bytes) -> None:
        """Put a file there; where one was, that one or this one is read, if the other side does so in one step."""
        with _reached(self) as (system, path):
            _with_folder(system, path, lambda: system.pipe_file(path, data))

    def send(self, file: Path) -> None:
        """Put a copy of a file of this machine there."""
        with _reached(self) as (system, path):
            _with_folder(system, path, lambda: system.put_file(str(file), path))

    def size(self) -> int | None:
        """The bytes of the file; None where it is not there, or where that is not told."""
        try:
            with _reached(self) as (system, path):
                return None if (size := system.size(path)) is None else int(size)
        except FileNotFoundError:
            return None

    def remove(self) -> None:
        """Remove the file, or the folder with all in it, where it is there."""
        with _reached(self) as (system, path):
            if system.exists(path):
                system.rm(path, recursive=True)

    def mark(self) -> str | None:
        """What changes when the file changes (size, time, tag …); None where it is not there."""
        try:
            _look_anew(self)
            with _reached(self) as (system, path):
                return repr(sorted(system.info(path).items()))
        except FileNotFoundError:
            return None

    def found(self) -> dict[str, str]:
        """The names of all files below, with `/`, and the mark of each."""
        _look_anew(self)
        with _reached(self) as (system, path):
            return {name[len(path):].lstrip("/"): repr(sorted(told.items())) for name, told in _files(system, path)
                    if not name.endswith("/")}

    def contents(self, names: Sequence[str], largest: int) -> Iterator[bytes | TooLarge | OSError]:
        """The bytes of files below, in their order, or why not; several are fetched at the same time."""
        pool = _pool(os.getpid())
        _look_anew(self)
        for start in range(0, len(names), 2 * AT_ONCE):
            yield from pool.map(lambda name: (self / name)._content(largest), names[start:start + 2 * AT_ONCE])

    def _content(self, largest: int) -> bytes | TooLarge | OSError:
        try:
            with _reached(self, passing=OF_A_FILE) as (system, path):
                size = system.size(path)
                if size is not None and size > largest:
                    return TooLarge(size, bytes(system.cat_file(path, start=0, end=HEAD)))
                return bytes(system.cat_file(path))
        except OF_A_FILE as error:
            code = errno.ENOENT if isinstance(error, FileNotFoundError) else errno.EACCES
            return OSError(code, os.strerror(code))  # the words of this machine, as for a file of it


Place: TypeAlias = Path | Address


def place(named: Place | str) -> Place:
    """What a person names by a path or an address; file:// names a folder of this machine."""
    if not isinstance(named, str):
        return named
    if local := _LOCAL.match(named):
        return Path(named[local.end():])
    return Address(named) if "://" in named or "::" in named else Path(named)


def names(folder: Place) -> list[str]:
    """The files below a folder, but for those in hidden folders: names with `/`, in no order."""
    if isinstance(folder, Address):
        return list(folder.found())
    listed = []
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inner = Path(above).relative_to(folder)
        listed += [(inner / name).as_posix() for name in files]
    return listed


@lru_cache(maxsize=1)
def _pool(process: int) -> ThreadPoolExecutor:
    """The threads that fetch, for this process: those of its parent did not come along."""
    return ThreadPoolExecutor(AT_ONCE)


@contextmanager
def _reached(
    address: Address, kind: type[DataError | UserError] = DataError,
    passing: tuple[type[Exception], ...] = (FileNotFoundError,),
) -> Iterator[tuple[Any, str]]:
    """The file system of an address, of this thread's own, and the path in it.

    Its errors become those of `Address`, but for the `passing` ones.
    """
    try:
        system, root = _system(address)
        path = f"{root.rstrip('/')}/{address.inner}" if root and address.inner else root or address.inner
        yield system, path
    except Exception as error:
        if isinstance(error, (UserError, DataError, *passing)):
            raise
        problem = f"this address cannot be reached ({type(error).__name__}: {error})"
        remedy = "Check the address, the network and your access to it; what was published before is unchanged"
        raise kind(problem, file=str(address), remedy=remedy) from error


def _look_anew(address: Address, kind: type[DataError | UserError] = DataError) -> None:
    """Forget what was listed before: files, and the insides of archives, may be others now."""
    with _reached(address, kind) as (system, _):
        from fsspec.archive import AbstractArchiveFileSystem

        system.invalidate_cache()
        if isinstance(system, AbstractArchiveFileSystem):
            system.clear_instance_cache()


def _files(system: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The files below a path with what is told of each.

    A store that lists all names at once does so. Else folder after folder is asked here, for fsspec would leave out
    those that cannot be listed, and not tell.
    """
    from fsspec.asyn import AsyncFileSystem
    from fsspec.spec import AbstractFileSystem

    kind = type(system)
    own, common = (kind._find, AsyncFileSystem._find) if issubclass(kind, AsyncFileSystem) else (
        kind.find, AbstractFileSystem.find)
    if own is not common:
        yield from system.find(path, detail=True).items()
        return
    for told in system.ls(path, detail=True):
        if told["type"] != "directory":
            yield told["name"], told
        elif told["name"].rstrip("/") != path.rstrip("/"):
            yield from _files(system, told["name"])


def _system(address: Address) -> tuple[Any, str]:
    if importlib.util.find_spec("fsspec") is None:
        raise UserError("addresses need the package fsspec, which is not installed", file=str(address),
                        remedy="Run `make cluster` in the folder of the project, or name a folder of this machine")
    from fsspec.core import url_to_fs

    try:
        system, root = url_to_fs(address.url)
    except ImportError as error:
        raise UserError(f"the package for such addresses is not installed ({error})", file=str(address),
                        remedy="Install it with .venv/bin/pip install NAME, for workers too") from None
    except ValueError as error:
        raise UserError(f"it is no address that fsspec knows ({error})", file=str(address),
                        remedy="Name a folder, or an address as s3://BUCKET/FOLDER") from None
    return system, str(root)


def _with_folder(system: Any, path: str, write: Any) -> None:
    """Write a file, and make the folder for it first where the file system is of those that want it."""
    try:
        write()
    except FileNotFoundError:
        system.makedirs(system._parent(path), exist_ok=True)
        write()
