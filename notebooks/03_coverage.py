# %% [markdown]
# # What is covered, and what is not
# A chart of trade unions is first of all a chart of which pages were read. Look here before comparing places or years.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import pipeline
from pipeline import plots
from schemas.labels import label

language = plots.prepare()
observations = pipeline.load("observations")
documents = pipeline.load("documents")
organisations = pipeline.load("organisations")
metrics = pipeline.load("metrics")

# %% [markdown]
# Figures by family and year. White is no figure at all: nothing was read, which does not mean that nothing happened.

# %%
years = range(int(observations.year.min()), int(observations.year.max()) + 1)
grid = pd.crosstab(observations.family, observations.year).reindex(columns=years, fill_value=0)
figure, axes = plt.subplots(figsize=(10, 4))
axes.imshow(grid.where(grid > 0) ** 0.5, aspect="auto", cmap="Reds", vmin=0)
axes.set_yticks(range(len(grid)), [label("family", family, language) for family in grid.index])
axes.set_xticks(range(0, len(years), 4), list(years)[::4])
axes.set_title("各类别各年份的数字" if language == "zh" else "Figures by family and year")
plt.show()

# %% [markdown]
# Where: unions by province, and provinces with no figure.

# %%
placed = observations.merge(organisations[["organisation_id", "province", "prefecture"]], on="organisation_id", how="left")
places = placed.groupby("province").agg(figures=("value", "size"), organisations=("organisation", "nunique"),
                                        years=("year", "nunique"))
places.sort_values("figures", ascending=False).head(10)

# %%
unplaced = placed.province.isna()
print(f"{unplaced.sum()} of {len(placed)} figures belong to no province: enterprises and national bodies")
print(f"{placed.province.nunique()} provinces have figures")

# %% [markdown]
# What: metrics with many figures, and metrics of the catalogue that no page reported.

# %%
counts = observations.metric.value_counts()
missing = metrics[~metrics.metric.isin(counts[counts > 0].index)]
print(f"{len(metrics) - len(missing)} of {len(metrics)} metrics occur; not: {', '.join(missing.metric) or 'none'}")

# %% [markdown]
# Unions with more than one year: only here can a change be seen at all.

# %%
panel = pipeline.load("panel")
series = panel.groupby(["organisation", "metric"], observed=True).year.nunique()
series[series > 1].sort_values(ascending=False).head(10)

# %% [markdown]
# How sure: confidence is calibrated, so the mean of a group is the share of its rows to expect right in every respect.

# %%
figure, axes = plt.subplots(figsize=(8, 3))
axes.hist(observations.confidence, bins=20, range=(0, 1), color=plots.COLOUR, alpha=0.8)
axes.set_title("置信度" if language == "zh" else "Confidence")
plt.show()
observations.groupby("family", observed=True).confidence.mean().sort_values().round(2)

# %% [markdown]
# What the dates rest on, and what was refused.

# %%
print(documents.issue_date_basis.value_counts().to_string())
pipeline.load("quarantine").head()
