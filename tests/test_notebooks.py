"""The notebooks run from top to bottom on the dataset of the sample pages, and are kept with what they showed."""
from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.plots import prepare
from scripts.make_notebooks import executed, opened
from tests.conftest import REPOSITORY

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.py"))
pytest.importorskip("nbclient", reason="nbclient is not installed (make extras)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to work in, with data/raw and data/processed."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "data").mkdir()
    (folder / "data" / "raw").symlink_to(REPOSITORY / "data" / "raw")
    build(folder / "data" / "raw", folder / "data" / "processed")
    return folder


def code(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("source", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_something(source: Path, folder: Path):
    cells = code(executed(source, folder))
    outputs = [output for cell in cells for output in cell.outputs]
    assert outputs and not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


@pytest.mark.parametrize("source", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_kept_is_the_notebook_as_it_stands_run_through(source: Path):
    import nbformat

    kept, now = nbformat.read(source.with_suffix(".ipynb"), 4), opened(source)
    cells = [[(cell.id, cell.cell_type, cell.source) for cell in notebook.cells] for notebook in (kept, now)]
    assert cells[0] == cells[1], "run `make notebooks`"
    assert [cell.execution_count for cell in code(kept)] == list(range(1, len(code(kept)) + 1))


@pytest.mark.parametrize(("installed", "language"), [
    ({"DejaVu Sans", "Noto Sans CJK SC"}, "zh"), ({"SimHei"}, "zh"), ({"DejaVu Sans"}, "en"), (set(), "en")])
def test_labels_are_english_where_no_font_has_chinese_and_the_font_is_named(installed, language, capsys):
    assert prepare(installed) == language
    assert ("fonts-noto-cjk" in capsys.readouterr().out) == (language == "en")
