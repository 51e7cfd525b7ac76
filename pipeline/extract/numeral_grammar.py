"""One number as it is written: the patterns that find where it ends and the arithmetic that gives its value.

Works on text as `numerals` prepares it (half-width digits, no spaces inside a number). Which words qualify a number,
what is a range of two numbers and what is an idiom are not decided here (see `numerals` and `qualifiers`).
"""
from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.vocabulary import read_toml

_NEXT = read_toml("qualifiers.toml")["next_word"]
COUNTED = read_toml("qualifiers.toml")["counted"]

PLAIN_DIGITS = dict(zip("〇零○一二两三四五六七八九壹贰叁肆伍陆柒捌玖", map(int, "0001223456789123456789"), strict=True))
MULTIPLIERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
PAIRS = "一二|一两|二三|两三|三四|三五|四五|五六|六七|七八|八九"
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟两〇○", "一二三四五六七八九十百千二零零")
_TO_CN2AN = str.maketrans({"廿": "二十", "卅": "三十"})
HAN = "\u4e00-\u9fff"

# The pieces, from the smallest up. _X may hold two neighbouring digits (三五百: three to five hundred).
_Z, _D, _BIG = "[零〇○]", "[一二两三四五六七八九壹贰叁肆伍陆柒捌玖]", "[万亿]"
_X = f"(?:{PAIRS}|{_D})"
_TEN, _HUNDRED, _THOUSAND = "[十拾]", "[百佰]", f"[千仟](?![{_NEXT['after_thousand']}])"
_COUNTED = f"[{COUNTED['characters']}{''.join(sorted({word[0] for word in COUNTED['longer']}))}]"
# A last digit without its multiplier (三万五, 一百二) must not belong to the next word (一百一线职工).
_CUT = f"{_D}(?=$|[^{HAN}]|[点分又多余到至的万亿]|{_COUNTED})"
_TENS = f"(?:{_X}?{_TEN}|[廿卅])(?:(?!三五)(?:{PAIRS})|{_D})?"
_HUNDREDS = f"{_X}{_HUNDRED}(?:{_Z}?{_TENS}|{_Z}{_X}|{_CUT})?"
_SECTION = (f"(?:{_X}{_THOUSAND}(?:{_Z}?{_HUNDREDS}|{_Z}?{_HUNDRED}{_TENS}|{_Z}?{_TENS}|{_Z}{_X}|{_CUT})?"
            f"|{_HUNDREDS}|{_TENS})")
_POSITIONAL = (r"(?:[〇零○一二三四五六七八九]{2,}|[零壹贰叁肆伍陆柒捌玖]{2,})"
               r"(?![十百千万亿拾佰仟〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖])")
_DECIMALS = r"点[〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖]+(?![十百千拾佰仟〇零○一二三四五六七八九半刻]|分(?!之)|钟)"
_CHINESE = (f"(?:(?:{_Z}(?={_TEN}))?{_SECTION}|{_X}(?={_BIG})|{_POSITIONAL}|{_D}|{_Z})"
            f"(?:{_BIG}{{1,3}}(?:{_Z}?(?:{_SECTION}|{_D}){_BIG}{{1,3}})*"
            f"(?:{_Z}?{_SECTION}|{_Z}{_HUNDRED}{_TENS}|{_Z}{_D}|{_CUT})?)?(?:{_DECIMALS}{_BIG}{{0,3}})?")
_GROUPED = r"[0-9]{1,3}(?:[,，][0-9]{3})+(?![0-9])(?:\.[0-9]+(?![.]?[0-9]))?"
_ARABIC = rf"(?:{_GROUPED}|(?<![0-9][.])[0-9]+\.[0-9]+(?![.]?[0-9])|[0-9]+|(?<![\w.])\.[0-9]+)"
_SCALE = f"(?:(?:{_THOUSAND}|{_HUNDRED}(?!分)){_BIG}{{0,3}}|{_BIG}{{1,3}})"
_MIXED = (rf"(?:(?![0-9]{{4}}[百千佰仟]){_ARABIC}{_SCALE})"  # 2018百强 is a year and a word
          rf"(?:{_Z}?(?:{_ARABIC}{_SCALE}|{_SECTION}{_BIG}{{1,3}}))*(?:{_Z}?{_SECTION})?"
          rf"(?:(?<!\.[0-9][万亿]){_Z}?[0-9]{{1,4}}(?![0-9.年月日时号%]))?")
