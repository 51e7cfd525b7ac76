"""Files of every encoding come back as their text or are refused with a code; the files are in encodings.toml."""
from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Refusal, UserError
from pipeline.model import Page
from pipeline.read import by_name, files, read_bytes, read_file, read_folder
from pipeline.read import text as reader

FILES = tomllib.loads((Path(__file__).parent / "encodings.toml").read_text(encoding="utf-8"))["file"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["name"])
def test_encoding(file: dict[str, Any]) -> None:
    data = file["text"].encode(file["written"])
    middle = len(data) // 2 if "damage" in file else 0
    (read,) = read_bytes("a.txt", data[:middle] + bytes.fromhex(file.get("damage", "")) + data[middle:])
    if isinstance(read, Refusal):
        assert read.code == file.get("refused"), read.reason
    else:
        plain = file["text"].replace("\r\n", "\n").replace("\r", "\n")
        assert (read.text, read.encoding) == (plain, file.get("read"))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0abc", b"Rar!abc",
                                  b"From: <Saved by Blink>\nx", b"{\\rtf1", b"<?xml 1>"])
def test_formats_without_a_reader_are_refused(data: bytes) -> None:
    (read,) = read_bytes("a.txt", data)
    assert isinstance(read, Refusal)
    assert read.code == "not_text" and "no reader" in read.reason


@given(st.binary(max_size=200))
def test_any_bytes_give_a_page_or_a_refusal(data: bytes) -> None:
    (read,) = read_bytes("a.txt", data)
    assert isinstance(read, Refusal) or "\r" not in read.text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_utf8_comes_back_as_written(written: str) -> None:
    assert reader.decode(written.encode()) == (written, "utf-8")


def test_folder_in_order_and_bad_files_refused(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b/2.txt", "b/10.txt", "a.txt", ".hidden/x.txt", ".x.txt", "issues.csv", "corrections.csv"):
        (tmp_path / name).write_text("document\n", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    assert files(tmp_path) == ["a.txt", "b/10.txt", "b/2.txt", "c.txt", "gone.txt", "pipe.txt"]
    read = list(read_folder(tmp_path))
    assert [page.document for page in read] == files(tmp_path)
    assert [page.code if isinstance(page, Refusal) else "" for page in read] == [
        "", "", "", "empty", "unreadable", "unreadable"]


def test_too_large_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("37个", encoding="utf-8")
    monkeypatch.setattr("pipeline.read.READERS", (replace(by_name("text"), largest=3),))
    (read,) = read_file(tmp_path, "a.txt")
    assert isinstance(read, Refusal) and read.code == "too_large"


def test_a_missing_folder_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        files(tmp_path / "none")


def test_a_page_holds_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "2021-03-17.txt").write_bytes("新建工会37个\r\n".encode())
    (page,) = read_folder(tmp_path)
    assert isinstance(page, Page)
    assert (page.text, page.reader, len(page.sha256)) == ("新建工会37个\n", "text", 64)
    assert page.issue.basis == "filename"
