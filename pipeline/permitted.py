"""Whether a build can be carried out as it was called, told before any work is done; the build itself is `build.py`."""
from __future__ import annotations

import os
from pathlib import Path

from pipeline.engines import Engine
from pipeline.errors import UserError
from pipeline.places import Address, Place


def check(raw: Place, out: Place, engine: Engine, local: Path | str | None) -> None:
    """Raises UserError, before any work is done, where pages could not be read or the dataset not be written."""
    if isinstance(raw, Address) and raw.of_this_process and engine.name != "serial":
        raise UserError("no worker sees what is in the memory of this process", file=str(raw),
                        remedy="Take --engine serial, or put the pages where workers see them")
    if isinstance(out, Path):
        if local:
            raise UserError("--local is for a dataset at an address", file=str(out), remedy="Leave it out")
        _check_folder(raw, out)
        return
    if isinstance(raw, Address) and out.is_within(raw):
        raise _among_pages(out)
    if local:
        _check_folder(raw, Path(local))
    out.is_dir()  # raises where nobody could be reached there: better now than when all pages are read


def _among_pages(out: Place) -> UserError:
    return UserError("the dataset would be published among the raw pages", file=str(out),
                     remedy="Name another folder with --out")


def _check_folder(raw: Place, out: Path) -> None:
    where = out.resolve()
    if isinstance(raw, Path) and raw.resolve() in (where, *where.parents):
        raise _among_pages(out)
    there = next(folder for folder in (where, *where.parents) if os.path.lexists(folder))
    if not there.is_dir():
        raise UserError("a file stands where the folder of the dataset belongs", file=str(there),
                        remedy="Name another folder with --out")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UserError("this folder cannot be written to", file=str(there),
                        remedy="Give access, or name another folder with --out")


def make_folder(out: Path) -> None:
    """Make the folder of the dataset; raises UserError where that cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"this folder cannot be made: {error.strerror}", file=str(out),
                        remedy="Name another folder with --out") from None
