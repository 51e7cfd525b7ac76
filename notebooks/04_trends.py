# %% [markdown]
# # Trends, treated right
# Relief, membership, contracts and coverage by prefecture and year. Six rules keep a chart honest:
#
# 1. **Targets** are plans, not results: draw them apart.
# 2. **Repeats** tell one fact twice, **parts** stand within a total: count neither again.
# 3. A **flow** (relief paid in a year) may be added up over unions; a **stock** (members at a point in time) is never added
#    up over years, and a **rate** is never added up at all.
# 4. A province's total holds its prefectures': never add up levels.
# 5. 近, 余, 上 and ranges commit to **bounds**: draw them.
# 6. Few pages make no trend: say how many unions stand behind each point.
#
# The panel has done 1 and 2.

# %%
import matplotlib.pyplot as plt

import pipeline
from pipeline import plots

language = plots.prepare()
panel = pipeline.load("panel")
organisations = pipeline.load("organisations")
metrics = pipeline.load("metrics")
observations = pipeline.load("observations")

places = organisations[["organisation_id", "kind", "province", "prefecture", "county"]]
panel = panel.merge(places, on="organisation_id", how="left")
panel["level"] = "other"
panel.loc[panel.province.notna() & panel.prefecture.isna() & panel.county.isna(), "level"] = "province"
panel.loc[panel.prefecture.notna() & panel.county.isna(), "level"] = "prefecture"
panel.loc[panel.county.notna(), "level"] = "county"
panel.level.value_counts()

# %% [markdown]
# ## Relief paid: a flow
# One level at a time. `at_least` and `at_most` add up what the texts commit to; where one end is open it stays the value.

# %%
def flow(metric, level):
    rows = panel[(panel.metric == metric) & (panel.level == level) & (panel.unit == "CNY") & panel.breakdown.isna()]
    rows = rows[rows.value.notna()].assign(low=rows.value_low.fillna(rows.value), high=rows.value_high.fillna(rows.value))
    return rows.groupby(["prefecture", "year"], as_index=False).agg(
        value=("value", "sum"), at_least=("low", "sum"), at_most=("high", "sum"), unions=("organisation_id", "nunique"))


flow("relief_funds", "prefecture")

# %%
flow("relief_funds", "county")

# %%
rows = panel[(panel.metric == "relief_funds") & (panel.unit == "CNY") & panel.breakdown.isna()]
figure, axes = plt.subplots()
for (level, part), marker in zip(rows.groupby("level"), "osD^", strict=False):
    plots.figures(axes, part, language, fmt=marker, label=level, color=None, ecolor=plots.QUIET)
axes.set_yscale("log")
axes.set_title(plots.metric_label(metrics, "relief_funds", language))
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# ## Members: a stock beside its flow
# Members at a point in time are not the sum of members recruited. The latest statement of each union stands for its year.

# %%
figure, pair = plt.subplots(1, 2, figsize=(11, 4))
for axes, metric in zip(pair, ("members_total", "members_recruited"), strict=True):
    rows = panel[(panel.metric == metric) & panel.breakdown.isna() & panel.unit.isin(["person"])]
    plots.figures(axes, rows, language)
    axes.set_yscale("log")
    measure = metrics.set_index("metric").measure[metric]
    axes.set_title(f"{plots.metric_label(metrics, metric, language)} ({measure})")
plt.show()

# %% [markdown]
# ## Contracts: what was signed in a year, what is in force
# Two metrics for two questions; `spread` says how far the pages of one year disagree.

# %%
contracts = panel[(panel.family == "contracts") & panel.breakdown.isna() & panel.value.notna()]
contracts.groupby(["metric", "measure", "unit"], observed=True).agg(
    unions=("organisation_id", "nunique"), median=("value", "median"), spread=("spread", "max"))

# %% [markdown]
# ## Coverage: rates
# The median union and the range between the quarters, never a sum; a mean over unions would need their sizes as weights.
# Points above 100 are flagged in the observations, not cut off.

# %%
rates = panel[(panel.family == "coverage") & panel.breakdown.isna() & (panel.unit == "percent") & panel.value.notna()]
rates = rates[~rates.metric.isin(["growth_rate", "other_rate"])]
quarters = rates.groupby("metric", observed=True).value.describe()[["count", "25%", "50%", "75%"]]
quarters.sort_values("count", ascending=False)

# %%
common = quarters["count"].idxmax()
rows = rates[rates.metric == common]
figure, axes = plt.subplots()
plots.figures(axes, rows, language)
middle = rows.groupby("year").value.agg(["median", "size"])
axes.plot(middle.index, middle["median"], color=plots.QUIET, linewidth=1)
axes.set_ylim(0, max(105, rows.value.max() * 1.05))
axes.set_title(plots.metric_label(metrics, common, language))
plt.show()
middle

# %% [markdown]
# ## Targets against results
# What was promised stands beside what was reported, each in its own colour, and is never mixed in.

# %%
promised = observations[(observations.status == "target") & observations.repeat_of.isna()]
metric = promised[~promised.metric.isin(["other", "other_rate", "growth_rate"])].metric.mode()[0]
figure, axes = plt.subplots()
both = observations[(observations.metric == metric) & observations.repeat_of.isna() & observations.per.isna()]
both = both[both.unit == both.unit.mode()[0]]
plots.figures(axes, both[both.status == "actual"], language)
plots.figures(axes, both[both.status == "target"], language, color="#b78a1e", ecolor="#b78a1e", markerfacecolor="none")
axes.set_yscale("log")
axes.set_title(plots.metric_label(metrics, metric, language))
plt.show()
