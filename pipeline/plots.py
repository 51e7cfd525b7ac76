"""Charts of the panel, for notebooks and documents: Chinese labels where there is a font for them, bars for what a text
commits to. Which rows are drawn is the caller's choice.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.labels import label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Families that have simplified Chinese, the first that is installed is taken.
FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei",
            "WenQuanYi Micro Hei", "WenQuanYi Zen Hei")
ADVICE = ("No font with Chinese is installed, so labels are in English. On Debian: apt-get install fonts-noto-cjk, "
          "then start anew.")
COLOUR, QUIET = "#a8382c", "#6c675d"
OPEN = 0.25  # how far a bar with an open end reaches, as a share of the value


def prepare(installed: set[str] | None = None) -> str:
    """Set matplotlib up and return the language of labels: zh where a font for it is installed, else en, with advice.

    `installed`: the names of the font families that there are; asked of matplotlib where not given.
    """
    import matplotlib as mpl
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist} if installed is None else installed
    family = next((name for name in FAMILIES if name in there), None)
    mpl.rcParams.update({
        "font.family": [family or "DejaVu Sans"], "axes.unicode_minus": False, "axes.spines.top": False,
        "axes.spines.right": False, "axes.edgecolor": QUIET, "axes.titlelocation": "left", "figure.figsize": (8, 4),
        "figure.dpi": 110, "savefig.bbox": "tight", "svg.hashsalt": "union-metrics",
    })
    if family is None:
        print(ADVICE)
    return "zh" if family else "en"


def metric_label(metrics: pd.DataFrame, code: str, language: str) -> str:
    """What a metric is called; `metrics` is that table of the dataset."""
    return str(metrics.set_index("metric").loc[code, f"label_{language}"])


def bounds(rows: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """How far the bars of figures reach below and above: to what the text commits to, a share where an end is open."""
    value = rows["value"]
    low = rows["value_low"].fillna(value * (1 - OPEN))
    high = rows["value_high"].fillna(value * (1 + OPEN))
    return (value - low).clip(lower=0), (high - value).clip(lower=0)


def figures(axes: Axes, rows: pd.DataFrame, language: str, **style: Any) -> None:
    """Draw rows of the panel as points by year, each with its bar; an interval as a bar alone."""
    from matplotlib.ticker import MaxNLocator

    rows = rows[rows["year"].notna()].assign(year=lambda dated: dated["year"].astype(int))
    stated = rows[rows["value"].notna()]
    below, above = bounds(stated)
    drawn: dict[str, Any] = {"fmt": "o", "color": COLOUR, "ecolor": COLOUR, "alpha": 0.75, "markersize": 5,
                             "elinewidth": 1} | style
    axes.errorbar(stated["year"], stated["value"], yerr=[below, above], **drawn)
    intervals = rows[rows["value"].isna() & rows["value_low"].notna() & rows["value_high"].notna()]
    axes.vlines(intervals["year"], intervals["value_low"], intervals["value_high"], color=COLOUR, linewidth=2)
    axes.set_ylabel(" / ".join(label("unit", unit, language) for unit in rows["unit"].astype("str").unique()),
                    rotation=0, ha="right")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color="#e4dfd4", linewidth=0.8)
    axes.set_axisbelow(True)
