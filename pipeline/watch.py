"""Rebuilding when files arrive: looking at a folder again and again until it has been quiet, then one build.

The folder is looked at rather than listened to: this works on every file system, on shares too, and ten thousand files
take a twentieth of a second. What a build does lives in `build.py`.
"""
from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from pipeline.errors import UnionMetricsError
from pipeline.places import Address, Place
from pipeline.read import files

EVERY = 2.0  # seconds between two looks
QUIET = 5.0  # seconds without a change after which a file that was being copied is taken for whole
SIGNALS = (signal.SIGTERM, signal.SIGINT)

Sight = tuple[tuple[str | int, ...], ...]


class Stopped(BaseException):
    """A signal came in the middle of a build, which is broken off: what was published before stays."""


def sight(raw: Place, beside: Sequence[Place] = ()) -> Sight:
    """What tells that something changed: path, size, time and inode of each file; what vanishes meanwhile is left out.

    Of files at an address: what their store tells of them.

    Raises UserError where the folder is not there.
    """
    if isinstance(raw, Address):
        seen: list[tuple[str | int, ...]] = list(raw.found().items())
    else:
        seen = [mark for name in (*files(raw), "issues.csv") for mark in _mark(raw / name)]
    return (*seen, *(mark for path in beside for mark in _mark(path)))


def _mark(path: Place) -> Iterator[tuple[str | int, ...]]:
    """What changes when a file changes; nothing where it is not there."""
    if isinstance(path, Address):
        told = path.mark()
        yield from [(str(path), told)] if told else []
        return
    try:
        status = path.stat()
    except OSError:
        return
    yield str(path), status.st_size, status.st_mtime_ns, status.st_ino


def watch(
    rebuild: Callable[[], None], look: Callable[[], Sight], complain: Callable[[UnionMetricsError], None],
    every: float = EVERY, quiet: float = QUIET,
) -> None:
    """Rebuild now, and again whenever what `look` sees has changed and then been the same for `quiet` seconds.

    An error of the data is told and waited out: the next change may mend it. Returns when SIGTERM or SIGINT comes; a
    build in progress is broken off then, and nothing of it is published.
    """
    with _stop() as stop:
        built: Sight | None = None
        while not stop.is_set():
            now = _settled(look, stop, built, every, quiet)
            if now is None:
                return
            built = now
            try:
                rebuild()
            except UnionMetricsError as error:
                complain(error)


def _settled(look: Callable[[], Sight], stop: threading.Event, built: Sight | None, every: float,
             quiet: float) -> Sight | None:
    """What is seen once it differs from what was built and has been quiet; None when it is time to stop.

    The time is that of a clock that only goes forward, whatever happens to the machine's own.
    """
    before, since = look(), time.monotonic()
    while before == built or time.monotonic() - since < quiet:
        if stop.wait(every):
            return None
        now = look()
        if now != before:
            before, since = now, time.monotonic()
    return before


@contextmanager
def _stop() -> Iterator[threading.Event]:
    """An event that a signal sets; in a build the signal also raises `Stopped`, which ends here."""
    event = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if not event.is_set():
            event.set()
            raise Stopped

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield event
    except Stopped:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
