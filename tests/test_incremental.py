"""Builds one after the other: what is read again, the same bytes as a build anew, a store that is damaged or lost."""
from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

import pipeline.gather
from pipeline import versions
from pipeline.build import build
from pipeline.cache import Store
from pipeline.diff import diff
from pipeline.load import load
from pipeline.progress import Silent
from pipeline.read import load_file
from pipeline.validate import validate
from tests.conftest import REPOSITORY
from tests.raw_pages import write_raw

STEPS = tomllib.loads((REPOSITORY / "tests" / "incremental.toml").read_text(encoding="utf-8"))["step"]


class Counted(Silent):
    """Counts the files that are read."""

    def __init__(self) -> None:
        self.read = 0

    def track(self, items, total):
        self.read += total
        return items


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "current").iterdir())}


def built(raw: Path, out: Path, **options) -> tuple[int, object]:
    """How many files were read, and the result."""
    counted = Counted()
    return (counted, build(raw, out, progress=counted, **options))[0].read, versions.current(out)


def take(step, raw: Path) -> None:
    """Do to the raw folder what a step says; nothing of it shows in a file's time."""
    for name, text in step.get("write", {}).items():
        (raw / name).write_text(text, encoding="utf-8")
        os.utime(raw / name, (0, 0))
    for name in step.get("remove", ()):
        (raw / name).unlink()
    for name, other in step.get("rename", {}).items():
        (raw / name).rename(raw / other)


def test_only_what_changed_is_read_and_the_bytes_are_those_of_a_build_anew(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    assert built(raw, out)[0] == 7
    for number, step in enumerate(STEPS):
        take(step, raw)
        counted = Counted()
        result = build(raw, out, progress=counted)
        assert counted.read == step["read"], step["told"]
        assert result.unchanged or result.changes.table.equals(diff(out).table), step["told"]
        build(raw, tmp_path / f"anew{number}")
        assert contents(out) == contents(tmp_path / f"anew{number}"), step["told"]
    build(raw, out, full=True, workers=2)
    assert contents(out) == contents(tmp_path / f"anew{number}")


def test_where_nothing_is_new_nothing_is_written(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    first = build(raw, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    again = build(raw, out)
    assert again.unchanged and not first.unchanged
    assert (again.version, again.counts) == (first.version, first.counts)
    assert {refusal.document for refusal in again.quarantined} == {refusal.document for refusal in first.quarantined}
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_a_damaged_dataset_is_mended_though_nothing_is_new(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    build(raw, out)
    sound = contents(out)
    (out / "panel.parquet").resolve().write_bytes(b"PAR1")
    assert not build(raw, out).unchanged
    assert contents(out) == sound and validate(out) == []


@pytest.mark.parametrize("damage", ["cut", "flip", "entries", "schema", "gone"])
def test_a_damaged_store_is_made_anew(tmp_path, damage):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    build(raw, out)
    sound = contents(out)
    [segment] = (path for path in (out / ".store").iterdir() if path.is_dir())
    file = segment / "observations.arrow"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:100])
    elif damage == "flip":
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    elif damage == "entries":
        (segment / "entries.json").write_text("{", encoding="utf-8")
    elif damage == "schema":
        (segment / "numerals.arrow").write_bytes(file.read_bytes())
    else:
        shutil.rmtree(out / ".store")
    (raw / "new.txt").write_text("本报讯　2019年，吉安市总工会慰问职工77人。", encoding="utf-8")
    build(raw, out)
    (raw / "new.txt").unlink()
    build(raw, out)
    assert contents(out) == sound


def test_other_code_reads_every_page_again(tmp_path, monkeypatch):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    build(raw, out)
    for name in ("fingerprint", "batch", "inputs", "build"):
        monkeypatch.setattr(sys.modules[f"pipeline.{name}"], "code_version", lambda: "another")
    assert built(raw, out)[0] == 7
    assert set(load("documents", out).code_version) == {"another"}
    assert len([path for path in (out / ".store").iterdir() if path.is_dir()]) == 1


def test_other_libraries_read_every_page_again(tmp_path, monkeypatch):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    build(raw, out)
    for name in ("fingerprint", "inputs"):
        monkeypatch.setattr(sys.modules[f"pipeline.{name}"], "libraries", lambda: "others")
    assert built(raw, out)[0] == 7


def test_a_file_that_changes_while_it_is_read_is_not_kept_under_its_old_bytes(tmp_path, monkeypatch):
    raw, out = write_raw(tmp_path / "raw", refused=False), tmp_path / "out"
    page = raw / "1999-06.txt"
    sound = page.read_bytes()

    def late(folder, file):
        if file == page.name:
            page.write_bytes("本报讯　今年以来，新余市总工会组建工会99家。".encode())
        return load_file(folder, file)

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.read.load_file", late)
        build(raw, out)
    assert "99家" in set(load(root=out).quote)
    page.write_bytes(sound)
    assert built(raw, out)[0] == 1
    build(raw, tmp_path / "anew")
    assert contents(out) == contents(tmp_path / "anew")


def test_a_file_that_is_refused_unread_is_refused_once(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    (raw / "large.txt").write_text("工" * 3_000_000, encoding="utf-8")
    assert built(raw, out)[0] == 8
    assert build(raw, out).unchanged


def test_a_failure_that_may_not_come_again_is_not_kept(tmp_path, monkeypatch):
    raw, out = write_raw(tmp_path / "raw", refused=False), tmp_path / "out"

    def fail(page):
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.extraction.extract", fail)
        assert build(raw, out).counts["quarantine"] == 4
    assert build(raw, out).counts["quarantine"] == 0


def test_small_segments_are_put_together_and_old_ones_go(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    for number in range(15):
        (raw / f"{number}.txt").write_text(f"本报讯　2019年，吉安市总工会慰问职工7{number}人。", encoding="utf-8")
        build(raw, out)
    store = Store(out / ".store")
    assert len([path for path in (out / ".store").iterdir() if path.is_dir()]) < 12
    assert len(store.keys) == 22
    build(raw, tmp_path / "anew")
    assert contents(out) == contents(tmp_path / "anew")


def test_the_order_in_which_files_are_found_changes_nothing(tmp_path, monkeypatch):
    raw = write_raw(tmp_path / "raw")
    build(raw, tmp_path / "out")
    real = pipeline.gather.sources
    monkeypatch.setattr(sys.modules["pipeline.inputs"], "sources", lambda *given: real(*given)[::-1])
    monkeypatch.setattr("pipeline.gather.BATCH_FILES", 2)
    build(raw, tmp_path / "other")
    assert contents(tmp_path / "out") == contents(tmp_path / "other")


def test_nothing_but_data_is_in_the_store(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    build(raw, out)
    kinds = {path.suffix for path in (out / ".store").rglob("*") if path.is_file()} - {""}
    assert kinds == {".arrow", ".json"}


def test_a_read_only_raw_folder_is_enough(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    before = sorted((path, path.stat().st_mtime_ns) for path in [raw, *raw.rglob("*")])
    for path in [*raw.rglob("*"), raw]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    build(raw, out)
    assert sorted((path, path.stat().st_mtime_ns) for path in [raw, *raw.rglob("*")]) == before
    for path in [raw, *raw.rglob("*")]:
        path.chmod(0o755)


def test_after_a_rollback_the_next_build_publishes_what_the_pages_say(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    first = build(raw, out)
    (raw / "new.txt").write_text("本报讯　2019年，吉安市总工会慰问职工77人。", encoding="utf-8")
    second = build(raw, out)
    versions.rollback(out, "previous")
    assert versions.current(out) == first.version
    assert build(raw, out).version == second.version == versions.current(out)
