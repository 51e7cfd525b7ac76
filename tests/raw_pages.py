"""A small raw folder, written anew for a test; no test lives here."""
from __future__ import annotations

from pathlib import Path

LINES = {
    "2018-03-05_02.txt": "本报讯（李某）去年，临川区总工会发展会员1287人，发放救助金10万元。",
    "1999-06.txt": "本报讯　今年以来，新余市总工会组建工会35家，签订集体合同280余份。",
    "deep/2021.txt": "图为北海市总工会为120名环卫工人送清凉。 赵某 摄",
}
GB18030 = ("gb.txt", "本报讯（王某）2011年，宣城市总工会培训职工640人次，签订率达95%。")
REFUSED = {
    "empty.txt": b"",
    "image.txt": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "cut.txt": "发展会员".encode()[:-1] * 3,
}
ISSUES = "document,publication,issue_date,page,section\n2018-03-05_02.txt,赣江工人报,2018-03-05,2,\ngb.txt,,2012,,\n"


def write_raw(folder: Path, issues: str | None = ISSUES, refused: bool = True) -> Path:
    """Four good pages, one of them GB18030, files that are no pages, and issues.csv; the folder is given back."""
    for name, text in LINES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    (folder / GB18030[0]).write_bytes(GB18030[1].encode("gb18030"))
    for name, data in REFUSED.items() if refused else ():
        (folder / name).write_bytes(data)
    if issues is not None:
        (folder / "issues.csv").write_text(issues, encoding="utf-8")
    return folder
