"""The one door to jieba: cuts a text into words where a name's boundary is in doubt, and tags their parts of speech.

jieba is loaded when first asked for (0.6 s, its tags 0.3 s more) and only short texts are given to it; what is done
with the words is decided by the callers.
"""
from __future__ import annotations

import logging
import warnings
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba asks for pkg_resources, which warns of its own end
        import jieba
    jieba.setLogLevel(logging.CRITICAL)
    return jieba


@lru_cache(maxsize=1)
def _tagger() -> Any:
    _jieba()
    import jieba.posseg

    return jieba.posseg


@lru_cache(maxsize=8192)
def cut(text: str) -> tuple[str, ...]:
    """The words of `text`, in order; together they are the text."""
    return tuple(_jieba().lcut(text))


@lru_cache(maxsize=1024)
def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """The words of `text` with their parts of speech in jieba's tags (n noun, v verb, nr person …)."""
    return tuple((pair.word, pair.flag) for pair in _tagger().lcut(text))
