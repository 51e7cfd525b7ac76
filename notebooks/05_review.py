# %% [markdown]
# # Review doubtful rows and correct them
# Start where the builder doubts itself. What you find goes into `data/corrections.csv`; every later build applies it and
# says so, and stops if what it corrects has changed meanwhile.

# %%
import csv
import tempfile
from pathlib import Path

from click import unstyle

import pipeline
from pipeline.explain import explain
from pipeline.told import answers_text

RAW, ROOT = Path("data/raw"), Path("data/processed")
observations = pipeline.load("observations")

# %% [markdown]
# Rows that count, the least sure first; then rows with a warning.

# %%
counted = observations[observations.repeat_of.isna()]
doubtful = counted.sort_values("confidence")
doubtful[["observation_id", "confidence", "organisation", "year", "metric", "value", "quote"]].head(10)

# %%
flagged = observations[observations["flags"].str.len() > 0]
flagged[["observation_id", "flags", "metric", "value", "unit", "quote"]]

# %% [markdown]
# One of them with its page and the reasons. Is the metric right, the union, the year?

# %%
row = doubtful.iloc[0]
(answer,) = explain(RAW, ROOT, row.observation_id)
print(unstyle(answers_text([answer])))

# %% [markdown]
# A correction names the figure (`document`, `quote`, and `nth` where the quote stands several times on the page), the
# `field`, its right `value`, the `reason`, and the value that you `expected` to find: if a better builder reads it
# otherwise one day, the build stops and asks, instead of correcting what is right. A number that is no figure at all has
# the field `figure`, the value `no`, and `yes` expected.

# %%
COLUMNS = ["document", "quote", "nth", "field", "value", "reason", "expected"]


def correction(row, field, value, reason):
    """One row of corrections.csv for an observation; its nth is counted among equal quotes of the page."""
    same = observations[(observations.document == row.document) & (observations.quote == row.quote)]
    nth = same.span_start.sort_values().tolist().index(row.span_start) + 1
    expected = "yes" if field == "figure" else row[field]
    return dict(zip(COLUMNS, [row.document, row.quote, nth, field, value, reason, expected], strict=True))


found = correction(row, "metric", "other", "an example: the sentence names none of the metrics")
found

# %% [markdown]
# Written here to a folder of its own. For good, append it to `data/corrections.csv`, and run `union-metrics build`.

# %%
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "corrections.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(found)
    print(path.read_text(encoding="utf-8"))
