"""The commands as a person calls them: what they print, their exit codes, mistakes told in a sentence."""
from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.conftest import REPOSITORY
from tests.raw_pages import GB18030, LINES, write_raw

GOLD = ('{"text": "640人次", "nth": 1, "value": 640, "low": 640, "high": 640, "qualifier": "exact", "unit": '
        '"person_time", "per": null, "metric": "people_trained", "status": "actual", "organisation": '
        '"宣城市总工会", "year": 2011}\n')


def call(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    raw, out = write_raw(folder / "raw"), folder / "out"
    return raw, out, call("build", "--raw", raw, "--out", out)


def ids(out):
    import pandas as pd

    frame = pd.read_parquet(out / "observations.parquet")
    return dict(zip(frame["quote"], frame["observation_id"], strict=True))


def test_build_says_what_it_did(folders):
    code, said, told = folders[2]
    assert code == 0
    assert said.startswith("4 documents, ") and "3 in quarantine" in said
    assert "empty.txt" in told and "Reading 7 files" in told
    assert not any("\r" in line for line in told.splitlines())


def test_page_shows_the_text_as_it_was_read(folders):
    code, said, _ = call("page", GB18030[0], "--raw", folders[0])
    assert code == 0
    assert said.startswith(GB18030[1])
    assert "article 0" in said and "gb18030" in said and "王某" in said


def test_page_takes_the_path_of_a_file_too(folders):
    path = folders[0] / "deep" / "2021.txt"
    assert call("page", path, "--raw", folders[0])[1].startswith(LINES["deep/2021.txt"])


def test_explain_by_id_by_its_first_digits_and_by_quote(folders):
    raw, out, _ = folders
    identity = ids(out)["1287人"]
    texts = [call("explain", name, "--raw", raw, "--root", out) for name in (
        identity, identity[:10], "2018-03-05_02.txt:1287人")]
    assert [code for code, _, _ in texts] == [0, 0, 0]
    assert texts[0] == texts[1]
    for _, said, _ in texts:
        for part in ("«1287人»", "members_recruited", "抚州市临川区总工会", "2017", "去年", "no word of a plan"):
            assert part in said
    assert identity in texts[0][1]


def test_explain_takes_a_document_with_a_colon(tmp_path):
    (tmp_path / "p2:03.txt").write_text(GB18030[1], encoding="utf-8")
    code, said, _ = call("explain", "p2:03.txt:640 人次", "--raw", tmp_path)
    assert code == 0 and "«640人次»" in said


def test_explain_tells_why_a_number_is_no_figure(folders):
    code, said, _ = call("explain", f"{GB18030[0]}:2011", "--raw", folders[0])
    assert code == 0 and "date" in said


def test_evaluate_scores_errors_and_families(folders, tmp_path):
    (tmp_path / "gb.jsonl").write_text(GOLD + '{"skip": []}\n', encoding="utf-8")
    (tmp_path / "split.csv").write_text("document,half\ngb,check\n", encoding="utf-8")
    code, said, _ = call("evaluate", tmp_path, "--corpus", folders[0], "--errors", "--families", "--half", "check")
    assert code == 0
    assert "1 pages, 1 facts by hand, 2 rows, 0 missed, 1 spurious" in said
    assert "gb: spurious" in said and "'95%'" in said and "employment" in said
    assert call("evaluate", tmp_path, "--corpus", folders[0], "--half", "tune")[1].startswith("0 pages")
    assert '"detection_recall": 1.0' in call("evaluate", tmp_path, "--corpus", folders[0], "--json")[1]


def test_validate_finds_a_damaged_file(folders, tmp_path):
    raw, out, _ = folders
    assert call("validate", out)[0] == 0
    call("build", "--raw", raw, "--out", tmp_path)
    (tmp_path / "panel.parquet").resolve().write_bytes(b"damaged")
    code, _, told = call("validate", tmp_path)
    assert code == 1 and "panel.parquet" in told


def test_a_wrong_manifest_is_told_with_line_and_column_and_nothing_is_published(tmp_path):
    raw = write_raw(tmp_path / "raw", "document,publication,issue_date\ngb.txt,,2012\n2018-03-05_02.txt,,5 March\n")
    code, said, told = call("build", "--raw", raw, "--out", tmp_path / "out")
    assert code == 2 and said == ""
    assert "issues.csv" in told and "line 3, column issue_date" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [
    ["build", "--raw", "gone"], ["page", "gb.txt", "--raw", "gone"], ["explain", "abc", "--root", "gone"],
    ["evaluate", "gone", "--corpus", "gone"], ["validate", "gone"], ["build", "--workers", "0"],
    ["build", "--engine", "cloud"], ["page"], ["evaluate", "gone"], ["nothing"],
])
def test_wrong_calls_end_with_2_and_a_sentence(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, said, told = call(*arguments)
    assert (code, said) == (2, "")
    assert "Error: " in told
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_no_dataset_is_told_before_the_work(folders, tmp_path):
    (tmp_path / "file").write_text("taken")
    code, _, told = call("build", "--raw", folders[0], "--out", tmp_path / "file" / "out")
    assert code == 2 and "Reading" not in told and str(tmp_path / "file") in told


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_access_is_told(folders, tmp_path):
    tmp_path.chmod(0o500)
    code, _, told = call("build", "--raw", folders[0], "--out", tmp_path / "out")
    tmp_path.chmod(0o700)
    assert code == 2 and "cannot be written" in told


@pytest.mark.parametrize(("reference", "hint"), [
    ("zzzz", "observation_id"), ("", "observation_id"), ("gb.txt:64", "640人次"), ("gb.txt:7788", "as printed"),
    ("g.txt:640人次", "gb.txt"),
])
def test_explain_helps_with_a_reference_to_nothing(folders, reference, hint):
    raw, out, _ = folders
    code, said, told = call("explain", reference, "--raw", raw, "--root", out)
    assert (code, said) == (2, "") and hint in told


def test_explain_says_that_a_page_has_changed(tmp_path):
    raw, out = write_raw(tmp_path / "raw"), tmp_path / "out"
    call("build", "--raw", raw, "--out", out)
    identity = ids(out)["1287人"]
    (raw / "2018-03-05_02.txt").write_text("本报讯　今日无事。", encoding="utf-8")
    code, _, told = call("explain", identity, "--raw", raw, "--root", out)
    assert code == 1 and "2018-03-05_02.txt" in told and "Build again" in told


def test_a_refused_page_ends_with_1(folders):
    code, _, told = call("page", "empty.txt", "--raw", folders[0])
    assert code == 1 and "empty" in told


@pytest.mark.parametrize("command", ["", *main.commands])
def test_help_fits_80_columns_and_the_readme_names_each_command(command):
    code, said, _ = call(*command.split(), "--help")
    assert code == 0 and max(map(len, said.splitlines())) <= 80
    assert f"union-metrics {command}" in (REPOSITORY / "README.md").read_text(encoding="utf-8")