_NUMBER = f"(?:{_MIXED}|{_ARABIC}|{_CHINESE})"
_SIGN = f"(?:(?<![{_NEXT['before_negative']}])负|(?<![\\w)）%％])[-－](?=[\\d.]))"
_BARE = rf"(?:{_HUNDRED}(?!分)|{_THOUSAND}){_BIG}{{0,3}}|{_BIG}{{1,3}}"

_SHARE = rf"[%‰]|个百分点|成(?![{_NEXT['after_tenth']}])半?(?:(?<!半){_D}(?=$|[^{HAN}]|[{_NEXT['after_hundredth']}]))?"
_READ = re.compile(rf"""
    (?P<sign>{_SIGN})?
    (?: (?P<base>[百千仟][万亿]{{0,3}}|[万亿]{{1,3}})分(?:之|(?=[百一二三四五六七八九十0-9]))
      | (?P<indefinite>几|(?<![{_NEXT['before_several']}])数)(?P<of>十?{_BIG}{{1,3}}|十|{_BARE})
        (?:个(?=亿)(?P<of_more>亿))?
      | (?P<half>一半|半百|半(?=个(?!多|百)|成(?!品)))
      | (?<![0-9/.])(?:(?P<whole>[0-9]+)[ ])?(?P<a>[0-9]+)/(?P<b>[0-9]+)(?![0-9/年月])
      | (?P<pair>{PAIRS})(?={_COUNTED}|[{COUNTED['pair_only']}]|成(?![{_NEXT['after_tenth']}])|个百分点)
      | (?<![{HAN}])(?P<clipped>[百千][一二三四五六七八九])(?![{HAN}])
      | (?P<up_to>(?<![{_NEXT['before_up_to']}])上)?(?P<bare>{_BARE})
      | (?P<plain>{_NUMBER})
    )
    (?:(?P<inner>[余]|多(?![{_NEXT['after_above']}])|来(?=[万亿]|{_COUNTED})|(?:零|(?<=[十拾廿卅0]))几)
       |(?:个(?=亿)))?
    (?P<more>{_BIG}{{0,3}})
    (?P<inner_last>(?<=[万亿])(?:余|多(?![{_NEXT['after_above']}])))?
    (?P<share>{_SHARE})?
    (?P<inner_share>(?<=成)[多余](?![{_NEXT['after_above']}]))?
""", re.VERBOSE)
# Digits, or one digit in characters, and nothing after that could belong to the number: most numbers of a page, for
# which the whole grammar need not be tried.
_ALONE = ("(?:(?![0-9./ ,，%‰〇零○一二两三四五六七八九壹贰叁肆伍陆柒捌玖十百千万亿拾佰仟廿卅点半余多来几个成分又])"
          "|(?=个(?!亿|百分点)))")
_SIMPLE = re.compile(f"(?:[0-9]+|[一二两三四五六七八九]){_ALONE}")
_TOKEN = re.compile(r"[0-9]*\.?[0-9]+|[万亿]|[^0-9万亿.]+")
_INSIDE = {word: entry["qualifier"] for entry in read_toml("qualifiers.toml")["inside"] for word in entry["words"]}
_PAIR = re.compile(f"({PAIRS})")


class Reading(NamedTuple):
    """A number at `start:end` of the prepared text; `low == high` unless it states an interval itself (几十, 三五百).

    `inner` is its own qualifier, `bare` says that it has no digit (百余), `positive` that it may end a range.
    """

    start: int
    end: int
    low: Decimal
    high: Decimal
    inner: str
    kind: str
    bare: bool = False
    positive: bool = True


