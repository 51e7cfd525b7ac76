"""The report as a file: the same bytes for the same dataset, pages that changed since, errors told in a sentence."""
from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipeline.report import report
from tests.report.conftest import Site
from tests.test_cli import call


def test_the_same_dataset_gives_the_same_bytes_whatever_the_workers(site: Site, tmp_path: Path):
    report(site.raw, site.root, tmp_path / "again.html", workers=2)
    assert (tmp_path / "again.html").read_bytes() == site.file.read_bytes()


def test_it_names_no_address_and_only_its_own_script_and_style(site: Site):
    text = site.file.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not [part for part in ("src=", "href=\"http", "url(", "@import", "//cdn") if part in text]


def test_a_page_that_changed_since_is_shown_by_its_sentence_and_said_to_have(site: Site, look, tmp_path: Path):
    raw = tmp_path / "raw"
    shutil.copytree(site.raw, raw)
    (raw / "2018-03-05_02.txt").write_text("本报讯　今日无事。", encoding="utf-8")
    (raw / "gb.txt").unlink()
    report(raw, site.root, tmp_path / "report.html")
    for quote in ("1287人", "640人次"):
        page = look(tmp_path / "report.html", f"#{site.row(quote).observation_id}")
        page.wait_for_selector(".page mark")
        assert page.inner_text(".page mark") == quote and "has changed or gone" in page.inner_text(".evidence")


def test_the_command_writes_it_beside_the_tables_or_where_it_is_told(site: Site, tmp_path: Path):
    code, said, told = call("report", "--raw", site.raw, "--out", site.root)
    assert code == 0 and said.startswith(f"{site.root / 'report.html'}: 0.1 MB") and "Reading 5 files" in told
    code, said, _ = call("report", "--raw", site.raw, "--out", site.root, "--file", tmp_path / "deep" / "r.html")
    assert code == 0 and (tmp_path / "deep" / "r.html").read_bytes() == (site.root / "report.html").read_bytes()
    (site.root / "report.html").unlink()


@pytest.mark.parametrize(("options", "code", "hint"), [
    (("--out", "gone"), 2, "no dataset is published here"), (("--raw", "gone"), 2, "no such folder of raw pages"),
    (("--file", "."), 1, "could not be written")])
def test_what_is_wrong_is_told_in_a_sentence(site: Site, tmp_path, monkeypatch, options, code, hint):
    monkeypatch.chdir(tmp_path)
    got, _, told = call("report", "--raw", site.raw, "--out", site.root, *options)
    assert got == code and hint in told


def test_an_empty_dataset_gives_a_report_that_says_so(look, tmp_path: Path):
    (tmp_path / "raw").mkdir()
    call("build", "--raw", tmp_path / "raw", "--out", tmp_path / "out")
    assert pd.read_parquet(tmp_path / "out" / "observations.parquet").empty
    report(tmp_path / "raw", tmp_path / "out", tmp_path / "report.html")
    page = look(tmp_path / "report.html")
    assert page.is_visible("#empty") and page.inner_text("#cards dd >> nth=0") == "0"
