"""Names of administrative divisions and what they meant on a date; where an article takes place is decided elsewhere.

The table is `divisions.csv` (see `docs/gazetteer.md`). A division that was renamed has one row a name, tied by
`successor_code`: the successor is the division that bears this code on the day after `valid_to`.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

TABLE = Path(__file__).with_name("divisions.csv")
ASKED = 4096  # names and divisions of which the answer is kept: papers name the same places again and again
RANKS = {"province": 0, "prefecture": 1, "county": 2}
GRACE = timedelta(days=366)  # how long papers may go on using an ended name


@dataclass(frozen=True, slots=True)
class Division:
    """One division under one name: level is province, prefecture or county; no date means no limit is known."""

    code: str
    name: str
    level: str
    parent_code: str
    valid_from: date | None
    valid_to: date | None
    successor_code: str

    def __hash__(self) -> int:
        """Of the code and the name, which tell nearly all apart; faster than that of all fields."""
        return hash((self.code, self.name))

    def valid(self, on: date) -> bool:
        """True where the division bore this name on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class Gazetteer:
    """Looks divisions up by name, by place and by date. Use `Gazetteer.load()`, which reads the table once."""

    def __init__(self, table: str) -> None:
        """`table`: the text of `divisions.csv`; no cell of it holds a comma or a quotation mark."""
        self._by_code: dict[str, list[Division]] = {}
        self._full: dict[str, list[Division]] = {}
        self._abbreviated: dict[str, list[Division]] = {}
        self._short: dict[str, list[Division]] = {}
        self._renamed: list[Division] = []
        for line in table.splitlines()[1:]:
            self._add(line.split(","))
        self._ranked = lru_cache(ASKED)(self._rank)
        self.chain = lru_cache(ASKED)(self._chain)

    @classmethod
    def load(cls) -> Gazetteer:
        """The gazetteer of `divisions.csv`; the same object at every call."""
        return _load()

    def _add(self, cells: list[str]) -> None:
        code, name, level, parent, start, end, successor, note, short, abbreviation = cells
        first = date.fromisoformat(start) if start else None
        last = date.fromisoformat(end) if end else None
        division = Division(code, name, level, parent, first, last, successor)
        self._by_code.setdefault(code, []).append(division)
        self._full.setdefault(name, []).append(division)
        if short:
            self._short.setdefault(short, []).append(division)
        if abbreviation:
            for form in abbreviation.split("|"):
                self._abbreviated.setdefault(form, []).append(division)
        if note == "renamed":
            self._renamed.append(division)

    @cached_property
    def _earlier(self) -> dict[Division, list[Division]]:
        """The divisions whose next name each division is."""
        earlier: dict[Division, list[Division]] = {}
        for division in self._renamed:
            heir = self.successor(division)
            if heir is not None:
                earlier.setdefault(heir, []).append(division)
        return earlier

    @cached_property
    def _renamed_set(self) -> frozenset[Division]:
        return frozenset(self._renamed)

    def divisions(self) -> Iterator[Division]:
        """All divisions under all their names, in the order of the table's codes."""
        return chain.from_iterable(self._by_code.values())

    # -- one division through time

    def by_code(self, code: str, on: date | None = None) -> Division | None:
        """The division that bore a GB/T 2260 code on a date; without one, or where none did, the latest that did."""
        rows = self._by_code.get(code)
        if not rows:
            return None
        if on is not None:
            for division in rows:
                if division.valid(on):
                    return division
        return max(rows, key=lambda d: d.valid_to or date.max)

    def successor(self, division: Division) -> Division | None:
        """What an ended division became or went into; None for a current one and where the table does not say."""
        if division.valid_to is None or not division.successor_code:
            return None
        heir = self.by_code(division.successor_code, division.valid_to + timedelta(days=1))
        return None if heir == division else heir

    def at(self, division: Division, on: date | None) -> Division:
        """The same place under the name it bore on a date: 陈仓区 in 2001 is 宝鸡县, 安康市 in 1998 is 安康地区.

        A place that did not exist then is given as it is. Without a date the division itself comes back.
        """
        if on is None:
            return division
        while division.valid_from is not None and on < division.valid_from:
            earlier = self._earlier.get(division, [])
            if not earlier:
                return division
            division = min(earlier, key=lambda d: (not d.valid(on), d.level != division.level, d.code))
        while division.valid_to is not None and on > division.valid_to:
            heir = self.successor(division)
            if heir is None:
                return division
            division = heir
        return division

    def province_of(self, division: Division) -> Division:
        """The province-level division it lies in; of a province, itself."""
        return self._by_code[division.code[:2] + "0000"][-1]

    def prefecture_of(self, division: Division, on: date | None = None) -> Division | None:
        """The prefecture over it, under its name on that date (without one: its latest name, or that of the end).

        None for provinces, for counties of municipalities (上海市浦东新区) and for those under the province (济源市).
        """
        if division.level == "prefecture":
            return self.at(division, on)
        if division.level == "province" or division.parent_code.endswith("0000"):
            return None
        day = division.valid_to if on is None or (division.valid_to is not None and on > division.valid_to) else on
        parent = self.by_code(division.parent_code, day)
        return None if parent is None else self.at(parent, day)

    def _chain(self, division: Division, on: date | None = None) -> tuple[Division, ...]:
        """Province, prefecture and county as far as they apply, the division itself last, named as of the date."""
        place = self._named(division, on)
        over = self.prefecture_of(place, on) if place.level == "county" else None
        province = self.province_of(place)
        return tuple(d for d in (province, over, place if place.level != "province" else None) if d is not None)

    def full_name(self, division: Division, on: date | None = None) -> str:
        """The dataset's name: 宝鸡市陈仓区 without its province, 上海市浦东新区 with its municipality, 济源市 alone."""
        chain = self.chain(division, on)
        municipal = chain[0].name.endswith("市")
        return "".join(d.name for d in (chain if municipal or len(chain) == 1 else chain[1:]))

    def _named(self, division: Division, on: date | None) -> Division:
        """As `at`, but a name is kept for a year after its end."""
        if on is None or division.valid(on):
            return division
        if division.valid_to is not None and division.valid_to < on <= division.valid_to + GRACE:
            return division
        return self.at(division, on)

    # -- from a form to a division

    def candidates(self, form: str) -> tuple[Division, ...]:
        """All divisions, ended ones included, of which the form is the full name, an abbreviation or a short form."""
        found = [*self._full.get(form, ()), *self._abbreviated.get(form, ()), *self._short.get(form, ())]
        return tuple(dict.fromkeys(found))

    def is_short(self, form: str) -> bool:
        """True where the form is a name only without its suffix (宝鸡, 陈仓); False for 宝鸡市, 恩施州, 某某."""
        return form in self._short and form not in self._full and form not in self._abbreviated

    def resolve(self, form: str, within: Division | None = None, province: str | None = None,
                on: date | None = None) -> Division | None:
        """The one division that a form means, or None where it is unknown or ambiguous (城关区 without context).

        `within`: the prefecture, province or county that it must lie in or be; `province`: leading digits of its
        code; `on`: the date of the text. A name that ended more than a year before gives its successor. Of several,
        those in force on the date win over ended ones, these over coming ones; of a short form's the higher level.
        """
        fitting = [(rank, d) for rank, d in self._ranked(form, on)
                   if (within is None or self._inside(d, within)) and d.code.startswith(province or "")]
        if not fitting:
            return None
        best = min(rank for rank, _ in fitting)
        remaining = {d for rank, d in fitting if rank == best}
        if len(remaining) > 1 and form not in self._full:
            top = min(RANKS[d.level] for d in remaining)
            remaining = {d for d in remaining if RANKS[d.level] == top}
        return remaining.pop() if len(remaining) == 1 else None

    def _rank(self, form: str, on: date | None) -> list[tuple[int, Division]]:
        return [self._settled(division, on) for division in self.candidates(form)]

    def _settled(self, division: Division, on: date | None) -> tuple[int, Division]:
        """How well a candidate fits the date (0 best) and the division to take for it."""
        if on is None:
            return (0 if division.valid_to is None else 1), division
        if division.valid(on):
            return 0, division
        if division.valid_to is None or on <= division.valid_to:
            return 2, self.at(division, on)
        if on <= division.valid_to + GRACE:
            return 1, division
        return 3, self.at(division, on)

    def _inside(self, division: Division, within: Division) -> bool:
        """True where the division lies in `within` or is the same place under any of its names."""
        if within.level == "province":
            return division.code[:2] == within.code[:2]
        places = self._onward(division)
        if division.level == "county" and within.level == "prefecture":
            parent = self.by_code(division.parent_code, division.valid_to)
            places = self._onward(parent) if parent is not None else set()
        return not places.isdisjoint(self._onward(within, merged=False))

    def _onward(self, division: Division, merged: bool = True) -> set[str]:
        """The codes of a division and of what it became; `merged`: also of what it went into."""
        codes = {division.code}
        heir = self.successor(division)
        while heir is not None and (merged or division in self._renamed_set):
            codes.add(heir.code)
            division, heir = heir, self.successor(heir)
        return codes

    # -- from a text to forms

    @cached_property
    def _forms(self) -> dict[str, list[tuple[str, bool]]]:
        """All forms, each with whether it is a short one only, by their first two characters; none is shorter."""
        forms = dict.fromkeys(self._short, True) | dict.fromkeys((*self._abbreviated, *self._full), False)
        by_start: dict[str, list[tuple[str, bool]]] = {}
        for form, short in forms.items():
            by_start.setdefault(form[:2], []).append((form, short))
        return by_start

    @cached_property
    def _openings(self) -> re.Pattern[str]:
        """Where a form may begin, by its first two characters, each for itself: many times as fast as an automaton."""
        first, second = (re.escape("".join(sorted({start[n] for start in self._forms}))) for n in (0, 1))
        return re.compile(f"[{first}](?=[{second}])")

    def find(self, text: str) -> list[tuple[int, int, str, bool]]:
        """Where names stand in a text, from left to right, each as long as possible, none overlapping, full ones first.

        Gives (start, end, form, short) in characters; `short` marks suffix-less forms, which may be ordinary words.
        """
        forms = self._forms
        starts = [opening.start() for opening in self._openings.finditer(text)]
        hits = [(start, -len(form), form, short) for start in starts
                for form, short in forms.get(text[start: start + 2], ()) if text.startswith(form, start)]
        if not hits:
            return []
        full = _leftmost([hit for hit in hits if not hit[3]])
        used = {at for start, end, _, _ in full for at in range(start, end)}
        free = [hit for hit in hits if hit[3] and used.isdisjoint(range(hit[0], hit[0] - hit[1]))]
        return sorted(full + _leftmost(free))


def _leftmost(hits: list[tuple[int, int, str, bool]]) -> list[tuple[int, int, str, bool]]:
    """Of the hits (start, -length, form, short), leftmost and longest first, those that overlap none before them."""
    found: list[tuple[int, int, str, bool]] = []
    reached = 0
    for start, negative, form, short in sorted(hits):
        if start >= reached:
            reached = start - negative
            found.append((start, reached, form, short))
    return found


@lru_cache(maxsize=1)
def _load() -> Gazetteer:
    return Gazetteer(TABLE.read_text(encoding="utf-8"))
