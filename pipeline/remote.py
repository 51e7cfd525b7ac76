"""A dataset at an address: made in a folder of this machine, sent there, switched to last; folders are `versions.py`.

    OUT/.versions/<build id>/NAME.parquet, datapackage.json, build.json     never changed once they are named in
    OUT/current.json                                                        {"version": …, "kept": […]}

An object store has neither links nor renames, but it puts a file in the place of another in one step. So the one small
file that names the version is written last: a reader finds the old dataset or the new one. What lies in no version that
it names, as after a builder was killed, does no harm.
"""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.errors import DataError
from pipeline.places import Address
from pipeline.versions import VERSIONS, told

POINTER = "current.json"


def pointed(out: Address) -> tuple[str | None, Sequence[str]]:
    """The version that readers of `out` get, None where nothing is published, and those kept, the newest first."""
    try:
        content: Any = json.loads((out / POINTER).read_bytes())
        return str(content["version"]), [str(build_id) for build_id in content["kept"]]
    except FileNotFoundError:
        return None, []
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{POINTER} cannot be read", file=str(out),
                        remedy="Remove it and build again; the versions are still there") from None


def folder_of(out: Address, version: str) -> Address:
    """Where a version lies."""
    return out / VERSIONS / version


@contextmanager
def workshop(folder: Path | None) -> Iterator[Path]:
    """The folder in which a dataset is made before it is sent; where none is named, one that goes afterwards."""
    if folder:
        yield folder
    else:
        with TemporaryDirectory(prefix="union-metrics-") as passing:
            yield Path(passing)


def send(version: Path, out: Address, keep: int) -> bool:
    """Send a version's files to `out`, switch to it and remove all but the `keep` newest; whether anything was to do.

    Raises DataError where the other side refuses or cannot be reached; readers keep what they had.
    """
    with told(out):
        now, kept = pointed(out)
        target = folder_of(out, version.name)
        if now == version.name and _is_whole(version, target):
            return False
        for file in sorted(version.iterdir()):
            (target / file.name).send(file)
        if not _is_whole(version, target):
            raise DataError("what arrived is not what was sent", file=str(target), remedy="Build again")
        kept = [version.name, *(build_id for build_id in kept if build_id != version.name)]
        content = {"version": version.name, "kept": kept[:max(keep, 1)]}
        (out / POINTER).write_bytes(f"{json.dumps(content, indent=1)}\n".encode())
        for build_id in kept[max(keep, 1):]:
            folder_of(out, build_id).remove()
    return True


def _is_whole(version: Path, target: Address) -> bool:
    return all((target / file.name).size() == file.stat().st_size for file in version.iterdir())


@contextmanager
def fetched(version: Address) -> Iterator[Path]:
    """A copy of a version on this machine, as long as this lasts."""
    with workshop(None) as folder:
        for name in version.found():
            (folder / name).write_bytes((version / name).read_bytes())
        yield folder
