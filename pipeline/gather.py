"""From the files of a raw folder to the rows of their pages: from the store what was extracted before, else anew."""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cache import Store
from pipeline.engines import run
from pipeline.errors import Refusal
from pipeline.fingerprint import code_version, content_digest, entry_key
from pipeline.model import Extraction
from pipeline.progress import Progress
from pipeline.read.issues import Manifest
from pipeline.vocabulary import metrics

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.extraction import Item, Results
    from pipeline.pagerows import PageRows

BATCH_FILES, BATCH_ROWS = 500, 100_000  # a batch is kept as soon as it has so many; what was kept survives a kill


@dataclass(frozen=True, slots=True)
class Source:
    """A raw file, its rows of issues.csv, the digest of its bytes and its key; None where it cannot be read."""

    item: Item
    content: str | None
    key: str | None


def sources(raw: Path, found: Iterable[str], manifest: Manifest, ocr: bool = False) -> list[Source]:
    """The files with what decides their rows. Every byte of every file is read."""
    listed = []
    folder = os.fspath(raw)
    for file in found:
        rows = manifest.of_file(file)
        content = content_digest(os.path.join(folder, file))
        listed.append(Source((file, rows), content, content and entry_key(file, content, rows, ocr)))
    return listed


def gather(
    raw: Path, listed: Sequence[Source], store: Store, tell: Progress, workers: int = 1, engine: str | None = None,
    ocr: bool = False, into: MutableMapping[str, pa.Table] | None = None,
) -> PageRows:
    """The rows of all files, their tables put `into` what is given; what was extracted here is put into the store.

    Raises OSError where the disk refuses, and what `engines.run` raises.
    """
    from pipeline.pagerows import joined

    while True:
        keys = store.keys
        missing = [source for source in listed if source.key not in keys]
        kept = len(listed) - len(missing)
        tell.stage(f"Reading {len(missing):,} files of {raw}"
                   + (f"; {kept:,} are unchanged since they were read" if kept else ""))
        loose = _extract(raw, missing, store, tell, workers, engine, ocr) if missing else []
        parts = store.rows({source.key for source in listed if source.key})
        if parts is not None:
            return joined([*parts, *loose], into)
        tell.stage("Some of what was kept is damaged; it is extracted again")


def _extract(
    raw: Path, missing: Sequence[Source], store: Store, tell: Progress, workers: int, engine: str | None,
    ocr: bool,
) -> list[PageRows]:
    """Extract files and keep their rows in the store; the rows that cannot be kept are given back."""
    from pipeline.extraction import extract_and_digest

    results = run(engine, partial(extract_and_digest, raw, ocr=ocr), (source.item for source in missing), workers)
    pairs = zip(missing, tell.track(results, len(missing)), strict=True)
    loose = []
    for batch in _batches(pairs):
        lasting = [(source, given) for source, (given, content) in batch if _lasts(source, given, content)]
        passing = [given for source, (given, content) in batch if not _lasts(source, given, content)]
        if lasting:
            entries = {source.key: tuple(map(_document, given)) for source, given in lasting if source.key}
            store.add(_rows([given for _, given in lasting]), entries)
        if passing:
            loose.append(_rows(passing))
    return loose


Extracted = tuple[Source, tuple["Results", str | None]]


def _batches(pairs: Iterable[Extracted]) -> Iterator[list[Extracted]]:
    batch: list[Extracted] = []
    rows = 0
    for pair in pairs:
        batch.append(pair)
        rows += sum(len(one.ledger) for one in pair[1][0] if isinstance(one, Extraction))
        if len(batch) >= BATCH_FILES or rows >= BATCH_ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _lasts(source: Source, given: Results, content: str | None) -> bool:
    """Whether the results are those of the bytes that the key names, and no failure that may not come again."""
    from pipeline.extraction import EXTRACTION_FAILED
    from pipeline.read.sheet import MAY_PASS

    failed = any(isinstance(one, Refusal) and one.code in MAY_PASS | {EXTRACTION_FAILED} for one in given)
    return source.key is not None and source.content == content and not failed


def _document(result: Extraction | Refusal) -> str:
    return result.document or "" if isinstance(result, Refusal) else result.page.document


def _rows(given: Iterable[Results]) -> PageRows:
    from pipeline.assemble import page_rows

    results = [one for results in given for one in results]
    return page_rows((one for one in results if isinstance(one, Extraction)), metrics(), code_version(),
                     [one for one in results if isinstance(one, Refusal)])
