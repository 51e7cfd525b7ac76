"""What a resolved body is, and the division that a paper is of; which body a mention means: `organisations`."""
from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.naming import find_places
from pipeline.vocabulary import either, read_toml
from pipeline.vocabulary.gazetteer import Division, Gazetteer

NATIONAL = "中华全国总工会"


class Body(NamedTuple):
    """A resolved body: canonical name, kind, GB/T 2260 code of its division.

    `kind`: local_union, union, national_union, employer, place (a division itself). `basis`: explicit, short_form,
    region, headline, article. `mention`: as printed.
    """

    name: str
    kind: str
    code: str | None
    mention: str
    basis: str

    def as_basis(self, basis: str) -> Body:
        """The same body, reached another way."""
        return Body(self.name, self.kind, self.code, self.mention, basis)


NATION = Body(NATIONAL, "national_union", None, "全总", "explicit")


@lru_cache(maxsize=512)
def home(publication: str | None) -> Division | None:
    """The division that a paper is of, by the list of papers or the place in its name (陕西工人报 -> 陕西省)."""
    listed = read_toml("bodies.toml")["papers"].get(publication)
    if listed is not None:
        return Gazetteer.load().resolve(listed)
    for _, _, form, _ in find_places(publication or ""):
        return Gazetteer.load().resolve(form)
    return None


@lru_cache(maxsize=128)
def house(publication: str | None) -> Body | None:
    """The employer whose own paper it is (武汉理工大学报), by the paper's name; None of other papers."""
    found = re.match(f"(.{{2,12}}?(?:{either(read_toml('bodies.toml')['houses'])}))校?报", publication or "")
    return Body(found[1], "employer", None, found[1], "article") if found else None


@lru_cache(maxsize=128)
def alike(kind: str) -> list[str]:
    """Other words that the name of an employer may have where a text says `kind`: 集团 where it says 公司."""
    others: list[str] = read_toml("bodies.toml")["back"]["alike"].get(kind, [])
    return others
