"""One self-contained HTML page of a published dataset: charts, a table to search, each figure shown in its page.

What the page carries is made in `payload` (the rows) and `evidence` (the pages and reasons); how it is written into one
file without anything that a page's text could break stands in `document`; what it does in the browser in `assets`.
"""
from __future__ import annotations

from pathlib import Path

from pipeline.errors import DataError
from pipeline.load import open_dataset
from pipeline.places import Place
from pipeline.progress import Progress, Silent
from pipeline.report.document import document
from pipeline.report.evidence import bundles
from pipeline.report.payload import payload

NAME = "report.html"


def report(raw: Place, root: Path, file: Path, workers: int = 1, progress: Progress | None = None) -> int:
    """Write the report of the dataset published under `root`, with the pages of `raw`, to `file`; its size in bytes.

    Pages are read once more for their text and reasons; a page that has changed since is shown without them. The same
    dataset and pages give the same bytes. Raises UserError where there is no dataset or no folder of pages, DataError
    where the file cannot be written.
    """
    tell, dataset = progress or Silent(), open_dataset(root)
    rows = payload(dataset)
    evidence = bundles(raw, dataset, rows, workers, tell)
    written = document(rows, evidence).encode()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written)
    except OSError as error:
        raise DataError(f"the report could not be written: {error.strerror}", file=str(file),
                        remedy="Name another place with --file") from error
    return len(written)
