"""Pages and datasets at addresses: the bytes of a build in folders, one switch at the end, mistakes told in words."""
from __future__ import annotations

import importlib.util
import json
import shutil
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import pipeline
from pipeline.build import build
from pipeline.errors import DataError, UserError
from pipeline.load import open_dataset
from pipeline.places import Address, names, place
from pipeline.validate import validate
from pipeline.watch import sight
from tests.raw_pages import write_raw
from tests.test_cli import call

if importlib.util.find_spec("fsspec") is None:
    pytest.skip("fsspec is not installed (make cluster)", allow_module_level=True)

import fsspec
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractFileSystem

RAW, OUT = "memory://pages/raw", "memory://sets/out"
NEW = "本报讯　2019年，吉安市总工会慰问职工77人。"


@pytest.fixture
def memory():
    """An empty store of files in the memory of this process."""
    system = fsspec.filesystem("memory")
    yield system
    for path in list(system.find("/")):
        system.rm(path)


@pytest.fixture
def raw(tmp_path, memory) -> Path:
    """A folder with good and bad pages, and a file that is too large; the same lies at `RAW`."""
    folder = write_raw(tmp_path / "raw")
    (folder / "large.txt").write_text("工" * 3_000_000, encoding="utf-8")
    memory.put(f"{folder}/", "/pages/raw/", recursive=True)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def published(memory, out: str = "/sets/out") -> dict[str, bytes]:
    """The files of the version that readers get."""
    version = json.loads(memory.cat_file(f"{out}/current.json"))["version"]
    return {PurePosixPath(path).name: memory.cat_file(path) for path in memory.find(f"{out}/.versions/{version}")}


def test_pages_and_dataset_at_addresses_give_the_bytes_of_folders(tmp_path, raw, memory):
    here = build(raw, tmp_path / "out")
    there = build(RAW, OUT)
    assert published(memory) == contents(here.folder)
    assert (str(there.out), there.version, there.counts) == (OUT, here.version, here.counts)
    assert {refusal.document for refusal in there.quarantined} == {"empty.txt", "image.txt", "cut.txt", "large.txt"}


def test_a_dataset_at_an_address_is_loaded_and_validated(raw, memory, tmp_path):
    result = build(raw, OUT)
    pinned = open_dataset(OUT)
    assert pinned.build["version"] == result.version
    assert len(pinned.load("documents")) == len(pipeline.load("documents", root=OUT)) == 4
    assert call("validate", OUT) == (0, f"{OUT}: whole; checksums, schemas and relations hold\n", "")
    assert call("export", "--root", OUT, "--to", tmp_path / "to", "--table", "relief")[0] == 0
    identity = pinned.load()["observation_id"][0]
    assert call("explain", identity, "--raw", RAW, "--root", OUT)[0] == 0
    memory.pipe(f"/sets/out/.versions/{result.version}/panel.parquet", b"PAR1")
    assert validate(OUT) == [f"panel.parquet: has 4 bytes, build.json says {pinned.build['tables']['panel']['bytes']}. "
                             "Build again."]


def test_a_file_address_is_a_folder(tmp_path, raw):
    code, _, _ = call("build", "--raw", f"file://{raw}", "--out", f"file://{tmp_path}/out")
    assert code == 0 and (tmp_path / "out" / "current").is_symlink()
    assert contents(tmp_path / "out" / "current") == contents(build(raw, tmp_path / "other").folder)


def test_pages_in_an_archive_are_read_by_processes(tmp_path, raw):
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as archive:
        for path in raw.rglob("*"):
            archive.write(path, path.relative_to(raw))
    address = f"zip://::file://{tmp_path}/raw.zip"
    there = build(address, tmp_path / "there", 2)
    assert contents(there.folder) == contents(build(raw, tmp_path / "here").folder)
    with zipfile.ZipFile(tmp_path / "raw.zip", "a") as archive:
        archive.writestr("new.txt", NEW)
    assert build(address, tmp_path / "there").counts["documents"] == 5


