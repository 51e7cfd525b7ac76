"""Makes `pipeline/vocabulary/traditional.csv`: each traditional character with its simplified form.

    python scripts/make_traditional.py TSCharacters.txt

The table is the one that OpenCC and its ports carry (one line a character: the traditional form, a tab, its simplified
forms, the usual one first; made with that of opencc-python-reimplemented 0.1.7, Apache-2.0, in November 2026). Pairs
outside the basic plane are left out, so that a character stays one character. What is done with the pairs is in
`pipeline/unwrap.py`.
"""
from __future__ import annotations

import sys
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "pipeline" / "vocabulary" / "traditional.csv"


def main() -> None:
    """Write the table, sorted by character."""
    pairs = {}
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        usual = simplified.split(" ")[0]
        if len(traditional) == len(usual) == 1 and traditional != usual and max(traditional, usual) < "\U00010000":
            pairs[traditional] = usual
    rows = [f"{traditional},{simplified}\n" for traditional, simplified in sorted(pairs.items())]
    OUT.write_text("traditional,simplified\n" + "".join(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
