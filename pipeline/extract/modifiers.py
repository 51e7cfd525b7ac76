"""How a quantity is limited by its surroundings: plan or result, rate for each, part, increase, sub-population.

The words live in `vocabulary/modifiers.toml`.
"""
from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.extract.quantities import Quantity
from pipeline.vocabulary import either, read_toml

_CLAUSE_END = re.compile(r"[，。；：！？]")


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    words = read_toml("modifiers.toml")
    status, increase = words["status"], words["increase"]
    return {
        "target": re.compile(either(status["idle"] + status["target"] + status["demand"])),
        "idle": frozenset(status["idle"]),
        "demand": frozenset(status["demand"]),
        "reached": re.compile(f"(?:{either(status['reached'])})[^，。；]{{0,8}}$"),
        "plan": re.compile(either(status["plan_story"])),
        "goal": tuple(status["not_after"]),
        "done": re.compile(f"(?:{either(status['reached'])})(?:{either(status['not_after'])})"
                           f"|{either(status['done'])}"),
        "per": [(re.compile(f"(?:{either(e['before'])})[^，。；]{{0,14}}$"),
                 re.compile(either(e["after"])), e["per"]) for e in words["per"]],
        "rate_before": re.compile(either(word for e in words["per"] for word in e["before"])),
        "rate_after": re.compile(either(word for e in words["per"] for word in e["after"])),
        "raised": re.compile(f"(?:{either(words['raised']['words'])})了?(?:[^，。；、]{{1,9}}的)?"),
        "change_starts": tuple(words["raised"]["starts"]),
        "increase": re.compile(f"(?:{either(increase['yardstick'])})[^。；]{{0,40}}?"
                               f"(?:{either(increase['verbs'])})[^。；，%]{{0,12}}$"),
        "increase_label": increase["breakdown"],
        "part": re.compile(either(words["part"]["openers"])),
        "breakdown": re.compile(either(words["breakdown"]["words"])),
    }


def status(sentence: str, quantity: Quantity) -> tuple[str, str]:
    """(actual or target, the word that told): target where the last word that tells before it speaks of a plan."""
    words = _words()
    before = sentence[: quantity.start]
    reach = before[before.rfind("。") + 1:]
    targets = [found for found in words["target"].finditer(reach)
               if found.group() not in words["idle"] and not _is_reached(reach, found)]
    if not targets:
        return "actual", ""
    last = targets[-1]
    if words["done"].search(reach, last.end()) or words["done"].search(reach, max(0, last.start() - 3), last.start()):
        return "actual", ""
    far = reach.count("，", last.end()) + 2 * reach.count("；", last.end()) > 4
    if far and last.group() not in words["demand"]:
        return "actual", ""
    return "target", last.group()


def is_plan(text: str) -> bool:
    """Whether a story with this headline or lead lays out a plan (工作要点, 任务清单)."""
    return any(not text.endswith(("完成", "实现"), 0, found.start()) for found in _words()["plan"].finditer(text))


def speaks_of_done(sentence: str, quantity: Quantity) -> bool:
    """Whether a word before the figure says that it is done (已, 共, 累计)."""
    return bool(_words()["done"].search(sentence, 0, quantity.start))


def _is_reached(text: str, found: re.Match[str]) -> bool:
    """Whether a goal is spoken of as reached (完成年度目标的62%), which is a result."""
    return found.group() in _words()["goal"] and bool(_words()["reached"].search(text, 0, found.start()))


def per(sentence: str, quantity: Quantity, previous_end: int) -> str | None:
    """person, household, year, month or event where the figure is a rate for each, else None.

    `previous_end`: where the quantity before it ends, over which no 每人 reaches.
    """
    before = sentence[max(previous_end, quantity.start - 24): quantity.start]
    after = sentence[quantity.end: quantity.end + 3]
    words = _words()
    if words["rate_before"].search(before) or words["rate_after"].match(after):
        for pattern, sign, what in words["per"]:
            if pattern.search(before) or sign.match(after):
                return str(what)
    return None


def torn_words() -> dict[str, tuple[str, ...]]:
    """Characters that make a word before them, if it has one of the endings, a part of a longer word (入会率, 班组)."""
    return {entry["before"]: tuple(entry["endings"]) for entry in read_toml("modifiers.toml")["torn"]}


def is_raised(between: str) -> bool:
    """Whether what stands between two figures says that the first became the second (每人200元提高到300元)."""
    return bool(_words()["raised"].fullmatch(between))


def starts_change(sentence: str, start: int, end: int, following: int) -> bool:
    """Whether the figure `sentence[start:end]` is what another one, which starts at `following`, grew or fell from."""
    return sentence.endswith(_words()["change_starts"], 0, start) and is_raised(sentence[end: following])


def is_increase(sentence: str, quantity: Quantity) -> bool:
    """Whether the figure is the amount by which a level grew or fell (比上年新增111个), not the level."""
    before = sentence[: quantity.start]
    if quantity.units[0] == "percent" or "比" not in before and "较" not in before:
        return False
    return bool(_words()["increase"].search(before))


def increase_label() -> str:
    """The breakdown under which increases are tabled."""
    return str(_words()["increase_label"])


def opens_part(sentence: str, previous_end: int, start: int) -> bool:
    """Whether 其中 or the like stands between one figure and the next."""
    return bool(_words()["part"].search(sentence, previous_end, start))


def is_part(between: str) -> bool:
    """Whether what stands between two figures makes the second a part of the first (…410人，其中女焊工36人)."""
    openers = list(_words()["part"].finditer(between))
    return bool(openers) and not _CLAUSE_END.search(between, openers[-1].end())


def breakdown(sentence: str, quantity: Quantity, previous_end: int, next_start: int) -> str | None:
    """The sub-population named nearest to the figure within its clause, as the text words it."""
    pattern = _words()["breakdown"]
    right = _CLAUSE_END.split(sentence[quantity.end: min(next_start, quantity.end + 12)])[0]
    found = pattern.match(right)
    if found:
        return str(found.group())
    left = _CLAUSE_END.split(sentence[max(previous_end, quantity.start - 18): quantity.start])[-1]
    hits = pattern.findall(left)
    return str(hits[-1]) if hits else None
