"""Fits the weights of a row's confidence to hand-read pages and prints how reliable they are; no build uses it.

    python -m benchmarks.calibrate FOLDER … [--write]

Each FOLDER is GOLD:CORPUS:SPLIT. The features of a row are those of `pipeline.extract.confidence`; a row counts as
right where value, unit, metric, organisation and year all are. Fitted on the pages of the `check` halves alone, because
the rules were tuned on the others and are surer there than on new pages. The table printed is by cross-validation: each
page's rows are judged by weights fitted without that page.
"""
from __future__ import annotations

import argparse
import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.evaluate import judge, pair
from pipeline.extract.confidence import untold
from pipeline.gold import figure_of, gold_pages, read_gold
from pipeline.single import extraction_of

PENALTY = 1.0  # of the squared weights: keeps them small where the pages say little
STEPS = 50
CAUTION = 0.3  # off what is fitted: of rows at 0.9 or more at least 95 in 100 are to be right
NAMES = ("score", "margin", "unspecific", "likely", "signalled", "owner", "owner_guessed", "rivals",
         "employer", "local_union", "no_owner", "time_named", "no_year", "classifier", "vague", "headline")
WEIGHTS = Path(__file__).resolve().parent.parent / "pipeline" / "vocabulary" / "confidence.toml"
BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


def rows_of(gold: Path, corpus: Path, split: Path, half: str) -> list[tuple[str, list[float], bool]]:
    """(page, features, right) of each row that counts on the pages of a half."""
    found = []
    for name in gold_pages(gold, half, split):
        extraction = extraction_of(corpus, f"{name}.txt")
        facts = read_gold(gold, {name: extraction.page.text})[name]
        figures = [figure_of(o) for o in extraction.observations]
        pairs = pair(figures, facts).pairs
        for number, observation in enumerate(extraction.observations):
            fact = facts[pairs[number]] if number in pairs else None
            if fact is None or not fact.free:
                features = untold(dict(observation.evidence)["confidence"])
                right = fact is not None and judge(figures[number], fact)["tuple"]
                found.append((name, [1.0, *(features.get(key, 0.0) for key in NAMES)], right))
    return found


def today() -> np.ndarray:
    """The weights of today, the intercept first, without the caution."""
    table = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
    return np.array([table["intercept"] + CAUTION, *(table[name] for name in NAMES)])


def fit(features: np.ndarray, right: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """The weights of a penalised logistic regression, by Newton's method; `features`: rows by weights, the first 1.

    `start`: the weights that it is drawn to, so that they keep what pages told that are not kept here.
    """
    start = np.zeros(features.shape[1]) if start is None else start
    weights = start.copy()
    penalty = np.full(features.shape[1], PENALTY)
    penalty[0] = 0.01
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-features @ weights))
        slope = features.T @ (right - chance) - penalty * (weights - start)
        curve = (features * (chance * (1 - chance))[:, None]).T @ features + np.diag(penalty)
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def reliability(rows: list[tuple[str, list[float], bool]]) -> list[tuple[float, float, int, float, float]]:
    """By band of confidence: its ends, how many rows, their mean confidence and the share of them that is right."""
    pages = sorted({page for page, _, _ in rows})
    chances, right = [], []
    for page in pages:
        train = [row for row in rows if row[0] != page]
        weights = fit(np.array([row[1] for row in train]), np.array([float(row[2]) for row in train]))
        for _, features, is_right in (row for row in rows if row[0] == page):
            chances.append(1.0 / (1.0 + np.exp(CAUTION - float(np.dot(features, weights)))))
            right.append(is_right)
    table = []
    for low, high in pairwise(BANDS):
        inside = [n for n, chance in enumerate(chances) if low <= chance < high]
        if inside:
            table.append((low, min(high, 1.0), len(inside), float(np.mean([chances[n] for n in inside])),
                          float(np.mean([right[n] for n in inside]))))
    return table


def main() -> None:
    """Fit, print the reliability table, and with --write keep the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--write", action="store_true")
    call = parser.parse_args()
    rows = [row for folder in call.folders for row in rows_of(*map(Path, folder.split(":")), "check")]
    print("confidence   rows   mean   right")
    for low, high, count, mean, share in reliability(rows):
        print(f"{low:.1f} to {high:.1f} {count:6} {mean:6.2f} {share:7.2f}")
    weights = fit(np.array([row[1] for row in rows]), np.array([float(row[2]) for row in rows]), today())
    weights[0] -= CAUTION
    lines = [f"{name} = {weight:.3f}" for name, weight in zip(("intercept", *NAMES), weights, strict=True)]
    print("\n".join(lines))
    if call.write:
        head = WEIGHTS.read_text(encoding="utf-8").split("[weights]")[0]
        WEIGHTS.write_text(head + "[weights]\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
