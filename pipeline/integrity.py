"""Which figures repeat which, in a page and between pages, and which totals their parts exceed; no reading of text.

What figures repeat in their page follows from the page alone (`repeats_in_pages`); reprints and sums are found among
the rows of all pages (`with_links`). Both look at columns, so that the answer is the same when rows have been refused.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.rows import measure_of
from schemas.columns import COLUMNS
from schemas.export import arrow_array
from schemas.relations import EXCEEDS, exceeded_totals, families_of_parts

Numbers: TypeAlias = NDArray[np.int64]
MOST_GROUPS = 2**62  # numbers that a combination of columns may take before it is counted anew
WINDOW = timedelta(days=31)  # how long after its first print a figure is taken for the same one in another page
DISTINCTIVE = 10  # below it equal figures are as likely to be two facts as one
ROUNDED = 100  # below it nobody rounds a figure without saying so


class Figure(NamedTuple):
    """What is compared of an observation; the names are those of the table."""

    observation_id: str
    document: str
    article_id: str
    headline: int
    sentence: str
    metric: str
    unit: str
    per: str | None
    status: str
    value: float | None
    value_low: float | None
    value_high: float | None
    qualifier: str
    organisation: str | None
    year: int | None
    breakdown: str | None
    part_of: str | None


def repeats_in_pages(observations: pa.Table) -> pa.Array:
    """Of each figure the observation_id of the earlier figure of its page that it repeats, or null.

    In: the observations in page order, with the column `headline` (1 for a figure of a headline). What is repeated is
    never a repeat itself.
    """
    columns = [observations[name].to_pylist() for name in Figure._fields]
    found: dict[str, str] = {}
    for _, page in groupby(map(Figure._make, zip(*columns, strict=True)), key=lambda figure: figure.document):
        found.update(page_repeats(list(page)))
    firsts = (found.get(first, first) if (first := found.get(i)) else None for i in columns[0])
    return pa.array(firsts, pa.string())


def page_repeats(page: Sequence[Figure]) -> dict[str, str]:
    """Repeats in one page: later mentions in an article repeat the first, headlines repeat the body (guidelines)."""
    found: dict[str, str] = {}
    counted: dict[tuple[object, ...], list[Figure]] = {}
    for figure in page:
        if figure.headline:
            continue
        same = counted.setdefault((figure.article_id, *_reading(figure)), [])
        first = next((earlier for earlier in same if _says_again(earlier, figure)), None)
        if first is None:
            same.append(figure)
        else:
            found[figure.observation_id] = first.observation_id
    body = [figure for figure in page if not figure.headline and figure.observation_id not in found]
    heads: list[Figure] = []
    for figure in page:
        if figure.headline:
            first = _announced(figure, body) or _announced(figure, heads)
            if first is None:
                heads.append(figure)
            else:
                found[figure.observation_id] = first.observation_id
    return found


def _reading(figure: Figure) -> tuple[object, ...]:
    return (figure.metric, figure.unit, figure.per, figure.status, figure.value, figure.value_low, figure.value_high)


def _agree(one: object, other: object) -> bool:
    """Equal, or not said by one of the two."""
    return one is None or other is None or one == other


def _says_again(earlier: Figure, later: Figure) -> bool:
    """Whether a figure of the body with the same reading is the same fact said again, not a like one.

    Two figures of one sentence are two facts, as are a part and its total. The later mention may leave out who, when
    or which sub-population, but then the figure must be one that does not turn up by chance.
    """
    if earlier.sentence == later.sentence or later.part_of == earlier.observation_id:
        return False
    who = (earlier.organisation, earlier.year, earlier.breakdown), (later.organisation, later.year, later.breakdown)
    if who[0] == who[1]:
        return True
    size = later.value if later.value is not None else later.value_low
    return size is not None and size >= DISTINCTIVE and all(map(_agree, *who))


def _announced(head: Figure, candidates: Sequence[Figure]) -> Figure | None:
    """The first figure that a headline's announces: in its article the same, then one it rounds; then elsewhere."""
    own = [figure for figure in candidates if figure.article_id == head.article_id and _same_kind(head, figure)]
    exact = next((figure for figure in own if _same_amount(head, figure)), None)
    if exact is None:
        exact = next((figure for figure in own if figure.metric == head.metric and rounds(head, figure)), None)
    if exact is None:
        exact = next((
            figure for figure in candidates
            if figure.metric == head.metric and _same_kind(head, figure) and _same_amount(head, figure)
            and figure.organisation == head.organisation and figure.organisation is not None
        ), None)
    return exact


