"""Builders that are killed, run out of room or meet each other, while a reader loads: nothing torn, nothing to repair.

UNION_METRICS_KILLS says how many are killed (`make torture`: 200).
"""
from __future__ import annotations

import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.build import build
from pipeline.load import load, open_dataset
from pipeline.publish import BUILD_KEY
from pipeline.validate import validate
from pipeline.versions import versions
from tests.builder import begin
from tests.conftest import REPOSITORY
from tests.raw_pages import write_raw

KILLS = int(os.environ.get("UNION_METRICS_KILLS", "6"))
PATIENCE = 120  # seconds that a loaded machine may take
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.builder"])
READY = "ready"
BUILDER = f"""
import sys
import pipeline.assemble, pipeline.build, pipeline.publish
from pipeline.cli import main
from pipeline.extract.observations import extract
from pipeline.model import Issue, Page
extract(Page("start.txt", "本报讯（某某）某县总工会发展会员3人。", Issue()))
print("{READY}", flush=True)
main(sys.argv[1:])
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with raw pages in `raw` and a first version in `out`."""
    build(write_raw(tmp_path / "raw"), tmp_path / "out")
    return tmp_path


def news(folder: Path, number: int) -> None:
    text = f"本报讯　2019年，吉安市总工会慰问职工{100 + number}人。"
    (folder / "raw" / "news.txt").write_text(text, encoding="utf-8")


def builder(folder: Path, *options: str, **process: object) -> subprocess.Popen[str]:
    """A real builder process that has loaded all that it needs and now begins."""
    arguments = ["build", "--raw", str(folder / "raw"), "--out", str(folder / "out"), *options]
    started = subprocess.Popen([sys.executable, "-W", "ignore", "-c", BUILDER, *arguments], cwd=REPOSITORY, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, **process)
    assert started.stdout is not None and started.stdout.readline() == f"{READY}\n"
    return started


def victim_of(folder: Path, *options: str):
    """A builder process of its own, forked from one that has loaded all; it is at its first step."""
    ready, begun = FORKS.Pipe(duplex=False)
    arguments = ["build", "--raw", str(folder / "raw"), "--out", str(folder / "out"), *options]
    process = FORKS.Process(target=begin, args=(arguments, begun))
    process.start()
    assert ready.poll(PATIENCE) and ready.recv_bytes() == b"ready"
    return process


class Reader(threading.Thread):
    """Loads tables again and again; keeps what was torn or mixed."""

    def __init__(self, out: Path):
        super().__init__()
        self.out, self.stop, self.reads = out, threading.Event(), 0
        self.torn: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set() and not self.torn:
            try:
                self._read()
                self.reads += 1
            except Exception as error:
                self.torn.append(repr(error))

    def _read(self) -> None:
        pinned = open_dataset(self.out)
        observations, numerals, documents = (pinned.load(name) for name in ("observations", "numerals", "documents"))
        assert set(observations["observation_id"]) == set(numerals["observation_id"].dropna())
        assert dict(observations["document"].value_counts()) == {
            row.document: row.observation_count for row in documents.itertuples() if row.observation_count}
        files = [pq.read_metadata(pinned.path(name)) for name in ("panel", "relief")]
        ids = {file.metadata[BUILD_KEY.encode()].decode() for file in files}
        assert ids == {pinned.build["version"]} == {pinned.folder.name}
        assert len(load(root=self.out)) and len(pd.read_parquet(self.out / "articles.parquet"))


@contextmanager
def reading(out: Path):
    reader = Reader(out)
    reader.start()
    try:
        yield reader
    finally:
        reader.stop.set()
        reader.join()
    assert reader.torn == [] and reader.reads > 0


def test_builders_killed_at_any_moment_leave_a_whole_dataset(folder):
    moments = random.Random(1989)
    times = []
    for number in (-2, -1):
        news(folder, number)
        start, whole = time.perf_counter(), victim_of(folder)
        whole.join(PATIENCE)
        assert whole.exitcode == 0
        times.append(time.perf_counter() - start)
    finished = 0
    with reading(folder / "out"):
        for number in range(KILLS):
            news(folder, number)
            victim = victim_of(folder, *(["--workers", "2"] if number % 4 == 0 else []))
            time.sleep(moments.uniform(0, 1.1 * times[-1]))
            victim.kill()
            victim.join(PATIENCE)
            finished += victim.exitcode == 0
            assert validate(folder / "out") == []
            build(folder / "raw", folder / "out")
            assert f"{100 + number}人" in set(load(root=folder / "out")["quote"])
    print(f"{KILLS} builders, of which {finished} had ended before they were killed")
    build(folder / "raw", folder / "anew")
    assert contents(folder / "out") == contents(folder / "anew")
    assert validate(folder / "out") == [] and finished < KILLS
    assert {path.name for path in (folder / "out" / ".versions").glob(".*")} == {".lock"}


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "current").iterdir())}


