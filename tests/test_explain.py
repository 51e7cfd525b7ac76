"""What explain answers: as data with marks that point at their words, and in colour on a terminal."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.raw_pages import LINES, write_raw
from tests.test_cli import call, ids

ESCAPE = "\x1b["


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("explain")
    raw = write_raw(folder / "raw", refused=False)
    (raw / "again.txt").write_text("本报讯　2019年，临川区总工会发展会员321人。这321人来自企业。\n", encoding="utf-8")
    call("build", "--raw", raw, "--out", folder / "out")
    return raw, folder / "out"


def data(*arguments: object) -> list[dict]:
    code, said, _ = call("explain", *arguments, "--json")
    assert code == 0
    return json.loads(said)


def test_json_has_the_figure_its_reasons_the_rules_and_the_words_that_spoke(folders):
    raw, out = folders
    (told,) = data(ids(out)["1287人"], "--raw", raw, "--root", out)
    assert (told["value"], told["metric"], told["year"], told["line"]) == (1287, "members_recruited", 2017, 1)
    assert told["observation_id"] == ids(out)["1287人"] and told["rule"]["signal"] == "发展 会员 #"
    text = LINES["2018-03-05_02.txt"]
    assert {(m["role"], m["words"]) for m in told["marks"]} >= {("who", "临川区总工会"), ("when", "去年")}
    assert all(text[mark["start"]:mark["end"]] == mark["words"] for mark in told["marks"])


def test_json_tells_a_number_that_is_no_figure_and_each_place_of_a_quote(folders):
    raw, out = folders
    assert [answer["no_figure"] for answer in data("gb.txt:2011", "--raw", raw, "--root", out)] == ["date"]
    both = data("again.txt:321人", "--raw", raw, "--root", out)
    assert len(both) == 2 and both[0]["start"] < both[1]["start"]


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_it_is_in_colour_on_a_terminal_unless_told_otherwise(folders, environment, coloured):
    raw, out = folders
    arguments = ["explain", "gb.txt:640人次", "--raw", str(raw), "--root", str(out)]
    said = CliRunner().invoke(main, arguments, color=True, env=environment).stdout
    assert (ESCAPE in said) == coloured and "宣城市总工会" in said
    assert ESCAPE not in CliRunner().invoke(main, arguments).stdout
