"""Years and small numbers as dates print them, in digits or in characters; other numbers are read in `extract`."""
from __future__ import annotations

_DIGITS = dict(zip("零〇○ＯO一二两三四五六七八九", map(int, "000001223456789"), strict=True))


def year_in_digits(characters: str) -> int:
    """A year in characters: 二〇〇五. Raises KeyError for another character."""
    return int("".join(str(_DIGITS[character]) for character in characters))


def small_number(text: str) -> int:
    """A number below a hundred in digits or characters: 9, 九, 十九, 二十."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
