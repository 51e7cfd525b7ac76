"""The notebooks run as they are, on the dataset of the sample pages."""
from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from pipeline.build import build

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                         capsys: pytest.CaptureFixture[str]) -> None:
    build(ROOT / "data" / "raw", tmp_path / "data" / "processed")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(notebook))
    assert "members" in notebook.read_text(encoding="utf-8") and "总工会" in capsys.readouterr().out
