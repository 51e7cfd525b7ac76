"""The whole flow, from a folder of raw pages to a published dataset; how each stage works lives in its own module.

    pages, issues.csv -> gather: the rows of each page, extracted anew or kept -> corrections -> assemble: all tables
    -> diff: what came and went, and why -> check and publish
"""
from __future__ import annotations

import gc
import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.cache import Store
from pipeline.corrections import default_file
from pipeline.engines import Engine, chosen
from pipeline.errors import DataError, Refusal, UserError
from pipeline.fingerprint import code_version, source_digest
from pipeline.gather import gather
from pipeline.inputs import Inputs, inputs_of, is_current, noted, remember
from pipeline.model import Extraction
from pipeline.permitted import check, make_folder
from pipeline.places import Address, Place, place
from pipeline.progress import Progress, Silent
from pipeline.read.ocr import check as check_ocr
from pipeline.remote import folder_of, send, workshop
from pipeline.versions import KEEP, LOCK, STORE, VERSIONS, current, damages, described, locked, told
from pipeline.vocabulary import fingerprint, metrics

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.assemble import Tables
    from pipeline.diff import Changes
    from pipeline.pagerows import PageRows

SCRATCH = ".tables"  # in the store: tables while a build is at work
COLLECT_AFTER = 200_000  # new objects, three hundred times as many as Python takes by itself


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    `version` (build id) was published in `folder`, under `out`; `counts`: rows by table; `quarantined`: what was
    refused; `warnings`: sentences about things that stopped nothing, such as a row of issues.csv about no page, or a
    family that lost figures. `changes`: what differs from the version before; None where there is none, or where
    nothing was new (`unchanged`) and nothing was published.
    """

    out: Place
    version: str
    folder: Place
    counts: Mapping[str, int]
    quarantined: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    code_version: str
    changes: Changes | None = None
    unchanged: bool = False


def build(
    raw: Place | str, out: Place | str, workers: int = 1, engine: str | None = None, progress: Progress | None = None,
    *, ocr: bool = False, full: bool = False, corrections: Place | str | None = None,
    keep: int = KEEP, strict: bool = False, wait: bool = True, scheduler: str | None = None,
    local: Path | str | None = None,
) -> BuildResult:
    """Build and publish the dataset of `raw` under `out`; `pipeline.build` has the rest of the contract.

    `wait`: whether to wait where another build is at work, rather than to raise DataError.
    """
    raw, out, tell, hands = place(raw), place(out), progress or Silent(), chosen(engine, workers, scheduler)
    check(raw, out, hands, local)
    known = place(corrections) if corrections else default_file(raw)
    if ocr:
        check_ocr()
    if corrections and not known.is_file():
        raise UserError("there is no such file of corrections", file=str(known),
                        remedy="Name another file with --corrections")
    if isinstance(raw, Address):
        tell.stage(f"Looking at the files of {raw}")
    make = partial(_build, (raw, known, ocr), tell=tell, engine=hands, full=full, keep=keep, strict=strict, wait=wait)
    if isinstance(out, Path):
        return make(out)
    with workshop(Path(local) if local else None) as folder:
        result = make(folder)
        if send(folder / VERSIONS / result.version, out, keep):
            tell.stage(f"Sent version {result.version} to {out}")
        return replace(result, out=out, folder=folder_of(out, result.version))


def _build(
    load: tuple[Place, Place, bool], out: Path, tell: Progress, engine: Engine, full: bool, keep: int, strict: bool,
    wait: bool,
) -> BuildResult:
    """Build and publish in a folder; `load`: what makes the inputs."""
    raw, _, ocr = load
    inputs = inputs_of(*load)  # a call that is wrong is told before anything is made or waited for
    make_folder(out)
    with told(out), _seldom_collected(), _alone(out, wait, tell) as waited, _scratch(out) as scratch:
        if waited:
            inputs = inputs_of(*load)
        store = Store(out / STORE)
        if full:
            store.forget()
        elif is_current(inputs, out):
            return _unchanged(inputs, out)
        from pipeline.publish import publish
        from pipeline.shelf import Shelf

        pages = Shelf(scratch / "pages")
        gather(raw, inputs.sources, store, tell, engine, ocr, pages)
        tables = _tables(pages, inputs, tell, Shelf(scratch / "tables"))
        changes, drift = _compared(tables, inputs, out)
        if strict and drift:
            raise DataError(f"figures were lost, so nothing was published: {'; '.join(drift)}", file=str(out),
                            remedy="Look at why, then build without --strict to publish all the same")
        tell.stage(f"Publishing {tables['observations'].num_rows:,} observations to {out}")
        version = publish(tables, out, _info(inputs, tables), keep)
        keys = {source.key for source in inputs.sources if source.key}
        remember(inputs, keys <= store.keys, version.name, out)
        store.keep_only(keys)
        return _result(tables, inputs, version, changes and replace(changes, after=version.name), drift)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Have Python look for dead cycles of objects less often: there are few, and each look goes over the vocabulary."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _alone(out: Path, wait: bool, tell: Progress) -> Iterator[bool]:
    """One builder at a time; a second one waits, and says so, or ends where it may not. Gives whether it waited."""
    waited = False

    def busy() -> None:
        nonlocal waited
        if not wait:
            raise DataError("another build is at work on this dataset", file=str(out),
                            remedy="Wait until it has ended, or build without --no-wait")
        tell.stage(f"Another build is at work on {out}; waiting until it has ended")
        waited = True

    (out / STORE).mkdir(parents=True, exist_ok=True)
    with locked(out / STORE / LOCK, busy):
        yield waited


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A folder for tables while a build is at work; what a killed builder leaves goes with the strays of the store."""
    folder = out / STORE / SCRATCH
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unchanged(inputs: Inputs, out: Path) -> BuildResult:
    import pyarrow.parquet as pq

    version = current(out) or ""
    folder = out / VERSIONS / version
    counts = {name: said["rows"] for name, said in described(folder)["tables"].items()}
    refused = pq.ParquetFile(folder / "quarantine.parquet").read().to_pylist()
    documents = pq.ParquetFile(folder / "documents.parquet").read(["document"])["document"].to_pylist()
    warnings = (*inputs.warnings, *inputs.corrections.strangers(documents))
    return BuildResult(out, version, folder, counts, tuple(Refusal(**row) for row in refused), warnings, code_version(),
                       unchanged=True)


