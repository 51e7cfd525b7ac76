"""What a command took: processor time, time until it ended, the most memory; of a tree of processes too."""
from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
EVERY = 0.2  # seconds between two looks at a tree, or
SHARE = 30  # times as long as a look takes, so that looking takes no more than a thirtieth of a processor


@dataclass(frozen=True, slots=True)
class Spent:
    """`cpu` seconds (user and system, children included), `wall` seconds, `peak` MB, and what was printed.

    `peak` is that of the largest process, or of the whole tree at one moment where that was asked for.
    """

    cpu: float
    wall: float
    peak: float
    printed: str


def spent(command: Sequence[str | Path], tree: bool = False) -> Spent:
    """Run a command to its end; raises CalledProcessError if it fails. `tree`: watch all processes that it starts."""
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), cwd=REPOSITORY, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    most = max(_looks(process.pid), default=0.0) if tree else 0.0
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(map(str, command)), printed)
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - start,
                 max(most, usage.ru_maxrss / 1024), printed)


def _looks(root: int) -> Iterator[float]:
    """The memory of the tree under a process, in MB, at each look until the process has ended."""
    while not _ended(root):
        start = time.process_time()
        yield sum(map(_share, _tree(root)))
        time.sleep(max(EVERY, SHARE * (time.process_time() - start)))


def _ended(pid: int) -> bool:
    """Whether it runs no more; one that nobody has waited for yet is still listed, as a zombie."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        try:
            found += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except OSError:
            continue
    return found


def _share(pid: int) -> float:
    """A process's memory in MB, of pages that several hold its share (PSS), so that a tree's sum counts none twice."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