def test_a_first_builder_that_is_killed_leaves_nothing_in_the_way(tmp_path):
    write_raw(tmp_path / "raw")
    for pause in (0, 0.05, 0.1, 0.2, 0.3):
        victim = builder(tmp_path)
        time.sleep(pause)
        victim.kill()
        victim.communicate()
    build(tmp_path / "raw", tmp_path / "out")
    assert validate(tmp_path / "out") == []


@pytest.mark.parametrize("limit", [300, 2_000, 12_000])
def test_files_that_may_not_grow_publish_nothing(folder, limit):
    before = contents(folder / "out")
    news(folder, limit)
    with reading(folder / "out"):
        poor = builder(folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        _, told = poor.communicate()
        assert "Traceback" not in told and poor.returncode == 1, told
        assert "could not be written" in told and "Make room" in told
        assert contents(folder / "out") == before and validate(folder / "out") == []
    build(folder / "raw", folder / "out")
    assert validate(folder / "out") == [] and contents(folder / "out") != before


@contextmanager
def small_disk(size: int):
    """A file system of its own of so many bytes; skips where none can be made."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    with tempfile.TemporaryDirectory() as place:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True)
        if mounted.returncode:
            pytest.skip("a small file system cannot be mounted here")
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", place], check=True)


def test_a_full_disk_publishes_nothing_and_room_is_enough_to_mend_it(tmp_path):
    write_raw(tmp_path / "raw")
    with small_disk(2_000_000) as disk:
        (tmp_path / "out").symlink_to(disk)  # another file system than that of the pages, too
        build(tmp_path / "raw", tmp_path / "out")
        before = contents(tmp_path / "out")
        refused = 0
        for room in (0, 40_960, 163_840):
            news(tmp_path, room)
            ballast = disk / "ballast"
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            ballast.write_bytes(bytes(max(free - room, 0)))
            poor = builder(tmp_path)
            _, told = poor.communicate()
            if poor.returncode:
                refused += 1
                assert poor.returncode == 1 and "Traceback" not in told and "could not be written" in told, told
                assert contents(tmp_path / "out") == before
            ballast.unlink()
            assert validate(tmp_path / "out") == []
            build(tmp_path / "raw", tmp_path / "out")
            before = contents(tmp_path / "out")
        assert refused >= 2


def test_of_two_builders_the_second_waits_or_ends_as_it_is_told(folder):
    news(folder, 1)
    with reading(folder / "out"):
        both = [builder(folder), builder(folder)]
        told = [one.communicate()[1] for one in both]
        assert [one.returncode for one in both] == [0, 0], told
        assert validate(folder / "out") == []
        lock = os.open(folder / "out" / ".store" / ".lock", os.O_RDWR)
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            hasty = builder(folder, "--no-wait")
            said, told_hasty = hasty.communicate()
            assert (hasty.returncode, said) == (1, "") and "another build is at work" in told_hasty
            patient = builder(folder)
            assert patient.stderr is not None and "waiting until it has ended" in patient.stderr.readline()
        finally:
            os.close(lock)
        assert patient.wait() == 0
        patient.communicate()


def test_a_clock_that_jumps_changes_no_order_of_versions(folder):
    ids = versions(folder / "out")
    for number, jump in enumerate((4e9, 0.0, 2e9), 1):
        os.utime(folder / "out" / ".versions" / ids[0], (jump, jump))
        news(folder, number)
        ids = [build(folder / "raw", folder / "out").version, *ids][:3]
        assert versions(folder / "out")[0] == ids[0]
    assert len(set(ids)) == 3


def test_another_file_system_gives_the_same_bytes(folder):
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == folder.stat().st_dev or not os.access(shared, os.W_OK):
        pytest.skip("there is no second file system")
    with tempfile.TemporaryDirectory(dir=shared) as other:
        build(folder / "raw", Path(other) / "out")
        assert contents(Path(other) / "out") == contents(folder / "out")
