"""Whether a family lost more of its figures than pages can account for, from one version to the next."""
from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

SHARE = 0.2  # of a family's figures; a greater loss is told
LEAST = 5  # figures; a smaller loss is told by nobody, whatever its share


def drops(before: pa.Table, after: pa.Table, documents: pa.ChunkedArray, share: float = SHARE) -> Iterator[str]:
    """A sentence a family that lost more than `share` of its figures, and at least LEAST, in pages that did not vanish.

    In: the observations of both versions and the documents of the newer one; what vanished pages took along is no loss.
    """
    stayed = pc.is_in(before["document"], documents.combine_chunks())
    known = pc.is_in(after["document"], pc.unique(before["document"]))
    old, new = _counts(before["family"].filter(stayed)), _counts(after["family"].filter(known))
    for family, count in old.items():
        lost = count - new.get(family, 0)
        if lost >= LEAST and lost > share * count:
            yield (f"{family} fell from {count:,} figures to {new.get(family, 0):,} in pages that are still there, by "
                   f"more than {share:.0%}")


def _counts(families: pa.ChunkedArray) -> dict[str, int]:
    counted = pc.value_counts(families.cast(pa.string())).to_pylist()
    return {row["values"]: row["counts"] for row in sorted(counted, key=lambda row: str(row["values"]))}
