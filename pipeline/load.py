"""Reading a published dataset into pandas, pinned to one build; plain `pd.read_parquet` works too."""
from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import UserError
from pipeline.places import Address, Place, place
from schemas import TABLES

if TYPE_CHECKING:
    import pandas as pd

ROOT = "data/processed"


@dataclass(frozen=True, slots=True)
class Dataset:
    """One build of the dataset: tables loaded from it belong together whatever is published meanwhile.

    It can be read as long as its version is kept (`union-metrics build --keep`).
    """

    folder: Place

    def path(self, table: str) -> Place:
        """The table's file; raises UserError if there is no such table."""
        path = self.folder / f"{table}.parquet"
        if not path.is_file():
            raise UserError(f"there is no table {table}", file=str(self.folder), remedy=f"Tables: {', '.join(TABLES)}")
        return path

    def load(self, table: str = "observations") -> pd.DataFrame:
        """The table as a frame; raises UserError if there is no such table."""
        import pandas as pd

        path = self.path(table)
        return pd.read_parquet(path if isinstance(path, Path) else io.BytesIO(path.read_bytes()))

    @property
    def build(self) -> dict[str, Any]:
        """What build.json says: version, inputs, code version, rows, bytes and sha256 of each table."""
        described: dict[str, Any] = json.loads((self.folder / "build.json").read_bytes())
        return described


def open_dataset(root: Place | str = ROOT) -> Dataset:
    """The dataset that is published under `root` now, a folder or an address, also given as a version's own folder.

    Raises UserError if nothing is published there.
    """
    folder = _now(root)
    while not (folder / "build.json").is_file():
        before, folder = folder, _now(root)
        if folder == before:
            raise UserError("no dataset is published here", file=str(root),
                            remedy="Run `make build`, or name its folder")
    return Dataset(folder)


def _now(root: Place | str) -> Place:
    """The folder of the version that is current, or the folder itself where it is a version's own."""
    root = place(root)
    if isinstance(root, Address):
        from pipeline.remote import folder_of, pointed

        version, _ = pointed(root)
        return folder_of(root, version) if version else root
    link = os.path.join(root, "current")
    return Path(os.path.realpath(link if os.path.lexists(link) else root))


def load(table: str = "observations", root: Place | str = ROOT) -> pd.DataFrame:
    """A table of the dataset published under `root`; for tables that must match, use `open_dataset`.

    A version that was removed before it could be read, because newer ones came, is given up for the current one.
    Raises UserError if nothing is published there or there is no such table.
    """
    while True:
        dataset = open_dataset(root)
        try:
            return dataset.load(table)
        except (FileNotFoundError, UserError):
            if _now(root) == dataset.folder:
                raise
