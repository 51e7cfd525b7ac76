"""The score of observations against hand-read pages; what was read by hand is in `gold`.

Figures and facts are paired where their spans overlap. Detection asks whether a fact was found at all, reading whether
the number was understood (value, bounds, qualifier, unit, per), a whole tuple is a figure whose value, unit, metric,
organisation and year are all right. Facts that are optional or repeats count neither as missed nor as wrong.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipeline.errors import UserError
from pipeline.gold import WITH_OTHERS, Fact, Figure, figures_of, gold_pages, read_gold
from pipeline.vocabulary import metrics

READING = ("value", "bounds", "qualifier", "unit", "per")
TUPLE = ("value", "unit", "metric", "organisation", "year")
FIELDS = ("value", "bounds", "qualifier", "unit", "per", "reading", "metric", "organisation", "year", "status")
PRECISION = 1e-6  # relative: how near two values must be


class Pairing(NamedTuple):
    """One page: its figures and facts, which figure was paired with which fact, which overlap any fact at all."""

    figures: Sequence[Figure]
    facts: Sequence[Fact]
    pairs: Mapping[int, int]
    touched: frozenset[int]


class Mistake(NamedTuple):
    """One thing that is not right: missed, spurious, doubled, or `wrong` with the fields."""

    page: str
    kind: str
    fact: Fact | None
    figure: Figure | None

    def __str__(self) -> str:
        by_hand = _told(self.fact.figure) if self.fact else "-"
        builder = _told(self.figure) if self.figure else "-"
        return f"{self.page}: {self.kind}\n    by hand  {by_hand}\n    builder  {builder}"


def _told(figure: Figure) -> str:
    parts = (figure.value, figure.qualifier, figure.unit, figure.per, figure.metric, figure.organisation, figure.year,
             figure.status)
    return f"{figure.quote!r} " + " ".join("-" if part is None else str(part) for part in parts)


@dataclass
class Tally:
    """What was counted over the pages; the shares that follow from it are its properties."""

    facts: int = 0
    rows: int = 0
    matched: int = 0
    missed: int = 0
    spurious: int = 0
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*FIELDS, "tuple"), 0))
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, float]:
        """Counts and shares by name: detection and tuple precision, recall and F1, the accuracy of each field."""
        found = _shares("detection", self.matched, self.rows, self.facts)
        whole = _shares("tuple", self.right["tuple"], self.rows, self.facts)
        fields = {f"{name}_accuracy": self.right[name] / max(1, self.matched) for name in FIELDS}
        counts = {"gold_facts": self.facts, "rows": self.rows, "missed": self.missed, "spurious": self.spurious}
        return {**counts, **found, **fields, **whole}


def _shares(name: str, right: int, rows: int, facts: int) -> dict[str, float]:
    precision, recall = right / max(1, rows), right / max(1, facts)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {f"{name}_precision": precision, f"{name}_recall": recall, f"{name}_f1": f1}


def judge(figure: Figure, fact: Fact) -> dict[str, bool]:
    """Field by field, with `reading` and `tuple`, whether a figure says what the fact says."""
    wanted = fact.figure
    right = {
        "value": _near(figure.value, wanted.value),
        "bounds": _near(figure.low, wanted.low) and _near(figure.high, wanted.high),
        "qualifier": figure.qualifier == wanted.qualifier,
        **{name: fact.accepts(name, getattr(figure, name)) for name in WITH_OTHERS},
        "status": figure.status == wanted.status,
    }
    right["reading"] = all(right[name] for name in READING)
    right["tuple"] = all(right[name] for name in TUPLE)
    return right


def _near(value: float | None, wanted: float | None) -> bool:
    if value is None or wanted is None:
        return value is wanted
    return abs(value - wanted) <= PRECISION * max(1.0, abs(wanted))


def pair(figures: Sequence[Figure], facts: Sequence[Fact]) -> Pairing:
    """Pair what overlaps, each once: the longest overlap first, of equal ones the best read, then the last in order."""
    overlaps = []
    for i, figure in enumerate(figures):
        for j, fact in enumerate(facts):
            shared = min(figure.end, fact.figure.end) - max(figure.start, fact.figure.start)
            if shared > 0:
                overlaps.append((shared, sum(judge(figure, fact).values()), i, j))
    pairs: dict[int, int] = {}
    for _, _, i, j in sorted(overlaps, reverse=True):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return Pairing(figures, facts, pairs, frozenset(i for _, _, i, _ in overlaps))


def score(
    figures: Mapping[str, Sequence[Figure]], gold: Mapping[str, Sequence[Fact]], families: Collection[str] = (),
) -> Tally:
    """The tally over the pages of `gold`; with `families`, of their facts and of what was taken for one of them."""
    return tally({page: pair(figures.get(page, ()), facts) for page, facts in gold.items()}, families)


def tally(pages: Mapping[str, Pairing], families: Collection[str] = ()) -> Tally:
    """Count what is right on paired pages; `families` as in `score`."""
    codes = None if not families else {metric.code for metric in metrics() if metric.family in families}
    counted = Tally()
    for name, page in pages.items():
        paired = set(page.pairs.values())
        for j, fact in enumerate(page.facts):
            if not fact.free and (codes is None or fact.figure.metric in codes):
                counted.facts += 1
                if j not in paired:
                    counted.missed += 1
                    counted.mistakes.append(Mistake(name, "missed", fact, None))
        for i, figure in enumerate(page.figures):
            _count(counted, name, page, i, figure, codes)
    return counted


def _count(counted: Tally, name: str, page: Pairing, i: int, figure: Figure, codes: set[str] | None) -> None:
    """Count one figure of the builder, unless its fact is free or the families asked for have nothing to do with it."""
    fact = page.facts[page.pairs[i]] if i in page.pairs else None
    if fact is not None and fact.free:
        return
    belongs = codes is None or fact is not None and fact.figure.metric in codes
    if not belongs and figure.metric not in (codes or ()):
        return
    counted.rows += 1
    if fact is None or not belongs:
        counted.spurious += 1
        kind = "doubled" if fact is None and i in page.touched else "spurious"
        counted.mistakes.append(Mistake(name, kind, fact, figure))
        return
    counted.matched += 1
    right = judge(figure, fact)
    for key in counted.right:
        counted.right[key] += right[key]
    wrong = [key for key, is_right in right.items() if not is_right and key not in ("reading", "tuple")]
    if not right["reading"] or not right["tuple"]:
        counted.mistakes.append(Mistake(name, f"wrong {', '.join(wrong)}", fact, figure))


def pair_corpus(corpus: Path, gold: Path, half: str | None = None, split: Path | None = None) -> dict[str, Pairing]:
    """Read the hand-read pages of the folder `corpus` as a build does and pair them with the gold files.

    Raises UserError for folders that are not there or a gold file without page, DataError for a page that is refused.
    """
    from pipeline.build import assembled
    from pipeline.read import files
    from pipeline.single import extraction_of

    wanted = gold_pages(gold, half, split)
    by_name = {PurePosixPath(file).stem: file for file in reversed(files(corpus))}
    lost = [name for name in wanted if name not in by_name]
    if lost:
        raise UserError(f"there is no page for the gold file {lost[0]}.jsonl", file=str(corpus),
                        remedy="Name the folder of the hand-read pages with --corpus")
    extractions = {name: extraction_of(corpus, by_name[name]) for name in wanted}
    figures = figures_of(assembled(extractions.values())["observations"])
    facts = read_gold(gold, {name: extraction.page.text for name, extraction in extractions.items()})
    return {name: pair(figures.get(name, ()), facts[name]) for name in wanted}


def report(pages: Mapping[str, Pairing], by_family: bool = False) -> str:
    """The score as a table to read: detection, whole tuples, each field, and each family where asked for."""
    counted = tally(pages)
    of = counted.figures
    lines = [f"{len(pages)} pages, {counted.facts} facts by hand, {counted.rows} rows, {counted.missed} missed, "
             f"{counted.spurious} spurious", "", f"{'':16}{'precision':>11}{'recall':>11}{'F1':>11}"]
    for label, name in (("detection", "detection"), ("whole tuples", "tuple")):
        shares = "".join(f"{of[f'{name}_{share}']:11.4f}" for share in ("precision", "recall", "f1"))
        lines.append(f"{label:16}{shares}")
    lines += ["", "right, of the figures that were found"]
    lines += [f"{name:16}{of[f'{name}_accuracy']:11.4f}" for name in FIELDS]
    if by_family:
        lines += ["", f"{'family':16}{'facts':>7}{'rows':>7}{'detection F1':>14}{'metric':>9}{'tuple F1':>10}"]
        lines += [_family_line(family, tally(pages, [family])) for family in _families()]
    return "\n".join(lines)


def _families() -> Iterable[str]:
    return dict.fromkeys(metric.family for metric in metrics())


def _family_line(family: str, counted: Tally) -> str:
    of = counted.figures
    return (f"{family:16}{counted.facts:7}{counted.rows:7}{of['detection_f1']:14.4f}{of['metric_accuracy']:9.4f}"
            f"{of['tuple_f1']:10.4f}")