def test_with_a_folder_here_only_what_is_new_is_read_and_sent(tmp_path, raw, memory):
    call_ = ["build", "--raw", RAW, "--out", OUT, "--local", tmp_path / "local", "--engine", "serial", "--keep", "2"]
    first = call(*call_)
    assert f"Looking at the files of {RAW}" in first[2] and "Reading 8 files" in first[2] and "Sent version" in first[2]
    memory.pipe("/pages/raw/new.txt", NEW.encode())
    assert "Reading 1 files" in call(*call_)[2]
    memory.rm("/pages/raw/large.txt")
    assert "Sent version" in call(*call_)[2]
    code, said, told = call(*call_)
    assert code == 0 and said.endswith(", nothing new\n") and "Sent" not in told
    kept = json.loads(memory.cat_file("/sets/out/current.json"))["kept"]
    there = memory.ls("/sets/out/.versions", detail=False)
    assert len(kept) == 2 and {PurePosixPath(path).name for path in there} == set(kept)


def test_a_copy_that_went_is_sent_again(tmp_path, raw, memory):
    build(raw, OUT, local=tmp_path / "local")
    whole = published(memory)
    memory.rm("/sets/out", recursive=True)
    build(raw, OUT, local=tmp_path / "local")
    assert published(memory) == whole


def test_readers_keep_what_they_had_where_sending_breaks_off(tmp_path, raw, memory, monkeypatch):
    build(raw, OUT)
    before = published(memory)
    shutil.copy(raw / "gb.txt", raw / "again.txt")
    sent = []

    def put_file(self, here, there, **options):
        if len(sent) == 3:
            raise ConnectionResetError("the line is dead")
        sent.append(there)
        self.pipe_file(there, Path(here).read_bytes())

    with monkeypatch.context() as patched:
        patched.setattr(MemoryFileSystem, "put_file", put_file)
        code, _, told = call("build", "--raw", raw, "--out", OUT)
    assert code == 1 and "cannot be reached (ConnectionResetError: the line is dead)" in told and len(sent) == 3
    assert published(memory) == before and validate(OUT) == []
    build(raw, OUT)
    assert published(memory) != before and validate(OUT) == []


def test_a_line_that_fails_puts_no_page_into_quarantine(tmp_path, raw, monkeypatch):
    def cat_file(self, path, **options):
        if path.endswith("gb.txt"):
            raise ConnectionResetError("the line is dead")
        return real(self, path, **options)

    real = MemoryFileSystem.cat_file
    monkeypatch.setattr(MemoryFileSystem, "cat_file", cat_file)
    with pytest.raises(DataError, match="cannot be reached"):
        build(RAW, tmp_path / "out")
    assert not (tmp_path / "out" / "current").exists()


def test_a_file_that_is_closed_to_us_goes_into_quarantine_as_in_a_folder(tmp_path, raw, monkeypatch):
    def cat_file(self, path, **options):
        if path.endswith("gb.txt"):
            raise PermissionError(path)
        return real(self, path, **options)

    real = MemoryFileSystem.cat_file
    monkeypatch.setattr(MemoryFileSystem, "cat_file", cat_file)
    refused = {refusal.document: refusal.reason for refusal in build(RAW, tmp_path / "out").quarantined}
    assert refused["gb.txt"] == "it cannot be opened: Permission denied"


def test_corrections_lie_beside_the_pages_there_too(tmp_path, raw, memory):
    row = "2018-03-05_02.txt,1287人,1,value,1278,digits swapped,1287"
    memory.pipe("/pages/corrections.csv", f"document,quote,nth,field,value,reason,expected\n{row}\n".encode())
    build(RAW, tmp_path / "out")
    assert 1278 in set(pipeline.load(root=tmp_path / "out").value)


def test_what_changes_is_seen(raw, memory):
    beside = [place("memory://pages/corrections.csv")]
    seen = [sight(place(RAW), beside)]
    assert seen[0] == sight(place(RAW), beside)
    for path in ("raw/new.txt", "raw/issues.csv", "corrections.csv"):
        memory.pipe(f"/pages/{path}", b"new")
        seen.append(sight(place(RAW), beside))
    assert len(set(seen)) == 4


