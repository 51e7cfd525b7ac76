"""Watching a folder, by a real process: bursts, slow copies, bad data that gets better, a clean end on a signal."""
from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from pipeline.load import load, open_dataset
from pipeline.validate import validate
from pipeline.watch import sight
from tests.conftest import REPOSITORY
from tests.raw_pages import write_raw

PATIENCE = 120  # seconds that a loaded machine may take


@contextmanager
def watching(folder, quiet=0.5, stop=signal.SIGTERM):
    """A watching process and the lines that it printed until now; it must end with 0 on the signal."""
    log = folder / "log"
    arguments = ["watch", "--raw", str(folder / "raw"), "--out", str(folder / "out"), "--every", "0.05", "--quiet",
                 str(quiet)]
    with open(log, "w") as written:
        process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "pipeline.cli", *arguments], cwd=REPOSITORY,
                                   stdout=written, stderr=written)
        try:
            yield lambda: log.read_text(encoding="utf-8").splitlines()
            process.send_signal(stop)
            assert process.wait(PATIENCE) == 0
            lines = log.read_text(encoding="utf-8").splitlines()
            assert lines[-1] == "Stopped" and not any("Traceback" in line for line in lines)
        finally:
            process.kill()
            process.wait()


def published(lines) -> int:
    return sum(", version " in line for line in lines())


def until(holds) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_burst_and_a_slow_copy_are_taken_together_and_a_signal_ends_it(tmp_path, stop):
    raw = write_raw(tmp_path / "raw")
    with watching(tmp_path, 1.5, stop) as lines:
        until(lambda: published(lines) == 1)
        for number in range(50):
            text = f"本报讯　2019年，吉安市总工会慰问职工{number + 100}人。"
            (raw / f"{number}.txt").write_text(text, encoding="utf-8")
        with open(raw / "slow.txt", "w", encoding="utf-8") as slow:
            for character in "本报讯　2019年，丰城市总工会慰问职工177人。":
                slow.write(character)
                slow.flush()
                time.sleep(0.1)
        until(lambda: {"100人", "149人", "177人"} <= set(load(root=tmp_path / "out").quote))
    assert published(lines) < 10  # of fifty files and thirty writes; two where the machine is not in the way


def test_wrong_data_is_told_and_the_next_change_mends_it(tmp_path):
    raw = write_raw(tmp_path / "raw", "document,issue_date\ngb.txt,soon\n")
    with watching(tmp_path) as lines:
        until(lambda: any("issues.csv" in line and "wrong cells" in line for line in lines()))
        (raw / "issues.csv").write_text("document,issue_date\ngb.txt,2012\n", encoding="utf-8")
        until(lambda: published(lines) == 1)
        (tmp_path / "corrections.csv").write_text(
            "document,quote,field,value,reason,expected\ngb.txt,95%,value,96,misread,95\n", encoding="utf-8")
        until(lambda: published(lines) == 2)
    assert "corrected" in {flag for flags in load(root=tmp_path / "out")["flags"] for flag in flags}


def test_a_signal_in_the_middle_of_a_build_leaves_what_was_published(tmp_path):
    raw = write_raw(tmp_path / "raw")
    with watching(tmp_path) as lines:
        until(lambda: published(lines) == 1)
        before = open_dataset(tmp_path / "out").folder
        for number in range(400):
            (raw / f"{number}.txt").write_text("本报讯　2019年，吉安市总工会慰问职工100人。\n" * 40, encoding="utf-8")
        until(lambda: any("Reading 400 files" in line for line in lines()))
    assert open_dataset(tmp_path / "out").folder == before and validate(tmp_path / "out") == []


def test_what_vanishes_while_the_folder_is_looked_at_is_left_out(tmp_path):
    raw = write_raw(tmp_path / "raw")
    (raw / "dangling.txt").symlink_to("nowhere.txt")
    seen = [path for path, *_ in sight(raw, [tmp_path / "corrections.csv"])]
    assert str(raw / "gb.txt") in seen and str(raw / "issues.csv") in seen
    assert str(raw / "dangling.txt") not in seen and str(tmp_path / "corrections.csv") not in seen
