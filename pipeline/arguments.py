"""What the commands take: folders, addresses, published datasets; what they do with them lives in `cli.py`."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class _Place(click.ParamType[Any]):
    """A folder, a file or an address."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The place that the value names."""
        from pipeline.places import place

        return place(value)


class _Dataset(_Place):
    """A published dataset: its folder; of one at an address a copy of the version, which goes when the command ends."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The folder of the dataset, or of its copy."""
        root = super().convert(value, param, ctx)
        if isinstance(root, Path) or ctx is None:
            return root
        from pipeline.load import open_dataset
        from pipeline.remote import fetched

        return ctx.with_resource(fetched(open_dataset(root).folder))  # type: ignore[arg-type]


FOLDER, PLACE, DATASET = click.Path(path_type=Path), _Place(), _Dataset()
