"""From the files of a raw folder to the rows of their pages: from the store what was extracted before, else anew."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pipeline.batch import Batch, Source, read_batch
from pipeline.cache import Store
from pipeline.engines import Engine
from pipeline.errors import UnionMetricsError
from pipeline.fingerprint import content_digests, entry_key
from pipeline.places import Address, Place
from pipeline.progress import Progress
from pipeline.read.issues import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.pagerows import PageRows

SEGMENT_FILES, SEGMENT_ROWS = 500, 100_000  # files, numbers; so many are kept at once, and survive a kill from then on
BATCH_FILES, FEWEST = 250, 16  # files of a batch: so many at most; so few where there are several hands, or pictures
SHARES = 4  # batches that each hand should get


def sources(raw: Place, found: Sequence[str], manifest: Manifest, ocr: bool = False) -> list[Source]:
    """The files with what decides their rows. Every byte of every file is read."""
    listed = []
    for file, content in zip(found, content_digests(raw, found), strict=True):
        rows = manifest.of_file(file)
        listed.append(Source((file, rows), content, content and entry_key(file, content, rows, ocr)))
    return listed


def gather(
    raw: Place, listed: Sequence[Source], store: Store, tell: Progress, engine: Engine, ocr: bool = False,
    into: MutableMapping[str, pa.Table] | None = None,
) -> PageRows:
    """The rows of all files, their tables put `into` what is given; what was extracted here is put into the store.

    Raises OSError where the disk refuses, and what the engine raises.
    """
    from pipeline.pagerows import joined

    while True:
        keys = store.keys
        missing = [source for source in listed if source.key not in keys]
        kept = len(listed) - len(missing)
        tell.stage(f"Reading {len(missing):,} files of {raw}"
                   + (f"; {kept:,} are unchanged since they were read" if kept else ""))
        loose = _extract(raw, missing, store, tell, engine, ocr) if missing else []
        parts = store.rows({source.key for source in listed if source.key})
        if parts is not None:
            return joined([*parts, *loose], into)
        tell.stage("Some of what was kept is damaged; it is extracted again")


def _extract(
    raw: Place, missing: Sequence[Source], store: Store, tell: Progress, engine: Engine, ocr: bool,
) -> list[PageRows]:
    """Extract files and keep their rows in the store; the rows that cannot be kept are given back."""
    from pipeline.pagerows import joined

    size = _batch_size(len(missing), engine.hands, ocr)
    items = (missing[start:start + size] for start in range(0, len(missing), size))
    where = raw if isinstance(raw, Address) else raw.absolute()  # a worker may have been started elsewhere
    batches = engine.run(partial(read_batch, where, ocr), items)
    loose = []
    for segment in _segments(tell.track(_file_by_file(batches), len(missing))):
        kept = [batch.kept for batch in segment if batch.kept]
        if kept:
            store.add(joined(kept), {key: pages for batch in segment for key, pages in batch.entries.items()})
        loose += [batch.passing for batch in segment if batch.passing]
    return loose


def _batch_size(files: int, hands: int, ocr: bool) -> int:
    """Files a batch: few enough that all hands have some to the end, many enough that checking it costs little."""
    most = FEWEST if ocr else BATCH_FILES
    return most if hands == 1 else min(max(-(-files // (hands * SHARES)), FEWEST), most)


def _file_by_file(batches: Iterable[Batch]) -> Iterator[Batch | None]:
    """As many values as files, for the progress: of each batch the last is the batch itself."""
    for batch in batches:
        yield from [None] * (batch.files - 1)
        yield batch


def _segments(batches: Iterable[Batch | None]) -> Iterator[list[Batch]]:
    """The batches in groups that are worth a segment of the store each; what came before an error is given too."""
    held: list[Batch] = []
    try:
        for batch in filter(None, batches):
            held.append(batch)
            numbers = sum(one.kept["numerals"].num_rows for one in held if one.kept)
            if sum(one.files for one in held) >= SEGMENT_FILES or numbers >= SEGMENT_ROWS:
                yield held
                held = []
    except UnionMetricsError:
        yield held
        raise
    if held:
        yield held
