"""What each stage of a build costs by itself, one after the other in one process; whole builds are timed elsewhere.

`python -m benchmarks.stages RAW OUT` prints, as JSON, by stage the CPU seconds and the peak memory (MB) of the process
until its end; `--warm` instead one whole build with start-up left out: a build of six pages goes before it.
"""
from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

WARMING = 6  # pages of the build before the one that is timed


def stages(raw: Path, out: Path) -> dict[str, float]:
    """CPU seconds of each stage, by name; the first holds imports and the vocabulary."""
    return {name: taken for name, (taken, _) in measured(raw, out).items()}


def measured(raw: Path, out: Path) -> dict[str, tuple[float, float]]:
    """CPU seconds of each stage and the peak memory in MB until its end.

    Extracting a page unwraps and segments it; what these take by themselves is taken off.
    """
    taken: dict[str, tuple[float, float]] = {}
    held: dict[str, Any] = {}

    def timed(name: str, work: Callable[[], object], off: float = 0.0) -> None:
        start = time.process_time()
        held[name] = work()
        taken[name] = time.process_time() - start - off, peak()

    timed("imports and vocabulary", _load)
    timed("reading", lambda: _read(raw))
    timed("unwrapping", lambda: _unwrapped(held["reading"]))
    timed("segmenting", lambda: _segmented(held["unwrapping"]))
    timed("extracting", lambda: _extracted(held["reading"]), taken["unwrapping"][0] + taken["segmenting"][0])
    timed("assembling", lambda: _assembled(held["extracting"]))
    timed("publishing", lambda: _published(held["assembling"], out))
    return taken


def peak() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _load() -> None:
    for module in ("pipeline.assemble", "pipeline.publish"):
        import_module(module)
    from pipeline.extract.observations import extract
    from pipeline.model import Issue, Page

    extract(Page("start.txt", "本报讯（某某）某县总工会发展会员3人。", Issue()))


def _read(raw: Path) -> list[Any]:
    from pipeline.read import read_folder

    return list(read_folder(raw))


def _unwrapped(pages: list[Any]) -> list[Any]:
    from pipeline.read.furniture import furniture
    from pipeline.unwrap import unwrap

    return [unwrap(page.text, furniture(page.text)) for page in pages]


def _segmented(paragraphs: list[Any]) -> None:
    from pipeline.segment import segment

    for page in paragraphs:
        segment(page)


def _extracted(pages: list[Any]) -> list[Any]:
    from pipeline.extract.observations import extract

    return list(map(extract, pages))


def _assembled(extractions: list[Any]) -> Any:
    from pipeline.build import assembled

    return assembled(extractions)


def _published(tables: Any, out: Path) -> None:
    from pipeline.publish import publish

    publish(tables, out, {})


def warm(raw: Path, out: Path) -> float:
    """CPU seconds of a build of `raw` into `out` in a process that has built before."""
    from pipeline import build

    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder, "raw")
        few.mkdir()
        for path in sorted(raw.glob("*.txt"))[:WARMING]:
            shutil.copy(path, few)
        build(few, Path(folder, "out"))
    start = time.process_time()
    build(raw, out)
    return time.process_time() - start


def main(arguments: list[str]) -> None:
    """Measure and print."""
    raw, out = map(Path, arguments[:2])
    print(json.dumps({"build": (warm(raw, out), peak())} if "--warm" in arguments else measured(raw, out)))


if __name__ == "__main__":
    main(sys.argv[1:])
