"""The one door to jieba: cuts a text into words where a name's boundary is in doubt, and tags their parts of speech.

jieba is loaded when first asked for (0.1 s) and only short texts are given to it; how its dictionary is read lives in
`jieba_words`, what is done with the words is decided by the callers.
"""
from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from typing import Any

CROSSING = 4  # characters on both sides of a break, in which a word may stand across it


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    with _without("pkg_resources"):  # jieba asks for it, but does as well; it loads slowly and warns of its own end
        from pipeline.jieba_words import Dictionary
    return Dictionary()


@contextmanager
def _without(module: str) -> Iterator[None]:
    """As if a module that is not yet loaded were not installed."""
    hidden = module not in sys.modules
    if hidden:
        sys.modules[module] = None  # type: ignore[assignment]  # what Python takes for a module that is not there
    try:
        yield
    finally:
        if hidden:
            del sys.modules[module]


@lru_cache(maxsize=1)
def _tagger() -> Any:
    dictionary = _dictionary()
    from pipeline.jieba_words import tagger

    return tagger(dictionary)


@lru_cache(maxsize=8192)
def cut(text: str) -> tuple[str, ...]:
    """The words of `text`, in order; together they are the text."""
    return tuple(_dictionary().lcut(text))


@lru_cache(maxsize=1024)
def crosses(before: str, after: str) -> bool:
    """Whether a word of the dictionary stands across the break between two texts (…维护了职 / 工的权益)."""
    end = before[-CROSSING:]
    if end[-1:].isdigit() and after[:1].isdigit():
        return False
    words = _dictionary().lcut(end + after[:CROSSING], HMM=False)
    return len(end) not in accumulate(map(len, words))


@lru_cache(maxsize=1024)
def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """The words of `text` with their parts of speech in jieba's tags (n noun, v verb, nr person …)."""
    return tuple((pair.word, pair.flag) for pair in _tagger().lcut(text))
