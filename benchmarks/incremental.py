"""What a new page costs among many, and what it costs when nothing is new, beside a build of all pages, in one run.

The pages are copies of the full newspaper pages of the hand-read corpus where there is one, else of the sample, with
their paragraphs in another order and other figures, so that hardly any repeats another. Each build is a process of its
own, start-up included. Processor time is what others on the machine disturb least; until it is done is what a person
waits: files are packed on several cores.
"""
from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from benchmarks.build_vs_jieba import REPOSITORY, shuffled, sources

PAGES = 10_000
TIMES = 3  # one new page is timed so often, and the middle is taken
FIGURE = re.compile(r"(?<!\d)(?!19|20)[1-9]\d{0,4}(?![\d年月日])")
FIRST = date(1980, 1, 1)


def varied(text: str, seed: int) -> str:
    """The page with other figures, as long as they were; years and dates stay."""
    chance = random.Random(seed)
    return FIGURE.sub(lambda found: str(chance.randrange(10 ** (len(found[0]) - 1), 10 ** len(found[0]))), text)


def write_pages(raw: Path, pages: list[Path], count: int) -> None:
    """`count` different pages and their issues.csv in `raw`, one issue a day."""
    raw.mkdir()
    rows = ["document,publication,issue_date"]
    for number in range(count):
        page = pages[number % len(pages)]
        name = f"{page.stem}_{number:05}.txt"
        (raw / name).write_text(varied(shuffled(page.read_text(encoding="utf-8"), number), number), encoding="utf-8")
        rows.append(f"{name},工人报,{FIRST + timedelta(days=number)}")
    (raw / "issues.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def spent(command: list[str | Path]) -> tuple[float, float]:
    """Seconds of processor time of a command, and seconds until it ended; raises CalledProcessError if it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", *command], check=True, cwd=REPOSITORY, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start


def main(count: int = PAGES) -> None:
    """Measure on `count` pages and print."""
    told, pages = next(iter(sources().items()))
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder, "raw"), Path(folder, "out")
        write_pages(raw, pages, count)
        command: list[str | Path] = ["-m", "pipeline.cli", "build", "--raw", raw, "--out", out]
        print(f"{told}: {count:,} pages, one worker\n{'':16}  processor  share   until done  share", flush=True)
        full = tell("all pages", [spent(command)])
        tell("nothing new", [spent(command) for _ in range(TIMES)], full)
        taken = []
        for number in range(count, count + TIMES):
            text = varied(shuffled(pages[0].read_text(encoding="utf-8"), number), number)
            (raw / f"new_2019-03-{number - count + 10}.txt").write_text(text, encoding="utf-8")
            taken.append(spent(command))
        tell("one page new", taken, full)


def tell(name: str, taken: list[tuple[float, float]], full: tuple[float, float] | None = None) -> tuple[float, float]:
    """Print the middle one of some measurements, each time with its share of `full`, and give it back."""
    middle = sorted(taken)[len(taken) // 2]
    shares = [f" {time / whole:7.2%}" for time, whole in zip(middle, full, strict=True)] if full else [" " * 8] * 2
    print(f"{name:16}", *(f"{time:8.2f} s{share}" for time, share in zip(middle, shares, strict=True)), flush=True)
    return middle


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
