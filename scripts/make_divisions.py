"""Makes `pipeline/vocabulary/divisions.csv`, the table behind the gazetteer; looking names up is `gazetteer.py`'s work.

    python scripts/make_divisions.py DICTIONARY [--source "jionlp 1.5.31, 2025-11"]

DICTIONARY is the folder `jionlp/dictionary` of an unpacked jionlp wheel (Apache-2.0): `china_location.zip` names the
divisions with their GB/T 2260 codes, `china_location_change.txt` dates recent changes. What the package lacks or has
wrong stands in `pipeline/vocabulary/divisions_historic.csv`, kept by hand; its column `change` says what a row does:

    renamed   ended; the successor began on the next day (also: same name under another prefecture or code)
    merged    ended; went into a successor that existed beside it, or was split
    current   exists, with this code; replaces or adds
    drop      the package's row of this code and name is out of date or is no division

The same input always gives the same bytes. Development zones (codes ending in 71 to 79) are no divisions.
"""
from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

VOCABULARY = Path(__file__).resolve().parent.parent / "pipeline" / "vocabulary"
COLUMNS = ("code", "name", "level", "parent_code", "valid_from", "valid_to", "successor_code", "note",
           "short", "abbreviation")
LEVELS = ("province", "prefecture", "county")
SOURCE = "jionlp 1.5.31 (divisions of 2025), changes by hand to 2023"

MUNICIPALITIES = ("11", "12", "31", "50")
WITHOUT_PARTS = ("71", "81", "82")  # Taiwan, Hong Kong, Macao: no codes of the standard for their parts
NO_DIVISION = re.compile(r"行政区划$|开发区$|管委会$|管理区$|名胜区$|示范区$|岛礁")
PEOPLES = ("各族|满族|回族|苗族|壮族|彝族|藏族|羌族|侗族|瑶族|白族|傣族|黎族|佤族|畲族|土族|水族|怒族|京族|"
           "布依族|朝鲜族|土家族|哈尼族|傈僳族|拉祜族|仡佬族|仫佬族|毛南族|景颇族|纳西族|布朗族|撒拉族|保安族|东乡族|裕固族|独龙族|普米族|"
           "达斡尔族|鄂温克族|鄂伦春族?|(?<!内)蒙古族?|锡伯族?|塔吉克族?|哈萨克族?|柯尔克孜族?|维吾尔族?")
AUTONOMOUS = re.compile(rf"^(.*?)((?:{PEOPLES})*)(自治[州县旗区]|区)$")
SUFFIX = re.compile(r"(特别行政区|自治区|地区|(?<=..)新区|(?<=...)林区|特区|[省市县区盟旗])$")
NO_SHORT = re.compile(r"矿区$|^(市中|市|城|郊)区$|^市郊区$")


@dataclass(frozen=True)
class Row:
    """One line of the table; dates are ISO strings, empty where nothing limits them."""

    code: str
    name: str
    level: str
    parent_code: str
    valid_from: str = ""
    valid_to: str = ""
    successor_code: str = ""
    note: str = ""
    short: str = ""
    abbreviation: str = ""


def read_package(folder: Path) -> Iterator[tuple[Row, str]]:
    """The package's divisions down to counties, each with the package's own short name for it."""
    with zipfile.ZipFile(folder / "china_location.zip") as archive:
        text = io.TextIOWrapper(archive.open("china_location.txt"), encoding="utf-8")
        for line in text:
            depth = len(line) - len(line.lstrip("\t"))
            cells = line.strip().split("\t")
            if depth < len(LEVELS) and len(cells) == 3:
                name, code, alias = cells
                if is_division(code, name, LEVELS[depth]):
                    yield Row(code, name, LEVELS[depth], parent_of(code, LEVELS[depth])), alias


def is_division(code: str, name: str, level: str) -> bool:
    """False for placeholders (省直辖行政区划), development zones and repeated lines of municipalities."""
    if level == "province":
        return True
    if code[:2] in WITHOUT_PARTS or NO_DIVISION.search(name):
        return False
    if level == "prefecture":
        return code[:2] not in MUNICIPALITIES
    return code[4:] != "00" and not "71" <= code[4:] <= "79"


def parent_of(code: str, level: str) -> str:
    """The code one level up: the province where a county has no prefecture over it."""
    if level == "province":
        return ""
    direct = level == "prefecture" or code[:2] in MUNICIPALITIES or code[2:4] == "90"
    return code[:2] + "0000" if direct else code[:4] + "00"


