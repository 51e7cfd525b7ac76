"""Fixtures that more than one test file uses; no test lives here."""
from __future__ import annotations

import atexit
import gc
import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the hand-read pages: UNION_METRICS_SHARED, else `shared` beside the checkout."""
    folder = Path(os.environ.get("UNION_METRICS_SHARED") or REPOSITORY.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no hand-read pages at {folder} (set UNION_METRICS_SHARED to their folder)")
    return folder


@pytest.fixture(autouse=True)
def spoken_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the locale of the person who runs the tests, and whatever language a test before chose."""
    from pipeline.messages import speak

    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    speak("en")


def pytest_sessionfinish() -> None:
    """A command run in here asked for no last look for dead cycles, after which DuckDB would list what it holds."""
    atexit.unregister(gc.freeze)
