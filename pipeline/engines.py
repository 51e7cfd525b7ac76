"""How one function is run over many items: here, in processes or on a cluster; what the function does lives elsewhere.

A runner is a function `(function, items, workers) -> results in the order of the items`; the function is a pure one of
the module level, and items and results can be pickled, so that an item may be run again. One more of that shape in
`RUNNERS` is one more engine; that of Dask is `cluster.py`.
"""
from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from pipeline.cluster import check, dask
from pipeline.errors import DataError, UserError

Item = TypeVar("Item")
Result = TypeVar("Result")
PR_SET_PDEATHSIG = 1  # of prctl(2)
SOME = 16  # workers that a scheduler is taken to have
AHEAD = 2  # items a worker may be ahead of whoever takes the results, which bounds the memory


def serial(function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1) -> Iterator[Result]:
    """One after the other, here; `workers` changes nothing."""
    return map(function, items)


def processes(function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1) -> Iterator[Result]:
    """In `workers` processes, a few items ahead of whoever takes the results.

    Raises DataError if a process dies, as when the memory is full; an error of the function is raised here.
    """
    waiting = iter(items)
    pending: deque[Future[Result]] = deque()
    context = multiprocessing.get_context(_start_method())
    with ProcessPoolExecutor(workers, context, initializer=_in_worker, initargs=(os.getpid(),)) as pool:
        try:
            while True:
                for item in islice(waiting, workers * AHEAD - len(pending)):
                    pending.append(pool.submit(function, item))
                if not pending:
                    return
                yield pending.popleft().result()
        except BrokenProcessPool:
            raise DataError("a worker process died, perhaps for want of memory",
                            remedy="Build with fewer workers; the dataset published before is unchanged") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _in_worker(parent: int) -> None:
    """A worker leaves signals to its parent, and where the system can do that it ends when its parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before this was said
            os._exit(1)


def _start_method() -> str:
    """Forked processes share the vocabulary that is loaded here; where there is no fork each loads its own."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"


Runner = Callable[..., Iterator[Any]]
RUNNERS: dict[str, Runner] = {"serial": serial, "processes": processes, "dask": dask}


@dataclass(frozen=True, slots=True)
class Engine:
    """A runner of `RUNNERS` by its name, with the number of its workers, or with the address of their scheduler."""

    name: str
    workers: int
    scheduler: str | None = None

    @property
    def hands(self) -> int:
        """How many may share the work; of a scheduler's workers nobody knows how many will have come."""
        return 1 if self.name == "serial" else SOME if self.scheduler else self.workers

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The function's results in the order of `items`; raises what the function and the runner raise."""
        besides = {"scheduler": self.scheduler} if self.scheduler else {}
        return RUNNERS[self.name](function, items, self.workers, **besides)


def chosen(name: str | None, workers: int = 1, scheduler: str | None = None) -> Engine:
    """The engine of that name; None takes what fits the other two.

    Raises UserError for a name or a number that is none, and for an engine that is not installed or has no scheduler.
    """
    name = name or ("dask" if scheduler else "serial" if workers == 1 else "processes")
    if name not in RUNNERS:
        raise UserError(f"there is no engine {name}", remedy=f"Choose one of {', '.join(RUNNERS)}")
    if workers < 1:
        raise UserError(f"{workers} workers can do no work", remedy="Give 1 or more")
    if name == "dask":
        check(scheduler)
    elif scheduler:
        raise UserError(f"the engine {name} has no scheduler", remedy="Leave out --scheduler, or take --engine dask")
    return Engine(name, workers, scheduler)
