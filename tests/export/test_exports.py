"""What is written for Excel and as SDMX, read back by other people's readers, says what the tables say."""
from __future__ import annotations

import csv
import sys
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.build import build
from pipeline.errors import UserError
from pipeline.export import FORMATS, export
from pipeline.export.cells import neutral, rows
from schemas import TABLES
from tests.cases import cases
from tests.raw_pages import write_raw
from tests.test_cli import call

FORMULA = "=HYPERLINK(1)，2019年，临川区总工会发展会员50多人，救助困难职工20至30人。"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("export")
    raw = write_raw(folder / "raw")
    (raw / "=1.txt").write_text(FORMULA, encoding="utf-8")
    build(raw, folder / "out")
    export(folder / "out", folder / "to", FORMATS)
    return folder / "out", folder / "to"


def expected(root: Path, name: str) -> list[list[object]]:
    return list(rows(TABLES[name], pq.read_table(root / f"{name}.parquet")))


@pytest.mark.parametrize("case", cases(Path(__file__).with_name("cells.toml")))
def test_what_a_spreadsheet_would_mistake_gets_an_apostrophe(case):
    assert neutral(case["text"]) == case["cell"]


@pytest.mark.parametrize("name", TABLES)
def test_csv_has_excels_mark_and_gives_the_table_again(exported, name):
    root, to = exported
    data = (to / f"{name}.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    head, *body = csv.reader(data.decode("utf-8-sig").splitlines(keepends=True))
    assert head == [column.name for column in TABLES[name].columns]
    assert [[text.removeprefix("'") for text in row] for row in body] == [
        ["" if value is None else str(value).removeprefix("'") for value in row] for row in expected(root, name)]
    assert not [text for row in body for text in row if text[:1] in "=+@\t" and text]


@pytest.mark.parametrize("name", TABLES)
def test_the_workbook_gives_the_table_again_and_holds_no_formula(exported, name):
    openpyxl = pytest.importorskip("openpyxl")
    root, to = exported
    sheet = openpyxl.load_workbook(to / "union-metrics.xlsx")[name]
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    head, *body = sheet.iter_rows(values_only=True)
    assert list(head) == [column.name for column in TABLES[name].columns]
    assert [[value.date() if isinstance(value, datetime) else value for value in row] for row in body] == [
        [None if value == "" else value for value in row] for row in expected(root, name)]


def test_sdmx_is_read_back_by_pysdmx_with_its_structure(exported):
    pysdmx = pytest.importorskip("pysdmx.io")
    root, to = exported
    (dataset,) = pysdmx.get_datasets(to / "panel.sdmx.csv", to / "structure.sdmx.xml")
    panel = pd.read_parquet(root / "panel.parquet")
    got = dataset.data.reset_index(drop=True)
    assert got["OBSERVATION_ID"].tolist() == panel["observation_id"].tolist()
    assert got["OBS_VALUE"].astype("float64").tolist() == pytest.approx(panel["value"].tolist(), nan_ok=True)
    for component in dataset.structure.components:
        if component.local_codes is not None:
            assert set(got[component.id]) <= {code.id for code in component.local_codes.items}, component.id
    keys = [c.id for c in dataset.structure.components.dimensions]
    assert keys[-1] == "TIME_PERIOD" and not got.duplicated(keys).any()


def test_the_status_in_sdmx_says_how_good_a_value_is(exported):
    from pipeline.export.sdmx import STATUSES

    root, to = exported
    data = pd.read_csv(to / "panel.sdmx.csv").merge(
        pd.read_parquet(root / "observations.parquet"), left_on="OBSERVATION_ID", right_on="observation_id")
    status = dict(zip(data["quote"], data["OBS_STATUS"], strict=True))
    sure = dict(zip(data["quote"], data["confidence"], strict=True))
    assert set(status.values()) <= set(STATUSES) and status["20至30人"] == "O"
    assert status["1287人"] == ("A" if sure["1287人"] >= 0.6 else "U")
    assert {code for quote, code in status.items() if sure[quote] < 0.6 and quote != "20至30人"} <= {"U"}


def test_the_same_dataset_gives_the_same_bytes(exported, tmp_path):
    root, to = exported
    for path in export(root, tmp_path, FORMATS):
        assert path.read_bytes() == (to / path.name).read_bytes(), path.name


def test_only_the_tables_named_are_written(exported, tmp_path):
    code, said, _ = call("export", "--root", exported[0], "--to", tmp_path / "to", "--table", "panel")
    assert code == 0 and said.split() == [str(tmp_path / "to" / "panel.csv")]
    code, _, told = call("export", "--root", exported[0], "--to", tmp_path / "to", "--table", "panels")
    assert code == 2 and "panels" in told and "observations" in told


@pytest.mark.parametrize(("form", "package"), [("xlsx", "xlsxwriter"), ("sdmx", "pysdmx.io")])
def test_a_package_that_is_missing_is_named_with_the_remedy(exported, tmp_path, monkeypatch, form, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match="make extras"):
        export(exported[0], tmp_path, [form])
