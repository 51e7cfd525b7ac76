"""Makes the pictures in docs/ from the sample pages: the report on a desktop, on a phone and dark, and a chart.

    make pictures

Needs the packages of `make extras`, Chromium and a Chinese font (Debian: chromium, fonts-noto-cjk).
"""
from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from pipeline import plots
from pipeline.build import build
from pipeline.load import open_dataset
from pipeline.report import report

ROOT = Path(__file__).resolve().parent.parent
DOCS, RAW = ROOT / "docs", ROOT / "data" / "raw"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHART = "people_served"
# name, width, height, language, dark, what is done before the picture is taken
VIEWS = (
    ("report.png", 1360, 900, "en-GB", False, ("#metric=relief_funds", "2140万元")),
    ("report-dark.png", 1360, 900, "zh-CN", True, ("", None)),
    ("report-phone.png", 390, 844, "zh-CN", False, ("#q=再就业", "2.6万余人次")),
)


def pictures(file: Path, rows: Any) -> None:
    """Take the pictures of the report in `file`; `rows`: its observations."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit("There is no Chromium here. On Debian: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        for name, width, height, language, dark, (address, quote) in VIEWS:
            context = browser.new_context(viewport={"width": width, "height": height}, locale=language,
                                          color_scheme="dark" if dark else "light")
            page = context.new_page()
            identity = rows[rows["quote"] == quote]["observation_id"].iloc[0] if quote else ""
            page.goto(f"{file.as_uri()}{address}{f'&id={identity}' if identity else ''}")
            page.wait_for_selector(".page mark" if quote else "html[data-ready]")
            page.wait_for_timeout(300)
            page.screenshot(path=DOCS / name)
            context.close()
        browser.close()


def chart(dataset: Any, file: Path) -> None:
    """A chart of one metric of the panel, with bars for what the texts commit to."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    language = plots.prepare()
    panel, metrics = dataset.load("panel"), dataset.load("metrics")
    rows = panel[(panel["metric"] == CHART) & panel["breakdown"].isna()]
    figure, axes = plt.subplots(figsize=(8, 3.6))
    plots.figures(axes, rows, language)
    axes.set_yscale("log")
    axes.set_title(plots.metric_label(metrics, CHART, language))
    figure.savefig(file, dpi=120, metadata={"Software": None})


def main() -> None:
    """Build the sample, write its report, take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "processed"
        build(RAW, out, workers=2)
        report(RAW, out, out / "report.html")
        dataset = open_dataset(out)
        pictures(out / "report.html", dataset.load("observations"))
        chart(dataset, DOCS / "chart.png")


if __name__ == "__main__":
    main()
