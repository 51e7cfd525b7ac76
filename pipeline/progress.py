"""How a long run tells what it does, on stderr: a bar on a terminal, one plain line a stage elsewhere."""
from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from pipeline.messages import say

Item = TypeVar("Item")


class Progress(Protocol):
    """What a build tells of itself."""

    def stage(self, line: str) -> None:
        """A stage begins or is done."""

    def track(self, items: Iterable[Item], total: int) -> Iterable[Item]:
        """The same items; how many of `total` have passed may be shown."""


class Silent:
    """Tells nothing: for calls from Python."""

    def stage(self, line: str) -> None:
        """Nothing."""

    def track(self, items: Iterable[Item], total: int) -> Iterable[Item]:
        """The same items."""
        return items


class Spoken:
    """Tells on stderr: for the commands."""

    def stage(self, line: str) -> None:
        """One plain line."""
        print(say(line), file=sys.stderr, flush=True)

    def track(self, items: Iterable[Item], total: int) -> Iterator[Item]:
        """The same items; a bar where stderr is a terminal."""
        if not sys.stderr.isatty():
            return iter(items)
        from tqdm import tqdm

        return iter(tqdm(items, total=total, unit="page", file=sys.stderr, leave=False))
