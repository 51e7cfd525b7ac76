"""How sure a row is: the share of rows like it that were right on hand-read pages. How the weights were fitted is in
`benchmarks/calibrate.py`; which row is right is never decided here.
"""
from __future__ import annotations

import math
from functools import lru_cache
from operator import mul

from pipeline.extract.metrics import Reading
from pipeline.extract.owners import GUESSED, Owner
from pipeline.extract.periods import Period
from pipeline.extract.quantities import Quantity
from pipeline.vocabulary import read_toml


def features(
    reading: Reading, owner: Owner, period: Period, near: bool, quantity: Quantity, headline: bool,
) -> dict[str, float]:
    """What a row's confidence rests on, by name; each between 0 and 1."""
    return {
        "score": min(reading.score, 10.0) / 10.0,
        "margin": min(max(reading.margin, 0.0), 5.0) / 5.0,
        "unspecific": float(reading.metric in ("other", "other_rate")),
        "likely": reading.chance,
        "signalled": float(reading.score > 0),
        "owner": owner.certainty,
        "owner_guessed": float(owner.body is not None and owner.certainty <= GUESSED),
        "rivals": min(owner.rivals, 3) / 3.0,
        "employer": float(owner.body is not None and owner.body.kind == "employer"),
        "local_union": float(owner.body is not None and owner.body.kind == "local_union"),
        "no_owner": float(owner.body is None),
        "time_named": float(near),
        "no_year": float(period.year is None),
        "classifier": float(quantity.unit_text is not None),
        "vague": float(quantity.vague or quantity.value is None),
        "headline": float(headline),
    }


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    return {str(k): float(v) for k, v in read_toml("confidence.toml")["weights"].items()}


def estimate(named: dict[str, float]) -> float:
    """The calibrated chance, 0.01 to 0.99, that value, unit, metric, organisation and year of a row are all right.

    `named`: the row's `features`.
    """
    weights = _weights()
    total = weights["intercept"] + sum(map(mul, map(weights.__getitem__, named), named.values()))
    return round(min(0.99, max(0.01, 1.0 / (1.0 + math.exp(-total)))), 3)


def told(named: dict[str, float]) -> str:
    """The features as a line of text (score 0.52, margin 0.4), those at nought left out; `untold` reads it back."""
    return ", ".join(f"{name} {value:.3g}" for name, value in named.items() if value)


def untold(line: str) -> dict[str, float]:
    """The features that `told` wrote."""
    return {name: float(value) for name, _, value in (part.rpartition(" ") for part in line.split(", ") if part)}
