# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---
# %% [markdown]
# # Quick start
# Load the dataset, filter it, add it up. Run `make build` first. The file opens as a notebook with jupytext, and runs as
# a script as it is.

# %%
import pipeline

observations = pipeline.load("observations")
observations.shape

# %% [markdown]
# What counts once: no targets, no repeats, no parts of a total that is there too. Below 0.6 a careful reader looks at the
# page first.

# %%
once = observations[
    (observations.status == "actual")
    & observations.repeat_of.isna()
    & observations.part_of.isna()
    & (observations.confidence >= 0.6)
]

# %% [markdown]
# Members recruited, by union and year. The panel has chosen one value for each, by the rule in the data dictionary.

# %%
panel = pipeline.load("panel")
recruited = panel[panel.metric == "members_recruited"].sort_values("value", ascending=False)
print(recruited[["organisation", "year", "value", "qualifier"]].head(8).to_string(index=False))

# %% [markdown]
# Relief paid a year, in 万元: flows may be added up over unions, if nobody reports for another.

# %%
relief = pipeline.load("relief")
paid = relief[relief.metric == "relief_funds"].groupby("year")["yuan"].sum() / 10_000
print(paid.round(1).to_string())

# %% [markdown]
# Where does a number come from? Every row knows its page, its characters and its sentence.

# %%
row = once.sort_values("confidence").iloc[-1]
print(row.document, row.span_start, row.span_end, row.quote, row.sentence, sep="\n")
