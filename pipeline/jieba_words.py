"""jieba's cutter with a dictionary that is read as it is needed; importing this file imports jieba (see `words`).

jieba reads its 349,046 words at once, a second time for their parts of speech: one second, of which a build of short
texts needs a twentieth. Here the file is only cut where the first character of its lines changes, and the lines of a
character are read when a text first holds it. What is cut where stays jieba's.
"""
from __future__ import annotations

import io
import re
from typing import IO, Any

import jieba

TOTAL = 60_101_967  # sum of the frequencies in the dictionary of the jieba that is pinned; a test adds them up
_ALIKE = re.compile(r"^(.).*+(?:\n\1.*+)*+", re.MULTILINE)  # lines one after the other with one first character


class Dictionary(jieba.Tokenizer):  # type: ignore[misc]  # jieba has no types
    """`jieba.Tokenizer` over jieba's own dictionary; `tags`: the part of speech of each word read so far."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, str] = {}
        self._unread: dict[str, list[str]] = {}  # runs of lines by the first character of their words
        with self.get_dict_file() as file:
            lines = file.read().decode("utf-8")
        for alike in _ALIKE.finditer(lines):
            self._unread.setdefault(alike[1], []).append(alike[0])
        self.total, self.initialized = TOTAL, True

    def get_DAG(self, sentence: str) -> dict[int, list[int]]:
        """For each position of `sentence` where the words end that begin there."""
        for first in self._unread.keys() & set(sentence):
            for lines in self._unread.pop(first):
                self._read(lines.splitlines())
        found: dict[int, list[int]] = super().get_DAG(sentence)
        return found

    def get_dict_file(self) -> IO[bytes]:
        """The file of the words; once its lines are held here, an empty one."""
        file: IO[bytes] = io.BytesIO() if self.initialized else super().get_dict_file()
        return file

    def _read(self, lines: list[str]) -> None:
        """Enter words as jieba does: with their frequencies, and their beginnings with none."""
        for line in lines:
            word, frequency, tag = line.split(" ")
            self.FREQ[word] = int(frequency)
            self.tags[word] = tag
            for end in range(1, len(word)):
                self.FREQ.setdefault(word[:end], 0)


def tagger(dictionary: Dictionary) -> Any:
    """jieba's tagger (its `lcut` gives words with their flags) over the words and tags of `dictionary`."""
    jieba.dt = dictionary  # the tagger that the module makes of it when imported finds no file to read
    from jieba import posseg

    posseg.dt.word_tag_tab = dictionary.tags
    return posseg.dt
