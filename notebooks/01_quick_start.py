# %% [markdown]
# # Quick start
# Load the dataset, filter it, draw it. Run `make build` first, and `make extras` for the charts. 中文标签需要中文字体（Debian：
# `apt-get install fonts-noto-cjk`）。

# %%
import matplotlib.pyplot as plt

import pipeline
from pipeline import plots

language = plots.prepare()
observations = pipeline.load("observations")
metrics = pipeline.load("metrics")
print(f"{len(observations):,} figures from {observations.document.nunique()} pages")

# %% [markdown]
# Each row is one figure that a page reports. What counts once: no targets, no repeats, no parts of a total that is there
# too. Below 0.6 a careful reader looks at the page first.

# %%
once = observations[
    (observations.status == "actual")
    & observations.repeat_of.isna()
    & observations.part_of.isna()
    & (observations.confidence >= 0.6)
]
once[["organisation", "year", "metric", "value", "unit", "quote"]].head()

# %% [markdown]
# The panel has chosen one value for each union, year and metric, by the rule in the data dictionary: members recruited.

# %%
panel = pipeline.load("panel")
recruited = panel[panel.metric == "members_recruited"].sort_values("value", ascending=False)
recruited[["organisation", "year", "value", "qualifier"]].head(8)

# %% [markdown]
# A chart of your own: put another metric here. Bars show what the text commits to: 近9000 is at most 9000, 280余 at least 280.

# %%
METRIC = "members_recruited"

rows = panel[(panel.metric == METRIC) & panel.breakdown.isna()]
figure, axes = plt.subplots()
plots.figures(axes, rows[rows.unit == rows.unit.mode()[0]], language)
axes.set_yscale("log")
axes.set_title(plots.metric_label(metrics, METRIC, language))
plt.show()

# %% [markdown]
# Which metrics are there to choose from?

# %%
counts = panel.metric.value_counts().head(12).rename("rows").to_frame()
counts.join(metrics.set_index("metric")[["label_en", "label_zh", "measure"]])
