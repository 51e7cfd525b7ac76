"""A small dataset with a page that tries to break out of the report, and a headless browser to look at it."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from pipeline.build import build
from pipeline.report import report
from tests.conftest import REPOSITORY
from tests.raw_pages import write_raw

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
# Markup, a formula, a character beyond the first 65,536 before the figure, wrapped lines, an early end of the script.
HOSTILE = ("𠮷林报<script>window.broken=1</script>\n本报讯（<b>赵某</b>）</script><!-- 去年，=1+1县临川区总工\n"
           "会发展会\n员321人，新建工会<img src=x onerror=\"window.broken=1\">45家。\n")


@dataclass(frozen=True)
class Site:
    """A raw folder, its dataset, its report and the observations by id."""

    raw: Path
    root: Path
    file: Path
    rows: pd.DataFrame

    def row(self, quote: str) -> pd.Series:
        """The observation of that quote."""
        return self.rows[self.rows["quote"] == quote].iloc[0]


def made(raw: Path, folder: Path) -> Site:
    build(raw, folder / "out")
    report(raw, folder / "out", folder / "report.html")
    rows = pd.read_parquet(folder / "out" / "observations.parquet")
    return Site(raw, folder / "out", folder / "report.html", rows)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("report")
    raw = write_raw(folder / "raw")
    (raw / "a'b\"<i>&.txt").write_text(HOSTILE, encoding="utf-8")
    return made(raw, folder)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The report of the pages in data/raw."""
    return made(REPOSITORY / "data" / "raw", tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("there is no browser here (on Debian: apt-get install chromium fonts-noto-cjk)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def look(chromium):
    """Opens a report; when the test ends, nothing may have been written to the console or asked of the network."""
    said: list[str] = []
    contexts = []

    def open_report(file: Path, hash_: str = "", width: int = 1360, language: str = "en-GB", dark: bool = False):
        context = chromium.new_context(viewport={"width": width, "height": 860}, locale=language,
                                       color_scheme="dark" if dark else "light")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: request.url.startswith(("file:", "blob:")) or said.append(request.url))
        page.goto(file.as_uri() + hash_)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert said == []
