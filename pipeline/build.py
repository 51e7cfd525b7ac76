"""The whole flow, from a folder of raw pages to a published dataset; how each stage works lives in its own module.

    documents, issues.csv -> read and extract, page by page, by an engine -> assemble -> check and publish
"""
from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import __version__
from pipeline.engines import run
from pipeline.errors import Refusal, UserError
from pipeline.extract.modifiers import increase_label
from pipeline.extract.observations import extract
from pipeline.model import Extraction, Page
from pipeline.progress import Progress, Silent
from pipeline.read import files, read_file
from pipeline.read.issues import NAME as MANIFEST
from pipeline.read.issues import IssueRow, load_issues
from pipeline.read.ocr import check as check_ocr
from pipeline.read.ocr import doubted
from pipeline.vocabulary import fingerprint, metrics
from pipeline.vocabulary.gazetteer import Gazetteer

if TYPE_CHECKING:
    import pyarrow as pa

SOURCES = ("pipeline", "schemas")
EXTRACTION_FAILED = "extraction_failed"
COLLECT_AFTER = 30_000  # new objects, forty times as many as Python takes by itself


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    `version` (build id) was published in `folder`, under `out`; `counts`: rows by table; `quarantined`: what was
    refused; `warnings`: sentences about things that stopped nothing, such as a row of issues.csv about no page.
    """

    out: Path
    version: str
    folder: Path
    counts: Mapping[str, int]
    quarantined: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    code_version: str


def build(
    raw: Path | str, out: Path | str, workers: int = 1, engine: str | None = None, progress: Progress | None = None,
    ocr: bool = False,
) -> BuildResult:
    """Build and publish the dataset of `raw` under `out`; `pipeline.build` has the rest of the contract."""
    raw, out, tell = Path(raw), Path(out), progress or Silent()
    found = files(raw)
    _check_out(raw, out)
    if ocr:
        check_ocr()
    manifest = load_issues(raw, found)
    _make(out)
    warnings = (*manifest.warnings, *([] if found else [f"{raw}: there is no page in this folder"]))
    tell.stage(f"Reading {len(found):,} files of {raw}")
    items = ((file, manifest.of_file(file)) for file in found)
    with _seldom_collected():
        results = tell.track(run(engine, partial(extract_file, raw, ocr=ocr), items, workers), len(found))
        tables = assembled(chain.from_iterable(results), tell)
    tell.stage(f"Publishing {tables['observations'].num_rows:,} observations to {out}")
    from pipeline.publish import publish

    folder = publish(tables, out, _info(raw, tables))
    quarantined = tuple(Refusal(**row) for row in tables["quarantine"].to_pylist())
    counts = {name: table.num_rows for name, table in tables.items()}
    return BuildResult(out, folder.name, folder, counts, quarantined, warnings, code_version())


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Have Python look for dead cycles of objects less often: there are few, and each look goes over the vocabulary."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def extract_file(
    raw: Path, item: tuple[str, Mapping[str, IssueRow]], ocr: bool = False,
) -> list[Extraction | Refusal]:
    """All that the pages of one file give, or why they are refused; no error of one page reaches another."""
    return [page if isinstance(page, Refusal) else _extracted(page) for page in read_file(raw, *item, ocr)]


def _extracted(page: Page) -> Extraction | Refusal:
    try:
        return doubted(extract(page))
    except Exception as error:
        return Refusal(page.document, None, EXTRACTION_FAILED, _crash(error), "Report it, with the page, as a defect")


def _crash(error: Exception) -> str:
    """What happened and where in the code, without anything that differs from run to run."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else "the code"
    return f"the builder failed on it: {type(error).__name__} in {place}"


def assembled(results: Iterable[Extraction | Refusal], progress: Progress | None = None) -> dict[str, pa.Table]:
    """The tables that read pages and refusals give; no page is kept once its rows are made."""
    refused: list[Refusal] = []

    def extractions() -> Iterator[Extraction]:
        for result in results:
            if isinstance(result, Refusal):
                refused.append(result)
            else:
                yield result
        (progress or Silent()).stage("Assembling and checking the tables")

    from pipeline.assemble import assemble

    return assemble(extractions(), metrics(), refused, code_version(), division_name=_division_name,
                    increases=(increase_label(),))


def _division_name(code: str) -> str | None:
    division = Gazetteer.load().by_code(code)
    return division.name if division else None


def _make(out: Path) -> None:
    """Make the folder of the dataset; raises UserError where that cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"this folder cannot be made: {error.strerror}", file=str(out),
                        remedy="Name another folder with --out") from None


def _check_out(raw: Path, out: Path) -> None:
    """Raises UserError, before any work is done, where the dataset could not be written."""
    where, pages = out.resolve(), raw.resolve()
    if where == pages or pages in where.parents:
        raise UserError("the dataset would be published among the raw pages", file=str(out),
                        remedy="Name another folder with --out")
    there = next(folder for folder in (where, *where.parents) if os.path.lexists(folder))
    if not there.is_dir():
        raise UserError("a file stands where the folder of the dataset belongs", file=str(there),
                        remedy="Name another folder with --out")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UserError("this folder cannot be written to", file=str(there),
                        remedy="Give access, or name another folder with --out")


def _info(raw: Path, tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """What build.json says of the inputs; it follows from their bytes alone, so no folder's name is in it."""
    read = tables["documents"].select(["document", "sha256"]).to_pylist()
    listed = "".join(f"{row['sha256']}  {row['document']}\n" for row in read)
    manifest = raw / MANIFEST
    return {
        "code_version": code_version(),
        "inputs": {
            "documents": len(read),
            "quarantined": tables["quarantine"].num_rows,
            "sha256": hashlib.sha256(listed.encode()).hexdigest(),
            "issues_sha256": hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else None,
        },
    }


def code_version() -> str:
    """The release and a digest of the source files and the vocabulary: what decides, with the pages, every row."""
    digest = hashlib.sha256(fingerprint().encode())
    root = Path(__file__).resolve().parent.parent
    for path in sorted(path for source in SOURCES for path in (root / source).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{__version__}+{digest.hexdigest()[:12]}"
