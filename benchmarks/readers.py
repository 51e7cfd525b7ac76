"""How many pages a second each reader reads, on full newspaper pages, in this process and through the child process.

The pages are those of the hand-read corpus that fill a page, where there is one, else the dumps of the sample; as text,
as a saved page of an e-paper system, as PDF in four columns (which needs the font that the tests use) and in a ZIP file.
"""
from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.build_vs_jieba import sources
from pipeline.read import by_name, read_bytes
from tests.read import printing
from tests.read.rendering import as_html, story_of
from tests.read.test_archive import packed

TIMES = 10  # each page is read so many times


def main() -> None:
    """Measure and print."""
    told, paths = next(iter(sources().items()))
    stories = [story_of(path.read_text(encoding="utf-8")) for path in paths]
    length = sum(len(story.text) for story in stories) // len(stories)
    print(f"Readers, on {told}: {length:,} characters a page")
    files = {"text": [story.text.encode() for story in stories],
             "html": [as_html(story, "founder").encode() for story in stories]}
    try:
        files["pdf"] = [printing.printed([story], 4) for story in stories]
    except BaseException as skipped:  # pytest's way to skip is no Exception
        print(f"  pdf: not measured, {skipped}")
    files["zip"] = [packed({f"{number}.html": page for number, page in enumerate(files["html"])})]
    for name, data in files.items():
        pages = len(stories) * TIMES
        whole = _seconds(lambda one: read_bytes(f"a.{name}", one), data)  # noqa: B023
        line = f"  {name:5} {whole / pages * 1000:7.2f} ms a page, {pages / whole:7,.0f} pages a second"
        if name != "zip":
            line += f"; reading alone {_seconds(by_name(name).read, data) / pages * 1000:.2f} ms"
        print(line)


def _seconds(read: Callable[[bytes], object], files: list[bytes]) -> float:
    """How long it takes to read all files TIMES times, once they have been read."""
    for data in files:
        read(data)
    start = time.perf_counter()
    for _ in range(TIMES):
        for data in files:
            read(data)
    return time.perf_counter() - start
