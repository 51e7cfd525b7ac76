"""The builder beside what people use for the same pages, in one run, in turn, on one core: `make bench-peers`.

Our stages one by one, the whole build, and: jieba's `lcut` (cutting into words), cn2an's `transform` (numbers of a
text), JioNLP's money and time readers, Recognizers-Text's Number, Percent, Currency and Dimension (Chinese). The peers
live in an environment of their own and run in processes of their own; slow ones read fewer of the pages, which are
those of `build_vs_jieba.py`. Each is run several times, all in turn, and the middle time is told. Times are CPU time,
so that what else the machine does counts little; memory is the most that the process held.
"""
from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.build_vs_jieba import PAGES, REPOSITORY, sources, write_pages
from benchmarks.spent import Spent, spent

ROUNDS = 3
PYTHON = REPOSITORY / ".venv-peers" / "bin" / "python"
PEERS = {"jieba": PAGES, "cn2an": 150, "jionlp": 150, "recognizers": 60}  # pages that each reads
TITLES = {
    "jieba.lcut": "jieba `lcut`", "cn2an.transform": "cn2an `transform`", "jionlp.money": "JioNLP money",
    "jionlp.time": "JioNLP time", "recognizers.number": "Recognizers-Text Number",
    "recognizers.percent": "Recognizers-Text Percent", "recognizers.currency": "Recognizers-Text Currency",
    "recognizers.dimension": "Recognizers-Text Dimension",
}
COLD, WARM, AGAIN = "build, start-up included", "build, start-up left out", "build, nothing new"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: milliseconds a page, the most memory in MB, and how many pages were read."""

    name: str
    page: float
    peak: float
    pages: int


def main() -> None:
    """Measure and print the table."""
    if not PYTHON.is_file():
        sys.exit("The peers are not installed. Measure with: make bench-peers")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    told, dumps = next(iter(sources().items()))
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw")
        characters = write_pages(raw, dumps)
        size = sum(path.stat().st_size for path in raw.glob("*.txt")) / PAGES / 1e6
        print(f"{told}, {PAGES} of {characters // PAGES:,} characters ({size * 1e3:.1f} kB) each; {machine()}\n")
        show(measured(raw, Path(folder)), size)


def machine() -> str:
    """The day, the Python and the processor of this run."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").is_file():
        models = (line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
        cpu = next(models, f":{cpu}").split(":")[1].strip()
    return f"{date.today():%d %B %Y}, CPython {platform.python_version()}, {cpu}, {os.cpu_count()} processors"


def measured(raw: Path, folder: Path) -> list[Line]:
    """All lines, of each the middle one of several rounds."""
    rounds = [list(one_round(raw, folder / str(number))) for number in range(ROUNDS)]
    return [Line(same[0].name, median(line.page for line in same), max(line.peak for line in same), same[0].pages)
            for same in zip(*rounds, strict=True)]


def one_round(raw: Path, out: Path) -> Iterator[Line]:
    """Everything once."""
    own = [sys.executable, "-W", "ignore", "-m"]
    build = [*own, "pipeline.cli", "build", "--raw", raw, "--out", out / "cold"]
    for name, (seconds, peak) in json.loads(spent([*own, "benchmarks.stages", raw, out / "stages"]).printed).items():
        yield Line(name, seconds / PAGES * 1e3, peak, PAGES)
    for name in (COLD, AGAIN):
        run = spent(build)
        yield Line(name, run.cpu / PAGES * 1e3, run.peak, PAGES)
    seconds, peak = json.loads(spent([*own, "benchmarks.stages", raw, out / "warm", "--warm"]).printed)["build"]
    yield Line(WARM, seconds / PAGES * 1e3, peak, PAGES)
    for name, pages in PEERS.items():
        run = spent([PYTHON, "-W", "ignore", REPOSITORY / "benchmarks" / "peer.py", name, raw, str(pages)])
        yield from peer_lines(name, pages, run)


def peer_lines(name: str, pages: int, run: Spent) -> Iterator[Line]:
    """A line a reader, start-up left out, and for jieba one with start-up."""
    told = json.loads(run.printed.splitlines()[-1])
    for reader, (seconds, failed) in told["readers"].items():
        title = TITLES[f"{name}.{reader}"] + (f" (failed on {failed} pages)" if failed else "")
        yield Line(title, seconds / pages * 1e3, run.peak, pages)
    if name == "jieba":
        yield Line("jieba `lcut`, start-up included", run.cpu / pages * 1e3, run.peak, pages)


def show(lines: list[Line], size: float) -> None:
    """Print the table and the ratios; `size`: MB of a page."""
    build = next(line.page for line in lines if line.name == WARM)
    print("| | pages | ms a page | MB a second | peak MB | times the build |\n|---|---|---|---|---|---|")
    for line in lines:
        print(f"| {line.name} | {line.pages} | {line.page:.2f} | {size / line.page * 1e3:.2f} | {line.peak:.0f} "
              f"| {line.page / build:.2f} |")

    def page(start: str) -> float:
        return sum(line.page for line in lines if line.name.startswith(start))

    cold, lcut = page(COLD), TITLES["jieba.lcut"]
    cut_cold = page(f"{lcut}, start-up")
    print(f"\nStart-up included, the build takes {cold / cut_cold:.2f} of jieba's `lcut`; left out, "
          f"{build / (page(lcut) - cut_cold):.2f}.\nIts start-up included and theirs left out, Recognizers-Text's four "
          f"readers take {page('Recognizers') / cold:.1f} times as long as the build,\nJioNLP's money and time readers "
          f"{page('JioNLP') / cold:.2f} times.")


if __name__ == "__main__":
    main()