def _same_kind(head: Figure, figure: Figure) -> bool:
    """One kind of value and one metric; a headline too short to tell its metric (`other`) agrees with any."""
    metric = head.metric == figure.metric or head.metric == "other"
    return metric and measure_of(head.unit) == measure_of(figure.unit) and _agree(head.breakdown, figure.breakdown)


def _same_amount(head: Figure, figure: Figure) -> bool:
    if head.value is None:
        return figure.value is None and (head.value_low, head.value_high) == (figure.value_low, figure.value_high)
    return head.value == figure.value and (head.metric == figure.metric or head.value >= DISTINCTIVE)


def rounds(head: Figure, figure: Figure) -> bool:
    """Whether the headline's amount rounds the body's: 八百名 or 近900名 for 884名, 二百余万元 for 260万元.

    An amount stands for all that is cut off or rounded to its leading digits; 近 for what lies below by less than one
    in its last digit; an interval for what it holds. An unqualified amount must be at least 100.
    """
    if figure.value is None:
        return False
    if head.value is None:
        low, high = head.value_low, head.value_high
        return low is not None and high is not None and low <= figure.value <= high
    step = leading_step(head.value)
    if head.value < (ROUNDED if head.qualifier == "exact" else DISTINCTIVE) or step <= 1:
        return False
    if head.qualifier == "below":
        return head.value - step < figure.value <= head.value
    cut = math.floor(figure.value / step) * step
    nearest = math.floor(figure.value / step + 0.5) * step
    return head.value == cut or (head.qualifier != "above" and head.value == nearest)


def leading_step(value: float) -> float:
    """One in the last digit of a whole number that is not zero (884 -> 1, 800 -> 100); 0 for others."""
    if value <= 0 or value % 1 or value >= 1e15:
        return 0
    whole, step = int(value), 1
    while whole % 10 == 0:
        whole, step = whole // 10, step * 10
    return float(step)


_CELL = ["organisation", "metric", "year", "breakdown", "unit", "per", "status", "value", "value_low", "value_high"]


def _reprints(observations: pa.Table) -> dict[str, str]:
    """Repeats between pages: the same organisation, metric, year, breakdown, unit and figure, printed again.

    A page repeats the earliest one (by issue date, then path) of the 31 days before it. Where a date is missing, only
    the same sentence in another file is a reprint. What already repeats a figure of its page follows that figure.
    """
    single = pc.and_(pc.is_valid(observations["organisation"]), pc.is_null(observations["repeat_of"]))
    rows = observations.select(["issue_date", *_CELL]).filter(single)
    for name in ("value_low", "value_high"):
        bounds = pc.if_else(pc.is_null(rows["value"]), rows[name], None)
        rows = rows.set_column(rows.schema.get_field_index(name), name, bounds)
    cells = group_numbers(rows.select(_CELL))
    near = np.flatnonzero(_near(cells, rows["issue_date"]))
    places = pc.indices_nonzero(single).take(pa.array(near))
    frame = observations.select(["observation_id", "document", "issue_date", "sentence"]).take(places).to_pandas()
    frame = frame.assign(cell=cells[near])
    frame = frame.sort_values(["cell", "issue_date", "document"], kind="stable")
    prints = map(Print._make, frame[list(Print._fields)].itertuples(index=False, name=None))
    return dict(pair for _, alike in groupby(prints, key=attrgetter("cell")) for pair in _printed_again(alike))


