"""A folder that holds every kind of file at once: all good pages in the dataset, all bad ones in quarantine."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import pipeline
from pipeline.validate import validate
from tests.conftest import REPOSITORY
from tests.raw_pages import REFUSED, write_raw
from tests.read.bad_pdf import BAD, CHINESE, chinese, written
from tests.read.rendering import EPAPERS, MALFORMED, as_html, malformed, story_of
from tests.read.test_archive import packed

STORY = (EPAPERS / "story.txt").read_text(encoding="utf-8")
SYSTEMS = sorted(path.stem for path in EPAPERS.glob("*.html"))
PRINTED = written([chinese("本报讯　某市总工会发展会员1287人。"), chinese("去年，某市总工会慰问职工320名。")], CHINESE)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Text files, a page of each e-paper system, PDF, ZIP, and what is none of these or broken."""
    folder = write_raw(tmp_path / "raw")
    for system in SYSTEMS:
        (folder / f"{system}.html").write_text(as_html(story_of(STORY), system), encoding="gb18030")
    saved = folder / "founder_files"
    saved.mkdir()
    (saved / "jquery.js").write_text("var total = 5000;")
    (folder / "2019-04-02.pdf").write_bytes(PRINTED)
    (folder / "issue.zip").write_bytes(packed({"2021/03/17/a.txt": STORY.encode(), "p.pdf": PRINTED, "bad.txt": b""}))
    for bad in BAD:
        (folder / f"{bad.name}.pdf").write_bytes(bad.data())
    for page in MALFORMED:
        (folder / f"{page['name']}.htm").write_text(malformed(page), encoding="utf-8")
    (folder / "cut.zip").write_bytes(packed({"a.txt": STORY.encode() * 9})[:300])
    return folder


def test_a_folder_of_everything(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "pipeline.cli", "build", "--raw", raw, "--out", out, "--workers", "2"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    documents = pipeline.load("documents", root=out).set_index("document")
    good = {*(f"{system}.html" for system in SYSTEMS), "2019-04-02.pdf#1", "2019-04-02.pdf#2",
            "issue.zip#2021/03/17/a.txt", "issue.zip#p.pdf#1", "issue.zip#p.pdf#2"}
    assert good < set(documents.index)
    assert len(documents) == len(good) + 4  # and the pages of text
    assert documents.system[[f"{system}.html" for system in SYSTEMS]].tolist() == SYSTEMS
    assert str(documents.issue_date["issue.zip#2021/03/17/a.txt"]) == "2021-03-17"
    bad = {*REFUSED, *(f"{one.name}.pdf" for one in BAD), *(f"{page['name']}.htm" for page in MALFORMED), "cut.zip",
           "issue.zip#bad.txt"}
    assert set(pipeline.load("quarantine", root=out).document) == bad
    assert len(bad) > 10
    assert validate(out) == []


def test_pages_of_one_file_are_found_by_name(raw: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "page", "issue.zip#p.pdf#2", "--raw", raw]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert "慰问职工320名" in done.stdout
    assert "--- issue.zip#p.pdf#2" in done.stdout