@pytest.mark.parametrize(("named", "is_a"), [
    ("data/raw", Path("data/raw")), ("file:///srv/raw", Path("/srv/raw")), ("file://raw", Path("raw")),
    ("local:///srv", Path("/srv")), ("s3://bucket/a", Address("s3://bucket/a")), (Path("a"), Path("a")),
    ("zip://::s3://bucket/a.zip", Address("zip://::s3://bucket/a.zip")),
])
def test_a_path_or_an_address(named, is_a):
    assert place(named) == is_a


@pytest.mark.parametrize(("address", "parent", "shown"), [
    (Address("s3://bucket/a/b"), Address("s3://bucket/a"), "s3://bucket/a/b"),
    (Address("s3://bucket/a/"), Address("s3://bucket"), "s3://bucket/a/"),
    (Address("s3://bucket"), Address("s3://bucket"), "s3://bucket"),
    (Address("s3://bucket") / "x" / "y", Address("s3://bucket", "x"), "s3://bucket/x/y"),
    (Address("zip://::file:///a.zip"), Address("zip://::file:///a.zip"), "zip://::file:///a.zip"),
    (Address("sftp://me:secret@host/a/b"), Address("sftp://me:secret@host/a"), "sftp://…@host/a/b"),
])
def test_what_an_address_lies_in_and_how_it_is_shown(address, parent, shown):
    assert (address.parent, str(address)) == (parent, shown)


@pytest.mark.parametrize(("options", "told"), [
    (["--raw", "memory://nothing"], "memory://nothing: there is no such folder of raw pages"),
    (["--raw", "foo://x/y"], "foo://x/y: it is no address that fsspec knows"),
    (["--raw", "zip://::file:///nowhere.zip"], "zip://::file:///nowhere.zip: there is no such folder of raw pages"),
    (["--out", "foo://x/y"], "foo://x/y: it is no address that fsspec knows"),
    (["--raw", RAW, "--out", f"{RAW}/out"], f"{RAW}/out: the dataset would be published among the raw pages"),
    (["--raw", RAW, "--workers", "2"], f"{RAW}: no worker sees what is in the memory of this process"),
    (["--corrections", "memory://no.csv"], "memory://no.csv: there is no such file of corrections"),
    (["--local", "here"], "data/processed: --local is for a dataset at an address"),
])
def test_wrong_calls_are_told(raw, options, told, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code, _, said = call("build", *options)
    assert code == 2 and said.splitlines()[-1].startswith(f"Error: {told}")


def test_packages_that_are_missing_are_told(monkeypatch):
    def missing(url):
        raise ImportError("Install s3fs to access S3")

    with monkeypatch.context() as patched, pytest.raises(UserError, match=r"Install s3fs to access S3\)\. Install it"):
        patched.setattr("fsspec.core.url_to_fs", missing)
        build("s3://bucket/raw", "out")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"fsspec, which is not installed\. Run `make cluster`"):
        build("s3://bucket/raw", "out")


class Plain(MemoryFileSystem):
    """The same store, searched folder by folder."""

    protocol = "plain"
    find = AbstractFileSystem.find

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.replace("plain:", "memory:"))


fsspec.register_implementation("plain", Plain, clobber=True)


def test_what_is_found_folder_by_folder_is_what_is_found_at_once(raw, memory):
    memory.pipe("/pages/raw/a/b/c.txt", NEW.encode())
    assert sorted(names(place("plain://pages/raw"))) == sorted(names(place(RAW)))


@pytest.mark.parametrize(("asked_by", "path", "protocol"), [
    ("info", "/pages/raw", "memory"), ("info", "/pages/raw/issues.csv", "memory"),
    ("info", "/pages/corrections.csv", "memory"), ("ls", "/pages/raw/deep", "plain"),
])
def test_a_line_that_fails_is_no_file_that_is_not_there(tmp_path, raw, monkeypatch, asked_by, path, protocol):
    def asking(self, asked, **options):
        if asked == path:
            raise ConnectionResetError("the line is dead")
        return real(self, asked, **options)

    real = getattr(MemoryFileSystem, asked_by)
    monkeypatch.setattr(MemoryFileSystem, asked_by, asking)
    code, _, told = call("build", "--raw", f"{protocol}://pages/raw", "--out", tmp_path / "out")
    assert code and "cannot be reached (ConnectionResetError: the line is dead)" in told
