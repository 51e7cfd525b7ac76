"""What is said in Chinese: nothing is left out, lines fit a terminal, errors and helps and reasons come through."""
from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.errors import Refusal
from pipeline.extraction import extract_file
from pipeline.messages import known, of_locale, say
from pipeline.messages.commands import paragraphs
from pipeline.messages.terminal import fitted, width
from pipeline.read import files
from tests.conftest import REPOSITORY
from tests.messages.sentences import helps, spoken
from tests.raw_pages import GB18030, write_raw


def call(*arguments: object, locale: str = "C") -> tuple[int, str]:
    """Exit code and all that was printed."""
    result = CliRunner().invoke(main, [str(a) for a in arguments], env={"LC_ALL": locale})
    return result.exit_code, result.output


def test_every_sentence_has_its_chinese():
    missing = [f"{where}: {sentence!r}" for sentence, where in spoken().items() if not known(sentence)]
    missing += [f"help: {sentence!r}" for sentence in dict.fromkeys(helps(main)) if not known(sentence)]
    assert not missing, "add them to pipeline/messages/zh.toml:\n" + "\n".join(missing)


@pytest.mark.parametrize(("sentence", "chinese"), [
    ("doer of its sentence: 市总, after 大同市总工会", "本句的施动者：市总，承前文的大同市总工会"),
    ("Reading 36 files of data/raw", "正在读取data/raw中的36个文件"),
    ("there is no engine cloud", "没有名为cloud的引擎"),
    ("Invalid value for '--workers': 0 is not in the range x>=1.", "“--workers”的值无效：0不在范围 x>=1 之内。"),
    ("something that nobody translated", "something that nobody translated"), ("", ""),
])
def test_what_differs_is_put_into_the_chinese_sentence(sentence, chinese):
    assert say(sentence, "zh") == chinese and say(sentence) == sentence


@pytest.mark.parametrize(("environment", "spoken_there"), [
    ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_TW"}, "zh"), ({"LANG": "de_DE"}, "en"), ({}, "en"),
    ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"), ({"LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "C"}, "zh"),
])
def test_the_locale_chooses_the_language(environment, spoken_there):
    assert of_locale(environment) == spoken_there


@pytest.mark.parametrize("command", ["", *main.commands])
def test_chinese_helps_fit_80_columns_and_say_every_paragraph(command):
    code, said = call(*command.split(), "--help", "--lang", "zh")
    assert code == 0 and max(map(width, said.splitlines())) <= 80 and "用法：" in said
    own = main.commands[command] if command else main
    flat = "".join(said.split())
    for paragraph in paragraphs(own.help or ""):
        assert "".join(say(paragraph, "zh").split()) in flat


def test_errors_in_chinese_name_the_remedy(tmp_path):
    code, said = call("validate", tmp_path, "--lang", "zh")
    assert code == 2 and said == f"错误：{tmp_path}：此处没有已发布的数据集。请运行 `make build`，或指明其文件夹。\n"
    code, said = call("build", "--workers", "0", locale="zh_CN.UTF-8")
    assert code == 2 and "错误：“--workers”的值无效" in said and "查看帮助" in said


def test_the_option_goes_before_the_locale_and_lasts_for_one_call(tmp_path):
    assert "错误" not in call("--lang", "en", "validate", tmp_path, locale="zh_CN.UTF-8")[1]
    assert "错误" in call("validate", tmp_path, locale="zh_CN.UTF-8")[1]
    assert "Error" in call("validate", tmp_path)[1]


def test_a_figure_is_explained_in_chinese(tmp_path):
    raw = write_raw(tmp_path / "raw")
    code, said = call("explain", f"{GB18030[0]}:640人次", "--raw", raw, "--lang", "zh")
    assert code == 0 and "本句的施动者：宣城市总工会" in said and "没有表示计划的词" in said and "依据：清单" in said


@pytest.mark.parametrize(("text", "columns", "lines"), [
    ("one two three", 7, ["one two", "three"]), ("工会数据集", 4, ["工会", "数据", "集"]),
    ("用 --out 另指", 8, ["用 --out", "另指"]), ("工会。", 4, ["工会。"]), ("", 4, []),
    ("unbreakable", 4, ["unbreakable"]),
])
def test_lines_are_broken_by_their_width(text, columns, lines):
    assert fitted(text, columns) == lines


def test_every_reason_given_on_the_sample_pages_has_its_chinese():
    raw = REPOSITORY / "data" / "raw"
    reasons = {why.partition(" (score")[0] for file in files(raw) for result in extract_file(raw, (file, {}))
               if not isinstance(result, Refusal) for o in result.observations
               for name, why in o.evidence if name != "confidence"}
    assert reasons
    assert not [why for why in reasons if re.search("[a-z]{3}", say(why, "zh"))], "add them to zh.toml, [reasons]"
