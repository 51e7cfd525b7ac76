"""A parser that crashes, hangs or swells costs only its own file; the next one is read as if nothing had been."""
from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pipeline.engines import chosen
from pipeline.errors import Refusal
from pipeline.model import Page
from pipeline.read import by_name, child, read_bytes, read_file
from tests.conftest import REPOSITORY
from tests.read.bad_pdf import HOSTILE
from tests.read.rendering import EPAPERS, as_html, story_of

HTML = as_html(story_of((EPAPERS / "story.txt").read_text(encoding="utf-8")), "founder").encode()


def read() -> str:
    """The code of the refusal of a good page, or the name of its reader."""
    (one,) = read_bytes("a.html", HTML)
    return one.code if isinstance(one, Refusal) else one.reader


def test_a_child_that_was_killed_is_replaced() -> None:
    assert read() == "html"
    assert child._child is not None
    child._child._process.kill()
    assert read() == "html"


def test_a_file_that_kills_each_child_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(self: object, *asked: object) -> None:
        raise child._Died(late=False)

    with monkeypatch.context() as patched:
        patched.setattr(child._Child, "ask", die)
        assert read() == "crashed"
    assert read() == "html"


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(child, "PATIENCE", 0.0)
        patched.setattr(child, "_child", None)
        assert read() == "too_slow"
    assert read() == "html"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_eats_memory_or_time_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    with monkeypatch.context() as patched:
        patched.setattr(child, "SECONDS", 2)
        patched.setattr(child, "MEMORY", 300 << 20)
        patched.setattr(child, "_child", None)
        (one,) = read_bytes("a.pdf", HOSTILE[name]())
        assert isinstance(one, Refusal) and one.code in ("crashed", "too_slow"), one
        assert child._child is None
    assert read() == "html"


def test_forked_processes_have_children_of_their_own(tmp_path: Path) -> None:
    assert read() == "html"
    names = [f"{number}.html" for number in range(40)]
    for name in names:
        (tmp_path / name).write_bytes(HTML)
    pages = [page for pages in chosen("processes", 2).run(partial(read_file, tmp_path), names) for page in pages]
    assert [page.document for page in pages] == names
    assert all(isinstance(page, Page) for page in pages)
    assert read() == "html"


def test_the_child_ends_with_its_parent() -> None:
    code = ("from pipeline.read import child, read_bytes; read_bytes('a.html', b'<html>1</html>'); "
            "print(child._child._process.pid)")
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_parsers_are_loaded_where_they_are_needed() -> None:
    code = ("import sys; from pipeline.read import read_bytes; read_bytes('a.html', b'<html><p>1</p></html>'); "
            "assert not {'selectolax', 'pypdfium2'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


def test_a_defect_of_a_reader_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes) -> None:
        raise IndexError("no such column")

    monkeypatch.setattr("pipeline.read.READERS", (replace(by_name("html"), read=fail),))
    code, reason, _ = child._answer("html", False, HTML)["refused"]
    assert code == "reader_failed" and "IndexError in test_child.py, line" in reason
