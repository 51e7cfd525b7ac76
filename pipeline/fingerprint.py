"""What decides the rows of a page: its bytes, its manifest rows, the code, the words and the libraries, as digests."""
from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from pipeline import __version__
from pipeline.places import Address, Place
from pipeline.read.issues import IssueRow
from pipeline.vocabulary import fingerprint as vocabulary_digest

SOURCES = ("pipeline", "schemas")
MANY = 1_000  # files from which on several threads read
LARGEST = 256_000_000  # bytes; what is larger is refused by every reader, so its bytes need not be read for a digest


@lru_cache(maxsize=1)
def code_version() -> str:
    """The release and a digest of the source files and the vocabulary: what decides, with the pages, every row.

    Read once: a process that runs for weeks keeps the version of the code that it runs.
    """
    digest = hashlib.sha256(vocabulary_digest().encode() + source_digest().encode())
    return f"{__version__}+{digest.hexdigest()[:12]}"


@lru_cache(maxsize=1)
def source_digest() -> str:
    """sha256 over the project's Python files, names and bytes."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parent.parent
    for path in sorted(path for source in SOURCES for path in (root / source).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def libraries() -> str:
    """The version of Python and of each library that the project builds on."""
    try:
        needed = metadata.requires("union-metrics") or []
    except metadata.PackageNotFoundError:
        needed = []
    names = sorted({re.split(r"[^\w.-]", line)[0] for line in needed if "extra ==" not in line})
    return ", ".join([f"python {'.'.join(map(str, sys.version_info[:3]))}", *map(_version, names)])


def _version(name: str) -> str:
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return f"{name} missing"


def digest_of(data: bytes) -> str:
    """sha256 of some bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def content_digests(raw: Place, files: Sequence[str]) -> Iterator[str | None]:
    """`content_digest` of files below `raw`, in their order."""
    if isinstance(raw, Address):
        return (digest_of(data) if isinstance(data, bytes) else None for data in raw.contents(files, LARGEST))
    folder = os.fspath(raw)
    if len(files) < MANY:
        return (content_digest(os.path.join(folder, file)) for file in files)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # reading and hashing leave the interpreter to others
        parts = [files[start: start + MANY] for start in range(0, len(files), MANY)]
        found = pool.map(lambda part: [content_digest(os.path.join(folder, file)) for file in part], parts)
        return iter([digest for part in found for digest in part])


def content_digest(path: Path | str) -> str | None:
    """sha256 of a file's bytes, in hex; None where it cannot be read, is no ordinary file or larger than any page.

    The bytes are read each time: neither a clock that jumps nor a copied date can hide a change.
    """
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                return None
            return digest_of(file.readall())
    except OSError:
        return None


def entry_key(file: str, content: str, rows: Mapping[str, IssueRow], ocr: bool = False) -> str:
    """The key of what a file gives: any change to its name, bytes or manifest rows, or to the builder, changes it."""
    manifest = [(row.document, row.publication, row.issue_date and row.issue_date.isoformat(), row.precision, row.page,
                 row.section) for _, row in sorted(rows.items())]
    parts = (code_version(), libraries(), file, content, manifest, ocr)
    return hashlib.sha256(ascii(parts).encode()).hexdigest()[:32]
