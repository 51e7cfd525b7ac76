"""How many pages a second each reader reads: through the child process, as a build does, and by itself.

The pages are those of the hand-read corpus, where there is one, short ones and full ones, else the sample's dumps; as
text, as saved pages of an e-paper system, as PDF in four columns (which needs the font of the tests), in a ZIP file.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.build_vs_jieba import FULL, shared_corpus, sources
from pipeline.read import by_name, read_bytes
from tests.read import printing
from tests.read.rendering import as_html, story_of
from tests.read.test_archive import packed

ENOUGH = 60  # pages that are read for each measurement


def main() -> None:
    """Measure and print."""
    short = [path for path in shared_corpus() if path.stat().st_size <= FULL]
    for told, paths in {**({"short pages of the hand-read corpus": short} if short else {}), **sources()}.items():
        measure(told, paths)


def measure(told: str, paths: Sequence[Path]) -> None:
    """Measure on some pages and print."""
    stories = [story_of(path.read_text(encoding="utf-8")) for path in paths]
    length = sum(len(story.text) for story in stories) // len(stories)
    print(f"reading {told}: {length:,} characters a page")
    files = {"text": [story.text.encode() for story in stories],
             "html": [as_html(story, "founder").encode() for story in stories]}
    try:
        files["pdf"] = [printing.printed([story], 4) for story in stories]
    except BaseException as skipped:  # pytest's way to skip is no Exception
        print(f"  pdf    not measured: {skipped}")
    files["zip"] = [packed({f"{number}.html": page for number, page in enumerate(files["html"])})]
    for name, data in files.items():
        whole = _seconds(partial(read_bytes, f"a.{name}"), data) / len(stories)
        line = f"  {name:5} {1 / whole:7,.0f} pages a second, {whole * 1000:6.2f} ms a page"
        if name != "zip":
            line += f", reading alone {_seconds(by_name(name).read, data) / len(stories) * 1000:.2f} ms"
        print(line)


def _seconds(read: Callable[[bytes], object], files: Sequence[bytes]) -> float:
    """How long it takes to read all files once: the best of several times, for the machine may be busy."""
    best = float("inf")
    for _ in range(max(3, ENOUGH // len(files))):
        start = time.perf_counter()
        for data in files:
            read(data)
        best = min(best, time.perf_counter() - start)
    return best
