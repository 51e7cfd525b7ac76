"""What the codes of the dataset are called in English and Chinese; the words stand in labels.toml."""
from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "zh")


@lru_cache(maxsize=1)
def labels() -> dict[str, dict[str, dict[str, str]]]:
    """For each code list, each code's labels by language; lists are named by the column that holds them."""
    with open(Path(__file__).with_name("labels.toml"), "rb") as file:
        return tomllib.load(file)


def label(codes: str, code: str | None, language: str = "en") -> str:
    """What a code of the list `codes` is called; a code that has no label stands for itself, none for nothing."""
    if code is None:
        return ""
    return labels().get(codes, {}).get(code, {}).get(language, code)
