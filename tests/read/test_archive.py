"""ZIP files are read page by page, within limits and without writing anything; broken ones are refused."""
from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import Refusal
from pipeline.model import Page
from pipeline.read import archive, file_of, files, read_bytes, read_file
from pipeline.read.issues import IssueRow
from tests.read.bad_pdf import TEXT as LATIN
from tests.read.bad_pdf import written
from tests.read.rendering import EPAPERS, as_html, story_of

TEXT = "本报讯　某市总工会发展会员1287人。\n".encode()
HTML = as_html(story_of((EPAPERS / "story.txt").read_text(encoding="utf-8")), "xpaper").encode()


def packed(members: dict[str, bytes]) -> bytes:
    """A ZIP file of these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return held.getvalue()


def read(data: bytes, rows: dict[str, IssueRow] | None = None) -> dict[str, str]:
    """By document, the code of the refusal or the name of the reader."""
    results = read_bytes("a.zip", data, rows)
    return {one.document if isinstance(one, Page) else str(one.document):
            one.reader if isinstance(one, Page) else one.code for one in results}


def test_all_kinds_of_pages_in_one_file() -> None:
    members = {
        "2021/03/17/a.html": HTML, "b.txt": TEXT, "c/two.pdf": written([LATIN, LATIN]), "c/": b"", ".hidden": TEXT,
        "__MACOSX/b.txt": TEXT, "2021/03/17/a_files/x.js": b"var x = 5000;", "d.png": b"\x89PNG\r\n",
        "issues.csv": b"x", "inner.zip": packed({"x.txt": TEXT}),
    }
    assert read(packed(members)) == {
        "a.zip#2021/03/17/a.html": "html", "a.zip#b.txt": "text", "a.zip#c/two.pdf#1": "pdf",
        "a.zip#c/two.pdf#2": "pdf", "a.zip#d.png": "not_text", "a.zip#inner.zip": "not_text"}


def test_folders_give_the_date_and_rows_the_rest() -> None:
    data = packed({"2021/03/17/a.txt": TEXT, "x.txt": TEXT, "y.txt": TEXT})
    rows = {"a.zip": IssueRow("a.zip", "某报", page="4"), "a.zip#y.txt": IssueRow("a.zip#y.txt", "他报", page="5")}
    pages = [page for page in read_bytes("a.zip", data, rows) if isinstance(page, Page)]
    assert [(str(page.issue.issue_date), page.issue.publication, page.issue.page) for page in pages] == [
        ("2021-03-17", "某报", None), ("None", "某报", None), ("None", "他报", "5")]


@pytest.mark.parametrize(("name", "safe"), [
    ("../../etc/cron.txt", "etc/cron.txt"), ("/abs/a.txt", "abs/a.txt"), ("C:\\dir\\a.txt", "dir/a.txt"),
    ("a/./b//c.txt", "a/b/c.txt"), ("a\x01b.txt", "a_b.txt"), ("..", "_"),
])
def test_names_lead_nowhere(name: str, safe: str) -> None:
    assert archive.safe_name(zipfile.ZipInfo(name)) == safe


def test_names_in_chinese_and_names_that_stand_twice() -> None:
    data = packed({"xxxx.txt": TEXT, "yy.txt": TEXT, "zz.txt": TEXT})
    data = data.replace(b"xxxx.txt", "要闻.txt".encode("gb18030")).replace(b"zz.txt", b"yy.txt")
    assert sorted(read(data)) == ["a.zip#yy.txt", "a.zip#yy~2.txt", "a.zip#要闻.txt"]


def test_nothing_is_written(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.zip").write_bytes(packed({"../out.txt": TEXT}))
    os.symlink(tmp_path, raw / "link.zip")
    assert files(raw) == ["a.zip"]
    (page,) = read_file(raw, "a.zip")
    assert page.document == "a.zip#out.txt"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "link.zip", "raw"]


@pytest.mark.parametrize(("limit", "value", "says"), [("MOST_MEMBERS", 1, "2 files"), ("MOST_INFLATED", 1000, "bytes")])
def test_limits_hold_before_anything_is_inflated(monkeypatch: pytest.MonkeyPatch, limit: str, value: int,
                                                 says: str) -> None:
    monkeypatch.setattr(archive, limit, value)
    (refused,) = read_bytes("a.zip", packed({"a.txt": b"1" * 2000, "b.txt": b"2" * 2000}))
    assert isinstance(refused, Refusal) and refused.code == "too_large" and says in refused.reason


def test_a_bomb_is_not_inflated() -> None:
    """A member that says it is small and is large gives no more than it says; one that says so is refused."""
    data = packed({"a.txt": b" " * 9_000_000, "b.txt": TEXT})
    assert read(data) == {"a.zip#a.txt": "too_large", "a.zip#b.txt": "text"}
    lying = data.replace(struct.pack("<L", 9_000_000), struct.pack("<L", 900))
    assert read(lying) == {"a.zip#a.txt": "truncated", "a.zip#b.txt": "text"}


def test_damage_locks_and_other_formats() -> None:
    data = packed({"a.txt": TEXT * 50, "b.txt": TEXT})
    locked = data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert set(read(locked).values()) == {"locked"}
    assert read(data[: len(data) // 2]) == {"a.zip": "truncated"}
    assert read(packed({})) == {"a.zip": "empty"}
    assert read(packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})) == {"a.zip": "not_text"}
    place = data.index(b"a.txt") + 12
    broken = data[:place] + b"\xff\xff\xff" + data[place + 3:]
    assert read(broken) == {"a.zip#a.txt": "truncated", "a.zip#b.txt": "text"}


def test_the_file_that_holds_a_document() -> None:
    known = {"a.zip", "b#1.txt", "c.pdf"}
    assert [file_of(name, known) for name in ("a.zip#x/y.pdf#3", "b#1.txt", "c.pdf#2", "gone.txt")] == [
        "a.zip", "b#1.txt", "c.pdf", "gone.txt"]