def chinese_integer(text: str) -> int:
    """The value of a whole number in Chinese characters (三千零五十, 一百二, 二〇二一, 壹拾万).

    Raises ValueError where `text` is none: rejects what cn2an would cut or misread (十多, 三百二十二十).
    """
    if not text or "点" in text or _PAIR.fullmatch(text) or not re.fullmatch(_CHINESE, text):
        raise ValueError(f"not a whole number in Chinese characters: {text!r}")
    return int(evaluate(text))


@lru_cache(maxsize=4096)
def evaluate(text: str) -> Decimal:
    """The exact value of an unqualified number in digits, Chinese characters or both (3.2万, 三万五, 12亿3400万)."""
    parts: list[tuple[int, Decimal]] = []  # what stands before, with its multiplier: 亿 takes up the 万 before it
    section, last = Decimal(0), 1
    pending: Decimal | None = None  # digits that wait for their multiplier
    tokens = _TOKEN.findall(text.replace(",", "").replace("，", ""))
    for number, token in enumerate(tokens, 1):
        if token in "万亿":
            section, pending, last = section + (pending or 0), None, MULTIPLIERS[token]
            while parts and (parts[-1][0] < last or not section):
                section += parts.pop()[1]
            parts.append((last, section * last))
            section = Decimal(0)
        elif token[-1] in "0123456789":
            pending = Decimal(token)
        elif pending is not None:  # 5千, 2千零
            section, pending = section + pending * _small(token[0]), None
            section += _section(token[1:])
        else:
            cut = last > 1 and number == len(tokens) and len(token) == 1 and token not in "十拾"  # 三万五
            section += _section(token) * (last // 10 if cut else 1)
    return sum((value for _, value in parts), section + (pending or 0))


def _small(character: str) -> int:
    return MULTIPLIERS[character.translate(_FORMAL)]


@lru_cache(maxsize=4096)
def _section(text: str) -> Decimal:
    """The value of Chinese characters between two big multipliers: 三百二十, 二〇二一, 零五, 六点五."""
    whole, _, decimals = text.partition("点")
    digits = "".join(str(PLAIN_DIGITS[c]) for c in decimals)
    if all(c in PLAIN_DIGITS for c in whole):
        value = "".join(str(PLAIN_DIGITS[c]) for c in whole) or "0"
    else:
        value = str(_by_cn2an(whole))
    return Decimal(f"{value}.{digits}" if digits else value)


def _by_cn2an(text: str) -> int:
    """A well-formed number below 10,000; cn2an takes 一百二 but neither 零十 nor 百一十: these are spelt out first."""
    import cn2an  # a tenth of a second to import: only where a page needs it

    plain = text.translate(_FORMAL).translate(_TO_CN2AN).strip("零")
    spelt = re.sub(r"(?<![一二三四五六七八九])(?=[百千])|(?<=[零千百])(?=十)", "一", plain)
    spelt = re.sub(r"零(?=[一二三四五六七八九][十百])", "", spelt)
    return int(cn2an.cn2an(spelt, "normal"))


def read(text: str, position: int, part_of: str = "") -> Reading | None:
    """The number that starts at `position` of the prepared `text`, or None.

    `part_of`: 分之 or 又 where it is read as the second part of such a number; parts do not nest any deeper.
    """
    simple = _SIMPLE.match(text, position)
    if simple:
        value = Decimal(PLAIN_DIGITS.get(simple.group()) or simple.group())
        return Reading(position, simple.end(), value, value, "exact", "number")
    found = _READ.match(text, position)
    if not found or (found["base"] and part_of):
        return None
    if found["base"]:
        return _points(text, found)
    reading = _value(found)
    follows = text[reading.end:reading.end + 1]
    if reading.kind == "number" and (follows == "分" and part_of != "分之" or follows == "又" and not part_of):
        return _fraction(text, reading) or reading
    return reading


def _value(found: re.Match[str]) -> Reading:
    start, end = found.span()
    group = found.groupdict()
    sign = -1 if group["sign"] else 1
    inner = group["inner"] or group["inner_last"] or group["inner_share"]
    qualifier, kind, scale = _INSIDE.get((inner or "")[-1:], "exact"), "number", Decimal(sign)
    if group["more"] or group["of_more"]:
        scale *= evaluate("一" + (group["more"] or "") + (group["of_more"] or ""))
    low, high = _written(group)
    if group["indefinite"]:
        qualifier = "about"
    elif group["up_to"]:
        qualifier = "above"
    if inner and inner[-1] == "几":
        low, high = low + 1, low + 9
    if group["share"]:
        kind = "percent"
        low, high = (_share(v, group["share"]) for v in (low, high))
    low, high = sorted((low * scale, high * scale))
    return Reading(start, end, low, high, qualifier, kind, bool(group["bare"]), sign > 0)


def _written(group: dict[str, str | None]) -> tuple[Decimal, Decimal]:
    """Lowest and highest value of the number itself, before its outer multiplier and mark."""
    if group["of"]:
        unit = evaluate("一" + group["of"])
        return 2 * unit, 9 * unit
    if group["a"] and group["b"]:
        value = Decimal(group["whole"] or 0) + Decimal(group["a"]) / (Decimal(group["b"]) or 1)
    elif group["half"]:
        value = Decimal(50 if group["half"] == "半百" else "0.5")
    elif group["bare"] or group["clipped"]:  # 百, 千三
        value = evaluate("一" + (group["bare"] or group["clipped"] or ""))
    else:
        return _ends(group["pair"] or group["plain"] or "")
    return value, value


def _points(text: str, base: re.Match[str]) -> Reading | None:
    """百分之三十, 千分之五, 百分百 in percent points: the number after 分之, of the base before it."""
    part = read(text, base.end(), "分之")
    if part is None or part.kind != "number":
        return None
    scale = Decimal(-100 if base["sign"] else 100) / evaluate("一" + base["base"])
    low, high = sorted((part.low * scale, part.high * scale))
    return part._replace(start=base.start(), low=low, high=high, kind="percent", bare=False, positive=not base["sign"])


def _share(value: Decimal, mark: str) -> Decimal:
    """Percent points of `value` with its mark: 95%, 3‰, 三成, 三成半, 七成六."""
    if mark[0] != "成":
        return value / 10 if mark == "‰" else value
    rest = mark[1:]
    return value * 10 + (5 if rest == "半" else PLAIN_DIGITS.get(rest, 0))


def _ends(body: str) -> tuple[Decimal, Decimal]:
    """Lowest and highest value of `body`: the two differ where it holds two neighbouring digits (三五百, 十七八)."""
    whole = body.partition("点")[0]
    pair = _PAIR.search(whole)
    if pair and (len(body) == 2 or any(c in "十百千万亿拾佰仟廿卅" for c in whole)):
        at = pair.start()
        return _ends(body[:at + 1] + body[at + 2:])[0], _ends(body[:at] + body[at + 1:])[1]
    value = evaluate(body)
    return value, value


def _fraction(text: str, first: Reading) -> Reading | None:
    """三分之一, 五又三分之一: `first` is what stands before 分之 or 又."""
    if text[first.end] == "又":
        part = read(text, first.end + 1, "又")
        if part is None or part.kind != "number" or "分之" not in text[first.end:part.end]:
            return None
        value = first.low + (part.low if first.low >= 0 else -part.low)
    elif text.startswith("分之", first.end) and first.low:
        part = read(text, first.end + 2, "分之")
        if part is None or part.kind != "number":
            return None
        value = part.low / first.low
    else:
        return None
    return first._replace(end=part.end, low=value, high=value, bare=False)
