"""What a new page costs among many, and what it costs when nothing is new, beside a build of all pages, in one run.

The pages are copies of the full newspaper pages of the hand-read corpus where there is one, else of the sample, with
their paragraphs in another order and other figures, so that hardly any repeats another. Each build is a process of its
own, start-up included; ratios of two times in one run say more than the times, which go up and down with the machine.
"""
from __future__ import annotations

import os
import random
import re
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.build_vs_jieba import seconds, shuffled, sources

PAGES = 10_000
TIMES = 3  # one new page is timed so often, and the middle is taken
FIGURE = re.compile(r"(?<![\d.])[1-9]\d{1,4}(?![\d.年月日])")
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


def main(count: int = PAGES) -> None:
    """Measure on `count` pages and print."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    told, pages = next(iter(sources().items()))
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder, "raw"), Path(folder, "out")
        write_pages(raw, pages, count)
        command: list[str | Path] = ["-m", "pipeline.cli", "build", "--raw", raw, "--out", out]
        print(f"{told}: {count:,} pages, one core")
        full = seconds(command)
        print(f"all pages       {full:8.2f} s")
        nothing = sorted(seconds(command) for _ in range(TIMES))[TIMES // 2]
        print(f"nothing new     {nothing:8.2f} s   {nothing / full:.2%}")
        taken = []
        for number in range(TIMES):
            text = varied(shuffled(pages[0].read_text(encoding="utf-8"), count + number), count + number)
            (raw / f"new_2019-03-{number + 10}.txt").write_text(text, encoding="utf-8")
            taken.append(seconds(command))
        one = sorted(taken)[TIMES // 2]
        print(f"one page new    {one:8.2f} s   {one / full:.2%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