def _tables(pages: Tables, inputs: Inputs, tell: Progress, into: Tables) -> Tables:
    """All tables out of the rows of all pages, which are corrected where they lie."""
    from pipeline.corrected import corrected
    from pipeline.pagerows import PageRows

    tell.stage("Assembling and checking the tables")
    catalogue = {metric.code: metric for metric in metrics()}
    return _dataset(corrected(PageRows(pages), inputs.corrections, catalogue, pages), into)


def assembled(results: Iterable[Extraction | Refusal]) -> Tables:
    """The tables that read pages and refusals give, without corrections; nothing is kept or published."""
    from pipeline.assemble import page_rows

    refused: list[Refusal] = []

    def extractions() -> Iterator[Extraction]:
        for result in results:
            if isinstance(result, Refusal):
                refused.append(result)
            else:
                yield result

    return _dataset(page_rows(extractions(), metrics(), code_version(), refused))


def _dataset(rows: PageRows, into: Tables | None = None) -> Tables:
    from pipeline.assemble import dataset
    from pipeline.extract.modifiers import increase_label

    return dataset(rows, metrics(), division_name=_division_name, increases=(increase_label(),), into=into)


def _division_name(code: str) -> str | None:
    from pipeline.vocabulary.gazetteer import Gazetteer

    division = Gazetteer.load().by_code(code)
    return division.name if division else None


def _compared(tables: Mapping[str, pa.Table], inputs: Inputs, out: Path) -> tuple[Changes | None, list[str]]:
    """What differs from the version that readers have, and which families lost figures; nothing where there is none."""
    from pipeline.diff import Side, compare, light_side, pages_that_differ, side_of
    from pipeline.drift import drops

    version = current(out)
    if version is None or damages(out / VERSIONS / version):
        return None, []
    folder = out / VERSIONS / version
    after = Side(tables["observations"], tables["documents"], _info(inputs, tables))
    before = light_side(folder)
    drift = list(drops(before.observations, after.observations, after.documents["document"]))
    last = noted(out)
    alike = (last.get("version"), last.get("tools")) == (version, inputs.tools)
    pages = pages_that_differ(before, after) if alike else None
    return compare(version, side_of(folder, pages), "", after if pages is None else after.of(pages)), drift


def _result(tables: Mapping[str, pa.Table], inputs: Inputs, folder: Path, changes: Changes | None,
            drift: Sequence[str]) -> BuildResult:
    refused = tuple(Refusal(**row) for row in tables["quarantine"].to_pylist())
    strangers = inputs.corrections.strangers(set(tables["documents"]["document"].to_pylist()))
    counts = {name: table.num_rows for name, table in tables.items()}
    warnings = (*inputs.warnings, *strangers, *drift)
    return BuildResult(folder.parent.parent, folder.name, folder, counts, refused, warnings, code_version(), changes)


def _info(inputs: Inputs, tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """What build.json says of the inputs; it follows from their bytes alone, so no folder's name is in it."""
    read = tables["documents"].select(["document", "sha256"]).to_pylist()
    digest = hashlib.sha256("".join(f"{row['sha256']}  {row['document']}\n" for row in read).encode())
    return {
        "code_version": code_version(), "source_sha256": source_digest(), "vocabulary_sha256": fingerprint(),
        "inputs": {
            "documents": len(read), "quarantined": tables["quarantine"].num_rows, "sha256": digest.hexdigest(),
            "issues_sha256": inputs.manifest_sha256, "corrections_sha256": inputs.corrections.digest,
        },
    }