def read_changes(folder: Path) -> dict[tuple[str, str, int], date]:
    """Day of each change that the package dates: by province, old name and year."""
    days: dict[tuple[str, str, int], date] = {}
    for line in (folder / "china_location_change.txt").read_text(encoding="utf-8").splitlines():
        old = line.split("=>")[0].split("\t")
        day = date.fromisoformat(old[0])
        days[(old[2], old[-2], day.year)] = day
    return days


def read_historic(path: Path) -> list[tuple[str, Row]]:
    """The hand-kept rows, each with what it does (renamed, merged, current, drop)."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [(cells.pop("change"), Row(**cells)) for cells in csv.DictReader(lines)]


def dated(row: Row, province: str, days: dict[tuple[str, str, int], date]) -> Row:
    """The row with its last day made exact where the package dates the change and the hand knows only the year."""
    if not row.valid_to.endswith("-12-31"):
        return row
    day = days.get((province, row.name, int(row.valid_to[:4]) + 1))
    return replace(row, valid_to=(day - timedelta(days=1)).isoformat()) if day else row


def begun(rows: list[Row]) -> list[Row]:
    """The rows with the first day of every division that began as another one's new name."""
    starts: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.note == "renamed":
            start = (date.fromisoformat(row.valid_to) + timedelta(days=1)).isoformat()
            later = [r for r in rows if r.code == row.successor_code and (not r.valid_to or r.valid_to >= start)]
            if not later or row in later:
                raise SystemExit(f"{row.code} {row.name}: no division {row.successor_code} on {start}")
            heir = min(later, key=lambda r: r.valid_to or "9999")
            starts[heir.code, heir.name] = max(start, starts.get((heir.code, heir.name), ""))
    return [replace(r, valid_from=r.valid_from or starts.get((r.code, r.name), "")) for r in rows]


def stem(name: str) -> str:
    """A name without its kind and peoples: 恩施土家族苗族自治州 -> 恩施, 宝鸡市 -> 宝鸡; "" if little is left."""
    match = AUTONOMOUS.match(name)
    if match and (match[2] or match[3] != "区"):
        return match[1] if len(match[1]) > 1 else match[2].removesuffix("族")
    short = SUFFIX.sub("", name)
    return short if len(short) > 1 and short != name and not NO_SHORT.search(name) else ""


def with_forms(row: Row, alias: str, provinces: frozenset[str]) -> Row:
    """The row with its suffix-less form and its abbreviations (恩施州, 北川县, 达茂旗)."""
    short = stem(row.name)
    match = AUTONOMOUS.match(row.name)
    shorter = {a for a in alias.split("/") if len(a) > 1 and a[-1] in "州县旗" and a not in (short, row.name)}
    if match and match[3].startswith("自治") and row.level != "province":
        shorter.add(short + match[3][-1])
    if row.level != "province" and short in provinces:
        short = ""  # 吉林, 海南, 河北 alone mean the province
    return replace(row, short=short, abbreviation="|".join(sorted(shorter)))


def make(folder: Path, historic: Path) -> list[Row]:
    """All rows of the table, in the order of level, code and time."""
    package = list(read_package(folder))
    by_hand = read_historic(historic)
    dropped = {(row.code, row.name) for change, row in by_hand if change == "drop"}
    unknown = dropped - {(row.code, row.name) for row, _ in package}
    for code, name in sorted(unknown):
        print(f"warning: {code} {name} is to be dropped but is not in the package", file=sys.stderr)
    aliases = {row: alias for row, alias in package if (row.code, row.name) not in dropped}
    provinces = {row.code[:2]: row.name for row in aliases if row.level == "province"}
    days = read_changes(folder)
    for change, row in by_hand:
        if change != "drop":
            note = row.note or ("" if change == "current" else change)
            aliases[dated(replace(row, note=note), provinces[row.code[:2]], days)] = ""
    shorts = frozenset(stem(name) for name in provinces.values())
    forms = {(row.code, row.name): alias for row, alias in aliases.items()}
    rows = [with_forms(r, forms[r.code, r.name], shorts) for r in begun(list(aliases))]
    return sorted(rows, key=lambda r: (LEVELS.index(r.level), r.code, r.valid_to or "9999", r.name))


def main() -> None:
    """Writes the table and says what it was made from."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dictionary", type=Path, help="folder jionlp/dictionary of the unpacked package")
    parser.add_argument("--source", default=SOURCE, help="name, version and date of the package, for the message")
    arguments = parser.parse_args()
    rows = make(arguments.dictionary, VOCABULARY / "divisions_historic.csv")
    with (VOCABULARY / "divisions.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, column) for column in COLUMNS] for row in rows)
    ended = sum(bool(row.valid_to) for row in rows)
    print(f"{len(rows) - ended} divisions, {ended} ended ones, from {arguments.source}")


if __name__ == "__main__":
    main()
