"""How long each reader takes for a page: through the child process, as in a build, by the clock; alone, in CPU time.

The pages are those of the hand-read corpus, where there is one, short ones and full ones, else the sample's dumps; as
text, as saved pages of an e-paper system, as PDF in four columns (which needs the font of the tests), in a ZIP file.
Of PDF it is also told how much is pdfium's own, and what a page costs with TrueType outlines and in a file of many.
"""
from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pypdfium2

from benchmarks.build_vs_jieba import FULL, shared_corpus, sources
from benchmarks.truetype import write_truetype
from pipeline.read import by_name, read_bytes
from tests.read import printing
from tests.read.rendering import Story, as_html, story_of
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
        files |= printed(stories)
    except BaseException as skipped:  # pytest's way to skip is no Exception
        print(f"  pdf    not measured: {skipped}")
    files["zip"] = [packed({f"{number}.html": page for number, page in enumerate(files["html"])})]
    gc.freeze()  # what was needed to make the files is not searched again and again while they are read
    for name, data in files.items():
        kind = name[:4].strip(" ,")
        whole = _seconds(partial(read_bytes, f"a.{kind}"), data, time.perf_counter) / len(stories)
        line = f"  {name:14} {1 / whole:7,.0f} pages a second, {whole * 1000:6.2f} ms a page"
        for what, read in _alone(kind).items():
            line += f", {what} {_seconds(read, data, time.process_time) / len(stories) * 1000:.2f} ms"
        print(line)


def printed(stories: Sequence[Story]) -> dict[str, list[bytes]]:
    """The stories as PDF files, by what is told of them; skips as a test does where there is no font."""
    text = "".join(character for story in stories for character in story.text) + "　"
    with tempfile.TemporaryDirectory() as folder:
        truetype = write_truetype(printing.font(), text, f"{folder}/truetype.ttf")
        return {"pdf": [printing.printed([story], 4) for story in stories],
                "pdf of many": [printing.printed(stories, 4)],
                "pdf, TrueType": [printing.printed([story], 4, truetype) for story in stories]}


def _alone(kind: str) -> dict[str, Callable[[bytes], object]]:
    """What is measured of a reader without the child process."""
    if kind == "zip":
        return {}
    return {"reading alone": by_name(kind).read, **({"of it pdfium's": _laid_out} if kind == "pdf" else {})}


def _laid_out(data: bytes) -> None:
    """What pdfium itself must do for the characters of each page and their places."""
    document = pypdfium2.PdfDocument(data)
    for page in document:
        page.get_textpage().count_chars()
        page.close()
    document.close()


def _seconds(read: Callable[[bytes], object], files: Sequence[bytes], clock: Callable[[], float]) -> float:
    """How long it takes to read all files once: the best of several times, for the machine may be busy."""
    best = float("inf")
    for _ in range(max(3, ENOUGH // len(files))):
        start = clock()
        for data in files:
            read(data)
        best = min(best, clock() - start)
    return best
