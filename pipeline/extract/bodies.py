"""What a resolved body is, and the division that a paper is of; which body a mention means: `organisations`."""
from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.naming import find_places
from pipeline.vocabulary import either, read_toml
from pipeline.vocabulary.gazetteer import Division, Gazetteer
from pipeline.words import cut

NATIONAL = "中华全国总工会"
LEFT_OUT = 6  # characters of its trade that a company's short name leaves out


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


@lru_cache(maxsize=1)
def _tails() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How the name of a company ends, and what stands in a name where another body's begins."""
    words = read_toml("bodies.toml")["back"]
    return re.compile(f"(?:{either(words['company_tails'])})+$"), re.compile(words["not_left_out"])


@lru_cache(maxsize=256)
def is_short_for(name: str, fuller: str) -> bool:
    """Whether the name of an enterprise may be another one in short: 宝光集团 for 陕西宝光集团有限公司.

    What a company's name is besides its legal form has to stand in the fuller one, with a word of its trade left out at
    most, or to be of the first letters of its words (陕煤集团 for 陕西煤业化工集团公司); any other has to be its end.
    """
    tail, _ = _tails()
    own, others = tail.split(name)[0], tail.split(fuller)[0]
    if name == fuller or len(name) >= len(fuller) or len(own) < 2:
        return False
    if own == name:  # 第五采油厂, or 长庆石化 without its 公司
        return fuller.endswith(name) or others != fuller and others.endswith(name)
    if others == fuller:
        return False
    return _leaves_out(own, others) or _in_initials(own, others)


def _leaves_out(own: str, others: str) -> bool:
    """Whether `own` stands in `others`, and what follows it there is no more than a word of a trade."""
    at = others.rfind(own)
    left_out = others[at + len(own):]
    if at < 0 or not left_out:
        return at >= 0
    return len(left_out) <= LEFT_OUT and not _tails()[1].search(left_out) and not find_places(own + left_out)


def _in_initials(own: str, others: str) -> bool:
    """Whether `own` is of the beginnings of several words of `others`, the first among them (陕煤 of 陕西煤业化工)."""
    if _tails()[1].search(others):
        return False
    rest, words = own, 0
    for number, word in enumerate(cut(others)):
        taken = next((size for size in range(min(len(word), len(rest)), 0, -1) if rest.startswith(word[:size])), 0)
        if number == 0 and not taken:
            return False
        rest, words = rest[taken:], words + bool(taken)
    return not rest and words > 1
