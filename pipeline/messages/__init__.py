"""What the program says to people, in English or Chinese: the English sentence is the key, the Chinese one is data.

An entry of zh.toml may hold {} for what differs from case to case, so whoever says something writes it in English only,
where it belongs, and needs to know nothing of this file. A sentence without an entry is said in English.
"""
from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "zh")
_spoken: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """From now on `say` speaks this language, en or zh."""
    _spoken.set(language)


def language() -> str:
    """The language that is spoken now."""
    return _spoken.get()


def of_locale(environment: Mapping[str, str]) -> str:
    """The language that the locale asks for: zh where LC_ALL, else LC_MESSAGES, else LANG starts with zh."""
    named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if named.lower().startswith("zh") else "en"


def say(sentence: str, spoken: str | None = None) -> str:
    """The sentence in the language spoken now, or in the one given."""
    if (spoken or language()) == "en" or not sentence:
        return sentence
    whole = _catalogue().get(sentence)
    return whole if whole is not None else _by_pattern(sentence)


def known(sentence: str) -> bool:
    """Whether there is a Chinese form of this sentence (with {} where something differs)."""
    return sentence in _catalogue()


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    with open(Path(__file__).with_name("zh.toml"), "rb") as file:
        return {english: chinese for part in tomllib.load(file).values() for english, chinese in part.items()}


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The entries with {}, the ones that say most first."""
    open_ones = sorted((key for key in _catalogue() if "{}" in key), key=lambda key: (-len(key), key))
    return [(re.compile("(.*?)".join(map(re.escape, key.split("{}"))), re.S), _catalogue()[key]) for key in open_ones]


@lru_cache(maxsize=4096)
def _by_pattern(sentence: str) -> str:
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            return chinese.format(*(say(part, "zh") for part in found.groups()))
    return sentence
