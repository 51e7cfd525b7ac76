"""Engines: the same results in the same order, errors that arrive, wrong names refused."""
from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys

import pytest

from pipeline import versions
from pipeline.build import build
from pipeline.engines import AHEAD, chosen
from pipeline.errors import DataError, UserError
from tests.conftest import REPOSITORY
from tests.raw_pages import write_raw

LOCAL = ("serial", "processes")


def squared(number: int) -> int:
    return number * number


def failing(number: int) -> int:
    if number == 40:
        raise LookupError(str(number))
    return number


def dying(number: int) -> int:
    os._exit(1)


@pytest.mark.parametrize("engine", [None, *LOCAL])
@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 115])
def test_results_come_in_the_order_of_the_items(engine, workers, count):
    assert list(chosen(engine, workers).run(squared, range(count))) == [number * number for number in range(count)]


@pytest.mark.parametrize("engine", LOCAL)
def test_an_error_of_the_function_is_raised(engine):
    with pytest.raises(LookupError, match="40"):
        list(chosen(engine, 2).run(failing, range(100)))


def test_items_are_taken_as_they_are_needed():
    taken = []
    results = chosen("processes", 2).run(squared, (taken.append(number) or number for number in range(10_000)))
    assert next(results) == 0
    assert len(taken) <= 2 * (AHEAD + 1)
    results.close()


def test_a_process_that_dies_is_told():
    with pytest.raises(DataError, match="worker process died"):
        list(chosen("processes", 2).run(dying, range(3)))


def test_the_engine_in_the_docs_gives_the_same_bytes(tmp_path):
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("pyspark and Java are not installed; the project does not need them")
    (code,) = re.findall(r"```python\n(.*?)```", (REPOSITORY / "docs" / "engines.md").read_text(encoding="utf-8"), re.S)
    code += "import sys\npipeline.build(sys.argv[1], sys.argv[2], workers=2, engine='spark')\n"
    raw = write_raw(tmp_path / "raw")
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable}
    subprocess.run([sys.executable, "-c", code, raw, tmp_path / "out"], check=True, cwd=REPOSITORY, env=environment)
    assert build(raw, tmp_path / "here").version == versions.current(tmp_path / "out")


@pytest.mark.parametrize(("engine", "workers"), [("cloud", 1), ("serial", 0)])
def test_wrong_calls_are_refused(engine, workers):
    with pytest.raises(UserError):
        chosen(engine, workers)
