# %% [markdown]
# # From a number back to its page
# A point in a chart looks strange. Which page said so, in which words, and why was it read like this?

# %%
from html import escape
from pathlib import Path

from IPython.display import HTML

import pipeline
from pipeline.explain import explain
from pipeline.told import answers_text

RAW, ROOT = Path("data/raw"), Path("data/processed")
observations = pipeline.load("observations")

# %% [markdown]
# The largest sums of relief. Does the first one stand on the page like that?

# %%
relief = observations[(observations.metric == "relief_funds") & (observations.unit == "CNY")]
largest = relief.sort_values("value", ascending=False)
largest[["observation_id", "organisation", "year", "value", "quote", "document"]].head()

# %% [markdown]
# Each row knows its document and its characters. The same page, read again, with the figure marked:

# %%
row = largest.iloc[0]
(answer,) = explain(RAW, ROOT, row.observation_id)
text = answer.page.text
assert text[row.span_start:row.span_end] == row.quote

before, after = text[max(0, row.span_start - 160):row.span_start], text[row.span_end:row.span_end + 120]
HTML(f"<p style='max-width:44em;line-height:1.9'>…{escape(before)}<mark>{escape(row.quote)}</mark>{escape(after)}…</p>")

# %% [markdown]
# Why it reads like this: the words that named the metric, the union that the sentence is about and where it was named in
# full, what told the year. The report shows the same beside the page; on a terminal it is `union-metrics explain ID`.

# %%
from click import unstyle

print(unstyle(answers_text([answer])))

# %% [markdown]
# The same as data, for a program:

# %%
from pipeline.explain import as_data

told = as_data(answer)
{name: told[name] for name in ("metric", "value", "organisation", "year", "rule", "reasons")}

# %% [markdown]
# And what of the other numbers on the page? Every one stands in the ledger, with the observation it became or the reason
# why it is none.

# %%
numerals = pipeline.load("numerals")
here = numerals[numerals.document == row.document]
here.assign(became=here.observation_id.notna())[["quote", "became", "reason"]].head(12)

# %%
here.reason.value_counts()
