"""What builds of more and more generated pages take: `python -m benchmarks.scaling [--pages N ...]`; an hour.

For each number of pages: all pages new, on two workers; the same pages kept and published anew, which is what
assembling, checking and writing cost; nothing new; one page new; what share of the planted facts the dataset has. For
one of the numbers also one worker beside two. Memory is that of all processes of a build at one moment. Each build is a
process of its own, start-up included; processor time is what others on the machine disturb least.
"""
from __future__ import annotations

import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.generate import page, write
from benchmarks.peers import machine
from benchmarks.recall import recall
from benchmarks.spent import Spent, spent

SIZES = (1_000, 10_000, 100_000)
WORKERS, SEED = 2, 1
COMPARED = 10_000  # pages with which one worker is set beside two
MOST = 2_000  # MB that a build may take


@dataclass(frozen=True, slots=True)
class Scale:
    """The builds of some pages; sizes in MB."""

    pages: int
    figures: int
    found: float
    raw: float
    store: float
    dataset: float
    built: Spent
    published: Spent
    unchanged: Spent
    one_new: Spent
    alone: Spent | None  # one worker


def main(arguments: list[str]) -> int:
    """Measure and print; 1 where a build took more memory than it may."""
    parser = ArgumentParser(prog="python -m benchmarks.scaling", description="What more and more pages take.")
    parser.add_argument("--pages", type=int, nargs="+", default=SIZES, help="how many, one or several numbers")
    parser.add_argument("--folder", type=Path, help="where to work; what is written there is removed in the end")
    given = parser.parse_args(arguments)
    print(f"{machine()}; pages of `python -m benchmarks.generate --seed {SEED}`, {WORKERS} workers\n", flush=True)
    scales = []
    for count in given.pages:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            scales.append(measured(count, Path(folder)))
        print("\n".join(table([scales[-1]])), "\n", flush=True)
    print("\n".join([*table(scales), "", *said(scales)]))
    return int(any(scale.built.peak > MOST for scale in scales))


def measured(count: int, folder: Path) -> Scale:
    """All builds of `count` pages."""
    write(folder, count, SEED)
    raw, out = folder / "raw", folder / "out"
    built = build(raw, out, WORKERS)
    told = recall(folder / "truth.csv", out)
    import pyarrow.parquet as pq

    figures = pq.ParquetFile(out / "observations.parquet").metadata.num_rows
    sizes = [megabytes(path) for path in (raw, out / ".store", (out / "current").resolve())]
    shutil.rmtree(out / ".versions")
    published = build(raw, out)
    unchanged = build(raw, out)
    new = page(count, SEED)
    (raw / "new.txt").write_text(new.text, encoding="utf-8")
    one_new = build(raw, out)
    (raw / "new.txt").unlink()
    alone = build(raw, folder / "alone") if count == COMPARED else None
    return Scale(count, figures, told.share, *sizes, built, published, unchanged, one_new, alone)


def build(raw: Path, out: Path, workers: int = 1) -> Spent:
    """One build, watched."""
    return spent([sys.executable, "-W", "ignore", "-m", "pipeline.cli", "build", "--raw", raw, "--out", out,
                  "--workers", str(workers)], tree=True)


def megabytes(folder: Path) -> float:
    """The bytes of all files under a folder, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def table(scales: Sequence[Scale]) -> Iterator[str]:
    """A line a measure, a column a number of pages."""
    yield "| pages | " + " | ".join(f"{scale.pages:,}" for scale in scales) + " |"
    yield "|---|" + "---|" * len(scales)
    rows = {
        "figures": [f"{s.figures:,}" for s in scales],
        "planted facts found": [f"{s.found:.4f}" for s in scales],
        "all new: processor, s": [f"{s.built.cpu:.1f}" for s in scales],
        "all new: processor a page, ms": [f"{s.built.cpu / s.pages * 1e3:.2f}" for s in scales],
        "all new: until done, s": [f"{s.built.wall:.1f}" for s in scales],
        "all new: most memory, MB": [f"{s.built.peak:.0f}" for s in scales],
        "publishing what is kept: processor, s": [f"{s.published.cpu:.1f}" for s in scales],
        "publishing what is kept: until done, s": [f"{s.published.wall:.1f}" for s in scales],
        "publishing what is kept: most memory, MB": [f"{s.published.peak:.0f}" for s in scales],
        "nothing new: until done, s": [f"{s.unchanged.wall:.1f}" for s in scales],
        "one page new: processor, s": [f"{s.one_new.cpu:.1f}" for s in scales],
        "one page new: until done, s": [f"{s.one_new.wall:.1f}" for s in scales],
        "one page new: most memory, MB": [f"{s.one_new.peak:.0f}" for s in scales],
        "raw pages, MB": [f"{s.raw:.1f}" for s in scales],
        "store, MB": [f"{s.store:.1f}" for s in scales],
        "dataset, MB": [f"{s.dataset:.1f}" for s in scales],
    }
    for name, values in rows.items():
        yield f"| {name} | " + " | ".join(values) + " |"


def said(scales: Sequence[Scale]) -> Iterator[str]:
    """How straight the curve is, and what a second worker gives."""
    if len(scales) > 2:
        for what, times in (("Processor time", [s.built.cpu for s in scales]),
                            ("Time until done", [s.built.wall for s in scales])):
            start, each, off = line([s.pages for s in scales], times)
            yield (f"{what}: {start:.1f} s and {each * 1e3:.2f} ms a page; no build is further from that line than "
                   f"{off:.1%}.")
    for scale in scales:
        if scale.alone:
            yield (f"{scale.pages:,} pages on one worker: {scale.alone.wall:.1f} s until done, {scale.alone.cpu:.1f} s "
                   f"of processor time; on {WORKERS} workers {scale.alone.wall / scale.built.wall:.2f} times as fast, "
                   f"with {scale.built.cpu / scale.alone.cpu:.2f} times the processor time.")


def line(pages: Sequence[int], times: Sequence[float]) -> tuple[float, float, float]:
    """The straight line nearest to the times, in shares of each: where it starts, what a page adds, the largest gap."""
    taken = np.asarray(times)
    rows = np.column_stack([np.ones(len(pages)), pages]) / taken[:, None]
    (start, each), *_ = np.linalg.lstsq(rows, np.ones(len(pages)), rcond=None)
    return float(start), float(each), float(np.max(np.abs(start + each * np.asarray(pages) - taken) / taken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