def _near(cells: Numbers, dates: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which prints can be one of a pair: another of their cell lies in the window, or one of the cell has no date."""
    days = dates.cast(pa.int32()).fill_null(0).to_numpy()
    undated = np.bincount(cells, dates.is_null().to_numpy(), minlength=1)[cells] > 0
    order = np.lexsort((days, cells))
    pairs = (np.diff(cells[order]) == 0) & (np.diff(days[order]) <= WINDOW.days)
    near = undated & (np.bincount(cells, minlength=1)[cells] > 1)
    near[order[1:][pairs]] = True
    near[order[:-1][pairs]] = True
    return near


def group_numbers(columns: pa.Table) -> Numbers:
    """A number for each row, the same for rows that are alike in every column; missing values are alike."""
    numbers, most = np.zeros(columns.num_rows, np.int64), 1
    for column in columns.columns:
        values = column.combine_chunks()
        words = values.dictionary if pa.types.is_dictionary(values.type) else pc.unique(values)
        indices = values.indices if pa.types.is_dictionary(values.type) else pc.index_in(values, words)
        if most * (len(words) + 1) > MOST_GROUPS:
            numbers = np.unique(numbers, return_inverse=True)[1]
            most = columns.num_rows
        here = pc.add(indices, 1).fill_null(0).to_numpy(zero_copy_only=False)
        numbers, most = numbers * (len(words) + 1) + here, most * (len(words) + 1)
    return np.asarray(np.unique(numbers, return_inverse=True)[1])


class Print(NamedTuple):
    """One print of a figure; prints of one `cell` say the same."""

    cell: int
    observation_id: str
    document: str
    issue_date: date | None  # a missing one may be NaN, as pandas has it
    sentence: str

    @property
    def day(self) -> date | None:
        return self.issue_date if isinstance(self.issue_date, date) else None


def _printed_again(alike: Iterable[Print]) -> Iterator[tuple[str, str]]:
    """Pairs (repeat, first) of equal figures, which come dated ones first and in order of their dates.

    A first is repeated once a page: two like figures of one page are not both the reprint of one.
    """
    recent: list[Print] = []  # firsts within the window of the print at hand
    worded: dict[str, list[Print]] = {}  # firsts by sentence
    used: set[tuple[str, str]] = set()
    for one in alike:
        day = one.day
        if day is not None:
            recent = [first for first in recent if first.day is not None and day - first.day <= WINDOW]
        candidates = recent if day is not None else worded.get(one.sentence, [])
        first = next((c for c in candidates if c.document != one.document
                      and (c.observation_id, one.document) not in used), None)
        if first is None:
            recent.append(one)
            worded.setdefault(one.sentence, []).append(one)
        else:
            used.add((first.observation_id, one.document))
            yield one.observation_id, first.observation_id


def with_links(observations: pa.Table) -> pa.Table:
    """The observations of all pages with reprints in `repeat_of` and with `parts_exceed_total` in `flags`.

    In: what the figures repeat in their pages is in `repeat_of` already. A total that its parts exceed is flagged, as
    are the parts.
    """
    linked = _with_reprints(observations)
    exceeded = exceeded_totals(families_of_parts(linked).to_pandas())
    if not exceeded:
        return linked
    named = pa.array(sorted(exceeded), pa.string())
    concerned = pc.or_(pc.is_in(linked["observation_id"], named), pc.is_in(linked["part_of"], named))
    rows = pc.indices_nonzero(concerned).to_numpy()
    flags = linked["flags"].combine_chunks()
    flagged = [sorted({*flag, EXCEEDS}) for flag in flags.take(pa.array(rows)).to_pylist()]
    return with_values(linked, "flags", rows, arrow_array(COLUMNS["flags"], flagged))


def _with_reprints(observations: pa.Table) -> pa.Table:
    """`repeat_of` with the reprints; what repeats a reprint in its page repeats what that one reprints."""
    found = _reprints(observations)
    if not found:
        return observations
    prints, firsts = pa.array(list(found), pa.string()), pa.array(list(found.values()), pa.string())
    here = observations["repeat_of"]
    own = firsts.take(pc.index_in(observations["observation_id"].combine_chunks(), prints))
    through = firsts.take(pc.index_in(here.combine_chunks(), prints))
    position = observations.schema.get_field_index("repeat_of")
    return observations.set_column(position, "repeat_of", pc.coalesce(through, here, own))


def with_values(table: pa.Table, name: str, rows: Numbers, values: pa.Array) -> pa.Table:
    """The table with `values` in the column `name` of the rows at those positions."""
    column = table[name].combine_chunks()
    places = np.arange(table.num_rows)
    places[rows] = table.num_rows + np.arange(len(values))
    changed = pa.concat_arrays([column, values]).take(pa.array(places))
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), changed)


def without(observations: pa.Table, refused: set[str]) -> pa.Table:
    """The observations but for the refused ones, which are nobody's total either."""
    listed = pa.array(sorted(refused), pa.string())
    kept = observations.filter(pc.invert(pc.is_in(observations["observation_id"], listed)))
    known = pc.is_in(kept["part_of"], kept["observation_id"])
    position = kept.schema.get_field_index("part_of")
    return kept.set_column(position, "part_of", pc.if_else(known, kept["part_of"], None))
