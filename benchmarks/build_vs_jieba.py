"""How long a build takes beside cutting the same text into words with jieba, in one run on one core, start-up included.

The pages are full newspaper pages of the hand-read corpus, where there is one (UNION_METRICS_SHARED, else `shared`
beside the checkout), and the dumps of the sample, which hold three times as many figures: each in many copies with
its paragraphs in another order, so that no two are alike; copies of one page do not follow each other.
All times are CPU time of the process (user and system), so that what else the machine does counts little; start-up
is in them. A ratio of two times in one run says more than either: both go up and down with the machine.
"""
from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.stages import stages

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = 600
ROUNDS = 3  # of which the medians are told
FULL = 12_000  # bytes from which on a page is a full one
CUT = """
import pathlib, sys, jieba
jieba.setLogLevel(60)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.txt")):
    jieba.lcut(path.read_text(encoding="utf-8"))
"""


def shared_corpus() -> list[Path]:
    """The pages of the hand-read corpus; none where it is not there."""
    shared = Path(os.environ.get("UNION_METRICS_SHARED") or REPOSITORY.parent / "shared") / "corpus"
    return sorted(shared.glob("*.txt"))


def sources() -> dict[str, list[Path]]:
    """The pages to copy, by what they are."""
    full = [page for page in shared_corpus() if page.stat().st_size > FULL]
    sample = {"the sample's dumps": sorted((REPOSITORY / "data" / "raw").glob("dump_*.txt"))}
    return {"full pages of the hand-read corpus": full, **sample} if full else sample


def write_pages(raw: Path, dumps: list[Path], count: int = PAGES) -> int:
    """`count` different copies of `dumps` and their issues.csv in `raw`; how many characters they have in all."""
    raw.mkdir()
    seen: set[str] = set()
    rows = ["document,publication,issue_date"]
    for number in range(count):
        source, copy = dumps[number % len(dumps)], number // len(dumps)
        text = shuffled(source.read_text(encoding="utf-8"), number)
        if text in seen:
            raise SystemExit(f"{source.name}: copy {copy} is like another one; it has too few paragraphs")
        seen.add(text)
        name = f"{copy:03}_{source.stem}.txt"
        (raw / name).write_text(text, encoding="utf-8")
        issue = date(2001 + copy // 6, 2 * (copy % 6) + 1, 1)  # two months apart, so that none reprints another
        rows.append(f"{name},工人报,{issue}")
    (raw / "issues.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return sum(map(len, seen))


def shuffled(text: str, seed: int) -> str:
    """The page with its paragraphs in an order that follows from `seed`; 0 leaves them as they are."""
    paragraphs = text.strip("\n").split("\n\n")
    if seed:
        random.Random(seed).shuffle(paragraphs)
    return "\n\n".join(paragraphs) + "\n"


def seconds(command: list[str | Path]) -> float:
    """The CPU time of a command from start to end; raises CalledProcessError if it fails."""
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-W", "ignore", *command], check=True, cwd=REPOSITORY, capture_output=True)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime


def main() -> None:
    """Measure and print."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for told, dumps in sources().items():
        measure(told, dumps)


def measure(told: str, dumps: list[Path]) -> None:
    """Measure on copies of `dumps` and print."""
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder, "raw"), Path(folder, "out")
        characters = write_pages(raw, dumps)
        print(f"{told}: {PAGES} pages, {characters:,} characters, one core")
        seconds(["-c", "import jieba; jieba.initialize()"])  # makes the cache file that jieba keeps
        both = [(seconds(["-c", CUT, raw]),
                 seconds(["-m", "pipeline.cli", "build", "--raw", raw, "--out", out / str(number)]))
                for number in range(ROUNDS)]  # each in a folder of its own, where nothing is known yet
        cut, build = (median(times) for times in zip(*both, strict=True))
        print(f"jieba.lcut           {cut:7.2f} s")
        print(f"union-metrics build  {build:7.2f} s   {build / cut:.2f} times as long")
        for name, taken in stages(raw, Path(folder, "again")).items():
            print(f"  {name:22} {taken:7.2f} s")


if __name__ == "__main__":
    main()
