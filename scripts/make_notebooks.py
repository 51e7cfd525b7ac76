"""Runs the notebooks (notebooks/*.py, jupytext) on data/processed and keeps them with what they showed (*.ipynb).

    make notebooks

The same dataset gives the same files: no times, no ids that differ from run to run.
"""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
TIMEOUT = 300  # seconds that a cell may take


def opened(source: Path) -> Any:
    """The notebook of a text file, with numbered cells and nothing run."""
    import jupytext

    notebook = jupytext.read(source, fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{number:02d}"
        cell.metadata = {}
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return notebook


def executed(source: Path, folder: Path) -> Any:
    """The notebook run from top to bottom in `folder`, outputs kept; raises CellExecutionError where a cell fails."""
    from nbclient import NotebookClient

    notebook = opened(source)
    NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False,
                   resources={"metadata": {"path": str(folder)}}).execute()
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


def main() -> None:
    """Run each notebook and write it beside its text."""
    import nbformat

    for source in sorted(NOTEBOOKS.glob("*.py")):
        print(source.relative_to(ROOT), file=sys.stderr)
        nbformat.write(executed(source, ROOT), source.with_suffix(".ipynb"))


if __name__ == "__main__":
    main()
