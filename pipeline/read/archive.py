"""ZIP files of pages: their members one by one, within limits, with safe names; nothing is ever written to disk."""
from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.read.saved import pages_among
from pipeline.read.sheet import Fault, UnreadableError

LARGEST = 256_000_000  # bytes of the ZIP file
MOST_MEMBERS = 20_000
MOST_INFLATED = 1_000_000_000  # bytes of all members together, as the directory of the ZIP file states them
HEAD = 4096  # bytes of a member that tell its format
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE = re.compile(r"\[Content_Types\]\.xml|mimetype|META-INF/.*|AndroidManifest\.xml")
_TABLES = ("issues.csv", "corrections.csv")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive: its safe name and its bytes, or why there are none."""

    name: str
    data: bytes = b""
    fault: Fault | None = None


def is_archive(head: bytes) -> bool:
    """Whether a file that begins with `head` is a ZIP file."""
    return head.startswith(_SIGNATURES)


def members(data: bytes, largest: Callable[[bytes], int]) -> Iterator[Member]:
    """The files of a ZIP file that should hold pages, in the order of their names.

    `largest` says how many bytes a file that begins so may have. Raises UnreadableError where the archive as a whole
    is damaged, an Office file, or beyond the limits; one bad member is a Member with a fault.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        found = archive.infolist()
    except _DAMAGED:
        raise UnreadableError("truncated", "it is a ZIP file that is damaged or cut off", "Copy it again") from None
    names = [info.filename for info in found]
    if any(_OFFICE.fullmatch(name) for name in names[:3]):
        raise UnreadableError("not_text", "it is an Office file, for which there is no reader",
                              "Save the page as text, HTML or PDF")
    inflated = sum(info.file_size for info in found)
    if len(found) > MOST_MEMBERS or inflated > MOST_INFLATED:
        raise UnreadableError(
            "too_large", f"it holds {len(found):,} files of {inflated:,} bytes in all; at most {MOST_MEMBERS:,} files "
            f"and {MOST_INFLATED:,} bytes are read", "Split it, or unpack it into the folder")
    yield from _members(archive, _named(found), largest)


def _members(
    archive: zipfile.ZipFile, named: dict[str, zipfile.ZipInfo], largest: Callable[[bytes], int],
) -> Iterator[Member]:
    if not named:
        raise UnreadableError("empty", "it is a ZIP file without pages", "Put pages into it, or remove it")
    for name, info in sorted(named.items()):
        try:
            yield Member(name, _inflated(archive, info, largest))
        except UnreadableError as refused:
            yield Member(name, fault=Fault(None, refused.code, refused.reason, refused.remedy))
        except _DAMAGED:
            yield Member(name, fault=Fault(None, "truncated", "it is damaged inside the ZIP file", "Pack it again"))


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: Callable[[bytes], int]) -> bytes:
    """The bytes of a member; raises UnreadableError before more is inflated than a file of its kind may have."""
    if info.flag_bits & 1:
        raise UnreadableError("locked", "it is locked with a password inside the ZIP file", "Pack it without one")
    with archive.open(info) as opened:
        head = opened.read(HEAD)
        if is_archive(head):
            raise UnreadableError("not_text", "it is a ZIP file inside a ZIP file", "Unpack the inner one")
        most = largest(head)
        if info.file_size > most:
            raise UnreadableError("too_large", f"it has {info.file_size:,} bytes, a file of its kind at most {most:,}",
                                  "Split it into pages, or leave it out")
        return head + opened.read(most - len(head) + 1)


def _named(found: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members that should hold pages, by safe names that differ; see `pages_among`."""
    named: dict[str, zipfile.ZipInfo] = {}
    for info in found:
        name = safe_name(info)
        parts = name.split("/")
        if info.is_dir() or name in _TABLES:
            continue
        number = 2
        while name in named:
            stem, dot, ending = parts[-1].rpartition(".")
            name = "/".join([*parts[:-1], f"{stem or ending}~{number}{dot if stem else ''}{ending if stem else ''}"])
            number += 1
        named[name] = info
    kept = pages_among(named)
    return {name: info for name, info in named.items() if name in kept}


def safe_name(info: zipfile.ZipInfo) -> str:
    """The name of a member as a path below the archive: UTF-8, or GB18030 where the archive does not say; no way up."""
    name = info.filename
    if not info.flag_bits & 0x800:  # no UTF-8 flag: the bytes were read as code page 437
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = None
        for encoding in ("utf-8", "gb18030") if raw else ():
            try:
                name = raw.decode(encoding)  # type: ignore[union-attr]
                break
            except UnicodeDecodeError:
                continue
    parts = _UNSAFE.sub("_", name).replace("\\", "/").split("/")
    kept = [part for part in parts if part not in ("", ".", "..")]
    if kept and re.fullmatch("[A-Za-z]:", kept[0]):
        del kept[0]
    return "/".join(kept) or "_"
